import type { Frame } from "../core/frame.ts";
import { isGood } from "../core/quality.ts";
import { binomialLowerBound } from "../core/statistics/binomial.ts";
import type { TimeUs } from "../core/time.ts";
import { converter } from "../core/unit.ts";
import type { Recommendation } from "../prescribe/recommendation.ts";
import type { ProposalResult } from "./proposal.ts";

/** One action judged: what was projected, what came. Travels as `msg.payload`. */
export interface Outcome {
  readonly kind: "outcome";
  readonly recommendation: string;
  readonly twin: string;
  readonly title: string;
  readonly modelVersion: string;
  /** Ids of the proposals that were verified, as they stand in the actuator's audit. */
  readonly proposals: readonly string[];
  readonly changes: Recommendation["changes"];
  /** All else that was projected of it: energy, cure. */
  readonly expected: Recommendation["comparisons"];
  /** Ids of the evidence it rested on. */
  readonly evidence: readonly string[];
  readonly address: string;
  readonly unit: string;
  readonly projected: { readonly value: number; readonly low: number; readonly high: number };
  readonly realised: number;
  readonly inside: boolean;
  /** When the last of its setpoints was verified, and when the measurement was taken. */
  readonly actedUs: TimeUs;
  readonly measuredUs: TimeUs;
  /** A later action was written before this one was measured: both share the measurement. */
  readonly superseded: boolean;
}

/** As it is kept: the measurement of one that was given up never came. */
export type OutcomeRecord =
  | Outcome
  | (Omit<Outcome, "realised" | "inside" | "measuredUs"> & {
      readonly realised: null;
      readonly inside: null;
      readonly measuredUs: null;
    });

/** What is kept of a recommendation until it is judged: it waits on the disk, and each new one is written there. */
type Projected = Pick<
  Recommendation,
  "id" | "twin" | "title" | "modelVersion" | "changes" | "comparisons" | "evidence" | "projected"
>;

/** An action whose measurement is still to come; plain JSON. */
export interface WaitingAction {
  readonly recommendation: Projected;
  readonly proposals: string[];
  actedUs: TimeUs;
  superseded: boolean;
}

/** Actions that row 5 judges by. docs/ladder.md, Limits. */
export const WINDOW = 20;
/** A projected interval runs from the 5th to the 95th percentile: one in ten misses by itself. */
export const MISS_RATE = 0.1;
/** An action whose measurement does not come within this many times its own wait is given up. */
const PATIENCE = 4;
/** Where no measurement comes at all, the oldest are given up. */
const MOST_WAITING = 200;

/**
 * Holds every verified action against its own projection: the first good sample of the projected measurement at
 * or after `afterUs` on the plant's clock.
 */
export class OutcomeBook {
  readonly #open: Map<string, WaitingAction>;
  readonly #judged: boolean[];
  #givenUp: OutcomeRecord[] = [];

  /**
   * @param judged earlier verdicts, oldest first, kept over a restart
   * @param open actions that waited when it was kept: a restart must not make a miss go away
   */
  constructor(judged: readonly boolean[] = [], open: readonly WaitingAction[] = []) {
    this.#judged = judged.slice(-WINDOW);
    this.#open = new Map(open.map((action) => [action.recommendation.id, { ...action }]));
  }

  /** Verdicts of the last actions, oldest first: true is inside. */
  get judged(): readonly boolean[] {
    return [...this.#judged];
  }

  get waiting(): number {
    return this.#open.size;
  }

  /** Actions that wait for their measurement, to be kept over a restart. */
  get open(): readonly WaitingAction[] {
    return [...this.#open.values()];
  }

  /** Actions given up since the last call: their measurement never came, so that they speak neither way. */
  takeGivenUp(): OutcomeRecord[] {
    const taken = this.#givenUp;
    this.#givenUp = [];
    return taken;
  }

  /** A setpoint of a recommendation was verified; the action counts from the last of them. */
  acted(recommendation: Recommendation, result: ProposalResult): void {
    if (result.state !== "verified") return;
    const known = this.#open.get(recommendation.id);
    if (known !== undefined) {
      known.actedUs = Math.max(known.actedUs, result.timeUs);
      if (!known.proposals.includes(result.id)) known.proposals.push(result.id);
      return;
    }
    for (const earlier of this.#open.values()) earlier.superseded = true;
    this.#open.set(recommendation.id, {
      recommendation: projectedOf(recommendation),
      proposals: [result.id],
      actedUs: result.timeUs,
      superseded: false,
    });
    const [oldest] = this.#open.values();
    if (this.#open.size > MOST_WAITING) this.#giveUp(oldest!);
  }

  /** The good samples of a frame; costs nothing while no action waits. */
  measuredFrame(frame: Frame): Outcome[] {
    const waiting = new Set(
      [...this.#open.values()].map(({ recommendation }) => recommendation.projected.address),
    );
    const indices = new Set([...waiting].map((address) => frame.dictionary.indexOf(address)));
    const outcomes: Outcome[] = [];
    for (let row = 0; indices.size > 0 && row < frame.length; row++) {
      if (!indices.has(frame.indexAt(row)) || !isGood(frame.qualityAt(row))) continue;
      const { address, unit } = frame.propertyAt(row);
      outcomes.push(...this.measured(address, frame.valueAt(row), unit, frame.sourceTimeUsAt(row)));
    }
    return outcomes;
  }

  /** A measurement came. @param unit of the property @returns the actions it decides */
  measured(address: string, value: number, unit: string | undefined, timeUs: TimeUs): Outcome[] {
    const outcomes: Outcome[] = [];
    for (const [id, action] of this.#open) {
      const { projected } = action.recommendation;
      const waitedUs = timeUs - action.actedUs;
      if (waitedUs > PATIENCE * projected.afterUs + 3600e6) {
        this.#giveUp(action);
        continue;
      }
      if (projected.address !== address || waitedUs < projected.afterUs) continue;
      this.#open.delete(id);
      const realised = unit === undefined ? value : converter(unit, projected.unit, address)(value);
      const { low, high } = projected.interval;
      const inside = realised >= low && realised <= high;
      this.#judged.push(inside);
      if (this.#judged.length > WINDOW) this.#judged.shift();
      outcomes.push({ ...recordOf(action), realised, inside, measuredUs: timeUs });
    }
    return outcomes;
  }

  #giveUp(action: WaitingAction): void {
    this.#open.delete(action.recommendation.id);
    this.#givenUp.push({ ...recordOf(action), realised: null, inside: null, measuredUs: null });
  }
}

const projectedOf = ({
  id,
  twin,
  title,
  modelVersion,
  changes,
  comparisons,
  evidence,
  projected,
}: Recommendation): Projected => ({
  id,
  twin,
  title,
  modelVersion,
  changes,
  comparisons,
  evidence,
  projected,
});

function recordOf(action: WaitingAction): Omit<Outcome, "realised" | "inside" | "measuredUs"> {
  const { recommendation, proposals, actedUs, superseded } = action;
  const { id, twin, title, modelVersion, changes, comparisons, evidence, projected } = recommendation;
  const { value, low, high } = projected.interval;
  return {
    kind: "outcome",
    recommendation: id,
    twin,
    title,
    modelVersion,
    proposals: [...proposals],
    changes,
    expected: comparisons,
    evidence,
    address: projected.address,
    unit: projected.unit,
    projected: { value, low, high },
    actedUs,
    superseded,
  };
}

/**
 * Whether so many misses speak against the projection: they do where the exact one-sided 95 % lower bound of the
 * miss rate lies above the rate the interval allows (5 or more of 20).
 */
export function missesAllowed(misses: number, actions: number): boolean {
  return binomialLowerBound(misses, actions, 0.95) <= MISS_RATE;
}
