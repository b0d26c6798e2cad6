import type { OvenSituation } from "../predict/oven-situation.ts";
import type { BalanceResult } from "../prescribe/conveyor-balance.ts";
import type { ParetoPlan } from "../prescribe/pareto-front.ts";
import type { Risk } from "../prescribe/risk.ts";
import type { JudgedPlan, RobustResult } from "../prescribe/robust-setpoints.ts";
import { alignedTable } from "./oven-table.ts";

/** "0.064 % (<= 0.079 %)". */
export function riskText({ share, upper }: Risk): string {
  return `${percent(share)} (<= ${percent(upper)})`;
}

const percent = (share: number): string => {
  const value = share * 100;
  return `${value === 0 || value >= 10 ? value.toFixed(1) : Number(value.toPrecision(2))} %`;
};

const signed = (share: number): string => `${share > 0 ? "+" : ""}${(share * 100).toFixed(1)} %`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  `${alignedTable(head, rows).join("\n")}\n`;

/** base | nominal | robust. */
export function robustTable(
  situation: OvenSituation,
  { base, nominal, robust, window }: RobustResult,
): string {
  const plans = [base, nominal, robust];
  const row = (what: string, of: (plan: JudgedPlan) => string): string[] => [what, ...plans.map(of)];
  const rows = [
    ...situation.zoneNames.map((zone, z) => row(`${zone}, °C`, (plan) => plan.setpointC[z]!.toFixed(1))),
    row("gas per body, kWh", (plan) => plan.gasKWh.toFixed(2)),
    row("against base", (plan) => signed(plan.gasChange)),
    row(`E170 below ${window.e170LeastMin} min`, (plan) => riskText(plan.underCure)),
    row("too hot or too long", (plan) => riskText(plan.overBake)),
    row("expected E170 least, min", (plan) => Math.min(...plan.e170Min).toFixed(2)),
    row("expected E170 most, min", (plan) => Math.max(...plan.e170Min).toFixed(2)),
    row("expected peak, °C", (plan) => plan.peakC.toFixed(1)),
    row(
      `E170 all but ${percent(window.underCureShare)} reach`,
      (plan) => `${plan.e170AtRiskMin.toFixed(2)} min`,
    ),
  ];
  const runs = robust.underCure.runs.toLocaleString("en");
  const verdict = robust.certified
    ? `certified: look ${robust.looks}, ${runs} fresh scenarios, confidence ${(robust.lookConfidence * 100).toFixed(2)} %`
    : `NOT certified after ${robust.looks} looks: ${robust.reason}`;
  return `${table([situation.twin, "base", "nominal", "robust"], rows)}robust is ${verdict}\n`;
}

export function paretoTable(situation: OvenSituation, plans: readonly ParetoPlan[]): string {
  const rows = plans.map((plan) => [
    plan.bodiesPerHour.toFixed(1),
    percent(plan.allowedShare),
    plan.setpointC.map((c) => c.toFixed(1)).join(" "),
    plan.gasKWh.toFixed(2),
    signed(plan.gasChange),
    riskText(plan.underCure),
    plan.certified ? "certified" : plan.reason,
    plan.nonDominated ? "" : "dominated",
  ]);
  const head = ["bodies/h", "allowed", `${situation.twin}, °C`, "kWh/body", "gas", "under-cured", "", ""];
  return table(head, rows);
}

export function balanceTable(found: BalanceResult | undefined): string {
  if (found === undefined)
    return "\nno certified conveyor settings keep the booth's takt with these buffers\n";
  const rows = found.bodies.map((bodies, slot) => [
    `${slot + 1}`,
    `${bodies}`,
    `${found.before[slot]}`,
    `${found.after[slot]}`,
  ]);
  return `\n${table(["slot", "bodies", "before", "after"], rows)}${found.kWh.toFixed(0)} kWh of gas\n`;
}
