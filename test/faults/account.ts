import { type Quality, UNCERTAIN_LAST_USABLE } from "../../runtime/core/quality.ts";
import type { TimeUs } from "../../runtime/core/time.ts";
import { addressOfTag, type ProducedSample } from "./production.ts";

export interface StoredSample {
  readonly address: string;
  readonly timeUs: TimeUs;
  readonly value: number;
  readonly quality: Quality;
}

export interface AccountParts {
  /** Of each producer, in the order of making. */
  readonly produced: readonly Iterable<ProducedSample>[];
  readonly stored: Iterable<StoredSample>;
  /** What was made before this source time was made before Rung had met every tag. */
  readonly fromUs: TimeUs;
  /** True where the gap ledger has an entry that is still open around a sample. */
  isInLedger(address: string, timeUs: TimeUs): boolean;
}

/** What became of everything that was produced: produced = stored + inLedger + unexplained. */
export interface Account {
  readonly produced: number;
  readonly stored: number;
  /** Not stored, and inside a gap that the ledger names. */
  readonly inLedger: number;
  /** Neither stored nor in the ledger. */
  readonly unexplained: number;
  /** Stored more than once. */
  readonly duplicates: number;
  /** Stored, and never produced; the marks by which a death makes last values stale are none. */
  readonly foreign: number;
  /** The first few of what should not be. */
  readonly examples: readonly string[];
}

const MOST_EXAMPLES = 5;

/** Compares what was produced with what is stored, sample by sample. */
export function account({ produced, stored, fromUs, isInLedger }: AccountParts): Account {
  const copies = new Map<string, number>();
  for (const { address, timeUs, value, quality } of stored) {
    if (quality === UNCERTAIN_LAST_USABLE) continue;
    const key = `${address} ${timeUs} ${value}`;
    copies.set(key, (copies.get(key) ?? 0) + 1);
  }
  const counts = { produced: 0, stored: 0, inLedger: 0, unexplained: 0, duplicates: 0, foreign: 0 };
  const examples: string[] = [];
  const show = (kind: string, key: string): void => {
    if (examples.length < MOST_EXAMPLES) examples.push(`${kind}: ${key}`);
  };
  for (const log of produced) {
    // In the order of making, not of time: a clock may step back.
    let hasBegun = false;
    for (const { tag, timeUs, value } of log) {
      hasBegun ||= timeUs >= fromUs;
      const address = addressOfTag(tag);
      const key = `${address} ${timeUs} ${value}`;
      const found = copies.get(key) ?? 0;
      copies.delete(key);
      if (found > 1) {
        counts.duplicates += found - 1;
        show("stored twice", key);
      }
      if (!hasBegun) continue;
      counts.produced++;
      if (found > 0) counts.stored++;
      else if (isInLedger(address, timeUs)) counts.inLedger++;
      else {
        counts.unexplained++;
        show("unexplained", key);
      }
    }
  }
  for (const [key, found] of copies) {
    counts.foreign += found;
    show("never produced", key);
  }
  return { ...counts, examples };
}
