import type { Random } from "../../../core/random.ts";
import type { LineOrder, SourceBlock } from "../line-model.ts";
import type { BlockState } from "../line-state.ts";

/** Says what a source lets in next: of orders, by shares, or parts without a kind. */
export class Supply {
  readonly #block: SourceBlock;
  readonly #orders: readonly LineOrder[];
  readonly #random: Random;
  #order = 0;
  #ofOrder = 0;

  constructor(block: SourceBlock, orders: readonly LineOrder[], random: Random) {
    this.#block = block;
    this.#orders = orders;
    this.#random = random;
  }

  /** @returns undefined where all orders are in */
  next(): { readonly kind: string | undefined; readonly order: string | undefined } | undefined {
    if (this.#block.orders !== undefined) return this.#nextOfOrder();
    const kinds = this.#block.kinds ?? [];
    if (kinds.length === 0) return { kind: undefined, order: undefined };
    let draw = this.#random.uniform();
    const drawn = kinds.find(({ share }) => {
      draw -= share;
      return draw < 0;
    });
    return { kind: (drawn ?? kinds.at(-1)!).kind, order: undefined };
  }

  goOnAt(state: BlockState): void {
    this.#order = state.order ?? 0;
    this.#ofOrder = state.ofOrder ?? 0;
  }

  state(): Pick<BlockState, "order" | "ofOrder"> {
    return this.#block.orders === undefined ? {} : { order: this.#order, ofOrder: this.#ofOrder };
  }

  #nextOfOrder(): { kind: string; order: string } | undefined {
    while (this.#ofOrder >= (this.#orders[this.#order]?.quantity ?? Number.POSITIVE_INFINITY)) {
      this.#order++;
      this.#ofOrder = 0;
    }
    if (this.#order >= this.#orders.length) {
      if (this.#block.orders === "once") return undefined;
      this.#order = 0;
      this.#ofOrder = 0;
    }
    const order = this.#orders[this.#order]!;
    this.#ofOrder++;
    return { kind: order.kind, order: order.id };
  }
}
