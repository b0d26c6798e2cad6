import { quantile } from "../core/statistics/quantile.ts";
import type { OvenSituation } from "../predict/oven-situation.ts";
import type { CureWindow } from "./cure-window.ts";
import type { PlanRuns } from "./oven-scenarios.ts";
import type { Comparison, Constraint, Interval } from "./recommendation.ts";

/** Median and the 5 to 95 % interval. */
export function intervalOf(values: ArrayLike<number>): Interval {
  return { value: quantile(values, 0.5), low: quantile(values, 0.05), high: quantile(values, 0.95) };
}

/** Share of runs below a value. */
export function shareBelow(values: Float64Array, limit: number): number {
  let count = 0;
  for (const value of values) if (value < limit) count++;
  return count / values.length;
}

const shareAbove = (values: Float64Array, limit: number): number => {
  let count = 0;
  for (const value of values) if (value > limit) count++;
  return count / values.length;
};

/** Index of the slowest node. */
export function heaviestNode(situation: Pick<OvenSituation, "timeConstantS">): number {
  return situation.timeConstantS.indexOf(Math.max(...situation.timeConstantS));
}

/** The exit temperature of one node over all runs, °C. */
export function exitOf(situation: OvenSituation, runs: PlanRuns, node: number): Float64Array {
  const nodes = situation.nodeNames.length;
  return Float64Array.from({ length: runs.gasKWh.length }, (_, run) => runs.exitC[run * nodes + node]!);
}

/** baseline | scenario | difference, as an operator reads it. */
export function comparisonsOf(
  situation: OvenSituation,
  baseline: PlanRuns,
  scenario: PlanRuns,
): Comparison[] {
  const heavy = heaviestNode(situation);
  const row = (what: string, unit: string, of: (runs: PlanRuns) => Float64Array): Comparison => {
    const a = of(baseline);
    const b = of(scenario);
    return {
      what,
      unit,
      baseline: intervalOf(a),
      scenario: intervalOf(b),
      difference: intervalOf(b.map((value, i) => value - a[i]!)),
    };
  };
  return [
    row("E170 of the least cured node", "min", (runs) => runs.e170Least),
    row("E170 of the most cured node", "min", (runs) => runs.e170Most),
    row("hottest metal", "°C", (runs) => runs.peakC),
    row(`exit temperature, ${situation.nodeNames[heavy]}`, "°C", (runs) => exitOf(situation, runs, heavy)),
    row("gas per body", "kWh", (runs) => runs.gasKWh),
  ];
}

/** Half of the last tenth before a limit counts as at it. */
const NEAR = 0.95;

function verdictOf(value: number, limit: number): Constraint["verdict"] {
  return value > limit ? "violated" : value > NEAR * limit ? "at limit" : "free";
}

/** What the plan keeps and what it does not. Shares are counted over the runs. */
export function constraintsOf(
  window: CureWindow,
  setpointC: readonly number[],
  runs: PlanRuns,
): Constraint[] {
  const under = shareBelow(runs.e170Least, window.e170LeastMin);
  const over = Math.max(
    shareAbove(runs.e170Most, window.e170MostMin),
    shareAbove(runs.peakC, window.peakMostC),
  );
  const steps = setpointC.slice(1).map((c, z) => Math.abs(c - setpointC[z]!));
  const highest = Math.max(...setpointC);
  const lowest = Math.min(...setpointC);
  const share = (name: string, value: number, limit: number): Constraint => ({
    name,
    value: value * 100,
    limit: limit * 100,
    unit: "%",
    verdict: verdictOf(value, limit),
    hard: false,
  });
  return [
    share(`bodies below E170 ${window.e170LeastMin} min`, under, window.underCureShare),
    share(`bodies over E170 ${window.e170MostMin} min or ${window.peakMostC} °C`, over, window.overBakeShare),
    {
      name: "highest setpoint",
      value: highest,
      limit: window.zoneHighC,
      unit: "°C",
      verdict: highest > window.zoneHighC ? "violated" : highest > window.zoneHighC - 1 ? "at limit" : "free",
      hard: true,
    },
    {
      name: "lowest setpoint",
      value: lowest,
      limit: window.zoneLowC,
      unit: "°C",
      verdict: lowest < window.zoneLowC ? "violated" : lowest < window.zoneLowC + 1 ? "at limit" : "free",
      hard: true,
    },
    {
      name: "largest step between zones",
      value: Math.max(...steps),
      limit: window.neighbourStepK,
      unit: "K",
      verdict: verdictOf(Math.max(...steps), window.neighbourStepK),
      hard: true,
    },
  ];
}
