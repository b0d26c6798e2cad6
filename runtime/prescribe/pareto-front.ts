import { RungError } from "../core/errors.ts";
import type { OvenSituation } from "../predict/oven-situation.ts";
import type { CureWindow } from "./cure-window.ts";
import {
  certifiedPlan,
  expectedGasKWh,
  type RobustOptions,
  type RobustPlan,
  robustOptions,
  Seeds,
  settled,
} from "./robust-setpoints.ts";
import type { RunControl } from "./run-control.ts";

export interface ParetoOptions extends RobustOptions {
  /** Conveyor speeds to look at, against the present one. */
  readonly speedFactors: readonly number[];
  /** Allowed shares of under-cured bodies to look at. */
  readonly underCureShares: readonly number[];
}

export const PARETO_DEFAULTS: Pick<ParetoOptions, "speedFactors" | "underCureShares"> = {
  speedFactors: [0.9, 0.95, 1, 1.05, 1.1],
  underCureShares: [1e-1, 1e-2, 1e-3],
};

/** One plan of the front. Its `gasChange` is against the oven as it runs now, at its own speed. */
export interface ParetoPlan extends RobustPlan {
  /** The share it was looked for and certified with. */
  readonly allowedShare: number;
  /** No other plan costs no more, risks no more and brings no fewer bodies, and is better in one of them. */
  readonly nonDominated: boolean;
}

/**
 * Energy per body against under-cure against throughput: at each speed the cheapest plan for each allowed share (the
 * epsilon constraint method: Haimes, Lasdon and Wismer, IEEE Trans. SMC 1, 1971), each certified for its own share or
 * marked as not.
 * @throws RungError `pareto`, `robust-setpoints`
 */
export async function paretoFront(
  situation: OvenSituation,
  window: CureWindow,
  input: Partial<ParetoOptions>,
  control: RunControl,
): Promise<ParetoPlan[]> {
  const { speedFactors, underCureShares, ...search } = { ...PARETO_DEFAULTS, ...input };
  checkList(situation, "speedFactors", speedFactors, 0.25, 4);
  checkList(situation, "underCureShares", underCureShares, 1e-6, 0.49);
  const strictest = { ...window, underCureShare: Math.min(...underCureShares) };
  const options = robustOptions(situation, strictest, search);
  const seeds = new Seeds(options.seed);
  const of = speedFactors.length * underCureShares.length;
  const found: Omit<ParetoPlan, "nonDominated">[] = [];
  for (const factor of speedFactors) {
    const faster = settled(atSpeed(situation, factor));
    for (const allowedShare of underCureShares) {
      control.progress?.(found.length, of);
      const allowed = { ...window, underCureShare: allowedShare };
      const plan = await certifiedPlan(faster, allowed, options, seeds, control);
      found.push({ ...plan, allowedShare });
    }
  }
  const baseKWh = expectedGasKWh(situation, situation.setpointC);
  return found.map((plan) => ({
    ...plan,
    gasChange: plan.gasKWh / baseKWh - 1,
    nonDominated: !found.some((other) => dominates(other, plan)),
  }));
}

/** The same oven with a faster or slower conveyor: bodies come as often as it brings them. */
export function atSpeed(situation: OvenSituation, factor: number): OvenSituation {
  const { energy, speedMPerMin } = situation;
  return {
    ...situation,
    speedMPerMin: speedMPerMin * factor,
    energy: { ...energy, bodiesPerHour: energy.bodiesPerHour * factor },
  };
}

/** What is proven of a plan's risk is its bound, so plans are compared by that. */
export function dominates(
  one: Pick<RobustPlan, "gasKWh" | "underCure" | "bodiesPerHour">,
  other: Pick<RobustPlan, "gasKWh" | "underCure" | "bodiesPerHour">,
): boolean {
  const better = [
    other.gasKWh - one.gasKWh,
    other.underCure.upper - one.underCure.upper,
    one.bodiesPerHour - other.bodiesPerHour,
  ];
  return better.every((by) => by >= 0) && better.some((by) => by > 0);
}

function checkList(
  { twin }: OvenSituation,
  key: string,
  values: readonly number[],
  low: number,
  high: number,
): void {
  const isList = Array.isArray(values) && values.length >= 1 && values.length <= 9;
  if (isList && values.every((value) => value >= low && value <= high)) return;
  const what = `${key} must be 1 to 9 numbers from ${low} to ${high}`;
  throw new RungError({ code: "pareto", where: `${twin}/optimise`, what, advice: `parameter ${key}` });
}
