import type { Random } from "../../../core/random.ts";
import type { FlowBlock, Waiting } from "./flow-block.ts";
import type { Part } from "./part.ts";

/** A way out of a block. */
export interface Way {
  readonly to: FlowBlock;
  readonly share: number | undefined;
  readonly kinds: readonly string[] | undefined;
}

/** Hands parts on, one at a time, and waits with one for which there is no room. */
export class Outlet implements Waiting {
  /** `st01`, or `st01/0` of a server. */
  readonly name: string;
  /** What waits. */
  part: Part | undefined;
  #ways: readonly Way[] = [];
  #only: FlowBlock | undefined;
  readonly #random: Random;
  readonly #delivered: () => void;
  /** Told before a part is handed over. */
  readonly #leaves: ((part: Part) => void) | undefined;
  #asked: readonly FlowBlock[] = [];

  /** @param delivered told when a part that had to wait is gone */
  constructor(name: string, random: Random, delivered: () => void, leaves?: (part: Part) => void) {
    this.name = name;
    this.#random = random;
    this.#delivered = delivered;
    this.#leaves = leaves;
  }

  /** Says where it leads, once all blocks are there. */
  connect(ways: readonly Way[]): void {
    this.#ways = ways;
    const [way] = ways;
    this.#only = ways.length === 1 && way!.kinds === undefined ? way!.to : undefined;
  }

  /** @returns whether it is gone; else it waits */
  send(part: Part): boolean {
    const only = this.#only;
    if (only !== undefined) {
      if (only.hasRoom(part)) {
        this.#leaves?.(part);
        only.take(part);
        return true;
      }
      this.part = part;
      only.waiting.push(this);
      return false;
    }
    return this.#sendBy(this.#targets(part), part);
  }

  /** Hands the part that waits to a block that has room for it. */
  handTo(block: FlowBlock): void {
    const part = this.part!;
    this.part = undefined;
    if (this.#only === undefined) this.#withdraw(block);
    this.#leaves?.(part);
    block.take(part);
    this.#delivered();
  }

  /** Waits with a part at these blocks, in whose lines it is put by the caller. */
  waitAgain(part: Part, at: readonly FlowBlock[]): void {
    this.part = part;
    this.#asked = at;
  }

  #sendBy(targets: readonly FlowBlock[], part: Part): boolean {
    const free = targets.find((target) => target.hasRoom(part));
    if (free !== undefined) {
      this.#leaves?.(part);
      free.take(part);
      return true;
    }
    this.part = part;
    this.#asked = targets;
    for (const target of targets) target.waiting.push(this);
    return false;
  }

  /** Where a part may go: the ways of its kind, else one drawn by share, else all. */
  #targets(part: Part): FlowBlock[] {
    const ofKind = this.#ways.filter(({ kinds }) => part.kind !== undefined && kinds?.includes(part.kind));
    const open = ofKind.length > 0 ? ofKind : this.#ways.filter(({ kinds }) => kinds === undefined);
    if (open[0]?.share === undefined) return open.map(({ to }) => to);
    let draw = this.#random.uniform();
    const drawn = open.find(({ share }) => {
      draw -= share!;
      return draw < 0;
    });
    return [(drawn ?? open.at(-1)!).to];
  }

  #withdraw(from: FlowBlock): void {
    for (const block of this.#asked) {
      if (block === from) continue;
      const place = block.waiting.indexOf(this);
      if (place >= 0) block.waiting.splice(place, 1);
    }
    this.#asked = [];
  }
}
