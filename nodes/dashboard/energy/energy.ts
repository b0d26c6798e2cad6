import type { Node, NodeAPI } from "node-red";
import { RungError } from "../../../runtime/core/errors.ts";
import {
  type EnergyReport,
  isEnergyReport,
  sumOfReports,
} from "../../../runtime/describe/energy/energy-report.ts";
import { describePayload } from "../../../runtime/describe/twin-state.ts";
import { services } from "../../../runtime/host/services.ts";
import type { Recommendation } from "../../../runtime/prescribe/recommendation.ts";
import { showWidget, type WidgetConfig } from "../widget-node.ts";
import type { EnergyView } from "./energy-view.ts";
import { isRecommendation, projectedOf } from "./projected.ts";

/** An energy node repeats its report every 5 s. */
const STALE_MS = 30_000;
const VIEW_MS = 1000;

interface EnergyConfig extends WidgetConfig {
  /** JSON: targets in kWh per body by the twin's address. */
  targets: string;
}

export default function (RED: NodeAPI): void {
  function EnergyWidget(this: Node, config: EnergyConfig): void {
    RED.nodes.createNode(this, config);
    const told = new Map<string, { readonly report: EnergyReport; readonly atMs: number }>();
    const proposed = new Map<string, Recommendation>();
    const targets = targetsOf(config.targets, config.name || "energy screen");
    const nameOf = (twin: string) => services().twins.describe(twin)?.name ?? twin;
    const view = (): EnergyView => {
      const nowMs = performance.now();
      const reports = [...told.values()].sort((a, b) => b.report.kwh - a.report.kwh);
      const fresh = reports.filter(({ atMs }) => nowMs - atMs <= STALE_MS);
      return {
        parts: reports.map(({ report, atMs }) => ({
          name: nameOf(report.twin),
          report,
          isStale: nowMs - atMs > STALE_MS,
          target: targets.get(report.twin) ?? null,
        })),
        sum: sumOfReports(fresh.map(({ report }) => report)),
        currency: reports[0]?.report.currency ?? "",
        projected: [...proposed.values()]
          .filter(({ twin, expiresUs }) => (services().twins.get(twin)?.nowUs() ?? 0) < expiresUs)
          .flatMap(projectedOf),
      };
    };
    showWidget(RED, this, config, {
      everyMs: VIEW_MS,
      take: ({ payload }) => {
        if (isEnergyReport(payload)) told.set(payload.twin, { report: payload, atMs: performance.now() });
        else if (isRecommendation(payload)) proposed.set(payload.twin, payload);
        else {
          throw new RungError({
            code: "not-for-energy",
            where: "msg.payload",
            what: `expected energy or a recommendation, got ${describePayload(payload)}`,
            advice: "wire an energy node to this widget",
          });
        }
      },
      view,
      status: () =>
        told.size === 0 ? "no energy yet" : `${told.size} ${told.size === 1 ? "twin" : "twins"}`,
    });
  }
  RED.nodes.registerType("ui-rung-energy", EnergyWidget);
}

/** @throws RungError `bad-target` */
function targetsOf(text: string, where: string): ReadonlyMap<string, number> {
  const fail = (what: string): never => {
    throw new RungError({
      code: "bad-target",
      where,
      what,
      advice: 'write {"acme/leipzig/paint/oven1": 24}, kWh per body',
    });
  };
  let table: unknown;
  try {
    table = JSON.parse(text || "{}");
  } catch {
    return fail(`the targets are no JSON: ${text.slice(0, 80)}`);
  }
  return new Map(
    Object.entries(table as Record<string, unknown>).map(([twin, value]) =>
      typeof value === "number" && value > 0
        ? [twin, value]
        : fail(`the target of ${twin} is no number above 0`),
    ),
  );
}
