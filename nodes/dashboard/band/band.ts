import type { Node, NodeAPI } from "node-red";
import { pathBelow } from "../../../runtime/core/address.ts";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import { isOeeReport } from "../../../runtime/describe/oee/oee-report.ts";
import { WindowOee } from "../../../runtime/describe/oee/window-oee.ts";
import { LiveStates } from "../../../runtime/describe/states/live-states.ts";
import { machinesLike, readStates } from "../../../runtime/describe/states/state-table.ts";
import { describePayload, type TwinState } from "../../../runtime/describe/twin-state.ts";
import { services } from "../../../runtime/host/services.ts";
import { historianOf } from "../../config/historian/historian.ts";
import { twinOf } from "../look/twin-of.ts";
import { showWidget, type WidgetConfig } from "../widget-node.ts";
import { bandOee, bandRow, StateNames } from "./band-rows.ts";
import type { BandView } from "./band-view.ts";

const VIEW_MS = 1000;
const DEFAULT_HOURS = 1;
const LONGEST_HOURS = 7 * 24;
/** More rows than this nobody reads. */
const MOST_ROWS = 60;

interface BandConfig extends WidgetConfig {
  twin: string;
  /** Path of the state below the twin, `st*` + `/state` for all stations. */
  path: string;
  hours: number | string;
  /** Names of the codes; PackML where empty. */
  states: string;
  historian: string;
}

export default function (RED: NodeAPI): void {
  function BandWidget(this: Node, config: BandConfig): void {
    RED.nodes.createNode(this, config);
    const where = config.name || "state band";
    const twin = twinOf(RED, config.twin).address;
    const pattern = String(config.path ?? "").trim();
    if (pattern === "" || pattern.split("*").length > 2) {
      throw new RungError({
        code: "no-property",
        where,
        what: pattern === "" ? "names no state" : `${JSON.stringify(pattern)} has more than one *`,
        advice: "write the path of a state below the twin, such as st*/state",
      });
    }
    const table = readStates(String(config.states ?? ""), where);
    const hours = Math.min(LONGEST_HOURS, Math.max(1 / 60, Number(config.hours) || DEFAULT_HOURS));
    const spanUs = hours * 3600e6;
    const history = () => (config.historian ? historianOf(RED, config.historian) : services().historian());
    let trouble = "";
    const problem = (error: unknown): void => {
      trouble = messageOf(error);
      this.error(trouble);
    };
    const oee = new WindowOee(spanUs);
    const machines = new Map<string, { readonly name: string; readonly live: LiveStates }>();
    let known: object | undefined;

    /** Stations that the twin's dictionary names by now. */
    const learn = (state: TwinState | undefined): void => {
      if (state === undefined || state.dictionary === known) return;
      known = state.dictionary;
      const paths = state.dictionary.properties.map(({ address }) => pathBelow(address, twin));
      for (const { name, path } of machinesLike(pattern, paths)) {
        const address = `${twin}/${path}`;
        if (machines.has(address) || machines.size >= MOST_ROWS) continue;
        machines.set(address, { name, live: new LiveStates({ address, spanUs, history, problem }) });
      }
    };
    const view = (): BandView => {
      const state = services().twins.get(twin);
      learn(state);
      const rows = [...machines.values()];
      for (const { live } of rows) live.attach(state);
      const newestUs = Math.max(Number.NEGATIVE_INFINITY, ...rows.map(({ live }) => live.runs.newestUs));
      const found = oee.figures();
      const names = new StateNames(table);
      if (!Number.isFinite(newestUs))
        return { fromS: null, spanS: spanUs / 1e6, states: [], rows: [], oee: bandOee(found), trouble };
      const clockUs = Math.floor((state?.clock()?.nowUs() ?? newestUs) / 1e6) * 1e6;
      const nowUs = Math.max(newestUs, clockUs);
      const shown = rows.map(({ name, live }) => {
        const index = state?.dictionary.indexOf(live.address) ?? -1;
        const property = state?.dictionary.properties[index];
        const part = found?.parts.find((one) => one.name === name);
        return {
          ...bandRow(name, live, property, names, { nowUs, spanUs }),
          station: live.address.slice(0, live.address.lastIndexOf("/")),
          oee: part?.figures.oee ?? null,
        };
      });
      return {
        fromS: (nowUs - spanUs) / 1e6,
        spanS: spanUs / 1e6,
        states: names.states,
        rows: shown,
        oee: bandOee(found),
        trouble,
      };
    };
    this.on("close", () => {
      for (const { live } of machines.values()) live.close();
    });
    showWidget(RED, this, config, {
      everyMs: VIEW_MS,
      take: ({ payload }) => {
        if (!isOeeReport(payload)) {
          throw new RungError({
            code: "not-an-oee",
            where: "msg.payload",
            what: `expected OEE, got ${describePayload(payload)}`,
            advice: "wire an oee node to this widget",
          });
        }
        oee.take(payload);
      },
      view,
      status: () => (machines.size === 0 ? "no state yet" : `${machines.size} rows`),
    });
  }
  RED.nodes.registerType("ui-rung-band", BandWidget);
}
