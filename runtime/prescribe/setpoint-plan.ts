import type { OvenSituation } from "../predict/oven-situation.ts";

/** Setpoints over time: each row, one setpoint per zone in °C, holds from its moment until the next one's. */
export interface SetpointPlan {
  /** Seconds from now; the first is 0, ascending. */
  readonly fromS: readonly number[];
  readonly setpointC: readonly (readonly number[])[];
}

/** How a zone's air follows its setpoint: first order, and no faster than the burner can. */
const AIR_LAG_S = 120;
const AIR_RATE_K_PER_S = 4 / 60;

export function steadyPlan(setpointC: readonly number[]): SetpointPlan {
  return { fromS: [0], setpointC: [setpointC] };
}

/** Where a plan ends. */
export function lastMove(plan: SetpointPlan): readonly number[] {
  return plan.setpointC.at(-1)!;
}

/** Temperature of a zone's air, t seconds after a new setpoint. */
function airAfter(nowC: number, setpointC: number, tS: number): number {
  const lagS = Math.max(AIR_LAG_S, Math.abs(setpointC - nowC) / AIR_RATE_K_PER_S / 2);
  return setpointC + (nowC - setpointC) * Math.exp(-tS / lagS);
}

/** Air of each zone under a plan, °C, t seconds from now. */
export function airUnder(situation: OvenSituation, plan: SetpointPlan): (zone: number, tS: number) => number {
  const { fromS, setpointC } = plan;
  const startC = [situation.airC];
  for (let move = 1; move < fromS.length; move++) {
    const before = startC[move - 1]!;
    const heldS = fromS[move]! - fromS[move - 1]!;
    startC.push(before.map((c, z) => airAfter(c, setpointC[move - 1]![z]!, heldS)));
  }
  return (zone, tS) => {
    let move = fromS.length - 1;
    while (tS < fromS[move]!) move--;
    return airAfter(startC[move]![zone]!, setpointC[move]![zone]!, tS - fromS[move]!);
  };
}
