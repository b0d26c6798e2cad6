import type { ActivePeriods } from "../flow/active-periods.ts";

/**
 * The shifting bottleneck (Roser, Nakano and Tanaka, Shifting bottleneck detection, Winter Simulation Conference 2002):
 * at each moment it is the station that has been and will be active longest without a break; of equal ones the first.
 * @param blocks the line's blocks in order
 * @param atS rising times
 * @returns for each time the seconds, from the beginning up to it, for which each block was it
 */
export function bottleneckSeconds(
  periods: ActivePeriods,
  blocks: readonly string[],
  atS: readonly number[],
): Float64Array[] {
  const indexOf = new Map(blocks.map((id, i) => [id, i]));
  const { begins, ends } = periods;
  const order = begins.map((_, i) => i).sort((a, b) => begins[a]! - begins[b]! || a - b);
  const turns = [...new Set([...begins, ...ends, ...atS])]
    .filter((t) => t <= periods.untilS)
    .sort((a, b) => a - b);
  /** Period of each block that is active now, -1 for none. */
  const active = new Int32Array(blocks.length).fill(-1);
  const seconds = new Float64Array(blocks.length);
  const result: Float64Array[] = [];
  let next = 0;
  for (const [i, fromS] of turns.entries()) {
    while (result.length < atS.length && atS[result.length]! <= fromS) result.push(seconds.slice());
    const toS = turns[i + 1];
    if (toS === undefined) break;
    for (; next < order.length && begins[order[next]!]! <= fromS; next++) {
      active[indexOf.get(periods.blocks[order[next]!]!)!] = order[next]!;
    }
    let longest = -1;
    let longestS = 0;
    for (const [block, period] of active.entries()) {
      if (period < 0) continue;
      if (ends[period]! <= fromS) {
        active[block] = -1;
        continue;
      }
      const lengthS = ends[period]! - begins[period]!;
      if (lengthS > longestS) [longest, longestS] = [block, lengthS];
    }
    if (longest >= 0) seconds[longest]! += toS - fromS;
  }
  while (result.length < atS.length) result.push(seconds.slice());
  return result;
}
