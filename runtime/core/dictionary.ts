import { RungError } from "./errors.ts";
import type { Property } from "./property.ts";

/**
 * The properties a frame's columns point into. Carried by reference and never changed: growing makes a new
 * version in which every index stays what it was, so that frames of both versions can be read side by side.
 */
export class Dictionary {
  readonly version: number;
  readonly properties: readonly Property[];
  readonly #indexByAddress: ReadonlyMap<string, number>;

  constructor(properties: readonly Property[], version = 1) {
    const index = new Map<string, number>();
    for (const [i, property] of properties.entries()) {
      if (index.has(property.address)) {
        throw new RungError({
          code: "duplicate-address",
          where: property.address,
          what: "stands twice in one dictionary",
          advice: "bind each address once",
        });
      }
      index.set(property.address, i);
    }
    this.version = version;
    this.properties = Object.freeze([...properties]);
    this.#indexByAddress = index;
  }

  /** Keeps structuredClone-like copiers from taking the dictionary apart. */
  get [Symbol.toStringTag](): string {
    return "RungDictionary";
  }

  get size(): number {
    return this.properties.length;
  }

  /** Index of an address, or -1. */
  indexOf(address: string): number {
    return this.#indexByAddress.get(address) ?? -1;
  }

  /** Index of an address. @throws RungError `unknown-address` */
  require(address: string): number {
    const index = this.indexOf(address);
    if (index < 0) {
      throw new RungError({
        code: "unknown-address",
        where: address,
        what: "is no property of this source",
        advice: "bind it in the source's table, or correct the address",
      });
    }
    return index;
  }

  /** The same dictionary where all are known, otherwise the next version with the new ones at the end. */
  extend(properties: readonly Property[]): Dictionary {
    const fresh = properties.filter((p) => this.indexOf(p.address) < 0);
    return fresh.length === 0 ? this : new Dictionary([...this.properties, ...fresh], this.version + 1);
  }

  toJSON(): { version: number; properties: readonly Property[] } {
    return { version: this.version, properties: this.properties };
  }
}
