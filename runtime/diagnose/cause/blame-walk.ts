/** Of an effect, how strongly each of its leads explains it, 0..1. */
export type Leads = ReadonlyMap<number, number>;

/**
 * Blame walks from effects to what leads them: a random walk that starts at a thing by its own share, goes on to one of
 * its leads with probability `follow` times how well they explain it, and stays otherwise (a personalised walk as in
 * MonitorRank: Kim, Sumbaly and Shah 2013). What nothing leads keeps what comes in.
 * @param shares of each thing, summing to 1
 * @param leads of each thing
 * @returns the share of walks that end at each thing, summing to 1
 */
export function blameWalk(shares: Float64Array, leads: readonly Leads[], follow: number): Float64Array {
  const ended = new Float64Array(shares.length);
  let walking = Float64Array.from(shares);
  // Each round a walk ends at least with 1 - follow, or there is nothing to follow.
  for (let round = 0; round < 60; round++) {
    const next = new Float64Array(shares.length);
    let left = 0;
    for (let j = 0; j < shares.length; j++) {
      const mass = walking[j]!;
      if (mass === 0) continue;
      let total = 0;
      for (const strength of leads[j]!.values()) total += strength;
      const goes = follow * Math.min(1, total);
      ended[j]! += mass * (1 - goes);
      for (const [i, strength] of leads[j]!) {
        next[i]! += (mass * goes * strength) / total;
        left += (mass * goes * strength) / total;
      }
    }
    walking = next;
    if (left < 1e-9) break;
  }
  for (let j = 0; j < shares.length; j++) ended[j]! += walking[j]!;
  return ended;
}
