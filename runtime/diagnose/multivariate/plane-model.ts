import type { TimeUs } from "../../core/time.ts";
import type { PrincipalComponents } from "../principal-components.ts";
import type { NormalScale } from "./normal-scale.ts";

export interface PlaneOptions {
  /** Components kept: a number, or the share of variance they must explain. */
  readonly components: { readonly count: number } | { readonly explained: number };
  /** Share of held-out normal rows that each of T² and SPE may have over its limit. */
  readonly exceedance: number;
  /** Consecutive blocks, each held out once, where no held-out data is given. */
  readonly folds: number;
}

export const PLANE_DEFAULTS: PlaneOptions = { components: { explained: 0.9 }, exceedance: 0.01, folds: 5 };

/** Limits of T² and SPE, in squared standard deviations. */
export interface PlaneLimits {
  readonly t2: number;
  readonly spe: number;
}

/** All that T² and SPE need. Plain data: JSON in, JSON out. */
export interface PlaneCalibration {
  readonly version: 1;
  readonly method: "pca";
  readonly options: PlaneOptions;
  readonly scale: NormalScale;
  readonly components: PrincipalComponents;
  /** Variance of one signal off the plane, in squared standard deviations. */
  readonly noise: number;
  readonly limits: PlaneLimits;
  readonly rows: number;
  readonly heldOutRows: number;
  readonly fromUs: TimeUs;
  readonly toUs: TimeUs;
}
