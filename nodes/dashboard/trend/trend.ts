import type { Node, NodeAPI } from "node-red";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import { LiveCurve } from "../../../runtime/describe/decimate/live-curve.ts";
import { describePayload } from "../../../runtime/describe/twin-state.ts";
import { services } from "../../../runtime/host/services.ts";
import type { ForecastMessage } from "../../../runtime/predict/forecast-message.ts";
import { historianOf } from "../../config/historian/historian.ts";
import { twinOf } from "../look/twin-of.ts";
import { showWidget, type WidgetConfig } from "../widget-node.ts";
import { forecastOf, forecastView, isFresh } from "./forecast-view.ts";
import { MarkLog } from "./mark-log.ts";
import { Revisions } from "./revisions.ts";
import { beforeOf, columnsAfter, propertyOf, seriesHead, stretchOf } from "./trend-curves.ts";
import { type AskedStretch, openTrendRoute } from "./trend-route.ts";
import type { TrendStretch, TrendView } from "./trend-view.ts";

/** A column a pixel, on a wide chart. */
const COLUMNS = 1200;
/** More lines than this nobody tells apart without colours. */
const MOST_SERIES = 6;
const DEFAULT_MINUTES = 40;
const LONGEST_MINUTES = 7 * 1440;

interface TrendConfig extends WidgetConfig {
  twin: string;
  /** One path below the twin, or several by comma. */
  path: string;
  minutes: number | string;
  digits: number | string;
  /** Absent in flows saved before it could be chosen. */
  historian?: string;
}

/** @throws RungError `no-property`, `too-many-properties` */
function pathsOf({ path, name }: TrendConfig): string[] {
  const paths = [...new Set(String(path ?? "").split(/[,\n]/))].map((one) => one.trim()).filter(Boolean);
  if (paths.length > 0 && paths.length <= MOST_SERIES) return paths;
  throw new RungError({
    code: paths.length === 0 ? "no-property" : "too-many-properties",
    where: name || "trend",
    what: paths.length === 0 ? "names no property" : `names ${paths.length} properties`,
    advice: `write one path below the twin, or up to ${MOST_SERIES} by comma`,
  });
}

export default function (RED: NodeAPI): void {
  const route = openTrendRoute(RED);

  function TrendWidget(this: Node, config: TrendConfig): void {
    RED.nodes.createNode(this, config);
    const twin = twinOf(RED, config.twin).address;
    const paths = pathsOf(config);
    const addresses = paths.map((path) => `${twin}/${path}`);
    const minutes = Math.min(LONGEST_MINUTES, Math.max(1 / 60, Number(config.minutes) || DEFAULT_MINUTES));
    const spanUs = minutes * 60e6;
    const history = () => (config.historian ? historianOf(RED, config.historian) : services().historian());
    const marks = new MarkLog();
    const revisions = new Revisions(addresses.length);
    const forecasts = new Map<string, ForecastMessage>();
    let trouble = "";
    const problem = (error: unknown): void => {
      trouble = messageOf(error);
      this.error(trouble);
    };
    const curves = addresses.map(
      (address) => new LiveCurve({ address, spanUs, columns: COLUMNS, history, problem }),
    );

    /** @param since marks of the curves after which changes are told; -1 for all */
    const viewSince = (since: number, after: readonly number[], revision: number): TrendView => {
      const nowUs = Math.max(...curves.map((curve) => curve.nowUs() ?? Number.NEGATIVE_INFINITY));
      // By whole columns: between two of them nothing moves on the screen.
      const widthS = curves[0]!.columns.widthUs / 1e6;
      const nowS = Number.isFinite(nowUs) ? Math.ceil(nowUs / 1e6 / widthS) * widthS : null;
      const state = services().twins.ownerOf(addresses[0]!);
      return {
        address: place.address,
        digits: Number(config.digits) || 0,
        spanS: spanUs / 1e6,
        nowS,
        runs: curves.reduce((sum, { columns }) => sum + columns.cleared, 0),
        since,
        revision,
        widthMs: curves[0]!.columns.widthUs / 1000,
        series: curves.map((curve, i) => ({
          ...seriesHead(curve.address, paths[i]!, services().twins.ownerOf(curve.address)),
          before: beforeOf(curve.columns),
          columns: columnsAfter(curve.columns, after[i]!),
        })),
        ...propertyOf(addresses[0]!, state)?.limits,
        forecasts: addresses.flatMap((address, of) => {
          const forecast = forecasts.get(address);
          return forecast !== undefined && nowS !== null && isFresh(forecast, nowS)
            ? [forecastView(forecast, of)]
            : [];
        }),
        marks: marks.marks,
        trouble,
      };
    };
    const nowMarks = () => {
      for (const curve of curves) curve.attach(services().twins.ownerOf(curve.address));
      return curves.map(({ columns }) => columns.mark());
    };
    const whole = () =>
      viewSince(
        -1,
        curves.map(() => -1),
        revisions.at(nowMarks()).revision,
      );
    const view = (): TrendView => {
      const { since, after, revision } = revisions.at(nowMarks());
      return viewSince(since, after, revision);
    };
    const stretch = async ({ fromS, toS, columns }: AskedStretch): Promise<TrendStretch> => {
      const asked = { fromUs: fromS * 1e6, toUs: toS * 1e6, widthUs: ((toS - fromS) * 1e6) / columns };
      const series = await Promise.all(
        curves.map(async (curve, i) => ({
          ...seriesHead(curve.address, paths[i]!, services().twins.ownerOf(curve.address)),
          ...(await stretchOf(curve, asked, (address) =>
            history().decimated(address, asked.fromUs, asked.toUs, asked.widthUs),
          )),
        })),
      );
      trouble = "";
      return { fromS, toS, widthMs: asked.widthUs / 1000, series };
    };
    const place = route.open({ whole, stretch });
    this.on("close", () => {
      place.close();
      for (const curve of curves) curve.close();
    });
    showWidget(RED, this, config, {
      take: ({ payload }) => {
        if ((payload as ForecastMessage | null | undefined)?.kind === "forecast") {
          const forecast = forecastOf(payload, addresses);
          forecasts.set(forecast.address, forecast);
        } else if (!marks.take(payload)) {
          throw new RungError({
            code: "not-for-a-trend",
            where: "msg.payload",
            what: `expected a forecast, a finding, a recommendation or a result of a write, got ${describePayload(payload)}`,
            advice: "wire a forecast, detect, optimise or actuate node to this widget",
          });
        }
      },
      view,
      news: () => services().twins.ownerOf(addresses[0]!)?.counts.accepted,
    });
  }
  RED.nodes.registerType("ui-rung-trend", TrendWidget);
}
