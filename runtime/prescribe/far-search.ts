import type { OvenSituation } from "../predict/oven-situation.ts";
import type { CureWindow } from "./cure-window.ts";
import type { RunControl } from "./run-control.ts";
import { lastMove } from "./setpoint-plan.ts";
import { type SearchResult, searchSetpoints } from "./setpoint-search.ts";

/** Largest violation by the search's own first-order margins with which its limits count as kept. */
export const KEPT = 0.01;
/** Re-centred searches at most, and the change of a setpoint that ends them, K. */
const SETTLINGS = 12;
const SETTLED_K = 0.05;

/** Profiles of air to begin from: the one in force, level at its mean, and falling; the search is a local one. */
export function startsOf(
  { setpointC, learntAirC }: OvenSituation,
  window: CureWindow,
): (readonly number[])[] {
  const zones = setpointC.length;
  const mean = setpointC.reduce((sum, c) => sum + c, 0) / zones;
  const fallK = Math.min(
    window.neighbourStepK,
    (window.zoneHighC - window.zoneLowC) / Math.max(1, zones - 1),
  );
  const allowed = (c: number, z: number): number => {
    const lowest = Math.max(window.zoneLowC, learntAirC[z]! - window.learntReachK);
    const highest = Math.min(window.zoneHighC, learntAirC[z]! + window.learntReachK);
    return Math.min(highest, Math.max(lowest, c));
  };
  const level = setpointC.map((_, z) => allowed(mean, z));
  return [setpointC, level, setpointC.map((_, z) => allowed(window.zoneHighC - z * fallK, z))];
}

/** The cheapest of what the search comes to from several profiles, or the least violation where none keeps all. */
export async function settle(
  situation: OvenSituation,
  window: CureWindow,
  robust: boolean,
  starts: readonly (readonly number[])[],
  control: RunControl,
): Promise<readonly number[]> {
  let best: SearchResult | undefined;
  for (const startC of starts) {
    const found = await settleFrom(situation, window, robust, startC, control);
    if (best === undefined || isBetter(found, best)) best = found;
  }
  return lastMove(best!.plan);
}

function isBetter(one: SearchResult, other: SearchResult): boolean {
  const excess = ({ violation }: SearchResult): number => Math.max(0, violation - KEPT);
  return excess(one) === excess(other) ? one.gasKWh < other.gasKWh : excess(one) < excess(other);
}

/**
 * Repeats the search from where it came to, so that its price on change pulls it nowhere (a proximal point
 * iteration: Rockafellar, SIAM J. Control Optim. 14, 1976).
 */
async function settleFrom(
  situation: OvenSituation,
  window: CureWindow,
  robust: boolean,
  startC: readonly number[],
  control: RunControl,
): Promise<SearchResult> {
  let fromC = startC;
  const reachK = window.zoneHighC - window.zoneLowC;
  for (let settling = 1; ; settling++) {
    const found = await searchSetpoints(
      {
        situation: { ...situation, setpointC: fromC },
        window,
        bodies: [],
        moves: [{ fromS: 0, reachK }],
        margin: 0,
        robust,
        saveGas: true,
      },
      control,
    );
    const nextC = lastMove(found.plan);
    const movedK = Math.max(...nextC.map((c, z) => Math.abs(c - fromC[z]!)));
    if (movedK < SETTLED_K || settling === SETTLINGS) return found;
    fromC = nextC;
  }
}

/** Tenths that keep the hard limits, which the search's prices leave by a hundredth. */
export function inTenths(setpointC: readonly number[], window: CureWindow): number[] {
  const tenths = setpointC.map((c) =>
    Math.min(window.zoneHighC, Math.max(window.zoneLowC, Math.round(c * 10) / 10)),
  );
  // A zone beyond the step is let down to it, the neighbours of the coldest first; what that costs in cure the
  // scenarios count.
  const order = tenths.map((_, z) => z).sort((a, b) => tenths[a]! - tenths[b]!);
  for (const z of order) {
    for (const beside of [z - 1, z + 1]) {
      const c = tenths[beside];
      if (c === undefined) continue;
      tenths[beside] = Math.min(c, Math.round((tenths[z]! + window.neighbourStepK) * 10) / 10);
    }
  }
  return tenths;
}
