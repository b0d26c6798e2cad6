import type { Node, NodeAPI, NodeDef } from "node-red";
import { pathBelow } from "../../../runtime/core/address.ts";
import { messageOf } from "../../../runtime/core/errors.ts";
import { isGood } from "../../../runtime/core/quality.ts";
import type { EnergyReport } from "../../../runtime/describe/energy/energy-report.ts";
import { EnergySession, type MeterNow } from "../../../runtime/describe/energy/energy-session.ts";
import { type EnergyRow, readEnergyRows } from "../../../runtime/describe/energy/energy-table.ts";
import type { TwinState } from "../../../runtime/describe/twin-state.ts";
import { services } from "../../../runtime/host/services.ts";
import { historianOf } from "../../config/historian/historian.ts";
import { frameOf } from "../../frame-input.ts";
import { StatusLine } from "../../node-status.ts";
import { BaselineFile } from "./baseline-file.ts";

const REPORT_MS = 5000;
/** What came so lately may not be stored yet, wall s. */
const STORED_AFTER_S = 5;

interface EnergyConfig extends NodeDef {
  meters: readonly EnergyRow[];
  made: string;
  outside: string;
  periodMin: number | string;
  baselinePeriods: number | string;
  accountH: number | string;
  beginsAtH: number | string;
  currency: string;
  historian: string;
}

export default function (RED: NodeAPI): void {
  function EnergyConstructor(this: Node, config: EnergyConfig): void {
    RED.nodes.createNode(this, config);
    const where = config.name || "energy";
    const status = new StatusLine(this);
    const sessions = new Map<string, EnergySession>();
    const history = () => (config.historian ? historianOf(RED, config.historian) : services().historian());
    let rows: readonly EnergyRow[] = [];
    let fault: unknown;
    try {
      rows = readEnergyRows(config.meters, where);
      status.show("waiting for data");
    } catch (thrown) {
      fault = thrown;
      status.show(messageOf(thrown), "fault");
      this.error(messageOf(thrown));
    }

    const begin = (twin: string): EnergySession => {
      const settings = {
        twin,
        rows,
        made: (config.made ?? "").trim(),
        outside: (config.outside ?? "").trim(),
        periodMin: Math.min(1440, Math.max(1, Number(config.periodMin) || 15)),
        baselinePeriods: Math.max(24, Math.round(Number(config.baselinePeriods)) || 96),
        accountH: Math.max(1, Number(config.accountH) || 24),
        beginsAtH: Number(config.beginsAtH) || 0,
        currency: (config.currency ?? "").trim() || "EUR",
      };
      const { rows: table, made, outside, periodMin, baselinePeriods } = settings;
      const meters = table.map(({ path, carrier, kwhPer }) => ({ path, carrier, kwhPer }));
      const boundary = { meters, made, outside, periodMin, baselinePeriods };
      const file = new BaselineFile(services().home, this.id, twin, boundary);
      return new EnergySession(settings, file.read(), (baseline) => file.write(baseline));
    };
    const look = async (twin: string, session: EnergySession): Promise<EnergyReport | undefined> => {
      const state = services().twins.get(twin);
      if (state === undefined) return undefined;
      const now = metersNow(state);
      session.learn(now);
      const speed = services().clocks.get(state.sources[0]?.name ?? "")?.speed ?? 1;
      await session.update(history(), state.nowUs() - STORED_AFTER_S * 1e6 * speed);
      return session.report(now);
    };
    let isLooking = false;
    /** The fault of the last look, told once. */
    let told = "";
    const tell = async (): Promise<void> => {
      if (isLooking) return;
      isLooking = true;
      try {
        for (const [twin, session] of sessions) {
          const report = await look(twin, session);
          if (report === undefined) continue;
          this.send({ topic: twin, payload: report } as never);
          status.show(wordsOf(report));
        }
        told = "";
      } catch (error) {
        status.show(messageOf(error), "fault");
        if (told !== messageOf(error)) this.error(messageOf(error));
        told = messageOf(error);
      } finally {
        isLooking = false;
      }
    };
    const timer = setInterval(() => void tell(), REPORT_MS);

    this.on("input", (message, _send, done) => {
      try {
        if (fault !== undefined) throw fault;
        const input = frameOf(message, where);
        if (input !== undefined && !sessions.has(input.twin)) sessions.set(input.twin, begin(input.twin));
        done();
      } catch (error) {
        done(error as Error);
      }
    });
    this.on("close", () => {
      clearInterval(timer);
      status.close();
    });
  }
  RED.nodes.registerType("rung-energy", EnergyConstructor);
}

/** What every property of a twin tells now. */
function metersNow(state: TwinState): MeterNow[] {
  return state.dictionary.properties.map(({ address, unit }) => {
    const last = state.last(address);
    const isKnown = last !== undefined && !last.stale && isGood(last.quality) && Number.isFinite(last.value);
    return { path: pathBelow(address, state.address), unit, value: isKnown ? last.value : null };
  });
}

/** "412 kW · 25.4 kWh a body · baseline 12 of 96" */
function wordsOf({ powerKw, kwhPerBody, baseline, leftOut }: EnergyReport): string {
  const parts = [
    powerKw === null ? "" : `${powerKw.toFixed(powerKw < 100 ? 1 : 0)} kW`,
    kwhPerBody === null ? "no body yet" : `${kwhPerBody.toFixed(1)} kWh a body`,
    baseline.state === "collecting"
      ? `baseline ${baseline.n} of ${baseline.of}`
      : `baseline ${baseline.model.passes ? "holds" : "fails"}`,
    leftOut.length === 0 ? "" : `${leftOut.length} left out`,
  ];
  return parts.filter((part) => part !== "").join(" · ");
}
