import type { Comparison, Constraint } from "../../../runtime/prescribe/recommendation.ts";

/** A share of bodies in percent, with the exact upper 95 % bound it was counted to. */
export interface RiskView {
  readonly percent: number;
  readonly upperPercent: number;
}

export interface RecommendationView {
  readonly title: string;
  readonly changes: readonly {
    readonly label: string;
    readonly from: number;
    readonly to: number;
    readonly unit: string;
  }[];
  /** What the changes count on later, one sentence per moment; never written from here. */
  readonly later: readonly string[];
  readonly comparisons: readonly Comparison[];
  /** Under-cured bodies to come, before all that is saved; null where the recommendation does not say. */
  readonly underCure: {
    readonly baseline: RiskView;
    readonly scenario: RiskView;
    readonly nominal: RiskView;
  } | null;
  /** What the nominal optimum would save, and what that would risk; empty where it risks no more than is allowed. */
  readonly nominalWarning: string;
  readonly constraints: readonly Constraint[];
  /** The nominal optimum's scenario column, row by row; headed "not proposed". */
  readonly nominal: readonly (number | null)[];
  readonly expiresUs: number;
  readonly madeAtUs: number;
  readonly modelVersion: string;
  readonly expired: boolean;
}

export interface RecommendationPanelView {
  readonly recommendation: RecommendationView | null;
  /** What the actuator says: its mode, in words an operator reads. */
  readonly actuator: { readonly armed: boolean; readonly text: string; readonly page: string | null };
  readonly timeUs: number | null;
}
