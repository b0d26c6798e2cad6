import type { Dictionary } from "../../core/dictionary.ts";
import type { Frame } from "../../core/frame.ts";
import { decodeStream, encodeStream, type FrameStream } from "../../core/frame-codec.ts";

/** Streams that are known at once; beyond them all are named anew. */
const MOST_STREAMS = 1000;
/** Streams that are kept decoded. */
const MOST_DECODED = 64;

/** Gives every stream of frames that are written a number. */
export class StreamNames {
  #numbers = new Map<string, WeakMap<Dictionary, number>>();
  #next = 0;
  /** Streams below it are not referred to any more. */
  #forgetBelow = 0;
  #define: { stream: number; bytes: Uint8Array }[] = [];

  numberOf(frame: Frame): number {
    const key = `${frame.reality} ${frame.source}`;
    let numbers = this.#numbers.get(key);
    const known = numbers?.get(frame.dictionary);
    if (known !== undefined) return known;
    if (this.#next - this.#forgetBelow >= MOST_STREAMS) this.#renew();
    numbers = this.#numbers.get(key);
    if (numbers === undefined) {
      numbers = new WeakMap();
      this.#numbers.set(key, numbers);
    }
    const stream = this.#next++;
    numbers.set(frame.dictionary, stream);
    this.#define.push({ stream, bytes: encodeStream(frame) });
    return stream;
  }

  /** Streams that were numbered since the last call, and those that can be forgotten. */
  take(): { readonly define: { stream: number; bytes: Uint8Array }[]; readonly forgetBelow: number } {
    const define = this.#define;
    this.#define = [];
    return { define, forgetBelow: Math.min(this.#forgetBelow, define[0]?.stream ?? this.#forgetBelow) };
  }

  #renew(): void {
    this.#numbers = new Map();
    this.#forgetBelow = this.#next;
  }
}

/** Streams that were read back, decoded once: frames of one stream share their dictionary. */
export class DecodedStreams {
  readonly #decoded = new Map<string, { readonly bytes: Uint8Array; readonly stream: FrameStream }>();

  /** @throws RungError `malformed-bytes` */
  decode(bytes: Uint8Array): FrameStream {
    const key = `${bytes.length} ${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1", 0, 200)}`;
    const known = this.#decoded.get(key);
    if (known !== undefined && Buffer.compare(known.bytes, bytes) === 0) return known.stream;
    const stream = decodeStream(bytes);
    this.#decoded.delete(key);
    this.#decoded.set(key, { bytes, stream });
    if (this.#decoded.size > MOST_DECODED) this.#decoded.delete(this.#decoded.keys().next().value!);
    return stream;
  }
}
