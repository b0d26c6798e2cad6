import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A clock for a process that another hand sets: seconds beside the machine's. */
export class StepClock {
  readonly #file: string;

  constructor(folder: string) {
    this.#file = join(folder, "clock");
    this.set(0);
  }

  set(offsetS: number): void {
    writeFileSync(`${this.#file}.new`, `${offsetS < 0 ? "" : "+"}${offsetS}`);
    renameSync(`${this.#file}.new`, this.#file);
  }

  /** What makes a process take its time from here; durations stay the machine's. */
  environment(library: string): Readonly<Record<string, string>> {
    return {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    };
  }
}
