import type { Condition, MaintenanceEvent } from "../../core/maintenance-event.ts";
import { logGamma, regularisedIncompleteBeta } from "../../core/statistics/incomplete-beta.ts";
import type { TimeUs } from "../../core/time.ts";
import type { LifeEstimate } from "./life-estimator.ts";

/** A life followed for fewer cycles says nothing of what was foretold of it. */
export const SHORT_LIFE_CYCLES = 20;
/** Share of ends that the 90 % interval may miss. */
const MISS_SHARE = 0.1;
/** A true interval is ever contradicted with a chance of 1 in 20. */
const CONTRADICTED = 20;

/** The end of a life that a person signed off, and what was foretold of it half way. One line of the file of lives. */
export interface MetLife {
  readonly kind: "met life";
  /** Digest of the model that foretold it. */
  readonly model: string;
  readonly twin: string;
  readonly component: string;
  readonly order: string;
  /** Wall time of the sign-off, ISO 8601. */
  readonly at: string;
  /** The plant's time of it; absent in lines that were kept before it was. */
  readonly timeUs?: TimeUs;
  readonly condition: Condition;
  /** Path of the counter of use. */
  readonly counter: string;
  /** Of how many cycles the life was; null where nothing was told of it. */
  readonly cycle: number | null;
  /** What the asset's counter of use said when the part began anew; null where it was not renewed. */
  readonly nextFrom: number | null;
  /** Of the cycle half way through those that were followed; null where they were too few, or it was judged before. */
  readonly foretold: Pick<LifeEstimate, "cycle" | "rul" | "low" | "high"> | null;
  /** Whether the end lay in the interval; null where nothing was foretold, or the part was renewed while good. */
  readonly isInside: boolean | null;
}

export function isMetLife(thing: unknown): thing is MetLife {
  if (typeof thing !== "object" || thing === null) return false;
  const { kind, model, twin, component, order, timeUs, counter, cycle, nextFrom, foretold, isInside } =
    thing as Partial<MetLife>;
  const isNamed = [model, twin, component, order, counter].every((name) => typeof name === "string");
  const areCounts = [cycle, nextFrom].every((count) => count === null || Number.isFinite(count));
  const isTimed = timeUs === undefined || Number.isFinite(timeUs);
  const isJudged =
    isInside === null || (typeof isInside === "boolean" && typeof foretold === "object" && foretold !== null);
  return kind === "met life" && isNamed && areCounts && isTimed && isJudged && foretold !== undefined;
}

/** What was foretold after each of the newest cycles of a life, so that it can be judged when the life ends. */
export class ForetoldTrail {
  readonly #most: number;
  #estimates: LifeEstimate[] = [];

  /** @param capCycles the model looks no further */
  constructor(capCycles: number) {
    this.#most = Math.ceil(capCycles);
  }

  add(estimate: LifeEstimate): void {
    this.#estimates.push(estimate);
    // Trimmed now and then, so that a cycle costs no copy.
    if (this.#estimates.length > 2 * this.#most) this.#estimates = this.#estimates.slice(-this.#most);
  }

  /** Cycles of which something was foretold, at most about twice as many as the model looks ahead. */
  get cycles(): number {
    return this.#estimates.length;
  }

  /** Too short to be judged. */
  get isShort(): boolean {
    return this.#estimates.length < SHORT_LIFE_CYCLES;
  }

  /** The estimate half way through the cycles that were followed, at most as many as the model looks ahead. */
  halfWay(): LifeEstimate | undefined {
    const newest = this.#estimates.slice(-this.#most);
    return this.isShort ? undefined : newest[newest.length >> 1];
  }
}

/**
 * Judges what was foretold by how the life ended. Failed: the remaining cycles are known. Renewed as foretold: a person
 * found the wear that was foretold. Renewed while still good: it would have lived on, which contradicts only an interval
 * that had ended by then.
 */
export function metLife(
  { order, component, at, timeUs, condition }: MaintenanceEvent,
  life: {
    readonly model: string;
    readonly twin: string;
    readonly counter: string;
    readonly cycle: number | null;
    readonly nextFrom: number | null;
    /** undefined where nothing is to be judged. */
    readonly trail: ForetoldTrail | undefined;
  },
): MetLife {
  const { model, twin, counter, cycle, nextFrom, trail } = life;
  const half = cycle === null ? undefined : trail?.halfWay();
  const foretold = half && { cycle: half.cycle, rul: half.rul, low: half.low, high: half.high };
  return {
    kind: "met life",
    ...{ model, twin, component, order, at, timeUs, condition, counter, cycle, nextFrom },
    foretold: foretold ?? null,
    isInside: foretold === undefined ? null : isMet(condition, foretold, cycle! - foretold.cycle),
  };
}

function isMet(
  condition: Condition,
  { low, high }: { readonly low: number; readonly high: number },
  lived: number,
): boolean | null {
  switch (condition) {
    case "as foretold":
      return true;
    case "failed":
      return low <= lived && lived <= high;
    case "still good":
      return high <= lived ? false : null;
  }
}

/** What the ends of lives say of a model; undefined before the first that says something. */
export interface MetScore {
  readonly lives: number;
  readonly inside: number;
  /** More ends lie outside than chance leaves of a 90 % interval. */
  readonly isContradicted: boolean;
  /** The newest that lay outside. */
  readonly missed: MetLife | undefined;
}

/**
 * A 90 % interval is contradicted once the bet against it has won 20 to 1: a mixture over all greater shares of misses,
 * which stays fair however often one looks (Ville 1939; Robbins 1970). Lives whose end is not known count as no miss.
 */
export function metScore(lives: readonly MetLife[]): MetScore | undefined {
  const foretold = lives.filter((life) => life.foretold !== null);
  const known = foretold.filter(({ isInside }) => isInside !== null);
  if (known.length === 0) return undefined;
  const missed = known.filter(({ isInside }) => isInside === false);
  return {
    lives: known.length,
    inside: known.length - missed.length,
    isContradicted: evidenceAgainst(missed.length, foretold.length) >= CONTRADICTED,
    missed: missed.at(-1),
  };
}

/** What a unit bet evenly on every share of misses above 10 % has become after `misses` of `lives`. */
export function evidenceAgainst(misses: number, lives: number): number {
  const [a, b] = [misses + 1, lives - misses + 1];
  const logBeta = logGamma(a) + logGamma(b) - logGamma(a + b);
  const above = 1 - regularisedIncompleteBeta(MISS_SHARE, a, b);
  const logFair = misses * Math.log(MISS_SHARE) + (lives - misses) * Math.log(1 - MISS_SHARE);
  return (above * Math.exp(logBeta - logFair)) / (1 - MISS_SHARE);
}
