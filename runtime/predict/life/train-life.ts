import { RungError } from "../../core/errors.ts";
import { Random } from "../../core/random.ts";
import { trainBoostedTrees } from "../boosting/train-boosted.ts";
import { fitHealthIndex, type HealthIndex } from "./health-index.ts";
import { type HeldOutGroup, heldOutScore } from "./held-out-score.ts";
import { LifeEstimator } from "./life-estimator.ts";
import { LifeFeatures } from "./life-features.ts";
import { type HeldOutEstimate, intervalKnots } from "./life-interval.ts";
import type { LifeModel } from "./life-model.ts";
import { type LifeOptions, lifeOptions } from "./life-options.ts";
import { type LifeRecord, type LifeRecords, missingCycles } from "./life-record.ts";
import { type PastFailure, WAY_STEP_CYCLES } from "./past-failures.ts";
import { type WornSignal, wornSignals } from "./worn-signals.ts";

/** Fewer units say nothing of how lives differ. */
const LEAST_UNITS = 10;

/** What is learnt from a set of units, before anything is known of its errors. */
type Learnt = Omit<LifeModel, "interval" | "heldOut" | "trainedOn">;

/**
 * Learns from units that were recorded until they failed. The errors that the interval and the score stand on are those
 * for units held out of everything, the choice of signals included; the model itself is then trained on all units.
 * @param records each ends at its unit's failure
 * @param source what the records are, kept in the model
 * @throws RungError `life-few-units`, `life-no-signal`, `life-option`, `boosting-option`
 */
export function trainLifeModel(
  records: LifeRecords,
  source: string,
  given: Partial<LifeOptions> = {},
): LifeModel {
  const options = lifeOptions(given);
  const units = records.units.filter(({ cycles }) => cycles.length > 1);
  const leftOut = records.units.length - units.length;
  if (units.length < LEAST_UNITS) {
    throw new RungError({
      code: "life-few-units",
      where: source,
      what: `has ${units.length} units of two cycles or more, needed are ${LEAST_UNITS}`,
      advice: "record more units until they fail",
    });
  }
  const groups: HeldOutGroup[] = groupsOf(units, Math.min(options.folds, units.length), options.seed).map(
    (group) => {
      const others = units.filter((unit) => !group.includes(unit));
      // One member is enough to measure by: the mean of several errs a little less.
      const { model, columns } = learn({ ...records, units: others }, { ...options, members: 1 });
      return {
        estimates: group.flatMap((unit) => estimatesOf(model, columns, unit, records.names.length)),
        otherLives: Float64Array.from(others, lifeOf),
      };
    },
  );
  const { model } = learn({ ...records, units }, options);
  const lives = units.map(lifeOf);
  return {
    ...model,
    interval: intervalKnots(
      groups.flatMap(({ estimates }) => estimates),
      options.capCycles,
    ),
    heldOut: heldOutScore(groups, options.capCycles),
    trainedOn: {
      source,
      units: units.length,
      rows: units.reduce((sum, { cycles }) => sum + cycles.length, 0),
      leftOut,
      missingCycles: units.reduce((sum, unit) => sum + missingCycles(unit), 0),
      shortestCycles: Math.min(...lives),
      longestCycles: Math.max(...lives),
      seed: options.seed,
    },
  };
}

const lifeOf = ({ cycles }: LifeRecord): number => cycles.at(-1)!;

/** Units in groups of equal size, drawn. */
function groupsOf(units: readonly LifeRecord[], count: number, seed: number): LifeRecord[][] {
  const random = new Random(seed);
  const drawn = [...units];
  for (let i = drawn.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [drawn[i], drawn[j]] = [drawn[j]!, drawn[i]!];
  }
  return Array.from({ length: count }, (_, g) => drawn.filter((_, i) => i % count === g));
}

function learn(records: LifeRecords, options: LifeOptions): { model: Learnt; columns: Int32Array } {
  const { capCycles } = options;
  const { columns, signals } = wornSignals(records);
  const index = indexOf(records, columns, signals, capCycles);
  const count = records.units.reduce((sum, { cycles }) => sum + cycles.length, 0);
  const width = new LifeFeatures(signals, index).count;
  const features = new Float64Array(count * width);
  const targets = new Float64Array(count);
  const past: PastFailure[] = [];
  let row = 0;
  for (const unit of records.units) {
    const own = new LifeFeatures(signals, index);
    const health = new Float64Array(unit.cycles.length);
    eachCycle(unit, records.names.length, columns, (i, cycle, values) => {
      own.push(cycle, values);
      own.write(features, row * width);
      targets[row++] = Math.min(lifeOf(unit) - cycle, capCycles);
      health[i] = own.health;
    });
    past.push({ unit: unit.unit, cycles: lifeOf(unit), health: wayBack(unit, health) });
  }
  const { trees, leaves, learningRate, minLeaf, rowShare, featureShare } = options;
  const members = Array.from({ length: options.members }, (_, m) =>
    trainBoostedTrees({ features, count, columns: width }, targets, {
      ...{ trees, leaves, learningRate, minLeaf, rowShare, featureShare },
      seed: options.seed + m,
    }),
  );
  const model: Learnt = { version: 1, kind: "remaining-life", capCycles, signals, index, members, past };
  return { model, columns };
}

function indexOf(
  { names, units }: LifeRecords,
  columns: Int32Array,
  signals: readonly WornSignal[],
  capCycles: number,
): HealthIndex {
  const count = units.reduce((sum, { cycles }) => sum + cycles.length, 0);
  const rows = new Float64Array(count * signals.length);
  const share = new Float64Array(count);
  let row = 0;
  for (const unit of units) {
    eachCycle(unit, names.length, columns, (_, cycle, values) => {
      for (let s = 0; s < signals.length; s++)
        rows[row * signals.length + s] = (values[s]! - signals[s]!.mean) / signals[s]!.deviation;
      share[row++] = Math.min(lifeOf(unit) - cycle, capCycles) / capCycles;
    });
  }
  return fitHealthIndex(rows, count, signals.length, share);
}

/** @param onCycle gets the row, its cycle and the chosen columns' values, valid only during the call */
function eachCycle(
  { cycles, values }: LifeRecord,
  width: number,
  columns: Int32Array,
  onCycle: (row: number, cycle: number, values: Float64Array) => void,
): void {
  const chosen = new Float64Array(columns.length);
  for (let i = 0; i < cycles.length; i++) {
    for (let s = 0; s < columns.length; s++) chosen[s] = values[i * width + columns[s]!]!;
    onCycle(i, cycles[i]!, chosen);
  }
}

/** Health at 0, 4, 8 ... cycles before the failure, each the last that was recorded by then; four digits are enough. */
function wayBack({ cycles }: LifeRecord, health: Float64Array): number[] {
  const way: number[] = [];
  let i = cycles.length - 1;
  for (let cycle = cycles[i]!; cycle >= cycles[0]!; cycle -= WAY_STEP_CYCLES) {
    while (cycles[i]! > cycle) i--;
    way.push(Math.round(health[i]! * 1e4) / 1e4);
  }
  return way;
}

/** What a model says of a unit it has not seen, after each of its cycles. */
function estimatesOf(model: Learnt, columns: Int32Array, unit: LifeRecord, width: number): HeldOutEstimate[] {
  const estimates: HeldOutEstimate[] = [];
  // The interval comes from these estimates and is not asked for here.
  const knot = { estimate: 0, low: 0, high: 0 };
  const estimator = new LifeEstimator({ ...model, interval: [knot] });
  eachCycle(unit, width, columns, (_, cycle, values) => {
    const { rul } = estimator.push(cycle, values);
    estimates.push({ unit: unit.unit, cycle, estimate: rul, remaining: lifeOf(unit) - cycle });
  });
  return estimates;
}
