import { crc32 } from "node:zlib";

/*
 * A record of a segment: a head of 96 bytes, little-endian, with a check sum of its own, then the payload.
 *
 *   0 u32  magic              24 f64  number               64 f64  least source time, µs
 *   4 u32  payload bytes      32 f64  rows of the source   72 f64  greatest source time, µs
 *   8 u32  CRC-32 of payload          before this record   80 f64  present, 0 = unknown
 *  12 u8   kind               40 f64  epoch                88 u32  receive time, seconds
 *  16 u32  stream             48 f64  first sequence       92 u32  CRC-32 of bytes 0..91, begun with the
 *  20 u32  rows               56 f64  last sequence                segment's salt
 *
 * The head says whose samples a damaged payload held. The count of rows before says how many samples are missing
 * where a head is damaged too. The present is `SourceHead.presentUs` after the record. The salt keeps a value that holds the bytes of a record from being taken for one.
 */
export const HEAD_BYTES = 96;
const MAGIC = Buffer.from("RuS1", "latin1");
const KINDS = ["stream", "frame"] as const;
/** No payload is longer; a longer one is no record. */
export const MOST_PAYLOAD_BYTES = 64 * 1024 * 1024;

/** What the head of a record says. A stream record has no rows, and the number of the frame after it. */
export interface RecordHead {
  readonly kind: (typeof KINDS)[number];
  readonly stream: number;
  /** Counts the frames of a spool from 0, over all segments. */
  readonly number: number;
  readonly rows: number;
  /** Samples of the same source that were spooled before this record. */
  readonly rowsBefore: number;
  readonly epoch: number;
  readonly first: number;
  readonly last: number;
  readonly fromUs: number;
  readonly toUs: number;
  /** `SourceHead.presentUs` and `receivedUs` after the record; 0 where they are not known. */
  readonly presentUs: number;
  readonly receivedUs: number;
  readonly payloadBytes: number;
}

/** The head of a record, ready to be written before its payload. */
export function encodeHead(
  head: Omit<RecordHead, "payloadBytes">,
  payload: Uint8Array,
  salt: number,
): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES);
  MAGIC.copy(bytes, 0);
  bytes.writeUInt32LE(payload.length, 4);
  bytes.writeUInt32LE(crc32(payload), 8);
  bytes.writeUInt8(KINDS.indexOf(head.kind), 12);
  bytes.writeUInt32LE(head.stream, 16);
  bytes.writeUInt32LE(head.rows, 20);
  bytes.writeDoubleLE(head.number, 24);
  bytes.writeDoubleLE(head.rowsBefore, 32);
  bytes.writeDoubleLE(head.epoch, 40);
  bytes.writeDoubleLE(head.first, 48);
  bytes.writeDoubleLE(head.last, 56);
  bytes.writeDoubleLE(head.fromUs, 64);
  bytes.writeDoubleLE(head.toUs, 72);
  bytes.writeDoubleLE(head.presentUs, 80);
  bytes.writeUInt32LE(head.receivedUs / 1e6, 88);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 92), salt), 92);
  return bytes;
}

/** The head at `at`; undefined where there is none, or its check sum is wrong. */
export function readHead(bytes: Buffer, at: number, salt: number): RecordHead | undefined {
  if (at + HEAD_BYTES > bytes.length) return undefined;
  if (bytes.compare(MAGIC, 0, 4, at, at + 4) !== 0) return undefined;
  if (crc32(bytes.subarray(at, at + 92), salt) !== bytes.readUInt32LE(at + 92)) return undefined;
  const kind = KINDS[bytes.readUInt8(at + 12)];
  const payloadBytes = bytes.readUInt32LE(at + 4);
  if (kind === undefined || payloadBytes > MOST_PAYLOAD_BYTES) return undefined;
  return {
    kind,
    stream: bytes.readUInt32LE(at + 16),
    rows: bytes.readUInt32LE(at + 20),
    number: bytes.readDoubleLE(at + 24),
    rowsBefore: bytes.readDoubleLE(at + 32),
    epoch: bytes.readDoubleLE(at + 40),
    first: bytes.readDoubleLE(at + 48),
    last: bytes.readDoubleLE(at + 56),
    fromUs: bytes.readDoubleLE(at + 64),
    toUs: bytes.readDoubleLE(at + 72),
    presentUs: bytes.readDoubleLE(at + 80),
    receivedUs: bytes.readUInt32LE(at + 88) * 1e6,
    payloadBytes,
  };
}

/** True where the payload after the head at `at` is whole. */
export function isPayloadWhole(bytes: Buffer, at: number): boolean {
  const begin = at + HEAD_BYTES;
  const end = begin + bytes.readUInt32LE(at + 4);
  return end <= bytes.length && crc32(bytes.subarray(begin, end)) === bytes.readUInt32LE(at + 8);
}

/** Where the next head begins at or after `from`; -1 where none does. */
export function findHead(bytes: Buffer, from: number, salt: number): number {
  for (let at = bytes.indexOf(MAGIC, from); at >= 0; at = bytes.indexOf(MAGIC, at + 1)) {
    if (readHead(bytes, at, salt) !== undefined) return at;
  }
  return -1;
}

/** A receive time as a head keeps it; 0, which is not known, where it is none of 1970 to 2106. */
export function wholeSecondsUs(timeUs: number): number {
  const seconds = Math.floor(timeUs / 1e6);
  return seconds > 0 && seconds <= 0xffff_ffff ? seconds * 1e6 : 0;
}
