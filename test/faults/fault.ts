import type { Random } from "../../runtime/core/random.ts";
import type { Account } from "./account.ts";

/** What a fault is given: a folder of its own, a seed, and whether it is to be shortened. */
export interface FaultContext {
  readonly folder: string;
  readonly seed: number;
  readonly random: Random;
  readonly isShort: boolean;
  /** Called in reverse order when the fault is over, whatever became of it. */
  atEnd(close: () => unknown): void;
}

/** What came out of one run of one fault. */
export interface Outcome extends Account {
  readonly deduplicated: number;
  /** Samples that came from the server's history, for the gaps they were missing in. */
  readonly filledIn: number;
  /** By reason: at the source, at the spool, and on the way to the sinks. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Times the law of conservation was looked at while it ran, and times it did not hold. */
  readonly looks: number;
  readonly violations: number;
  /** Causes of the gaps in the ledger. */
  readonly causes: readonly string[];
  /** Codes of what was complained about. */
  readonly problems: readonly string[];
  /** What else a reader of the table should know. */
  readonly note?: string;
}

export interface Fault {
  readonly name: string;
  /** True where the server's queues or the spool carry everything over: nothing may be left to the ledger. */
  readonly losesNothing?: boolean;
  /** Why it cannot run on this machine; undefined where it can. */
  missing?(): string | undefined;
  /** Brings the fault about, waits until all is well again, and accounts. @throws AssertionError where it did not happen */
  run(context: FaultContext): Promise<Outcome>;
}
