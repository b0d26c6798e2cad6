import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "../../runtime/core/random.ts";
import type { Fault, Outcome } from "./fault.ts";

/** A fault that takes longer than this hangs, ms: in short, in full. */
const LONGEST_MS = { short: 150_000, full: 1_200_000 };

export interface FaultRun {
  readonly fault: Fault;
  readonly seed: number;
  readonly isShort: boolean;
}

/** Runs a fault once in a folder of its own, and ends whatever it started. */
export async function runFault({ fault, seed, isShort }: FaultRun): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "rung-fault-"));
  const closers: (() => unknown)[] = [];
  const longestMs = isShort ? LONGEST_MS.short : LONGEST_MS.full;
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${fault.name} took longer than ${longestMs / 1000} s`)),
      longestMs,
    );
  });
  try {
    const context = {
      folder,
      seed,
      isShort,
      random: new Random(seed),
      atEnd: (close: () => unknown) => closers.push(close),
    };
    return await Promise.race([fault.run(context), tooLong]);
  } finally {
    clearTimeout(timer);
    for (const close of closers.reverse()) await close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Runs them with so many at once, since most of a fault is waiting.
 * @returns the outcome of each, in the same order
 */
export function runFaults(runs: readonly FaultRun[], atOnce: number): Promise<Outcome>[] {
  const outcomes = runs.map(() => Promise.withResolvers<Outcome>());
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < runs.length) {
      const i = next++;
      await runFault(runs[i]!).then(outcomes[i]!.resolve, outcomes[i]!.reject);
    }
  };
  for (let worker = 0; worker < atOnce; worker++) void work();
  return outcomes.map(({ promise }) => promise);
}
