import { RungError } from "../../core/errors.ts";

/** A line of a file with its number, from 1. */
export interface TextLine {
  readonly line: number;
  readonly text: string;
}

/** Lines that are not blank, without blanks about them. */
export function filledLines(text: string): TextLine[] {
  return text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .map((raw, i) => ({ line: i + 1, text: raw.trim() }))
    .filter((line) => line.text !== "");
}

/** @param where the file, or the file and its line */
export function malformed(where: string, what: string, advice: string): RungError {
  return new RungError({ code: "balance-file", where, what, advice });
}

/**
 * A number as files of any country have it: 12.5 or 12,5.
 * @throws RungError `balance-file` where it is none
 */
export function decimal(text: string, where: string, what: string): number {
  if (!/^[+-]?\d+([.,]\d+)?$/.test(text.trim())) {
    throw malformed(where, `${what} is ${JSON.stringify(text)}`, "a number such as 12.5 or 12,5");
  }
  return Number(text.trim().replace(",", "."));
}

/** Predecessors of each task by pairs "before,after" of task numbers. */
export class NumberedPrecedence {
  readonly #after: string[][];

  constructor(tasks: number) {
    this.#after = Array.from({ length: tasks }, () => []);
  }

  /** @throws RungError `balance-file` where it is no pair, `balance-unknown-predecessor` where a number is no task's */
  add(text: string, where: string): void {
    const pair = /^(\d+)\s*,\s*(\d+)$/.exec(text);
    if (pair === null)
      throw malformed(where, `${JSON.stringify(text)} is no precedence`, "two task numbers: 3,7");
    const tasks = this.#after.length;
    for (const task of [pair[1]!, pair[2]!]) {
      if (Number(task) >= 1 && Number(task) <= tasks) continue;
      throw new RungError({
        code: "balance-unknown-predecessor",
        where,
        what: `task ${task} is no task`,
        advice: `tasks are numbered 1 to ${tasks}`,
      });
    }
    this.#after[Number(pair[2]) - 1]!.push(String(Number(pair[1])));
  }

  after(task: number): readonly string[] {
    return this.#after[task]!;
  }
}
