import type { TimeUs } from "../core/time.ts";

/** What a detector says when it starts or ends: one per episode, not per sample. Travels as `msg.payload`. */
export interface Finding {
  readonly kind: "finding";
  /** Stable over one episode. */
  readonly id: string;
  readonly twin: string;
  /** Addresses that carry it, the strongest first, each with its share of the score in 0..1. */
  readonly contributions: readonly { readonly address: string; readonly share: number }[];
  readonly score: number;
  readonly limit: number;
  readonly active: boolean;
  readonly sinceUs: TimeUs;
  readonly timeUs: TimeUs;
  /** 1 act now, 2 soon, 3 be aware. An alarm always has an action. */
  readonly priority: 1 | 2 | 3;
  /** "Zone 3 fan flow 18 % below normal". */
  readonly title: string;
  /** Why the detector thinks so, in one sentence with figures. */
  readonly reason: string;
  /** What the operator does now. */
  readonly action: string;
  /** What happens if nobody does. */
  readonly consequence?: string;
  /** Minutes of plant time in which the action still helps. */
  readonly withinMin?: number;
}
