import { seasonOffset } from "./point-model.ts";
import { dayPhase, type StepSeries, weekday, windowMean } from "./step-series.ts";

/** What a regression or boosted trees read for one step ahead. Plain data. */
export interface FeaturePlan {
  readonly stepUs: number;
  /** Last values that are read. */
  readonly order: number;
  /** Steps of the seasons, ascending; each is read two seasons back. */
  readonly seasons: readonly number[];
  /** For each exogenous input whether it is known ahead. */
  readonly known: readonly boolean[];
  /** Whether time of day and day of the week are read. */
  readonly calendar: boolean;
}

/** Seasons back that are read of each season. */
const DEPTH = 2;
/** Means of the last steps that are read where there is no season, in orders. */
const LONG_MEAN_ORDERS = 4;
/** Sine and cosine of the day twice, Saturday, Sunday, Monday. */
const CALENDAR = 7;

const lagsOf = (order: number): readonly number[] => {
  // The newest ones all, older ones ever thinner: neighbours far back say the same.
  const lags: number[] = [];
  for (let lag = 0; lag < order; lag += lag < 8 ? 1 : lag < 24 ? 4 : 12) lags.push(lag);
  return lags;
};

/** Places of a row that are values of the forecast property itself, in its unit; they come first. */
export const ownCount = (plan: FeaturePlan): number =>
  lagsOf(plan.order).length + (plan.seasons.length === 0 ? 1 : (DEPTH + 1) * plan.seasons.length);

export function featureCount(plan: FeaturePlan): number {
  const beside = plan.known.reduce(
    (sum, known) => sum + 2 + (known ? 1 + Math.min(1, plan.seasons.length) : 0),
    0,
  );
  return ownCount(plan) + beside + (plan.calendar ? CALENDAR : 0);
}

/** How many past steps are read, the newest included. */
export const memoryOfPlan = ({ order, seasons }: FeaturePlan): number =>
  Math.max(
    seasons.length === 0 ? LONG_MEAN_ORDERS * order : 2,
    order,
    ...seasons.map((season) => DEPTH * season),
  );

/**
 * Writes what is read at step t for the step `ahead` of it.
 * @param row at least `featureCount(plan)` long
 * @returns whether every place is a finite number
 */
export function writeFeatures(
  plan: FeaturePlan,
  series: StepSeries,
  t: number,
  ahead: number,
  row: Float64Array,
): boolean {
  const { values, exogenous } = series;
  let at = 0;
  for (const lag of lagsOf(plan.order)) row[at++] = values[t - lag] ?? Number.NaN;
  for (const season of plan.seasons) {
    const offset = seasonOffset(season, ahead);
    for (let depth = 0; depth < DEPTH; depth++) row[at++] = values[t - offset - depth * season] ?? Number.NaN;
    row[at++] = windowMean(series, t, season);
  }
  if (plan.seasons.length === 0) row[at++] = windowMean(series, t, LONG_MEAN_ORDERS * plan.order);
  for (const [e, known] of plan.known.entries()) {
    const column = exogenous[e]!;
    row[at++] = column[t] ?? Number.NaN;
    row[at++] = column[t - 1] ?? Number.NaN;
    if (!known) continue;
    row[at++] = column[t + ahead] ?? Number.NaN;
    if (plan.seasons.length > 0) row[at++] = column[t - seasonOffset(plan.seasons[0]!, ahead)] ?? Number.NaN;
  }
  if (plan.calendar) {
    const endUs = series.endUs[t]! + ahead * plan.stepUs;
    const angle = 2 * Math.PI * dayPhase(endUs, plan.stepUs);
    const day = weekday(endUs, plan.stepUs);
    row[at++] = Math.sin(angle);
    row[at++] = Math.cos(angle);
    row[at++] = Math.sin(2 * angle);
    row[at++] = Math.cos(2 * angle);
    row[at++] = day === 5 ? 1 : 0;
    row[at++] = day === 6 ? 1 : 0;
    row[at++] = day === 0 ? 1 : 0;
  }
  for (let i = 0; i < at; i++) if (!Number.isFinite(row[i]!)) return false;
  return true;
}
