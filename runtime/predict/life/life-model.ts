import { RungError } from "../../core/errors.ts";
import { type BoostedModel, readBoostedModel } from "../boosting/boosted-model.ts";
import type { HealthIndex } from "./health-index.ts";
import { featureNames } from "./life-features.ts";
import type { IntervalKnot } from "./life-interval.ts";
import type { PastFailure } from "./past-failures.ts";
import type { WornSignal } from "./worn-signals.ts";

/** What was measured on units that were held out of the training, each once. */
export interface HeldOutScore {
  readonly units: number;
  /** Of remaining lives up to the cap, cycles; each unit weighs the same. */
  readonly rmse: number;
  readonly mae: number;
  /** Mean absolute error of "what units of this age had left on average". */
  readonly naiveMae: number;
  /** Ratio of the two, and its one-sided 95 % upper bound over units. */
  readonly mase: number;
  readonly maseUpper95: number;
  /** Share inside the 90 % interval, and its exact 95 % band with as many independent cases as units. */
  readonly coverage90: number;
  readonly coverageLow: number;
  readonly coverageHigh: number;
}

/** A model of remaining life as plain data. */
export interface LifeModel {
  readonly version: 1;
  readonly kind: "remaining-life";
  readonly capCycles: number;
  readonly signals: readonly WornSignal[];
  readonly index: HealthIndex;
  readonly members: readonly BoostedModel[];
  readonly interval: readonly IntervalKnot[];
  readonly past: readonly PastFailure[];
  readonly heldOut: HeldOutScore;
  readonly trainedOn: {
    readonly source: string;
    readonly units: number;
    readonly rows: number;
    /** Units with one cycle, which tell of no wear. */
    readonly leftOut: number;
    /** Cycles that were not recorded. */
    readonly missingCycles: number;
    readonly shortestCycles: number;
    readonly longestCycles: number;
    readonly seed: number;
  };
}

const isNumbers = (list: unknown, length?: number): boolean =>
  Array.isArray(list) &&
  (length === undefined || list.length === length) &&
  list.every((each) => Number.isFinite(each));
const hasNumbers = (thing: unknown, ...names: readonly string[]): boolean =>
  typeof thing === "object" &&
  thing !== null &&
  names.every((name) => Number.isFinite((thing as Record<string, unknown>)[name]));

/**
 * A model from a JSON file.
 * @param where the file, for the error
 * @throws RungError `life-model`, `boosted-model`
 */
export function readLifeModel(value: unknown, where: string): LifeModel {
  const check = (holds: unknown, what: string): void => {
    if (holds) return;
    const advice = "train it with `rung life train` and keep its file unchanged";
    throw new RungError({ code: "life-model", where, what, advice });
  };
  const model = value as LifeModel;
  check(
    typeof model === "object" && model !== null && model.kind === "remaining-life",
    "holds no model of remaining life",
  );
  check(model.version === 1, `holds a model of version ${String(model.version)}, known is 1`);
  check(Number.isFinite(model.capCycles) && model.capCycles > 0, "capCycles must be > 0");
  const { signals, index, members, interval, past, heldOut, trainedOn } = model;
  const isSignal = (signal: WornSignal): boolean =>
    hasNumbers(signal, "mean", "deviation", "low", "high") &&
    signal.deviation > 0 &&
    typeof signal.name === "string";
  check(Array.isArray(signals) && signals.length > 0 && signals.every(isSignal), "its signals are broken");
  check(
    hasNumbers(index, "intercept") && isNumbers(index.weights, signals.length),
    "its health index is broken",
  );
  check(Array.isArray(members) && members.length > 0, "it has no members");
  const columns = featureNames(signals).length;
  for (const member of members)
    check(readBoostedModel(member, where).columns === columns, `its trees must have ${columns} columns`);
  const isKnot = (knot: unknown): boolean => hasNumbers(knot, "estimate", "low", "high");
  check(Array.isArray(interval) && interval.length > 0 && interval.every(isKnot), "its interval is broken");
  const isPast = (one: PastFailure): boolean => hasNumbers(one, "unit", "cycles") && isNumbers(one.health);
  check(Array.isArray(past) && past.every(isPast), "its past failures are broken");
  check(
    hasNumbers(
      heldOut,
      "units",
      "rmse",
      "mae",
      "naiveMae",
      "mase",
      "maseUpper95",
      "coverage90",
      "coverageLow",
      "coverageHigh",
    ),
    "its score on held-out units is broken",
  );
  check(hasNumbers(trainedOn, "units", "rows", "longestCycles"), "does not say what it was trained on");
  return model;
}
