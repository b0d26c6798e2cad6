import { RungError } from "./errors.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Writes numbers and texts one after another, little-endian, into bytes that grow. */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What was written; a view that the next write may change. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Forgets what was written after `length`. */
  cutTo(length: number): void {
    this.#length = length;
  }

  u8(value: number): void {
    this.#room(1);
    this.#view.setUint8(this.#length++, value);
  }

  u32(value: number): void {
    this.#room(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  f64(value: number): void {
    this.#room(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** Length, then the bytes. */
  block(bytes: Uint8Array): void {
    this.u32(bytes.length);
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A text of whole characters as UTF-8; see `ByteReader.text`. */
  text(text: string): void {
    this.block(encoder.encode(text));
  }

  #room(more: number): void {
    const need = this.#length + more;
    if (need <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(need, 2 * this.#bytes.length));
    larger.set(this.bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/**
 * Reads what a `ByteWriter` wrote. Every length is checked against the bytes that are there before anything is made
 * of that size. @throws RungError `malformed-bytes`
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #where: string;
  #at = 0;

  /** @param where what is read, for the error */
  constructor(bytes: Uint8Array, where: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#where = where;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    this.#need(1);
    return this.#view.getUint8(this.#at++);
  }

  u32(): number {
    this.#need(4);
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  f64(): number {
    this.#need(8);
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8, true);
  }

  /** A copy of a block. */
  block(): Uint8Array<ArrayBuffer> {
    const length = this.u32();
    this.#need(length);
    this.#at += length;
    return this.#bytes.slice(this.#at - length, this.#at) as Uint8Array<ArrayBuffer>;
  }

  text(): string {
    const length = this.u32();
    this.#need(length);
    this.#at += length;
    try {
      return decoder.decode(this.#bytes.subarray(this.#at - length, this.#at));
    } catch (cause) {
      throw this.malformed("a text is no UTF-8", cause);
    }
  }

  /** A number of entries that each take at least `leastBytes`. */
  count(leastBytes: number): number {
    const count = this.u32();
    if (count * leastBytes > this.left) {
      throw this.malformed(`${count} entries are announced and ${this.left} bytes are left`);
    }
    return count;
  }

  /** The error of whoever finds that the content makes no sense. */
  malformed(what: string, cause?: unknown): RungError {
    return new RungError({
      code: "malformed-bytes",
      where: this.#where,
      what: `${what}, at byte ${this.#at} of ${this.#bytes.length}`,
      advice: "the bytes are damaged, or of another version of Rung",
      cause,
    });
  }

  #need(bytes: number): void {
    if (bytes > this.left)
      throw this.malformed(`it ends early, ${bytes} bytes are due and ${this.left} are left`);
  }
}
