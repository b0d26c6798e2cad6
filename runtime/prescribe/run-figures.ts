import { selectQuantiles } from "../core/statistics/select-quantiles.ts";
import type { OvenSituation } from "../predict/oven-situation.ts";
import type { CureWindow } from "./cure-window.ts";
import type { PlanRuns } from "./oven-scenarios.ts";
import type { Comparison, Constraint, Interval } from "./recommendation.ts";
import { type BodyRisks, riskOf } from "./risk.ts";

/** Median and the 5 to 95 % interval. */
export const intervalOf = (values: Float32Array): Interval => intervalWithin(values.slice());

/** The same; the order of the values is lost. */
function intervalWithin(values: Float32Array): Interval {
  const [low, value, high] = selectQuantiles(values, [0.05, 0.5, 0.95]);
  return { value: value!, low: low!, high: high! };
}

/** Bodies with a node below the least E170, or below the degree of cure where that says what is cured. */
export function underCured(window: CureWindow, { e170Least, degree }: PlanRuns): number {
  let count = 0;
  if (degree !== undefined) {
    for (const least of degree.least) if (least < degree.criterion) count++;
    return count;
  }
  for (const e170 of e170Least) if (e170 < window.e170LeastMin) count++;
  return count;
}

/** Bodies with a node above the most E170, or hotter than the metal may become. */
export function overBaked(window: CureWindow, { e170Most, peakC }: PlanRuns): number {
  let count = 0;
  for (let run = 0; run < peakC.length; run++)
    if (e170Most[run]! > window.e170MostMin || peakC[run]! > window.peakMostC) count++;
  return count;
}

/** Index of the slowest node. */
export function heaviestNode(situation: Pick<OvenSituation, "timeConstantS">): number {
  return situation.timeConstantS.indexOf(Math.max(...situation.timeConstantS));
}

/** What screens find a row and a constraint by. */
export const GAS_ROW = "gas per body";
export const UNDER_CURE_CONSTRAINT = "bodies below";

/** A figure of one body, one value per run. */
export interface Figure {
  readonly what: string;
  readonly unit: string;
  of(runs: PlanRuns): Float32Array;
}

/** One node of an array of runs x nodes. */
const nodeOf = (values: Float32Array, node: number, { gasKWh }: PlanRuns): Float32Array => {
  const nodes = values.length / gasKWh.length;
  return Float32Array.from(gasKWh, (_, run) => values[run * nodes + node]!);
};

/** The exit temperature of one node over all runs, °C. */
export const exitOf = (runs: PlanRuns, node: number): Float32Array => nodeOf(runs.exitC, node, runs);

/** What an operator compares. */
export function bodyFigures(situation: OvenSituation): Figure[] {
  const heavy = heaviestNode(situation);
  return [
    { what: "E170 of the least cured node", unit: "min", of: (runs) => runs.e170Least },
    { what: "E170 of the most cured node", unit: "min", of: (runs) => runs.e170Most },
    { what: "hottest metal", unit: "°C", of: (runs) => runs.peakC },
    {
      what: `exit temperature, ${situation.nodeNames[heavy]}`,
      unit: "°C",
      of: (runs) => exitOf(runs, heavy),
    },
    { what: GAS_ROW, unit: "kWh", of: (runs) => runs.gasKWh },
  ];
}

/** E170 of every node. */
export function nodeFigures({ nodeNames }: OvenSituation): Figure[] {
  return nodeNames.map((name, n) => ({
    what: `E170, ${name}`,
    unit: "min",
    of: (runs) => nodeOf(runs.e170Min, n, runs),
  }));
}

/** One row. The runs are paired, run by run with the same draws, so the difference has an interval of its own. */
export function compare({ what, unit, of }: Figure, baseline: PlanRuns, scenario: PlanRuns): Comparison {
  const a = of(baseline);
  const b = of(scenario);
  return {
    what,
    unit,
    baseline: intervalOf(a),
    scenario: intervalOf(b),
    difference: intervalWithin(b.map((value, run) => value - a[run]!)),
  };
}

/** baseline | scenario | difference, as an operator reads it. */
export function comparisonsOf(
  situation: OvenSituation,
  baseline: PlanRuns,
  scenario: PlanRuns,
): Comparison[] {
  return bodyFigures(situation).map((figure) => compare(figure, baseline, scenario));
}

/** Both risks of a plan, counted over its runs. */
export function bodyRisks(window: CureWindow, runs: PlanRuns): BodyRisks {
  const count = runs.peakC.length;
  return {
    underCure: riskOf(underCured(window, runs), count),
    overBake: riskOf(overBaked(window, runs), count),
  };
}

/** Half of the last tenth before a limit counts as at it. */
const NEAR = 0.95;

function verdictOf(value: number, limit: number): Constraint["verdict"] {
  return value > limit ? "violated" : value > NEAR * limit ? "at limit" : "free";
}

/**
 * What the plan keeps and what it does not.
 * @param criterionDegree degree of cure, where that and not E170 says what is cured
 */
export function constraintsOf(
  window: CureWindow,
  setpointC: readonly number[],
  { underCure, overBake }: BodyRisks,
  criterionDegree?: number,
): Constraint[] {
  const cured =
    criterionDegree === undefined ? `E170 ${window.e170LeastMin} min` : `degree of cure ${criterionDegree}`;
  const largestStepK = Math.max(0, ...setpointC.slice(1).map((c, z) => Math.abs(c - setpointC[z]!)));
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
    share(`${UNDER_CURE_CONSTRAINT} ${cured}`, underCure.share, window.underCureShare),
    share(
      `bodies over E170 ${window.e170MostMin} min or ${window.peakMostC} °C`,
      overBake.share,
      window.overBakeShare,
    ),
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
      value: largestStepK,
      limit: window.neighbourStepK,
      unit: "K",
      verdict: verdictOf(largestStepK, window.neighbourStepK),
      hard: true,
    },
  ];
}
