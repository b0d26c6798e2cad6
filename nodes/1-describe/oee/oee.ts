import type { Node, NodeAPI, NodeDef } from "node-red";
import { messageOf } from "../../../runtime/core/errors.ts";
import { isBad } from "../../../runtime/core/quality.ts";
import { gatherReports, isOeeReport, type OeeReport } from "../../../runtime/describe/oee/oee-report.ts";
import { OeeSession } from "../../../runtime/describe/oee/oee-session.ts";
import { type OeeRow, readOeeRows } from "../../../runtime/describe/oee/oee-table.ts";
import { services } from "../../../runtime/host/services.ts";
import { frameOf } from "../../frame-input.ts";
import { StatusLine } from "../../node-status.ts";

/** A report goes out when it changed, at most so often, and without a change so often that nobody takes it for dead. */
const REPORT_MS = 2000;
const REPEAT_MS = 10_000;
/** A shop that has told nothing for so long is left out of the plant's sum. */
const SILENT_MS = 30_000;

interface OeeConfig extends NodeDef {
  /** The plant whose shops' reports are gathered; empty where the node takes frames. */
  twin: string;
  machines: readonly OeeRow[];
  begins: string;
  hours: number | string;
}

export default function (RED: NodeAPI): void {
  function OeeConstructor(this: Node, config: OeeConfig): void {
    RED.nodes.createNode(this, config);
    const where = config.name || "oee";
    const status = new StatusLine(this);
    const plant = (RED.nodes.getNode(config.twin) as unknown as { address?: string } | null)?.address;
    const sessions = new Map<string, OeeSession>();
    const shops = new Map<string, { readonly report: OeeReport; readonly atMs: number }>();
    const sent = new Map<string, { readonly text: string; readonly atMs: number }>();
    let rows: readonly OeeRow[] = [];
    let fault: unknown;
    try {
      // One that gathers reports needs no machines of its own.
      rows =
        plant !== undefined && (config.machines ?? []).length === 0
          ? []
          : readOeeRows(config.machines, where);
      status.show("waiting for data");
    } catch (thrown) {
      fault = thrown;
      status.show(messageOf(thrown), "fault");
      this.error(messageOf(thrown));
    }

    const sessionOf = (twin: string): OeeSession => {
      const known = sessions.get(twin);
      if (known !== undefined) return known;
      const session = new OeeSession({
        twin,
        rows,
        begins: (config.begins ?? "").trim(),
        hours: Number(config.hours) || 8,
        lastValue: (address, beforeUs) => {
          const last = services().twins.get(twin)?.last(address);
          if (last === undefined || isBad(last.quality) || last.sourceTimeUs >= beforeUs) return undefined;
          return last.other ?? last.value;
        },
      });
      sessions.set(twin, session);
      return session;
    };
    const reports = (): OeeReport[] => {
      const own = [...sessions].flatMap(([twin, session]) => {
        const state = services().twins.get(twin);
        return session.report((address) => state?.isStale(address) ?? true) ?? [];
      });
      if (plant === undefined || shops.size === 0) return own;
      const nowMs = performance.now();
      const told = [...shops.values()].map(({ report, atMs }) =>
        nowMs - atMs <= SILENT_MS
          ? report
          : { ...report, parts: [], leftOut: [{ name: report.twin, why: "its report stays away" }] },
      );
      return [...own, gatherReports(plant, told)];
    };
    const tell = (report: OeeReport): void => {
      this.send({ topic: report.twin, payload: report } as never);
    };
    const timer = setInterval(() => {
      const nowMs = performance.now();
      const all = reports();
      for (const report of all) {
        const text = JSON.stringify(report);
        const before = sent.get(report.twin);
        if (before?.text === text && nowMs - before.atMs < REPEAT_MS) continue;
        sent.set(report.twin, { text, atMs: nowMs });
        tell(report);
      }
      const last = all.at(-1);
      if (last !== undefined) status.show(wordsOf(last));
    }, REPORT_MS);

    this.on("input", (message, _send, done) => {
      try {
        if (fault !== undefined) throw fault;
        if (isOeeReport(message.payload)) {
          const report = message.payload;
          if (!report.isClosed) shops.set(report.twin, { report, atMs: performance.now() });
        } else if (rows !== undefined && rows.length > 0) {
          const input = frameOf(message, where);
          if (input !== undefined)
            for (const closed of sessionOf(input.twin).consume(input.frame)) tell(closed);
        }
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
  RED.nodes.registerType("rung-oee", OeeConstructor);
}

/** "OEE 79.6 % · 12 machines", and how many are left out. */
function wordsOf({ figures, parts, leftOut }: OeeReport): string {
  const oee = figures.oee === null ? "no OEE yet" : `OEE ${(100 * figures.oee).toFixed(1)} %`;
  const counted = `${parts.length} counted`;
  return leftOut.length === 0 ? `${oee} · ${counted}` : `${oee} · ${counted}, ${leftOut.length} left out`;
}
