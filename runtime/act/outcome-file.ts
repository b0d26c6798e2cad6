import { RungError } from "../core/errors.ts";
import { LineFile } from "../core/line-file.ts";
import type { TimeUs } from "../core/time.ts";
import type { OutcomeRecord } from "./outcome.ts";

/** Which actions are asked for; times are those of acting, on the plant's clock, from is included and to is not. */
export interface OutcomeQuestion {
  readonly twin: string;
  readonly fromUs?: TimeUs | undefined;
  readonly toUs?: TimeUs | undefined;
}

const isOutcome = (thing: unknown): thing is OutcomeRecord =>
  (thing as OutcomeRecord | null | undefined)?.kind === "outcome";

/** What became of every action, for whoever adds up what a twin was worth: one line per action. */
export class OutcomeFile {
  readonly #file: LineFile<OutcomeRecord>;

  constructor(path: string) {
    this.#file = new LineFile(path, "outcomes-broken", isOutcome);
  }

  get path(): string {
    return this.#file.path;
  }

  /** @throws RungError `outcomes-broken` where it cannot be written: then they wait for the next call */
  append(records: readonly OutcomeRecord[]): void {
    this.#file.append(records);
  }

  /** Oldest first. @returns nothing of a twin that never acted @throws RungError `no-outcomes` where there is no file */
  query({ twin, fromUs = Number.NEGATIVE_INFINITY, toUs = Number.POSITIVE_INFINITY }: OutcomeQuestion) {
    if (!this.#file.exists) {
      throw new RungError({
        code: "no-outcomes",
        where: this.path,
        what: "is not there: no action was judged yet",
        advice: "name the home with --home",
      });
    }
    const { lines, broken } = this.#file.read();
    const records = lines.filter(
      (record) => record.twin === twin && record.actedUs >= fromUs && record.actedUs < toUs,
    );
    records.sort((one, other) => one.actedUs - other.actedUs);
    return { records, broken };
  }
}
