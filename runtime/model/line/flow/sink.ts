import type { BlockState } from "../line-state.ts";
import { FlowBlock } from "./flow-block.ts";
import type { FlowTally } from "./flow-tally.ts";
import type { Part } from "./part.ts";

/** Where parts leave the line. */
export class Sink extends FlowBlock {
  readonly #tally: FlowTally;
  readonly #isScrap: boolean;

  constructor(id: string, isScrap: boolean, tally: FlowTally) {
    super(id);
    this.#isScrap = isScrap;
    this.#tally = tally;
  }

  override hasRoom(): boolean {
    return true;
  }

  override take(part: Part): void {
    this.parts++;
    if (this.#isScrap) this.#tally.partScrapped(part, this.id);
    else this.#tally.partDone(part, this.id);
  }

  override state(): BlockState {
    return { id: this.id };
  }
}
