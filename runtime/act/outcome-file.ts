import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
} from "node:fs";
import { dirname } from "node:path";
import { messageOf, RungError } from "../core/errors.ts";
import type { TimeUs } from "../core/time.ts";
import type { OutcomeRecord } from "./outcome.ts";

/** Which actions are asked for; times are those of acting, on the plant's clock, from is included and to is not. */
export interface OutcomeQuestion {
  readonly twin: string;
  readonly fromUs?: TimeUs | undefined;
  readonly toUs?: TimeUs | undefined;
}

/**
 * What became of every action, for whoever adds up what a twin was worth: a file of JSON lines, one per action, that
 * only ever grows. A line that a kill left half written is passed over by the reader and closed by the next writer.
 */
export class OutcomeFile {
  readonly path: string;
  #isBegun = false;
  /** What could not be written yet. */
  #waiting: OutcomeRecord[] = [];

  constructor(path: string) {
    this.path = path;
  }

  /** @throws RungError `outcomes-broken` where it cannot be written: then they wait for the next call */
  append(records: readonly OutcomeRecord[]): void {
    if (records.length === 0) return;
    this.#waiting.push(...records);
    const lines = this.#waiting.map((record) => `${JSON.stringify(record)}\n`).join("");
    try {
      const before = this.#isBegun || endsWhole(this.path) ? "" : "\n";
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      appendFileSync(this.path, before + lines, { mode: 0o600 });
      this.#isBegun = true;
      this.#waiting = [];
    } catch (cause) {
      this.#isBegun = false;
      throw new RungError({
        code: "outcomes-broken",
        where: this.path,
        what: messageOf(cause),
        advice: "make room on its disk, or look at the file's permissions",
        cause,
      });
    }
  }

  /** Oldest first. @returns nothing of a twin that never acted @throws RungError `no-outcomes` where there is no file */
  query({ twin, fromUs = Number.NEGATIVE_INFINITY, toUs = Number.POSITIVE_INFINITY }: OutcomeQuestion) {
    if (!existsSync(this.path)) {
      throw new RungError({
        code: "no-outcomes",
        where: this.path,
        what: "is not there: no action was judged yet",
        advice: "name the home with --home",
      });
    }
    const records: OutcomeRecord[] = [];
    let broken = 0;
    for (const line of readFileSync(this.path, "utf8").split("\n")) {
      if (line === "") continue;
      const record = recordOf(line);
      if (record === undefined) broken++;
      else if (record.twin === twin && record.actedUs >= fromUs && record.actedUs < toUs)
        records.push(record);
    }
    records.sort((one, other) => one.actedUs - other.actedUs);
    return { records, broken };
  }
}

function recordOf(line: string): OutcomeRecord | undefined {
  try {
    const thing = JSON.parse(line) as OutcomeRecord | null;
    return thing?.kind === "outcome" ? thing : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whether what is appended begins a line of its own. */
function endsWhole(path: string): boolean {
  if (!existsSync(path)) return true;
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const last = Buffer.alloc(1);
    return size === 0 || (readSync(file, last, 0, 1, size - 1) === 1 && last[0] === 0x0a);
  } finally {
    closeSync(file);
  }
}
