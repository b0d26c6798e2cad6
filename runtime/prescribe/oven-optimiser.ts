import type { Compute } from "../compute/compute.ts";
import { PRIORITIES } from "../compute/priorities.ts";
import type { TimeUs } from "../core/time.ts";
import type { OvenSituation } from "../predict/oven-situation.ts";
import { type CureWindow, cureWindow } from "./cure-window.ts";
import type { Recommendation } from "./recommendation.ts";
import { recommendationFaults } from "./recommendation-evidence.ts";
import type { BodyRisks } from "./risk.ts";
import { certificateOf, freshRisks } from "./risk-certificate.ts";
import {
  bodyFigures,
  bodyRisks,
  compare,
  comparisonsOf,
  constraintsOf,
  exitOf,
  heaviestNode,
  intervalOf,
} from "./run-figures.ts";
import { SETPOINT_KERNEL, type SetpointOutput } from "./setpoint-kernel.ts";
import { lastMove } from "./setpoint-plan.ts";

/** When the optimiser speaks. Times are plant time. */
export interface OptimiserOptions {
  /** Violation it lets pass, in parts of E170. */
  readonly tolerance: number;
  /** Distance from the limits of new setpoints: room for the belief to move without a new call. */
  readonly margin: number;
  /** Pause after mending, s, unless things get worse by `worse`. */
  readonly mendPauseS: number;
  readonly worse: number;
  /** Pause between two searches that only save gas, whether or not the last one found something worth it, s. */
  readonly savePauseS: number;
  /** Least saving worth a proposal, share of the gas. */
  readonly leastSaving: number;
  /** A first move that lowers the search's merit by less than this share can wait. */
  readonly leastMend: number;
  /** Smallest change of a setpoint that is proposed, K. */
  readonly leastChangeK: number;
  readonly expiryS: number;
  readonly runs: number;
  readonly seed: number;
  /** Longest wall time of one search, ms. */
  readonly deadlineMs: number;
  /** Fresh scenarios that a proposal to save gas is certified by, and how long it waits for them, ms of wall time. */
  readonly certifyRuns: number;
  readonly certifyMs: number;
}

export const OPTIMISER_DEFAULTS: OptimiserOptions = {
  tolerance: 0.02,
  margin: 0.04,
  mendPauseS: 60,
  worse: 0.1,
  savePauseS: 600,
  leastSaving: 0.003,
  leastMend: 0.15,
  leastChangeK: 0.5,
  expiryS: 300,
  runs: 4000,
  seed: 1,
  deadlineMs: 10_000,
  certifyRuns: 100_000,
  certifyMs: 2000,
};

/** What the air needs to settle before the first body of the projection enters, s. */
const SETTLE_S = 600;

/** Smallest change of a setpoint that is worth a word about later, K. */
const LATER_LEAST_K = 1;

/** What came of one look at the oven. */
export interface OptimiserVerdict {
  /** Undefined where nothing is worth a change. */
  readonly recommendation: Recommendation | undefined;
  /** One line for the status: "cure kept, nothing to save". */
  readonly text: string;
  readonly elapsedMs: number;
}

/** Proposes robust setpoints, and keeps still where a change is not worth it. */
export class OvenOptimiser {
  readonly window: CureWindow;
  readonly options: OptimiserOptions;
  readonly #compute: Compute;
  #mendedUs: TimeUs = Number.NEGATIVE_INFINITY;
  #mendedViolation = 0;
  #savedUs: TimeUs = Number.NEGATIVE_INFINITY;

  /** @throws RungError `cure-window` */
  constructor(compute: Compute, window: Partial<CureWindow> = {}, options: Partial<OptimiserOptions> = {}) {
    this.#compute = compute;
    this.window = cureWindow(window);
    this.options = { ...OPTIMISER_DEFAULTS, ...options };
  }

  /**
   * Looks at the oven as it is.
   * @param evidence ids of the records the recommendation stands on
   * @throws RungError of the compute process: `compute-lost`, `compute-deadline`
   */
  async look(situation: OvenSituation, evidence: readonly string[]): Promise<OptimiserVerdict> {
    const { options } = this;
    const startedMs = performance.now();
    const saveGas = situation.timeUs - this.#savedUs >= options.savePauseS * 1e6;
    const output = await this.#compute.submit({
      kernel: SETPOINT_KERNEL,
      input: {
        situation,
        window: this.window,
        tolerance: options.tolerance,
        saveGas,
        margin: options.margin,
        leastChangeK: options.leastChangeK,
        runs: options.runs,
        seed: options.seed,
      },
      priority: PRIORITIES.plant,
      deadlineMs: options.deadlineMs,
    });
    const verdict = (recommendation: Recommendation | undefined, text: string): OptimiserVerdict => ({
      recommendation,
      text,
      elapsedMs: performance.now() - startedMs,
    });
    if (output === undefined) return verdict(undefined, "cure kept, nothing to do");
    const changes = this.#changes(situation, output.proposedC);
    if (output.mending) {
      const early = situation.timeUs - this.#mendedUs < options.mendPauseS * 1e6;
      if (early && output.presentViolation < this.#mendedViolation + options.worse) {
        return verdict(undefined, "waiting for the last change to act");
      }
      const { merit, meritWaiting } = output.robust;
      if (merit > (1 - options.leastMend) * meritWaiting || changes.length === 0) {
        return verdict(undefined, "cure at risk, a change now would not help");
      }
      this.#mendedUs = situation.timeUs;
      this.#mendedViolation = output.presentViolation;
      // Every body that passes meanwhile is at risk: a mend is not held up by a certificate.
      const recommendation = this.#recommend(situation, output, changes, evidence);
      const { beyond } = recommendationFaults(recommendation);
      const still = beyond.length === 0 ? "" : `, still beyond: ${beyond.join(", ")}`;
      return verdict(recommendation, `cure at risk, change proposed${still}`);
    }
    this.#savedUs = situation.timeUs;
    const [before, after] = output.runs;
    const gas = compare(bodyFigures(situation).at(-1)!, before, after);
    const saving = -gas.difference.value / gas.baseline.value;
    if (saving < options.leastSaving || changes.length === 0)
      return verdict(undefined, "cure kept, nothing to save");
    const fresh = await this.#certify(situation, output);
    const recommendation = this.#recommend(situation, output, changes, evidence, fresh);
    const { broken } = recommendationFaults(recommendation);
    // Nobody has to save gas: what breaks a limit of the cure for it is no proposal.
    if (broken.length > 0) return verdict(undefined, `nothing feasible to save: ${broken.join(", ")}`);
    const { underCure, overBake, words } = recommendation.certificate!;
    if (underCure.upper > this.window.underCureShare || overBake.upper > this.window.overBakeShare)
      return verdict(undefined, `nothing feasible to save: ${words}`);
    return verdict(recommendation, `−${(saving * 100).toFixed(1)} % gas, cure kept, ${words}`);
  }

  #certify(situation: OvenSituation, { settledC }: SetpointOutput): Promise<BodyRisks | undefined> {
    const { certifyRuns: runs, certifyMs: deadlineMs, seed } = this.options;
    return freshRisks(this.#compute, situation, this.window, settledC, { runs, seed, deadlineMs });
  }

  #changes(situation: OvenSituation, setpointC: readonly number[]): Recommendation["changes"] {
    const tenth = (value: number): number => Math.round(value * 10) / 10;
    return setpointC.flatMap((to, z) => {
      const from = situation.setpointC[z]!;
      if (Math.abs(to - from) < 0.05) return [];
      const target = `${situation.twin}/${situation.zoneNames[z]}/airTemperatureSetpoint`;
      return [{ target, from, to: tenth(to), unit: "°C" }];
    });
  }

  /** The plan's later moves, each against the one before it. */
  #later(situation: OvenSituation, { robust, proposedC }: SetpointOutput): Pick<Recommendation, "later"> {
    const { fromS, setpointC } = robust.plan;
    const moves = setpointC.slice(1).map((row, i) => {
      const before = i === 0 ? proposedC : setpointC[i]!;
      const kept = row.map((c, z) => (Math.abs(c - before[z]!) < LATER_LEAST_K ? before[z]! : c));
      const changes = this.#changes({ ...situation, setpointC: before }, kept);
      return { afterS: fromS[i + 1]!, changes: changes.map(({ target, to }) => ({ target, to })) };
    });
    const later = moves.filter((move) => move.changes.length > 0);
    return later.length === 0 ? {} : { later };
  }

  #recommend(
    situation: OvenSituation,
    output: SetpointOutput,
    changes: Recommendation["changes"],
    evidence: readonly string[],
    fresh?: BodyRisks,
  ): Recommendation {
    const [before, after, cheapest] = output.runs;
    const scenario = bodyRisks(this.window, after);
    const best = fresh ?? scenario;
    const heavy = heaviestNode(situation);
    const residenceS = (situation.zoneLengthM.reduce((sum, m) => sum + m, 0) / situation.speedMPerMin) * 60;
    return {
      kind: "recommendation",
      id: `${situation.twin}/setpoints/${situation.timeUs}`,
      twin: situation.twin,
      title: titleOf(situation, output, changes),
      changes,
      ...this.#later(situation, output),
      comparisons: comparisonsOf(situation, before, after),
      constraints: constraintsOf(this.window, output.proposedC, best),
      projected: {
        address: `${situation.twin}/exit/${situation.nodeNames[heavy]}`,
        unit: "°C",
        interval: intervalOf(exitOf(after, heavy)),
        baseline: intervalOf(exitOf(before, heavy)),
        afterUs: (output.robust.plan.fromS.at(-1)! + SETTLE_S + residenceS) * 1e6,
      },
      nominal: {
        changes: this.#changes(situation, lastMove(output.nominal.plan)).map(({ target, to }) => ({
          target,
          to,
        })),
        comparisons: comparisonsOf(situation, before, cheapest),
      },
      risks: {
        baseline: bodyRisks(this.window, before),
        scenario,
        nominal: bodyRisks(this.window, cheapest),
      },
      mends: output.mending,
      certificate: certificateOf(best, this.window, fresh !== undefined),
      evidence,
      modelVersion: situation.modelVersion,
      madeAtUs: situation.timeUs,
      expiresUs: situation.timeUs + this.options.expiryS * 1e6,
    };
  }
}

/** "Keep the cure: zone 4 +8.0 K, zone 5 +3.5 K". */
function titleOf(
  situation: OvenSituation,
  output: SetpointOutput,
  changes: Recommendation["changes"],
): string {
  const moves = changes.map(({ target, from, to }) => {
    const zone = target.slice(situation.twin.length + 1).split("/")[0]!;
    const byK = to - from;
    return `${zone.replace(/(\d+)$/, " $1")} ${byK > 0 ? "+" : "−"}${Math.abs(byK).toFixed(1)} K`;
  });
  return `${output.mending ? "Keep the cure" : "Save gas"}: ${moves.join(", ")}`;
}
