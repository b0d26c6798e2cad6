import type { TimeUs } from "../../core/time.ts";
import type { LifeDriver } from "./life-estimator.ts";
import type { SimilarFailure } from "./past-failures.ts";

/** What remains to one asset. Travels as `msg.payload`. Lives are in cycles of the asset's own use. */
export interface LifeMessage {
  readonly kind: "life";
  readonly twin: string;
  /** Of a maintenance plan; absent where the node names none. */
  readonly component?: string;
  readonly madeAtUs: TimeUs;
  /** Which of the asset's lives: 1, and one more each time its cycles begin anew. */
  readonly unit: number;
  readonly cycle: number;
  readonly rul: number;
  /** The model looks no further: so many cycles or more. */
  readonly isAtLeast: boolean;
  /** 90 % interval. */
  readonly low: number;
  readonly high: number;
  /** When the remaining cycles are used up at the pace of late; absent before a second cycle. */
  readonly dueUs?: TimeUs;
  /** 1 new, 0 failed. */
  readonly health: number;
  readonly drivers: readonly LifeDriver[];
  /** Past failures that went the same way, the nearest first. */
  readonly similar: readonly SimilarFailure[];
  /** One sentence for a person. */
  readonly reason: string;
}
