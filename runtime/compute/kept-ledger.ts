import { RungError } from "../core/errors.ts";
import type { KeptArray, KeptResult } from "./kernel.ts";

/** Handles that are gone are remembered, with the reason, up to so many. */
const REMEMBERED = 1000;

interface Held<Child> {
  readonly child: Child;
  readonly result: KeptResult;
  readonly bytes: number;
  readonly timer: NodeJS.Timeout;
}

/** Which child keeps what, on the host's side. What nobody reads is let go. */
export class KeptLedger<Child extends { letGo(kept: number): void }> {
  readonly #unreadMs: number;
  readonly #held = new Map<number, Held<Child>>();
  readonly #gone = new Map<number, string>();
  #bytes = 0;

  constructor(unreadMs: number) {
    this.#unreadMs = unreadMs;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get results(): number {
    return this.#held.size;
  }

  hold(child: Child, result: KeptResult): void {
    const { kept } = result;
    const bytes = Object.values(result.arrays).reduce((sum, array) => sum + bytesOf(array), 0);
    const timer = setTimeout(
      () => this.release(kept, `nobody read it for ${this.#unreadMs / 1000} s`),
      this.#unreadMs,
    );
    timer.unref();
    this.#held.set(kept, { child, result, bytes, timer });
    this.#bytes += bytes;
  }

  /** The child that keeps an array, and what the array is; it counts as read. @throws RungError `compute-gone` */
  array(kept: number, name: string): { readonly child: Child; readonly array: KeptArray } {
    const held = this.#held.get(kept);
    if (held === undefined) {
      throw new RungError({
        code: "compute-gone",
        where: `kept result ${kept}`,
        what: `is no longer kept: ${this.#gone.get(kept) ?? "this compute process never gave it, or long ago"}`,
        advice: "run the kernel again",
      });
    }
    const array = Object.hasOwn(held.result.arrays, name) ? held.result.arrays[name] : undefined;
    if (array === undefined) {
      throw new RungError({
        code: "compute-unknown-array",
        where: `kept result ${kept}`,
        what: `has no array "${name}"`,
        advice: `it has ${Object.keys(held.result.arrays).join(", ")}`,
      });
    }
    held.timer.refresh();
    return { child: held.child, array };
  }

  release(kept: number, why: string): void {
    this.#held.get(kept)?.child.letGo(kept);
    this.#forget(kept, why);
  }

  /** A child ended, and what it kept with it. */
  childEnded(child: Child, why: string): void {
    for (const [kept, held] of this.#held) if (held.child === child) this.#forget(kept, why);
  }

  close(): void {
    for (const kept of [...this.#held.keys()]) this.#forget(kept, "the compute process was closed");
  }

  #forget(kept: number, why: string): void {
    const held = this.#held.get(kept);
    if (held === undefined) return;
    clearTimeout(held.timer);
    this.#held.delete(kept);
    this.#bytes -= held.bytes;
    this.#gone.set(kept, why);
    const [oldest] = this.#gone.keys();
    if (this.#gone.size > REMEMBERED && oldest !== undefined) this.#gone.delete(oldest);
  }
}

const ELEMENT_BYTES = { f32: 4, f64: 8, i32: 4, u8: 1 };
const bytesOf = ({ type, length }: KeptArray): number => length * ELEMENT_BYTES[type];
