import { endianness } from "node:os";
import { ByteReader, ByteWriter } from "./byte-stream.ts";
import { Dictionary } from "./dictionary.ts";
import { messageOf, RungError } from "./errors.ts";
import { Frame, type FrameColumns, type FrameIssue, type Reality } from "./frame.ts";
import { AHEAD_US } from "./present-time.ts";
import type { Property } from "./property.ts";
import { readValue, writeValue } from "./value-codec.ts";

/*
 * A frame as bytes. The head is little-endian, the columns are in the byte order that the head names.
 *
 *   0 u8   version, 1            16 f64  epoch
 *   1 u8   1 = little-endian     24 f64  first sequence
 *   2 u8   flags, below          32 f64  receive time, µs
 *   4 u32  stream                40      value f64[n], sourceTimeUs f64[n], sequence f64[n] where flagged,
 *   8 u32  rows n                        property u32[n], quality u32[n],
 *  12 u32  bytes of the rest             rest: others, then issues, where flagged
 */
const VERSION = 1;
const BYTE_ORDER = endianness() === "LE" ? 1 : 2;
const HEAD_BYTES = 40;
const HAS_SEQUENCE = 1;
const HAS_OTHERS = 2;
const HAS_ISSUES = 4;
/** Bytes of before there were such frames have it clear, and a reader of then takes the rows as any others. */
const IS_HISTORICAL = 8;
const REALITIES: readonly Reality[] = ["live", "virtual", "recorded"];
const REASONS: readonly FrameIssue["reason"][] = ["not-a-number", "time-out-of-range"];

/** What all frames of one source have in common until it is bound anew; written once, then named by a number. */
export interface FrameStream {
  readonly source: string;
  readonly reality: Reality;
  readonly dictionary: Dictionary;
}

/** What is told of an encoded frame without decoding it. */
export interface FrameSummary {
  readonly stream: number;
  readonly rows: number;
  readonly epoch: number;
  /** Sequence of the first and of the last row. */
  readonly first: number;
  readonly last: number;
  /** Least and greatest source time; 0 for a frame without rows. */
  readonly fromUs: number;
  readonly toUs: number;
  /** Greatest source time that is not ahead of the receipt; NaN where all are. */
  readonly dueUs: number;
  readonly receiveTimeUs: number;
  readonly historical: boolean;
}

/**
 * A frame as bytes in a buffer of its own. Every bit of every column is kept; what no value can hold is kept as the
 * text that says so (see writeValue).
 * @param stream the number under which its `FrameStream` is known to whoever decodes
 */
export function encodeFrame(frame: Frame, stream: number): Uint8Array<ArrayBuffer> {
  const rows = frame.length;
  const rest = encodeRest(frame);
  const flags =
    (frame.isConsecutive ? 0 : HAS_SEQUENCE) |
    (frame.others.size > 0 ? HAS_OTHERS : 0) |
    (frame.issues.length > 0 ? HAS_ISSUES : 0) |
    (frame.historical ? IS_HISTORICAL : 0);
  const layout = layoutOf(rows, flags);
  const bytes = new Uint8Array(layout.rest + rest.length);
  const head = new DataView(bytes.buffer);
  head.setUint8(0, VERSION);
  head.setUint8(1, BYTE_ORDER);
  head.setUint8(2, flags);
  head.setUint32(4, stream, true);
  head.setUint32(8, rows, true);
  head.setUint32(12, rest.length, true);
  head.setFloat64(16, frame.epoch, true);
  head.setFloat64(24, frame.first, true);
  head.setFloat64(32, frame.receiveTimeUs, true);
  frame.copyColumns(columnsIn(bytes.buffer, rows, layout));
  bytes.set(rest, layout.rest);
  return bytes;
}

/**
 * The frame again, equal in every bit. Its columns are views of `bytes` where these begin a buffer.
 * @param streamOf the stream of a number; undefined where it is not known
 * @throws RungError `malformed-bytes`, `unknown-stream`
 */
export function decodeFrame(
  bytes: Uint8Array<ArrayBuffer>,
  streamOf: (stream: number) => FrameStream | undefined,
): Frame {
  const { flags, rows, layout, head, where } = readHead(bytes);
  const number = head.getUint32(4, true);
  const stream = streamOf(number);
  if (stream === undefined) {
    throw new RungError({
      code: "unknown-stream",
      where,
      what: `it refers to stream ${number}, which is not known`,
      advice: "the record that describes the stream is damaged or was not read",
    });
  }
  const aligned = bytes.byteOffset === 0 ? bytes : bytes.slice();
  const columns = columnsIn(aligned.buffer, rows, layout);
  const size = stream.dictionary.size;
  for (let row = 0; row < rows; row++) {
    if (columns.property[row]! < size) continue;
    throw malformed(where, `row ${row} points at property ${columns.property[row]} of ${size}`);
  }
  const rest = new ByteReader(bytes.subarray(layout.rest), where);
  const other = (flags & HAS_OTHERS) === 0 ? undefined : decodeOthers(rest, rows);
  const addressAt = (row: number): string => stream.dictionary.properties[columns.property[row]!]!.address;
  const issues = (flags & HAS_ISSUES) === 0 ? [] : decodeIssues(rest, rows, addressAt);
  if (rest.left > 0) throw rest.malformed(`${rest.left} bytes too many`);
  return new Frame(
    {
      ...stream,
      epoch: head.getFloat64(16, true),
      first: head.getFloat64(24, true),
      receiveTimeUs: head.getFloat64(32, true),
      historical: (flags & IS_HISTORICAL) !== 0,
    },
    { ...columns, other },
    issues,
  );
}

/** Reads how much an encoded frame holds. @throws RungError `malformed-bytes` */
export function summariseFrame(bytes: Uint8Array<ArrayBuffer>): FrameSummary {
  const { flags, rows, layout, head } = readHead(bytes);
  const aligned = bytes.byteOffset === 0 ? bytes : bytes.slice(0, layout.rest);
  const { sourceTimeUs, sequence } = columnsIn(aligned.buffer, rows, layout);
  const first = head.getFloat64(24, true);
  const receiveTimeUs = head.getFloat64(32, true);
  let dueUs = Number.NaN;
  let fromUs = rows === 0 ? 0 : Number.POSITIVE_INFINITY;
  let toUs = rows === 0 ? 0 : Number.NEGATIVE_INFINITY;
  for (let row = 0; row < rows; row++) {
    const timeUs = sourceTimeUs[row]!;
    if (timeUs < fromUs) fromUs = timeUs;
    if (timeUs > toUs) toUs = timeUs;
    if (timeUs <= receiveTimeUs + AHEAD_US && !(timeUs <= dueUs)) dueUs = timeUs;
  }
  const isListed = (flags & HAS_SEQUENCE) !== 0 && rows > 0;
  return {
    stream: head.getUint32(4, true),
    rows,
    epoch: head.getFloat64(16, true),
    first: isListed ? sequence![0]! : first,
    last: isListed ? sequence![rows - 1]! : first + rows - 1,
    fromUs,
    toUs,
    dueUs,
    receiveTimeUs,
    historical: (flags & IS_HISTORICAL) !== 0,
  };
}

/** A stream as bytes; properties as JSON. */
export function encodeStream(stream: FrameStream): Uint8Array<ArrayBuffer> {
  const to = new ByteWriter();
  to.u8(VERSION);
  to.u8(REALITIES.indexOf(stream.reality));
  to.text(stream.source);
  to.f64(stream.dictionary.version);
  to.text(JSON.stringify(stream.dictionary.properties));
  return to.bytes.slice() as Uint8Array<ArrayBuffer>;
}

/** @throws RungError `malformed-bytes` */
export function decodeStream(bytes: Uint8Array): FrameStream {
  const from = new ByteReader(bytes, "stream");
  const version = from.u8();
  if (version !== VERSION) throw from.malformed(`version ${version} is not known`);
  const reality = REALITIES[from.u8()];
  if (reality === undefined) throw from.malformed("its reality is not known");
  const source = from.text();
  const dictionaryVersion = from.f64();
  const text = from.text();
  if (from.left > 0) throw from.malformed(`${from.left} bytes too many`);
  try {
    const properties = JSON.parse(text) as Property[];
    return { source, reality, dictionary: new Dictionary(properties, dictionaryVersion) };
  } catch (cause) {
    throw from.malformed(`its dictionary cannot be read: ${messageOf(cause)}`, cause);
  }
}

interface Layout {
  readonly value: number;
  readonly sourceTimeUs: number;
  readonly sequence: number | undefined;
  readonly property: number;
  readonly quality: number;
  readonly rest: number;
}

function layoutOf(rows: number, flags: number): Layout {
  const sourceTimeUs = HEAD_BYTES + 8 * rows;
  const afterTime = sourceTimeUs + 8 * rows;
  const isListed = (flags & HAS_SEQUENCE) !== 0;
  const property = isListed ? afterTime + 8 * rows : afterTime;
  const quality = property + 4 * rows;
  const sequence = isListed ? afterTime : undefined;
  return { value: HEAD_BYTES, sourceTimeUs, sequence, property, quality, rest: quality + 4 * rows };
}

function columnsIn(buffer: ArrayBuffer, rows: number, layout: Layout): Omit<FrameColumns, "other"> {
  return {
    value: new Float64Array(buffer, layout.value, rows),
    sourceTimeUs: new Float64Array(buffer, layout.sourceTimeUs, rows),
    property: new Uint32Array(buffer, layout.property, rows),
    quality: new Uint32Array(buffer, layout.quality, rows),
    ...(layout.sequence === undefined ? {} : { sequence: new Float64Array(buffer, layout.sequence, rows) }),
  };
}

function readHead(bytes: Uint8Array<ArrayBuffer>): {
  flags: number;
  rows: number;
  layout: Layout;
  head: DataView;
  where: string;
} {
  const where = `frame of ${bytes.length} bytes`;
  if (bytes.length < HEAD_BYTES) throw malformed(where, "it ends within its head");
  const head = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (head.getUint8(0) !== VERSION) throw malformed(where, `version ${head.getUint8(0)} is not known`);
  if (head.getUint8(1) !== BYTE_ORDER) throw malformed(where, "it is in the byte order of another machine");
  const flags = head.getUint8(2);
  const rows = head.getUint32(8, true);
  const layout = layoutOf(rows, flags);
  const due = layout.rest + head.getUint32(12, true);
  if (due !== bytes.length) throw malformed(where, `${rows} rows take ${due} bytes`);
  return { flags, rows, layout, head, where };
}

function encodeRest(frame: Frame): Uint8Array {
  if (frame.others.size === 0 && frame.issues.length === 0) return new Uint8Array(0);
  const to = new ByteWriter();
  if (frame.others.size > 0) {
    to.u32(frame.others.size);
    for (const [row, value] of frame.others) {
      to.u32(row);
      writeValue(to, value);
    }
  }
  if (frame.issues.length > 0) {
    to.u32(frame.issues.length);
    for (const { row, reason } of frame.issues) {
      to.u32(row);
      to.u8(REASONS.indexOf(reason));
    }
  }
  return to.bytes;
}

function decodeOthers(from: ByteReader, rows: number): Map<number, unknown> {
  const other = new Map<number, unknown>();
  for (let left = from.count(5); left > 0; left--) {
    const row = readRow(from, rows);
    if (other.has(row)) throw from.malformed(`row ${row} has two values`);
    other.set(row, readValue(from));
  }
  return other;
}

function decodeIssues(from: ByteReader, rows: number, addressAt: (row: number) => string): FrameIssue[] {
  return Array.from({ length: from.count(5) }, () => {
    const row = readRow(from, rows);
    const reason = REASONS[from.u8()];
    if (reason === undefined) throw from.malformed("a reason is not known");
    return { row, address: addressAt(row), reason };
  });
}

function readRow(from: ByteReader, rows: number): number {
  const row = from.u32();
  if (row >= rows) throw from.malformed(`row ${row} of ${rows}`);
  return row;
}

function malformed(where: string, what: string): RungError {
  return new RungError({
    code: "malformed-bytes",
    where,
    what,
    advice: "the bytes are damaged, or of another version of Rung",
  });
}
