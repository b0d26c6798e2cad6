import type { Dictionary } from "../core/dictionary.ts";

/** A place of its own for every tag, by address, whatever dictionary a frame points into. */
export class TagSlots {
  readonly #slots = new Map<string, number>();
  readonly #ofDictionary = new WeakMap<Dictionary, Int32Array>();

  get count(): number {
    return this.#slots.size;
  }

  /** The slot of an address; undefined where no dictionary had it. */
  of(address: string): number | undefined {
    return this.#slots.get(address);
  }

  /** The slot of every entry of a dictionary. */
  ofDictionary(dictionary: Dictionary): Int32Array {
    const known = this.#ofDictionary.get(dictionary);
    if (known !== undefined) return known;
    const slots = Int32Array.from(dictionary.properties, ({ address }) => {
      const slot = this.#slots.get(address) ?? this.#slots.size;
      this.#slots.set(address, slot);
      return slot;
    });
    this.#ofDictionary.set(dictionary, slots);
    return slots;
  }
}
