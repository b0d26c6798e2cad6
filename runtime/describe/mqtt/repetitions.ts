import { crc32 } from "node:zlib";
import type { TimeUs } from "../../core/time.ts";

/**
 * Samples per tag that a repetition is looked for among: a broker sends again what was not acknowledged, some tens of
 * messages of all topics together, and a publisher what it sent last.
 */
const AMONG = 32;

/**
 * Tells messages that came before. QoS 1 is at least once (MQTT 3.1.1, 4.3.2), and DUP does not tell what a publisher
 * sent twice (3.3.1.1): the same message with the same source time is the same sample. Without a time in it nobody can
 * tell.
 */
export class Repetitions {
  /** Per tag the last source times that came, each with the checksum of its message. */
  readonly #recent: readonly Map<TimeUs, number>[];

  constructor(tags: number) {
    this.#recent = Array.from({ length: tags }, () => new Map());
  }

  /** Whether this message of a tag came before; it is remembered. */
  has(tag: number, timeUs: TimeUs | undefined, payload: Buffer): boolean {
    if (timeUs === undefined) return false;
    const recent = this.#recent[tag]!;
    const checksum = crc32(payload);
    if (recent.get(timeUs) === checksum) return true;
    recent.set(timeUs, checksum);
    if (recent.size > AMONG) recent.delete(recent.keys().next().value!);
    return false;
  }
}
