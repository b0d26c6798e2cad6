import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "../../runtime/core/random.ts";
import type { Fault, Outcome } from "./fault.ts";

/** Runs a fault once in a folder of its own, and ends whatever it started. */
export async function runFault(
  fault: Fault,
  { seed, isShort }: { readonly seed: number; readonly isShort: boolean },
): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "rung-fault-"));
  const closers: (() => unknown)[] = [];
  try {
    return await fault.run({
      folder,
      seed,
      isShort,
      random: new Random(seed),
      atEnd: (close) => closers.push(close),
    });
  } finally {
    for (const close of closers.reverse()) await close();
    rmSync(folder, { recursive: true, force: true });
  }
}
