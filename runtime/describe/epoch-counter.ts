import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The epoch of each source, kept in `$RUNG_HOME/epochs/<source>` so that it grows over restarts of Rung as well:
 * a sample is known by source, epoch and sequence, and a sequence that began again at 0 must not look stored.
 */
export class EpochCounter {
  readonly #folder: string;

  constructor(home: string) {
    this.#folder = join(home, "epochs");
  }

  /** The next epoch of a source: 1, 2, ... On disk before it is used. */
  next(source: string): number {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const file = join(this.#folder, encodeURIComponent(source));
    const epoch = this.#last(file) + 1;
    writeFileSync(`${file}.new`, String(epoch), { mode: 0o600 });
    renameSync(`${file}.new`, file);
    return epoch;
  }

  #last(file: string): number {
    try {
      const last = Number(readFileSync(file, "utf8"));
      // A file that holds no number must not bring an old epoch back: seconds of the wall clock are above any count.
      return Number.isSafeInteger(last) && last >= 0 ? last : Math.trunc(Date.now() / 1000);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return 0;
      throw thrown;
    }
  }
}
