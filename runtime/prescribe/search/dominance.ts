/** A point that was looked at: what was chosen, what it gives, and by how much it breaks constraints. */
export interface Candidate {
  readonly choice: Float64Array;
  /** Each to be made as small as can be. */
  readonly objectives: readonly number[];
  /** 0 where all constraints are kept, else the sum of what they are broken by. */
  readonly violation: number;
}

/**
 * Whether one is better: by Deb's rule (2002, section VI), a smaller violation first; where both keep the constraints, no
 * objective worse and one better.
 */
export function isBetter(one: Candidate, other: Candidate): boolean {
  if (one.violation !== other.violation) return one.violation < other.violation;
  let isLess = false;
  for (let k = 0; k < one.objectives.length; k++) {
    const difference = one.objectives[k]! - other.objectives[k]!;
    if (difference > 0) return false;
    if (difference < 0) isLess = true;
  }
  return isLess;
}

/** Sorts candidates into fronts: the first is better than none of it, each next one only by those before (Deb 2002, III A). */
export function sortIntoFronts(candidates: readonly Candidate[]): Candidate[][] {
  const beaten = candidates.map((): number[] => []);
  const betterThanIt = new Int32Array(candidates.length);
  for (let i = 0; i < candidates.length; i++)
    for (let j = i + 1; j < candidates.length; j++) {
      if (isBetter(candidates[i]!, candidates[j]!)) {
        beaten[i]!.push(j);
        betterThanIt[j]!++;
      } else if (isBetter(candidates[j]!, candidates[i]!)) {
        beaten[j]!.push(i);
        betterThanIt[i]!++;
      }
    }
  const fronts: Candidate[][] = [];
  let front = candidates.map((_, i) => i).filter((i) => betterThanIt[i] === 0);
  while (front.length > 0) {
    fronts.push(front.map((i) => candidates[i]!));
    const next: number[] = [];
    for (const i of front) for (const j of beaten[i]!) if (--betterThanIt[j]! === 0) next.push(j);
    front = next;
  }
  return fronts;
}

/**
 * How much room each point of a front has to its neighbours, summed over the objectives, each as a share of its range;
 * infinite at the ends (Deb 2002, III B).
 */
export function crowdingDistances(front: readonly Candidate[]): Float64Array {
  const distances = new Float64Array(front.length);
  const order = front.map((_, i) => i);
  const objectives = front[0]?.objectives.length ?? 0;
  for (let k = 0; k < objectives; k++) {
    const of = (place: number): number => front[order[place]!]!.objectives[k]!;
    order.sort((a, b) => front[a]!.objectives[k]! - front[b]!.objectives[k]!);
    const last = order.length - 1;
    const range = of(last) - of(0);
    distances[order[0]!] = Number.POSITIVE_INFINITY;
    distances[order[last]!] = Number.POSITIVE_INFINITY;
    if (range === 0) continue;
    for (let place = 1; place < last; place++)
      distances[order[place]!]! += (of(place + 1) - of(place - 1)) / range;
  }
  return distances;
}
