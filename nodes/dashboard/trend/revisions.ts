/** Messages that lie back no longer than this may be lost. */
const OVERLAP_MS = 3_000;

interface Step {
  readonly atMs: number;
  readonly revision: number;
  readonly marks: readonly number[];
}

/** Numbers the states of some curves, and tells from which one on a message has to say what changed. */
export class Revisions {
  #steps: Step[];

  /** @param curves whose marks are numbered together */
  constructor(curves: number, nowMs: number = performance.now()) {
    this.#steps = [{ atMs: nowMs, revision: 0, marks: new Array<number>(curves).fill(0) }];
  }

  /**
   * @param marks of the curves now
   * @returns the number of this state, and number and marks of one that everybody who listens has
   */
  at(
    marks: readonly number[],
    nowMs: number = performance.now(),
  ): { readonly revision: number; readonly since: number; readonly after: readonly number[] } {
    const newest = this.#steps.at(-1)!;
    if (marks.some((mark, i) => mark !== newest.marks[i]))
      this.#steps.push({ atMs: nowMs, revision: newest.revision + 1, marks });
    while (this.#steps.length > 1 && this.#steps[1]!.atMs <= nowMs - OVERLAP_MS) this.#steps.shift();
    const { revision, marks: after } = this.#steps[0]!;
    return { revision: this.#steps.at(-1)!.revision, since: revision, after };
  }
}
