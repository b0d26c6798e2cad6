import { messageOf } from "../../../runtime/core/errors.ts";
import { layScene } from "./lay-scene.ts";
import { readScene } from "./read-scene.ts";
import type { Shelf } from "./shelf.ts";

/** The geometry of one cell with the variant asked for last, laid out for browsers. */
export class SceneOnShelf {
  readonly #shelf: Shelf;
  readonly #owner: string;
  readonly #file: string;
  #reading = new AbortController();
  /** Where it lies; null: not read yet, or not to be read. */
  address: string | null = null;
  /** Why there is none, in words. */
  trouble = "";

  constructor(shelf: Shelf, owner: string, file: string) {
    this.#shelf = shelf;
    this.#owner = owner;
    this.#file = file;
  }

  /** Reads in a thread of its own; a later call ends one under way. @param onFault told in words */
  async read(variant: string, onFault: (words: string) => void): Promise<void> {
    this.#reading.abort();
    this.#reading = new AbortController();
    const { signal } = this.#reading;
    try {
      const scene = await readScene(this.#file, variant, signal);
      if (signal.aborted) return;
      this.#shelf.clear(this.#owner);
      this.address = layScene(this.#shelf, this.#owner, scene);
      this.trouble = "";
    } catch (thrown) {
      if (signal.aborted) return;
      this.address = null;
      this.trouble = messageOf(thrown);
      onFault(this.trouble);
    }
  }

  close(): void {
    this.#reading.abort();
    this.#shelf.clear(this.#owner);
  }
}
