import type { TimeUs } from "../../core/time.ts";

/** One thing that may have caused a finding, with what speaks for it. */
export interface RankedCause {
  /**
   * `signal`: the fault is where this property is measured or moved. `change`: something was changed on purpose.
   * `case`: what people found in like cases, in their words.
   */
  readonly kind: "signal" | "change" | "case";
  /** Address of the property, id of the change, or the words of the case. */
  readonly id: string;
  /** "Zone 3 fan flow fell first", as an operator reads it. */
  readonly title: string;
  /** Share of the belief, 0..1; those of one message sum to at most 1. */
  readonly belief: number;
  /** Sentences with figures, the strongest first. */
  readonly evidence: readonly string[];
}

/** Where a finding comes from, as far as the data says. Travels as `msg.payload`. */
export interface CauseMessage {
  readonly kind: "cause";
  /** Id of the finding it explains. */
  readonly id: string;
  readonly twin: string;
  readonly timeUs: TimeUs;
  /** The finding's. */
  readonly sinceUs: TimeUs;
  /** When the first signal left normal; the finding's time where that cannot be told. */
  readonly onsetUs: TimeUs;
  readonly title: string;
  /** The most likely first. */
  readonly causes: readonly RankedCause[];
  /** Belief in the first, 0..1. */
  readonly confidence: number;
  /** The pattern that cases are kept under: share and direction of the signals that carry it. */
  readonly signature: CaseSignature;
  /** What could not be used, and why. Empty where all could. */
  readonly degraded: readonly string[];
}

/** Share of each signal, negative where it went down; strongest first, at most eight. */
export type CaseSignature = readonly { readonly address: string; readonly weight: number }[];
