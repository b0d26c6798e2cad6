import { type Evidence, WINDOW_PERIODS } from "../../core/evidence.ts";
import type { TimeUs } from "../../core/time.ts";
import type { LifeModel } from "./life-model.ts";
import type { MetScore } from "./met-life.ts";
import type { WornSignal } from "./worn-signals.ts";

const COVERAGE = 0.9;
/** Held-out units before either is judged, as for any forecast. */
const NEEDED_UNITS = 100;
/** Share of the last cycles whose signals must lie where the model was trained. */
const REQUIRED_SHARE = 0.95;
/** Cycles before the range is judged. */
const NEEDED_CYCLES = 20;
/** A signal may leave the range it was trained on by this share of its width. */
const RANGE_MARGIN = 0.1;

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
const percent = (share: number): number => Math.round(share * 1000) / 10;

/** Whether an asset's signals lie where the model was trained: outside it the trees only repeat what they know. */
export class TrainedRange {
  readonly #signals: readonly WornSignal[];
  /** Per cycle of the window: 0 inside, signal + 1 that was outside or missing. */
  readonly #ring = new Int32Array(WINDOW_PERIODS);
  #count = 0;
  #outside = 0;

  constructor(signals: readonly WornSignal[]) {
    this.#signals = signals;
  }

  /** @param values one per signal; not finite: missing */
  add(values: Float64Array): void {
    let code = 0;
    for (let s = 0; s < values.length && code === 0; s++) {
      const { low, high } = this.#signals[s]!;
      const margin = RANGE_MARGIN * (high - low);
      // A missing value compares false, and so counts as outside.
      if (!(values[s]! >= low - margin && values[s]! <= high + margin)) code = s + 1;
    }
    const at = this.#count++ % this.#ring.length;
    if (this.#count > this.#ring.length && this.#ring[at] !== 0) this.#outside--;
    this.#ring[at] = code;
    if (code !== 0) this.#outside++;
  }

  get cycles(): number {
    return Math.min(this.#count, this.#ring.length);
  }

  /** Share of the last cycles inside; 1 before the first. */
  get share(): number {
    return this.cycles === 0 ? 1 : 1 - this.#outside / this.cycles;
  }

  /** Signal that was outside or missing last. */
  get lastOutside(): string | undefined {
    for (let back = 1; back <= this.cycles; back++) {
      const code = this.#ring[(this.#count - back) % this.#ring.length]!;
      if (code !== 0) return this.#signals[code - 1]!.name;
    }
    return undefined;
  }
}

/**
 * The records of remaining life. Failures of a running asset are too rare to prove a model by, so skill and coverage are those
 * for units held out of the training; they speak of this asset while its signals lie where the model was trained, and
 * until the ends of real lives contradict them.
 */
export function lifeEvidence(parts: {
  readonly twin: string;
  readonly node: string;
  readonly model: LifeModel;
  readonly range: TrainedRange;
  /** Of all lives that the model foretold; undefined before one ended. */
  readonly met: MetScore | undefined;
  readonly nowUs: TimeUs;
}): Evidence[] {
  const { twin, node, model, range, met, nowUs } = parts;
  const { heldOut, capCycles } = model;
  const base = { twin, rung: 3 as const, node, timeUs: nowUs };
  const ahead = `remaining life up to ${capCycles} cycles, units held out`;
  const enough = heldOut.units >= NEEDED_UNITS;
  const collecting = {
    value: null,
    verdict: "collecting" as const,
    progress: { n: heldOut.units, of: NEEDED_UNITS },
    cause: `the model knows ${heldOut.units} of ${NEEDED_UNITS} failures`,
  };
  const skill = {
    ...base,
    id: `${twin}/3/life-skill/${node}`,
    what: `error over that by age alone (MASE), ${ahead}`,
    limit: "95 % upper bound < 1",
  };
  const coverage = {
    ...base,
    id: `${twin}/3/life-coverage/${node}`,
    what: `coverage of the 90 % interval, ${ahead}`,
    unit: "%",
    limit: `90 % within its binomial 95 % band (${heldOut.units} units)`,
  };
  const skilled = heldOut.maseUpper95 < 1;
  const covers = heldOut.coverageLow <= COVERAGE && COVERAGE <= heldOut.coverageHigh;
  return [
    enough
      ? {
          ...skill,
          value: rounded(heldOut.maseUpper95),
          verdict: skilled ? "holds" : "fails",
          ...(!skilled && { cause: `not shown to beat what age alone tells: MASE ${rounded(heldOut.mase)}` }),
        }
      : { ...skill, ...collecting },
    enough
      ? {
          ...coverage,
          value: percent(heldOut.coverage90),
          verdict: covers ? "holds" : "fails",
          ...(!covers && {
            cause: `the 90 % interval covers ${percent(heldOut.coverageLow)} to ${percent(heldOut.coverageHigh)} %`,
          }),
        }
      : { ...coverage, ...collecting },
    rangeRecord({ ...base, id: `${twin}/3/life-range/${node}` }, range),
    ...(met === undefined ? [] : [metRecord({ ...base, id: `${twin}/3/life-met/${node}` }, met)]),
  ];
}

type RecordBase = Omit<Evidence, "what" | "value" | "limit" | "verdict">;

function metRecord(base: RecordBase, { lives, inside, isContradicted, missed }: MetScore): Evidence {
  const record = {
    ...base,
    what: `ends of ${lives} real ${lives === 1 ? "life" : "lives"} inside the 90 % interval foretold half way`,
    value: percent(inside / lives),
    unit: "%",
    limit: "no bet against 90 % wins 20 to 1",
    verdict: isContradicted ? ("fails" as const) : ("holds" as const),
  };
  if (!isContradicted) return record;
  const { order, condition, cycle, foretold } = missed!;
  const [from, to] = [foretold!.cycle + foretold!.low, foretold!.cycle + foretold!.high].map(Math.round);
  return {
    ...record,
    cause: `order ${order}: ${condition} at cycle ${cycle}, foretold for ${from} to ${to}`,
  };
}

function rangeRecord(base: RecordBase, range: TrainedRange): Evidence {
  const record = {
    ...base,
    what: "cycles with every signal where the model was trained",
    unit: "%",
    limit: `>= ${100 * REQUIRED_SHARE} %`,
  };
  if (range.cycles < NEEDED_CYCLES) {
    const progress = { n: range.cycles, of: NEEDED_CYCLES };
    return {
      ...record,
      value: null,
      verdict: "collecting",
      progress,
      cause: `${progress.n} of ${progress.of} cycles seen`,
    };
  }
  const holds = range.share >= REQUIRED_SHARE;
  const verdict = holds ? "holds" : "fails";
  const cause = `${range.lastOutside} is missing or outside what the model was trained on`;
  return { ...record, value: percent(range.share), verdict, ...(!holds && { cause }) };
}
