import type { BoostedModel as Trees } from "../boosting/boosted-model.ts";
import { predictRow } from "../boosting/predict-boosted.ts";
import { trainBoostedTrees } from "../boosting/train-boosted.ts";
import { type FeaturePlan, featureCount, ownCount } from "./features.ts";
import { fitRegression, type RegressionModel, regressionAt } from "./fit-regression.ts";
import { dayPhase, type StepSeries, weekday } from "./step-series.ts";

/**
 * Quantiles by gradient-boosted trees (Friedman 2001) of what a regression leaves: the regression follows levels that no
 * training saw, the trees what depends on the hour and is not linear. One set of trees serves all steps ahead, which are
 * a feature.
 */
export interface BoostedForecast {
  readonly kind: "boosted";
  readonly base: RegressionModel;
  readonly median: Trees;
  /** Only the median is there where models are merely compared. */
  readonly quantiles?: {
    readonly low90: Trees;
    readonly low50: Trees;
    readonly high50: Trees;
    readonly high90: Trees;
  };
}

export interface BoostedOutlook {
  readonly median: number;
  readonly low90: number;
  readonly low50: number;
  readonly high50: number;
  readonly high90: number;
}

/** Settings of the trees: the same for every series. */
const TREES = {
  trees: 100,
  leaves: 16,
  learningRate: 0.08,
  minLeaf: 20,
  bins: 128,
  lambda: 1,
  featureShare: 0.7,
  rowShare: 0.7,
  seed: 1,
} as const;
const RIDGE = 1e-3;
const LEVELS = { low90: 0.05, low50: 0.25, high50: 0.75, high90: 0.95 } as const;
/** Rows that the trees are trained on at most: origins and steps ahead, spread evenly. */
const MOST_ROWS = 20_000;
const LEAST_ROWS = 200;
/** Beyond the features: phase of the day, day of the week, what the regression says, steps ahead. */
const EXTRA = 4;

const columnsOf = (plan: FeaturePlan): number => featureCount(plan) + EXTRA;

/**
 * @param steps the steps ahead to fit
 * @param isFinal whether its quantiles are wanted beside the median
 * @returns undefined where the data does not suffice
 */
export function fitBoosted(
  series: StepSeries,
  plan: FeaturePlan,
  steps: readonly number[],
  isFinal: boolean,
): BoostedForecast | undefined {
  const base = fitRegression(series, plan, RIDGE, steps);
  if (base === undefined) return undefined;
  const columns = columnsOf(plan);
  const pairs = pairsOf(series.values.length, steps);
  const features = new Float64Array(pairs.length * columns);
  const targets = new Float64Array(pairs.length);
  let count = 0;
  for (const { t, ahead } of pairs) {
    const row = features.subarray(count * columns, (count + 1) * columns);
    const told = writeRow(base, series, t, ahead, row);
    const target = series.values[t + ahead]! - told;
    if (!Number.isFinite(target)) continue;
    targets[count++] = target;
  }
  if (count < LEAST_ROWS) return undefined;
  const rows = { features: features.subarray(0, count * columns), count, columns };
  const trained = (quantile: number): Trees =>
    trainBoostedTrees(rows, targets.subarray(0, count), { ...TREES, loss: { quantile } });
  const median = trained(0.5);
  if (!isFinal) return { kind: "boosted", base, median };
  const { low90, low50, high50, high90 } = LEVELS;
  const quantiles = {
    low90: trained(low90),
    low50: trained(low50),
    high50: trained(high50),
    high90: trained(high90),
  };
  return { kind: "boosted", base, median, quantiles };
}

/** Pairs of origin and step ahead, every origin where they are few, else each with some steps in turn. */
function pairsOf(length: number, steps: readonly number[]): { readonly t: number; readonly ahead: number }[] {
  const all = length * steps.length;
  // Coprime to the steps, so that every origin meets every step ahead in turn.
  let stride = Math.max(1, Math.ceil(all / MOST_ROWS));
  while (greatestCommonDivisor(stride, steps.length) > 1) stride++;
  const pairs: { t: number; ahead: number }[] = [];
  for (let i = 0; i < all; i += stride) {
    const t = Math.floor(i / steps.length);
    const ahead = steps[i % steps.length]!;
    if (t + ahead < length) pairs.push({ t, ahead });
  }
  return pairs;
}

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);

/**
 * Own values stand as differences to what the regression says, so that the trees know shapes and no levels.
 * @returns what the regression says, NaN where something is missing
 */
function writeRow(
  base: RegressionModel,
  series: StepSeries,
  t: number,
  ahead: number,
  row: Float64Array,
): number {
  const { plan } = base;
  const told = regressionAt(base, series, t, ahead, row);
  if (!Number.isFinite(told)) return Number.NaN;
  const own = ownCount(plan);
  for (let i = 0; i < own; i++) row[i]! -= told;
  const endUs = series.endUs[t]! + ahead * plan.stepUs;
  let at = featureCount(plan);
  row[at++] = dayPhase(endUs, plan.stepUs);
  row[at++] = weekday(endUs, plan.stepUs);
  row[at++] = told - base.centre;
  row[at++] = ahead;
  return told;
}

/** The forecast of step t + ahead with its quantiles; undefined where something it reads is missing. */
export function boostedAt(
  model: BoostedForecast,
  series: StepSeries,
  t: number,
  ahead: number,
): BoostedOutlook | undefined {
  const row = new Float64Array(columnsOf(model.base.plan));
  const told = writeRow(model.base, series, t, ahead, row);
  if (!Number.isFinite(told)) return undefined;
  const median = told + predictRow(model.median, row);
  const { quantiles } = model;
  if (quantiles === undefined)
    return { median, low90: median, low50: median, high50: median, high90: median };
  return {
    median,
    low90: told + predictRow(quantiles.low90, row),
    low50: told + predictRow(quantiles.low50, row),
    high50: told + predictRow(quantiles.high50, row),
    high90: told + predictRow(quantiles.high90, row),
  };
}

export const boostedName = ({ base: { plan } }: BoostedForecast): string =>
  [
    "boosted trees",
    ...(plan.seasons.length === 0
      ? []
      : [`${plan.seasons.length === 1 ? "season" : "seasons"} ${plan.seasons.join(" and ")}`]),
    ...(plan.known.length === 0 ? [] : [`${plan.known.length} exogenous`]),
  ].join(", ");
