import type { TimeUs } from "../core/time.ts";
import type { BodyRisks } from "./risk.ts";

/** A figure with the interval it is believed in. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** One row of baseline | scenario | difference, as an operator reads it. */
export interface Comparison {
  readonly what: string;
  readonly unit: string;
  readonly baseline: Interval;
  readonly scenario: Interval;
  readonly difference: Interval;
}

export interface Constraint {
  readonly name: string;
  readonly value: number;
  readonly limit: number;
  readonly unit: string;
  readonly verdict: "free" | "at limit" | "violated";
  /**
   * Never proposed where broken. The others are weighed against each other by a recommendation that mends, and kept by
   * every other.
   */
  readonly hard: boolean;
}

/** How often a figure fell between two values, on both sides alike. */
export interface ScenarioHistogram {
  readonly what: string;
  readonly unit: string;
  readonly low: number;
  readonly high: number;
  /** Runs per bin of equal width. */
  readonly baseline: readonly number[];
  readonly scenario: readonly number[];
}

/** The answer of a what-if on a sibling. Travels as `msg.payload`. Never a proposal. */
export interface ScenarioResult {
  readonly kind: "scenario";
  readonly twin: string;
  readonly title: string;
  readonly madeAtUs: TimeUs;
  readonly modelVersion: string;
  readonly comparisons: readonly Comparison[];
  /** E170 node by node. */
  readonly nodes: readonly Comparison[];
  readonly constraints: readonly Constraint[];
  readonly risks: { readonly baseline: BodyRisks; readonly scenario: BodyRisks };
  readonly histograms: readonly ScenarioHistogram[];
  readonly runs: number;
  readonly seed: number;
}

/** How far the risk of a proposal is bounded, and by what. */
export interface RiskCertificate extends BodyRisks {
  /** Both bounds keep their limits, counted over scenarios that served nothing else. */
  readonly certified: boolean;
  /** "certified by 100,000 fresh runs: at most 0.03 % under-cured, 1.2 % over-baked" */
  readonly words: string;
}

/** A proposed change of setpoints with its projected effect. Travels as `msg.payload`; the only thing an envelope takes. */
export interface Recommendation {
  readonly kind: "recommendation";
  readonly id: string;
  readonly twin: string;
  readonly title: string;
  readonly changes: readonly {
    readonly target: string;
    readonly from: number;
    readonly to: number;
    readonly unit: string;
  }[];
  /** What these changes count on later: told, never written. The next looks find it anew. */
  readonly later?: readonly {
    readonly afterS: number;
    readonly changes: readonly { readonly target: string; readonly to: number }[];
  }[];
  /** Of the plan carried out to its end. */
  readonly comparisons: readonly Comparison[];
  readonly constraints: readonly Constraint[];
  /** The effect the outcome is judged by, on a measured property. */
  readonly projected: {
    readonly address: string;
    readonly unit: string;
    readonly interval: Interval;
    /** Where it would lie at that time if nothing were changed; absent: not reckoned. */
    readonly baseline?: Interval;
    readonly afterUs: number;
  };
  /** The cheapest answer without the risk, shown beside the robust one and never proposed. */
  readonly nominal?: {
    readonly changes: readonly { target: string; to: number }[];
    readonly comparisons: readonly Comparison[];
  };
  /** What bodies to come risk under the setpoints in force, the proposed plan and the nominal one. */
  readonly risks?: {
    readonly baseline: BodyRisks;
    readonly scenario: BodyRisks;
    readonly nominal: BodyRisks;
  };
  readonly certificate?: RiskCertificate;
  /** The setpoints in force break the cure window, and the plan leaves it better: all limits may be out of its reach. */
  readonly mends?: boolean;
  readonly evidence: readonly string[];
  /** Of the model it was made with: another calibration has another one. */
  readonly modelVersion: string;
  readonly madeAtUs: TimeUs;
  readonly expiresUs: TimeUs;
}
