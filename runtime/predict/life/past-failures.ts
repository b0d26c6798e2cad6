/** How the health of one failed unit went, backwards from its failure. */
export interface PastFailure {
  readonly unit: number;
  /** Cycles it lasted. */
  readonly cycles: number;
  /** Smoothed health index at 0, 4, 8 ... cycles before the failure, as far as the record goes. */
  readonly health: readonly number[];
}

/** A past failure whose way resembles that of a unit now. */
export interface SimilarFailure {
  readonly unit: number;
  /** Cycles it still lasted from where it resembles the unit most. */
  readonly remaining: number;
  /** Root mean square difference of health over the compared way. */
  readonly distance: number;
}

/** Cycles between two points of a way, and how many are compared: the last 60 cycles. */
export const WAY_STEP_CYCLES = 4;
const WAY_POINTS = 15;
/** Fewer resemble nearly everything. */
const LEAST_POINTS = 3;

/** The last cycles of a unit's health, at the spacing of past failures. */
export class RecentWay {
  readonly #cycles = new Float64Array(WAY_STEP_CYCLES * WAY_POINTS);
  readonly #health = new Float64Array(WAY_STEP_CYCLES * WAY_POINTS);
  #count = 0;

  add(cycle: number, health: number): void {
    const at = this.#count++ % this.#cycles.length;
    this.#cycles[at] = cycle;
    this.#health[at] = health;
  }

  /** Health now, 4, 8 ... cycles before, each the last that was recorded by then. */
  points(): number[] {
    const held = Math.min(this.#count, this.#cycles.length);
    const points: number[] = [];
    const newest = this.#cycles[(this.#count - 1) % this.#cycles.length]!;
    let back = 0;
    for (let p = 0; p < WAY_POINTS; p++) {
      const wanted = newest - p * WAY_STEP_CYCLES;
      while (back < held && this.#at(this.#cycles, back) > wanted) back++;
      if (back === held) break;
      points.push(this.#at(this.#health, back));
    }
    return points;
  }

  #at(column: Float64Array, back: number): number {
    return column[(this.#count - 1 - back) % column.length]!;
  }
}

/**
 * Past failures whose way resembles the unit's last cycles most, each at the place where it does (similarity-based
 * prognostics; Wang, Yu, Siegel, Lee 2008). At most `wanted`, the nearest first; none before 12 cycles.
 */
export function similarFailures(
  past: readonly PastFailure[],
  points: readonly number[],
  wanted: number,
): SimilarFailure[] {
  const n = points.length;
  if (n < LEAST_POINTS) return [];
  const found: SimilarFailure[] = [];
  for (const { unit, health } of past) {
    let best = Number.POSITIVE_INFINITY;
    let place = -1;
    for (let k = 0; k + n <= health.length; k++) {
      let sum = 0;
      for (let p = 0; p < n && sum < best; p++) sum += (points[p]! - health[k + p]!) ** 2;
      if (sum < best) {
        best = sum;
        place = k;
      }
    }
    if (place >= 0) found.push({ unit, remaining: place * WAY_STEP_CYCLES, distance: Math.sqrt(best / n) });
  }
  return found.sort((a, b) => a.distance - b.distance || a.unit - b.unit).slice(0, wanted);
}
