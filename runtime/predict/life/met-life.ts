import type { Condition, MaintenanceEvent } from "../../core/maintenance-event.ts";
import { binomialLowerBound } from "../../core/statistics/binomial.ts";
import type { LifeEstimate } from "./life-estimator.ts";

/** A life followed for fewer cycles says nothing of what was foretold of it. */
const LEAST_CYCLES = 20;
/** Share of ends that the 90 % interval may miss, and how sure it must be that it misses more. */
const MISS_SHARE = 0.1;
const SURE = 0.95;

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
  readonly condition: Condition;
  /** Of how many cycles the life was. */
  readonly cycle: number;
  /** What the asset's counter of use said when the part began anew; null where it was not renewed. */
  readonly nextFrom: number | null;
  /** Of the cycle half way through those that were followed; null where they were too few. */
  readonly foretold: Pick<LifeEstimate, "cycle" | "rul" | "low" | "high"> | null;
  /** Whether the end lay in the interval; null where the part was renewed while good, so that its end is not known. */
  readonly isInside: boolean | null;
}

export function isMetLife(thing: unknown): thing is MetLife {
  if (typeof thing !== "object" || thing === null) return false;
  const { kind, model, twin, component, order, cycle, isInside } = thing as Partial<MetLife>;
  const isNamed = [model, twin, component, order].every((name) => typeof name === "string");
  return kind === "met life" && isNamed && Number.isFinite(cycle) && isInside !== undefined;
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

  /** Too short to be judged. */
  get isShort(): boolean {
    return this.#estimates.length < LEAST_CYCLES;
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
  { order, component, at, condition }: MaintenanceEvent,
  life: {
    readonly model: string;
    readonly twin: string;
    readonly cycle: number;
    readonly nextFrom: number | null;
    readonly trail: ForetoldTrail;
  },
): MetLife {
  const { model, twin, cycle, nextFrom, trail } = life;
  const half = trail.halfWay();
  const foretold = half && { cycle: half.cycle, rul: half.rul, low: half.low, high: half.high };
  return {
    kind: "met life",
    ...{ model, twin, component, order, at, condition, cycle, nextFrom },
    foretold: foretold ?? null,
    isInside: foretold === undefined ? null : isMet(condition, foretold, cycle - foretold.cycle),
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

export function metScore(lives: readonly MetLife[]): MetScore | undefined {
  const known = lives.filter(({ isInside }) => isInside !== null);
  if (known.length === 0) return undefined;
  const missed = known.filter(({ isInside }) => isInside === false);
  return {
    lives: known.length,
    inside: known.length - missed.length,
    isContradicted: binomialLowerBound(missed.length, known.length, SURE) > MISS_SHARE,
    missed: missed.at(-1),
  };
}
