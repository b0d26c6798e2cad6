/** Says how far a study is. @param of may grow while it looks for what mends a finding */
export type Progress = (done: number, of: number) => void;

/** Counts what is done of what is to be done. */
export class Steps {
  #done = 0;
  #of = 0;
  readonly #onProgress: Progress;

  constructor(onProgress: Progress) {
    this.#onProgress = onProgress;
  }

  expect(more: number): void {
    this.#of += more;
  }

  done(): void {
    this.#done++;
    this.#onProgress(this.#done, Math.max(this.#done, this.#of));
  }
}
