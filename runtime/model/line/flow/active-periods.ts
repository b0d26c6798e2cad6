/** More are not kept: what a long run says of its bottleneck, a part of it says too. */
const MOST_PERIODS = 200_000;

/** When each station was active without a break, for the shifting bottleneck. */
export class ActivePeriods {
  readonly blocks: string[] = [];
  readonly begins: number[] = [];
  readonly ends: number[] = [];
  /** Time up to which all are here, s; `Infinity` where none was left out. */
  untilS = Number.POSITIVE_INFINITY;
  readonly #openS = new Map<string, number>();

  begin(block: string, atS: number): void {
    this.#openS.set(block, atS);
  }

  end(block: string, atS: number): void {
    const fromS = this.#openS.get(block);
    if (fromS === undefined) return;
    this.#openS.delete(block);
    if (atS <= fromS) return;
    if (this.ends.length === MOST_PERIODS) {
      this.untilS = Math.min(this.untilS, fromS);
      return;
    }
    this.blocks.push(block);
    this.begins.push(fromS);
    this.ends.push(atS);
  }

  /** Ends those that are open. */
  close(atS: number): void {
    for (const block of [...this.#openS.keys()]) this.end(block, atS);
  }
}
