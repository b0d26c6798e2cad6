import { inverse, Matrix } from "ml-matrix";
import { mean } from "../../core/statistics/serial-mean.ts";
import { studentQuantile } from "../../core/statistics/student.ts";
import type { TimeUs } from "../../core/time.ts";
import type { WholePeriod } from "./energy-periods.ts";

/** Periods below which nothing is fitted: sixteen to fit, eight held out. */
export const LEAST_PERIODS = 24;
/** Of the baseline's periods, in order of time, the first part is fitted and the rest held out. */
const FITTED_SHARE = 2 / 3;
/** A driver stays where its coefficient is twice its standard error (IPMVP, statistics and uncertainty). */
const LEAST_T = 2;
const DAY_US = 86_400e6;
/** Guideline 14's limits are for hourly and for monthly data; what is shorter than so long is held against the former. */
const MONTHLY_FROM_US = 25 * DAY_US;

export type Driver = "made" | "outsideC";

/** Limits of ASHRAE Guideline 14 for a calibrated model, shares of 1. */
export const limitsOf = (periodUs: number): { readonly cvRmse: number; readonly nmbe: number } =>
  periodUs >= MONTHLY_FROM_US ? { cvRmse: 0.15, nmbe: 0.05 } : { cvRmse: 0.3, nmbe: 0.1 };

/** How a model did on periods it was not fitted to, shares of 1. */
export interface HeldOut {
  readonly n: number;
  /** Root mean square of measured less modelled, over the mean of the measured. */
  readonly cvRmse: number;
  /** Mean of measured less modelled, over the mean of the measured: above 0 the model says too little. */
  readonly nmbe: number;
}

/** Energy of a period by what drives it; plain data. */
export interface EnergyBaseline {
  readonly fromUs: TimeUs;
  /** Energy after this time is held against it. */
  readonly toUs: TimeUs;
  readonly periodUs: number;
  /** kWh of a period in which every driver is 0. */
  readonly baseKwh: number;
  readonly drivers: readonly {
    readonly name: Driver;
    /** kWh per unit: a body, a K. */
    readonly slope: number;
    /** Mean and standard deviation in the fitted periods. */
    readonly mean: number;
    readonly sd: number;
    readonly least: number;
    readonly most: number;
  }[];
  readonly fitted: number;
  readonly heldOut: HeldOut;
  readonly limits: { readonly cvRmse: number; readonly nmbe: number };
  readonly passes: boolean;
  /** kWh: the larger of what is left over in the fitted and in the held-out periods. */
  readonly sigmaKwh: number;
  /** Lag-1 correlation of what is left over. */
  readonly rho: number;
  /** (X'X)^-1 of the constant and the standardised drivers. */
  readonly inverse: readonly (readonly number[])[];
}

/**
 * Least squares on bodies and outside temperature (IPMVP option C; ISO 50006 calls it a model of relevant variables),
 * tested on the last third of its periods, to which it was not fitted: on its own periods the mean error of a regression
 * is 0 whatever it is worth. A driver that did not vary, or whose coefficient is not twice its standard error, is left out.
 * @param periods of one length, in order of time; at least LEAST_PERIODS
 * @returns undefined where there are too few, or no energy
 */
export function fitBaseline(periods: readonly WholePeriod[]): EnergyBaseline | undefined {
  if (periods.length < LEAST_PERIODS) return undefined;
  const cut = Math.ceil(periods.length * FITTED_SHARE);
  const fitted = periods.slice(0, cut);
  const held = periods.slice(cut);
  if (!(mean(held.map(({ kwh }) => kwh)) > 0)) return undefined;
  let names = (["made", "outsideC"] as const).filter((name) => spreadOf(fitted, name) > 0);
  let fit = regress(fitted, names);
  // The weakest goes first, one at a time: two that move together share their weight.
  while (fit.weakest !== undefined) {
    names = names.filter((name) => name !== fit.weakest);
    fit = regress(fitted, names);
  }
  const { drivers, baseKwh, rho } = fit;
  const says = (period: WholePeriod) => modelled({ baseKwh, drivers }, period);
  const errors = held.map((period) => period.kwh - says(period));
  const level = mean(held.map(({ kwh }) => kwh));
  const rmse = Math.sqrt(mean(errors.map((error) => error * error)));
  const heldOut = { n: held.length, cvRmse: rmse / level, nmbe: mean(errors) / level };
  const periodUs = periods[0]!.toUs - periods[0]!.fromUs;
  const limits = limitsOf(periodUs);
  return {
    fromUs: periods[0]!.fromUs,
    toUs: periods.at(-1)!.toUs,
    periodUs,
    baseKwh,
    drivers,
    fitted: fitted.length,
    heldOut,
    limits,
    passes: heldOut.cvRmse <= limits.cvRmse && Math.abs(heldOut.nmbe) <= limits.nmbe,
    sigmaKwh: Math.max(fit.sigmaKwh, rmse),
    rho,
    inverse: fit.inverse,
  };
}

/** kWh of a period by the model. */
export const modelled = (
  { baseKwh, drivers }: Pick<EnergyBaseline, "baseKwh" | "drivers">,
  period: WholePeriod,
): number => drivers.reduce((sum, { name, slope }) => sum + slope * (period[name] ?? 0), baseKwh);

/** What was saved over some periods: adjusted baseline less measured (IPMVP, avoided energy). */
export interface EnergySaving {
  readonly n: number;
  readonly expectedKwh: number;
  readonly actualKwh: number;
  readonly savedKwh: number;
  /** 90 % interval of `savedKwh`, wider by the bias on held-out periods. */
  readonly low90: number;
  readonly high90: number;
  /** Periods with a driver beyond what the model was fitted to. */
  readonly beyond: number;
  /**
   * `verified`: the model passed its test and the interval leaves out 0. `within uncertainty`: it passed, and nothing can
   * be told from 0. `not verified`: the model failed its test.
   */
  readonly verdict: "verified" | "within uncertainty" | "not verified";
}

/** @param periods after the baseline; undefined for none */
export function savingOf(
  baseline: EnergyBaseline,
  periods: readonly WholePeriod[],
): EnergySaving | undefined {
  const n = periods.length;
  if (n === 0) return undefined;
  const { drivers, sigmaKwh, rho, fitted } = baseline;
  const expectedKwh = periods.reduce((sum, period) => sum + modelled(baseline, period), 0);
  const actualKwh = periods.reduce((sum, { kwh }) => sum + kwh, 0);
  // Variance of a sum of predictions: of what each leaves over, more where neighbours are alike, and of the model itself.
  const row = [
    n,
    ...drivers.map(({ name, mean: centre, sd }) =>
      periods.reduce((sum, period) => sum + ((period[name] ?? 0) - centre) / sd, 0),
    ),
  ];
  const ofModel = row.reduce(
    (sum, a, i) => sum + row.reduce((inner, b, j) => inner + a * baseline.inverse[i]![j]! * b, 0),
    0,
  );
  const alike = (1 + rho) / (1 - rho);
  const t = studentQuantile(0.9, Math.max(1, fitted - drivers.length - 1));
  // A saving below the bias that the model showed where nothing was saved is none.
  const half = t * sigmaKwh * Math.sqrt(n * alike + ofModel) + Math.abs(baseline.heldOut.nmbe * expectedKwh);
  const savedKwh = expectedKwh - actualKwh;
  const isTold = savedKwh - half > 0 || savedKwh + half < 0;
  return {
    n,
    expectedKwh,
    actualKwh,
    savedKwh,
    low90: savedKwh - half,
    high90: savedKwh + half,
    beyond: periods.filter((period) =>
      drivers.some(({ name, least, most }) => (period[name] ?? 0) < least || (period[name] ?? 0) > most),
    ).length,
    verdict: !baseline.passes ? "not verified" : isTold ? "verified" : "within uncertainty",
  };
}

interface Fit extends Pick<EnergyBaseline, "baseKwh" | "drivers" | "sigmaKwh" | "rho" | "inverse"> {
  /** The driver that says least, where one says too little. */
  readonly weakest: Driver | undefined;
}

function regress(periods: readonly WholePeriod[], names: readonly Driver[]): Fit {
  const scales = names.map((name) => {
    const values = periods.map((period) => period[name]!);
    const centre = mean(values);
    const sd = spreadOf(periods, name);
    return { name, mean: centre, sd, least: Math.min(...values), most: Math.max(...values) };
  });
  const x = new Matrix(
    periods.map((period) => [
      1,
      ...scales.map(({ name, mean: centre, sd }) => (period[name]! - centre) / sd),
    ]),
  );
  const y = Matrix.columnVector(periods.map(({ kwh }) => kwh));
  const inner = inverse(x.transpose().mmul(x));
  const weights = inner.mmul(x.transpose()).mmul(y).to1DArray();
  const left = Matrix.sub(y, x.mmul(Matrix.columnVector(weights))).to1DArray();
  const freedom = Math.max(1, periods.length - weights.length);
  const sigmaKwh = Math.sqrt(left.reduce((sum, e) => sum + e * e, 0) / freedom);
  const doubtful = names
    .map((name, i) => ({
      name,
      t: Math.abs(weights[i + 1]!) / (sigmaKwh * Math.sqrt(inner.get(i + 1, i + 1))),
    }))
    .filter(({ t }) => t < LEAST_T)
    .sort((a, b) => a.t - b.t);
  const drivers = scales.map((scale, i) => ({ ...scale, slope: weights[i + 1]! / scale.sd }));
  return {
    drivers,
    baseKwh: drivers.reduce((base, { slope, mean: centre }) => base - slope * centre, weights[0]!),
    sigmaKwh,
    rho: lagOne(left),
    inverse: inner.to2DArray(),
    weakest: doubtful[0]?.name,
  };
}

/** Standard deviation of a driver; 0 where it is not told of every period, or does not vary. */
function spreadOf(periods: readonly WholePeriod[], name: Driver): number {
  const values = periods.map((period) => period[name] ?? Number.NaN);
  const centre = mean(values);
  const sd = Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
  return sd > 1e-9 * Math.max(1, Math.abs(centre)) ? sd : 0;
}

/** Between 0 and 0.9: what is alike only widens an interval, and never without end. */
function lagOne(left: readonly number[]): number {
  const all = left.reduce((sum, e) => sum + e * e, 0);
  const next = left.slice(1).reduce((sum, e, i) => sum + e * left[i]!, 0);
  return all > 0 ? Math.min(0.9, Math.max(0, next / all)) : 0;
}
