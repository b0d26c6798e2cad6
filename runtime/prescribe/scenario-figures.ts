import { energyPerBody, GAS_CO2_KG_PER_KWH } from "../model/oven/energy.ts";
import type { OvenSituation } from "../predict/oven-situation.ts";
import type { CureWindow } from "./cure-window.ts";
import type { OvenPlan } from "./oven-plan.ts";
import { airAboveHallK, emittersKW, type PlanRuns, planEnergy } from "./oven-scenarios.ts";
import type { Comparison, ScenarioHistogram, ScenarioResult } from "./recommendation.ts";
import type { RunControl } from "./run-control.ts";
import { bodyFigures, bodyRisks, compare, constraintsOf, type Figure, nodeFigures } from "./run-figures.ts";

/** What is left of the runs of two plans: quantiles, shares and histograms. */
export type ScenarioFigures = Pick<
  ScenarioResult,
  "comparisons" | "nodes" | "constraints" | "risks" | "histograms"
>;

const BINS = 40;

/**
 * Compares two plans that met the same draws.
 * @param plans, runs baseline first, then the scenario
 */
export async function scenarioFigures(
  situation: OvenSituation,
  window: CureWindow,
  plans: readonly [OvenPlan, OvenPlan],
  runs: readonly [PlanRuns, PlanRuns],
  control: RunControl,
): Promise<ScenarioFigures> {
  const [before, after] = runs;
  const rows = async (figures: readonly Figure[]): Promise<Comparison[]> => {
    const compared: Comparison[] = [];
    for (const figure of figures) {
      await control.breathe();
      compared.push(compare(figure, before, after));
    }
    return compared;
  };
  const body = bodyFigures(situation);
  const [least, , peak] = body;
  const histograms: ScenarioHistogram[] = [];
  for (const figure of [least!, peak!, body.at(-1)!]) {
    await control.breathe();
    histograms.push(histogramOf(figure, before, after));
  }
  const gas = body.at(-1)!;
  const risks = { baseline: bodyRisks(window, before), scenario: bodyRisks(window, after) };
  return {
    comparisons: [
      ...(await rows([...body, ...(after.degree === undefined ? [] : [DEGREE]), co2Figure(gas)])),
      ...planRows(situation, plans, await rows([gas])),
    ],
    nodes: await rows(nodeFigures(situation)),
    constraints: constraintsOf(window, plans[1].setpointC, risks.scenario, after.degree?.criterion),
    risks,
    histograms,
  };
}

const DEGREE: Figure = {
  what: "degree of cure of the least cured node",
  unit: "1",
  of: ({ degree }) => degree!.least,
};

/** Of the gas alone: what the fans' electricity causes is the grid's. */
const co2Figure = (gas: Figure): Figure => ({
  what: "CO2 of the gas per body",
  unit: "kg",
  of: (runs) => gas.of(runs).map((kWh) => kWh * GAS_CO2_KG_PER_KWH),
});

/** What follows of the plan with no spread of its own, and the energy, which is the gas and a constant. */
function planRows(
  situation: OvenSituation,
  plans: readonly [OvenPlan, OvenPlan],
  [gas]: readonly Comparison[],
): Comparison[] {
  const [before, after] = plans.map((plan) => planEnergy(situation, plan));
  const drawn = plans.map((plan) => emittersKW(situation, plan));
  const electric = [before!, after!].map(
    ({ fanKW, bodiesPerHour }, p) => (fanKW + drawn[p]!) / bodiesPerHour,
  );
  const shifted = (interval: Comparison["baseline"], by: number) => ({
    value: interval.value + by,
    low: interval.low + by,
    high: interval.high + by,
  });
  const rows: Comparison[] = [
    {
      what: `energy per body, gas${drawn.some((kW) => kW > 0) ? ", emitters" : ""} and fans`,
      unit: "kWh",
      baseline: shifted(gas!.baseline, electric[0]!),
      scenario: shifted(gas!.scenario, electric[1]!),
      difference: shifted(gas!.difference, electric[1]! - electric[0]!),
    },
    exactRow("throughput while it runs", "1/h", before!.bodiesPerHour, after!.bodiesPerHour),
  ];
  const { stopMin } = plans[1];
  if (stopMin > 0) {
    const lost = (after!.bodiesPerHour * stopMin) / 60;
    rows.push(
      exactRow("bodies lost to the stop", "1", 0, lost),
      exactRow("gas burnt during the stop", "kWh", 0, stopGasKWh(situation, plans[1])),
    );
  }
  return rows;
}

/** Exhaust and walls go on while nothing moves: the balance of an hour in which one body takes up no heat. */
function stopGasKWh(situation: OvenSituation, plan: OvenPlan): number {
  const aboveHallK = airAboveHallK(situation, plan);
  const hour = energyPerBody(
    { ...situation.energy, bodyKg: 0, skidKg: 0, bodiesPerHour: 1 },
    { bodyRiseK: 0, skidRiseK: 0, exhaustRiseK: aboveHallK, wallRiseK: aboveHallK },
    emittersKW(situation, plan),
  );
  return (hour.gasKWh * situation.gasRatio * plan.stopMin) / 60;
}

function exactRow(what: string, unit: string, baseline: number, scenario: number): Comparison {
  const exactly = (value: number) => ({ value, low: value, high: value });
  return {
    what,
    unit,
    baseline: exactly(baseline),
    scenario: exactly(scenario),
    difference: exactly(scenario - baseline),
  };
}

function histogramOf({ what, unit, of }: Figure, baseline: PlanRuns, scenario: PlanRuns): ScenarioHistogram {
  const a = of(baseline);
  const b = of(scenario);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const values of [a, b]) {
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  const width = (high - low) / BINS || 1;
  const counted = (values: Float32Array): number[] => {
    const bins = new Array<number>(BINS).fill(0);
    for (const value of values) {
      const bin = Math.min(BINS - 1, Math.floor((value - low) / width));
      bins[bin] = bins[bin]! + 1;
    }
    return bins;
  };
  return { what, unit, low, high, baseline: counted(a), scenario: counted(b) };
}
