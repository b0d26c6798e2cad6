import type { PrecedenceDirection } from "./precedence-direction.ts";

/**
 * Which tasks may stand in place of a task without loss (Jackson 1956): those at least as long, without order to it, and
 * followed by all that follows it; of two alike the one that comes first in the numbering.
 */
export interface Replacements {
  /** Of task j: `tasks[at[j]]` to `tasks[at[j + 1] - 1]`. */
  readonly at: Int32Array;
  readonly tasks: Int32Array;
}

export function replacements(ticks: Int32Array, direction: PrecedenceDirection): Replacements {
  const n = ticks.length;
  const at = new Int32Array(n + 1);
  const tasks: number[] = [];
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) {
      if (i !== j && replaces(i, j)) tasks.push(i);
    }
    at[j + 1] = tasks.length;
  }

  function replaces(i: number, j: number): boolean {
    if (ticks[i]! < ticks[j]! || direction.follows(i, j) || direction.follows(j, i)) return false;
    const { words, following } = direction;
    let alike = ticks[i] === ticks[j];
    for (let w = 0; w < words; w++) {
      const [ofI, ofJ] = [following[i * words + w]!, following[j * words + w]!];
      if ((ofJ & ~ofI) !== 0) return false;
      if (ofI !== ofJ) alike = false;
    }
    return !alike || i < j;
  }

  return { at, tasks: Int32Array.from(tasks) };
}
