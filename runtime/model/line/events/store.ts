import type { Awaited, Process } from "./process.ts";

/** A place for items, first in, first out: processes `put` into it while there is room and `get` from it. */
export class Store<Item> {
  readonly #places: number;
  readonly #items: Item[] = [];
  readonly #getters: Process[] = [];
  #putters: { readonly process: Process; readonly item: Item }[] = [];

  constructor(places = Number.POSITIVE_INFINITY) {
    this.#places = places;
  }

  get length(): number {
    return this.#items.length;
  }

  put(item: Item): Awaited {
    return {
      begin: (process) => {
        if (this.#items.length >= this.#places) {
          this.#putters.push({ process, item });
          return false;
        }
        this.#take(item);
        return true;
      },
      abandon: (process) => {
        this.#putters = this.#putters.filter((putter) => putter.process !== process);
      },
    };
  }

  /** The `yield` gives the item. */
  get(): Awaited {
    const wait: { value?: unknown } & Awaited = {
      begin: (process) => {
        if (this.#items.length === 0) {
          this.#getters.push(process);
          return false;
        }
        wait.value = this.#items.shift();
        const putter = this.#putters.shift();
        if (putter !== undefined) {
          this.#items.push(putter.item);
          putter.process.resume();
        }
        return true;
      },
      abandon: (process) => {
        const place = this.#getters.indexOf(process);
        if (place >= 0) this.#getters.splice(place, 1);
      },
    };
    return wait;
  }

  #take(item: Item): void {
    const getter = this.#getters.shift();
    if (getter === undefined) this.#items.push(item);
    else getter.resume(item);
  }
}
