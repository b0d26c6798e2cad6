import type { Interval, ScenarioResult } from "../../../runtime/prescribe/recommendation.ts";

export interface QuestionView {
  readonly label: string;
  /** What the field holds at first. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly unit: string;
}

/** A row of baseline, scenario and difference; a share of bodies has the upper bound of its 95 % confidence. */
export interface WhatIfRow {
  readonly what: string;
  readonly unit: string;
  readonly baseline: Interval;
  readonly scenario: Interval;
  readonly difference: Interval;
}

export interface AnswerView
  extends Pick<ScenarioResult, "title" | "constraints" | "runs" | "madeAtUs" | "modelVersion"> {
  /** Shares of bodies under-cured and over-baked, %, with the exact upper 95 % bound. */
  readonly risks: readonly {
    readonly kind: "underCure" | "overBake";
    readonly baseline: { readonly percent: number; readonly upperPercent: number };
    readonly scenario: { readonly percent: number; readonly upperPercent: number };
  }[];
  readonly rows: readonly WhatIfRow[];
}

export interface WhatIfView {
  readonly questions: readonly QuestionView[];
  /** What was asked last and is not answered yet. */
  readonly asked?: { readonly title: string; readonly isLate: boolean };
  readonly answer?: AnswerView;
  /** Why what was asked last has no answer. */
  readonly problem?: string;
}
