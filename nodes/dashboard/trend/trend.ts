import type { Node, NodeAPI } from "node-red";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import { services } from "../../../runtime/host/services.ts";
import type { ForecastMessage } from "../../../runtime/predict/forecast-message.ts";
import { twinOf } from "../look/twin-of.ts";
import { showWidget, type WidgetConfig } from "../widget-node.ts";
import { forecastOf, forecastView } from "./forecast-view.ts";
import { Series } from "./series.ts";
import type { TrendView } from "./trend-view.ts";

const PAST_POINTS = 240;

interface TrendConfig extends WidgetConfig {
  twin: string;
  path: string;
  minutes: number | string;
  digits: number | string;
}

const ASK_AGAIN_MS = 15_000;

export default function (RED: NodeAPI): void {
  function TrendWidget(this: Node, config: TrendConfig): void {
    RED.nodes.createNode(this, config);
    const address = `${twinOf(RED, config.twin).address}/${config.path}`;
    const series = new Series(Number(config.minutes) || 40);
    let forecast: ForecastMessage | undefined;
    let firstUs: number | undefined;
    const minutes = Number(config.minutes) || 40;
    /** Draws what history holds of the span before the first live sample. */
    const fill = async (beforeUs: number) => {
      const past = await services()
        .historian()
        .buckets(address, beforeUs - minutes * 60e6, beforeUs, PAST_POINTS);
      series.prepend(past);
    };
    const tell = (error: unknown) => this.error(messageOf(error));
    let askAgain: NodeJS.Timeout | undefined;
    this.on("close", () => clearTimeout(askAgain));
    // History stores a moment after the first sample is seen: what it does not know yet is asked for once more.
    const fillSoon = (beforeUs: number) =>
      fill(beforeUs).catch((error: unknown) => {
        if (!(error instanceof RungError && error.code === "unknown-address")) return tell(error);
        askAgain = setTimeout(() => fill(beforeUs).catch(tell), ASK_AGAIN_MS);
      });
    const view = (): TrendView => {
      const state = services().twins.ownerOf(address);
      const last = state?.last(address);
      if (last !== undefined) {
        series.take(last);
        if (firstUs === undefined) {
          firstUs = last.sourceTimeUs;
          void fillSoon(firstUs);
        }
      }
      const index = state?.dictionary.indexOf(address) ?? -1;
      const property = index < 0 ? undefined : state?.dictionary.properties[index];
      const nowS = series.timesS.at(-1) ?? null;
      // A forecast whose first step lies behind the newest sample by more than its own length says nothing any more.
      const fresh =
        forecast !== undefined &&
        nowS !== null &&
        forecast.madeAtUs / 1e6 > nowS - (forecast.mean.length * forecast.stepUs) / 1e6;
      return {
        unit: property?.unit ?? "",
        digits: Number(config.digits),
        nowS,
        timesS: series.timesS,
        values: series.values,
        ...property?.limits,
        ...(fresh && forecast ? { forecast: forecastView(forecast) } : {}),
      };
    };
    showWidget(RED, this, config, {
      take: ({ payload }) => {
        forecast = forecastOf(payload, address);
      },
      view,
    });
  }
  RED.nodes.registerType("ui-rung-trend", TrendWidget);
}
