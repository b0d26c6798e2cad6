import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { Outcome } from "./fault.ts";
import type { FaultRun } from "./run-fault.ts";

/**
 * Outcomes of runs that have ended, kept as lines of JSON, so that an hour of faults that is cut short goes on where it
 * was. It is for whoever keeps the file to throw it away when the code has changed.
 */
export class OutcomeLog {
  readonly #file: string | undefined;
  readonly #outcomes = new Map<string, Outcome>();

  /** @param file undefined keeps nothing beyond this process */
  constructor(file: string | undefined) {
    this.#file = file;
    if (file === undefined || !existsSync(file)) return;
    for (const line of readFileSync(file, "utf8").split("\n")) {
      if (line === "") continue;
      const { key, outcome } = JSON.parse(line) as { key: string; outcome: Outcome };
      this.#outcomes.set(key, outcome);
    }
  }

  outcomeOf(run: FaultRun): Outcome | undefined {
    return this.#outcomes.get(keyOf(run));
  }

  keep(run: FaultRun, outcome: Outcome): void {
    const key = keyOf(run);
    this.#outcomes.set(key, outcome);
    if (this.#file !== undefined) appendFileSync(this.#file, `${JSON.stringify({ key, outcome })}\n`);
  }
}

const keyOf = ({ fault, seed, isShort }: FaultRun): string =>
  `${fault.name}, seed ${seed}${isShort ? ", short" : ""}`;
