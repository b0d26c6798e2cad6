/** Whole numbers above: exact for whole numbers below 2^53. */
export function ceilDivide(sum: number, by: number): number {
  return Math.floor((sum + by - 1) / by);
}

/**
 * A weight of each task of which no station can hold more than `capacity`, whatever tasks it has: sum over capacity bounds
 * the stations from below.
 */
export interface BoundWeights {
  readonly weights: Float64Array;
  readonly capacity: number;
  readonly sum: number;
}

function boundWeights(ticks: Int32Array, capacity: number, weigh: (ticks: number) => number): BoundWeights {
  const weights = Float64Array.from(ticks, weigh);
  return { weights, capacity, sum: weights.reduce((a, b) => a + b, 0) };
}

export function stationsOf({ sum, capacity }: BoundWeights): number {
  return ceilDivide(sum, capacity);
}

/** Tasks over half a cycle take a station each, those of half share one: LB2 of Johnson 1988, in halves. */
export function halves(ticks: Int32Array, cycle: number): BoundWeights {
  return boundWeights(ticks, 2, (t) => (2 * t > cycle ? 2 : 2 * t === cycle ? 1 : 0));
}

/** The same by thirds: LB3 of Johnson 1988, in sixths. */
export function thirds(ticks: Int32Array, cycle: number): BoundWeights {
  return boundWeights(ticks, 6, (t) => {
    if (3 * t > 2 * cycle) return 6;
    if (3 * t === 2 * cycle) return 4;
    if (3 * t > cycle) return 3;
    return 3 * t === cycle ? 2 : 0;
  });
}

const MOST_PARTS = 12;

/**
 * The dual feasible function with the best bound: Fekete and Schepers, "New classes of fast lower bounds for bin packing
 * problems" (2001), u(k) after U(epsilon), and phi(epsilon). Whole numbers throughout.
 */
export function bestDualFeasible(ticks: Int32Array, cycle: number): BoundWeights {
  const small = [...new Set(ticks)].filter((t) => t > 0 && 2 * t <= cycle).sort((a, b) => a - b);
  let best = boundWeights(ticks, cycle, (t) => t);
  const take = (next: BoundWeights): void => {
    if (next.sum / next.capacity > best.sum / best.capacity) best = next;
  };
  for (const epsilon of [0, ...small]) {
    for (let k = 1; k <= MOST_PARTS; k++) {
      take(
        boundWeights(ticks, k * cycle, (t) => {
          const cut = t > cycle - epsilon ? cycle : t < epsilon ? 0 : t;
          const parts = (k + 1) * cut;
          return parts % cycle === 0 ? k * cut : Math.floor(parts / cycle) * cycle;
        }),
      );
    }
    if (epsilon === 0) continue;
    const most = Math.floor(cycle / epsilon);
    take(
      boundWeights(ticks, most, (t) => {
        if (2 * t > cycle) return most - Math.floor((cycle - t) / epsilon);
        return t >= epsilon ? 1 : 0;
      }),
    );
  }
  return best;
}
