import type { Effort } from "./effort.ts";
import type { PrecedenceDirection, TickLine } from "./precedence-direction.ts";

/** Weights by which a station prefers tasks, and loads looked at for one station. */
export interface HoffmannRule {
  readonly positional: number;
  readonly followers: number;
  readonly count: number;
  readonly mostLoads: number;
}

/** The weights of Sewell and Jacobson, 4 x 5 x 5, for one limit of loads a station. */
export function hoffmannRules(mostLoads: number): HoffmannRule[] {
  const steps = [0, 0.005, 0.01, 0.015, 0.02];
  return [0, 0.01, 0.02, 0.03].flatMap((count) =>
    steps.flatMap((positional) => steps.map((followers) => ({ positional, followers, count, mostLoads }))),
  );
}

/**
 * Fills station after station with the load of the greatest value among those looked at: Hoffmann 1963 with the weights of
 * Sewell and Jacobson 2012.
 * @param below stations that must be kept under
 * @returns the station of each task from the end that the direction starts at, undefined where it takes `below` or more
 */
export function hoffmann(
  { ticks }: TickLine,
  direction: PrecedenceDirection,
  cycle: number,
  rule: HoffmannRule,
  below: number,
  effort: Effort,
): Int32Array | undefined {
  const { tasks, followers, followersAt } = direction;
  const waits = Int32Array.from(direction.predecessors);
  const value = Float64Array.from(ticks, (own, i) => {
    const fan = followersAt[i + 1]! - followersAt[i]!;
    return own + rule.positional * direction.positionalWeight[i]! + rule.followers * fan - rule.count;
  });
  const ready = new Int32Array(tasks + 1);
  const load = new Int32Array(tasks);
  const best = new Int32Array(tasks);
  const station = new Int32Array(tasks);
  let [bestSize, bestValue, loads] = [0, 0, 0];

  function extend(size: number, room: number, from: number, end: number, sum: number): void {
    let full = true;
    for (let k = from; k < end; k++) {
      const task = ready[k]!;
      if (ticks[task]! > room) continue;
      full = false;
      load[size] = task;
      let more = end;
      for (let f = followersAt[task]!; f < followersAt[task + 1]!; f++) {
        const follower = followers[f]!;
        if (--waits[follower]! === 0) ready[more++] = follower;
      }
      const worth = sum + value[task]!;
      if (worth > bestValue) {
        bestValue = worth;
        bestSize = size + 1;
        for (let i = 0; i <= size; i++) best[i] = load[i]!;
      }
      extend(size + 1, room - ticks[task]!, k + 1, more, worth);
      for (let f = followersAt[task]!; f < followersAt[task + 1]!; f++) waits[followers[f]!]!++;
      if (loads >= rule.mostLoads) return;
    }
    if (full) loads++;
  }

  let [left, at] = [tasks, 0];
  const done = new Uint8Array(tasks);
  for (; left > 0; at++) {
    if (at + 1 >= below || effort.spent() !== undefined) return undefined;
    let end = 0;
    for (let task = 0; task < tasks; task++) {
      if (done[task] === 1 || waits[task] !== 0) continue;
      let place = end++;
      for (; place > 0 && value[ready[place - 1]!]! < value[task]!; place--) ready[place] = ready[place - 1]!;
      ready[place] = task;
    }
    [bestSize, bestValue, loads] = [0, Number.NEGATIVE_INFINITY, 0];
    extend(0, cycle, 0, end, 0);
    effort.spend(Math.max(1, loads));
    for (let i = 0; i < bestSize; i++) {
      const task = best[i]!;
      station[task] = at;
      done[task] = 1;
      for (let f = followersAt[task]!; f < followersAt[task + 1]!; f++) waits[followers[f]!]!--;
    }
    left -= bestSize;
  }
  return station;
}
