import { RungError } from "../core/errors.ts";
import { selectQuantiles } from "../core/statistics/select-quantiles.ts";
import type { OvenSituation } from "../predict/oven-situation.ts";
import type { CureWindow } from "./cure-window.ts";
import { inTenths, settle, startsOf } from "./far-search.ts";
import { beyondClosedForm } from "./model-ride.ts";
import { gasPerBody, outlook } from "./oven-outlook.ts";
import type { PlanRuns } from "./oven-scenarios.ts";
import { type BodyRisks, fewestRuns, RISK_CONFIDENCE, type Risk, riskOf } from "./risk.ts";
import type { RunControl } from "./run-control.ts";
import { bodyRisks } from "./run-figures.ts";
import { steadyPlan } from "./setpoint-plan.ts";
import { freshRuns, Target, tighten } from "./tightening.ts";

/** How a robust optimum is looked for and certified. */
export interface RobustOptions {
  /** Scenarios that the search tightens itself by, never those it is certified by. Default half of those. */
  readonly searchRuns: number;
  /** Fresh scenarios of each certification. */
  readonly certifyRuns: number;
  /** Certifications at most, each with a seed of its own. */
  readonly looks: number;
  /** E170 that the nominal plan keeps above the least one, share: what a planner without a risk model leaves. */
  readonly nominalReserve: number;
  readonly seed: number;
}

export const ROBUST_DEFAULTS: Omit<RobustOptions, "searchRuns"> = {
  certifyRuns: 100_000,
  looks: 5,
  nominalReserve: 0.05,
  seed: 1,
};

/** One set of setpoints with what it costs and what it risks. */
export interface JudgedPlan extends BodyRisks {
  /** °C, in tenths. */
  readonly setpointC: readonly number[];
  readonly speedMPerMin: number;
  readonly bodiesPerHour: number;
  /** Of the body as it is expected, kWh. */
  readonly gasKWh: number;
  /** Against the base, share; negative saves. */
  readonly gasChange: number;
  /** Expected E170 of each node, min, and the hottest metal, °C. */
  readonly e170Min: readonly number[];
  readonly peakC: number;
  /** E170 of the least cured node that all but the allowed share of bodies reach, min. */
  readonly e170AtRiskMin: number;
}

export interface RobustPlan extends JudgedPlan {
  readonly certified: boolean;
  /** Why not; empty where it is. */
  readonly reason: string;
  /** Certifications made, the last one of this plan; their confidence grows so that all together keep 95 %. */
  readonly looks: number;
  readonly lookConfidence: number;
}

export interface RobustResult {
  readonly base: JudgedPlan;
  readonly nominal: JudgedPlan;
  readonly robust: RobustPlan;
  readonly options: RobustOptions;
  readonly window: CureWindow;
}

/** A failed look asks the next one for so much less risk. */
const STRICTER = 0.7;

/**
 * Setpoints of least gas for a body to come that keep a chance constraint: the share of bodies with a node below the
 * least E170 is at most `window.underCureShare`, and that above the upper limits at most `window.overBakeShare`.
 *
 * A first-order search is tightened until the quantile over one sample of scenarios meets the limit (sample
 * approximation of a chance constraint: Luedtke and Ahmed, SIAM J. Optim. 19, 2008), then judged by scenarios it has
 * never seen: certified is what keeps the limit with the exact upper bound of Clopper and Pearson. A plan that does
 * not is tightened and judged by new scenarios; look k has the confidence 1 - 0.05 / 2^k, so that a plan beyond the
 * limit passes in any of them with at most 5 % (Bonferroni).
 * @throws RungError `robust-setpoints` where so few scenarios cannot certify the limit at all
 */
export async function robustSetpoints(
  now: OvenSituation,
  window: CureWindow,
  input: Partial<RobustOptions>,
  control: RunControl,
): Promise<RobustResult> {
  const situation = settled(now);
  const options = robustOptions(situation, window, input);
  const seeds = new Seeds(options.seed);
  const nominalWindow = { ...window, e170LeastMin: window.e170LeastMin * (1 + options.nominalReserve) };
  const starts = startsOf(situation, window);
  const nominalC = inTenths(await settle(situation, nominalWindow, false, starts, control), window);
  control.progress?.(1, 4);
  const robust = await certifiedPlan(situation, window, options, seeds, control);
  control.progress?.(2, 4);
  const judge = async (setpointC: readonly number[]): Promise<JudgedPlan> => {
    const runs = await freshRuns(situation, setpointC, options.certifyRuns, seeds.next(), control);
    return judged(situation, window, setpointC, runs);
  };
  const base = await judge(situation.setpointC);
  control.progress?.(3, 4);
  return { base, nominal: await judge(nominalC), robust, options, window };
}

/** The oven once nothing is under way in it: no zone is left alone so that its burner can tell why. */
export const settled = (situation: OvenSituation): OvenSituation => ({
  ...situation,
  observed: situation.observed.map(() => false),
});

/** The robust plan alone. @param options checked */
export async function certifiedPlan(
  situation: OvenSituation,
  window: CureWindow,
  options: RobustOptions,
  seeds: Seeds,
  control: RunControl,
): Promise<RobustPlan> {
  const target = new Target(situation, window);
  const searchSeed = seeds.next();
  for (let look = 1; ; look++) {
    const lookConfidence = confidenceOf(look);
    const setpointC = await tighten(situation, window, target, options, searchSeed, lookConfidence, control);
    const runs = await freshRuns(situation, setpointC, options.certifyRuns, seeds.next(), control);
    const plan = judged(situation, window, setpointC, runs);
    const reason = refusal(plan, window, lookConfidence);
    if (reason === "" || !target.isReachable || look === options.looks)
      return { ...plan, certified: reason === "", reason, looks: look, lookConfidence };
    if (!keeps(plan.underCure, window.underCureShare, lookConfidence)) target.underAim *= STRICTER;
    if (!keeps(plan.overBake, window.overBakeShare, lookConfidence)) target.overAim *= STRICTER;
  }
}

/** Confidence of the k-th look: the chances of a wrong pass add up to at most 5 %. */
const confidenceOf = (look: number): number => 1 - (1 - RISK_CONFIDENCE) / 2 ** look;

/** Seeds of one request: each sample of scenarios has its own. */
export class Seeds {
  #next: number;
  constructor(seed: number) {
    this.#next = Math.imul(seed, 1009);
  }
  next(): number {
    return this.#next++;
  }
}

/** Gas of the body as it is expected, kWh. */
export function expectedGasKWh(situation: OvenSituation, setpointC: readonly number[]): number {
  const [fresh] = outlook(situation, steadyPlan(setpointC), []);
  return gasPerBody(situation, setpointC, fresh!);
}

function judged(
  situation: OvenSituation,
  window: CureWindow,
  setpointC: readonly number[],
  runs: PlanRuns,
): JudgedPlan {
  const [fresh] = outlook(situation, steadyPlan(setpointC), []);
  const gasKWh = gasPerBody(situation, setpointC, fresh!);
  const [e170AtRiskMin] = selectQuantiles(Float32Array.from(runs.e170Least), [window.underCureShare]);
  return {
    setpointC,
    speedMPerMin: situation.speedMPerMin,
    bodiesPerHour: situation.energy.bodiesPerHour,
    gasKWh,
    gasChange: gasKWh / expectedGasKWh(situation, situation.setpointC) - 1,
    e170Min: fresh!.nodes.map((node) => Math.exp(node.lnE170)),
    peakC: Math.max(...fresh!.nodes.map((node) => node.peakC)),
    e170AtRiskMin: e170AtRiskMin!,
    ...bodyRisks(window, runs),
  };
}

const keeps = ({ hits, runs }: Risk, limit: number, confidence: number): boolean =>
  riskOf(hits, runs, confidence).upper <= limit;

/** Why a plan is not certified; empty where it is. */
function refusal(plan: JudgedPlan, window: CureWindow, confidence: number): string {
  const percent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`;
  const says = (risk: Risk, limit: number, what: string): string => {
    if (keeps(risk, limit, confidence)) return "";
    const { share, upper } = riskOf(risk.hits, risk.runs, confidence);
    return `${what} ${percent(share)}, bounded by ${percent(upper)}, allowed ${percent(limit)}`;
  };
  return [
    says(plan.underCure, window.underCureShare, "under-cured"),
    says(plan.overBake, window.overBakeShare, "over-baked"),
  ]
    .filter((reason) => reason !== "")
    .join("; ");
}

/** Fills the defaults. @throws RungError `robust-setpoints`; `no-search-model` where the oven has what the search lacks */
export function robustOptions(
  { twin, model }: OvenSituation,
  window: CureWindow,
  input: Partial<RobustOptions>,
): RobustOptions {
  if (model !== undefined) {
    throw new RungError({
      code: "no-search-model",
      where: `${twin}/optimise`,
      what: `the search for setpoints does not reckon with ${beyondClosedForm(model).join(", ")}`,
      advice: "ask what-if for setpoints of your own, or take them out of the configuration",
    });
  }
  const { certifyRuns } = { ...ROBUST_DEFAULTS, ...input };
  const searchRuns = Math.max(1000, Math.floor(certifyRuns / 2));
  const options = { ...ROBUST_DEFAULTS, searchRuns, ...input };
  const refuse = (what: string, advice: string): never => {
    throw new RungError({ code: "robust-setpoints", where: `${twin}/optimise`, what, advice });
  };
  const limit = Math.min(window.underCureShare, window.overBakeShare);
  const fewest = fewestRuns(limit, confidenceOf(options.looks));
  const whole = { certifyRuns: fewest, searchRuns: 1000, looks: 1 } as const;
  for (const [key, least] of Object.entries(whole) as [keyof typeof whole, number][]) {
    const value = options[key];
    const highest = key === "looks" ? 10 : 1_000_000;
    if (Number.isInteger(value) && value >= least && value <= highest) continue;
    refuse(
      `${key} must be a whole number from ${least} to ${highest}, got ${value}`,
      key === "certifyRuns"
        ? `a share of ${limit} cannot be certified with fewer runs, even without any hit`
        : `parameter ${key}`,
    );
  }
  if (!(options.nominalReserve >= 0 && options.nominalReserve < 1))
    refuse(
      `nominalReserve must lie between 0 and 1, got ${options.nominalReserve}`,
      "parameter nominalReserve",
    );
  return options;
}
