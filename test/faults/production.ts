import { openSync, readFileSync, writeSync } from "node:fs";
import type { TimeUs } from "../../runtime/core/time.ts";

/** One value of one tag as the producer made it. */
export interface ProducedSample {
  readonly tag: number;
  readonly timeUs: TimeUs;
  readonly value: number;
}

/**
 * What a producer made, in a file that outlives a kill of its process: a line is written before its values leave, so
 * that nothing can be stored that does not stand here.
 */
export class ProductionLog {
  readonly #handle: number;

  constructor(file: string) {
    this.#handle = openSync(file, "a", 0o600);
  }

  /** Tags `first` to `first + count - 1` take one value at one time. */
  note(timeUs: TimeUs, value: number, first: number, count: number): void {
    writeSync(this.#handle, `${timeUs} ${value} ${first} ${count}\n`);
  }
}

/** All samples of a log; a line that a kill cut short was never sent. */
export function* readProduction(file: string): Generator<ProducedSample> {
  const text = readFileSync(file, "utf8");
  for (const line of text.slice(0, text.lastIndexOf("\n") + 1).split("\n")) {
    if (line === "") continue;
    const [timeUs, value, first, count] = line.split(" ").map(Number) as [number, number, number, number];
    for (let tag = first; tag < first + count; tag++) yield { tag, timeUs, value };
  }
}

/** Every producer's tags: `Tag0`, `Tag1`, ... */
export const tagName = (tag: number): string => `Tag${tag}`;

/** Address of the twin that the tags belong to. */
export const TWIN = "acme/test/line1";
export const addressOfTag = (tag: number): string => `${TWIN}/${tagName(tag)}`;
