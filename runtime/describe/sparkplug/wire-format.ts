import protobuf from "protobufjs/minimal.js";
import { messageOf, RungError } from "../../core/errors.ts";
import {
  type FieldOfMessage,
  MESSAGES,
  type MessageName,
  type ScalarKind,
  type Uint64,
  type WirePayload,
} from "./message-fields.ts";

/** Bounds of one payload, so that no message can take the memory or the stack. */
export const WIRE_BOUNDS = {
  /** Bytes. MQTT allows 256 MB; a birth of 10,000 metrics takes about 1 MB. */
  payload: 16 * 1024 * 1024,
  /** Bytes of a name, a text or a file type; values that are files go as bytes. */
  string: 1024 * 1024,
  /** Messages within messages: templates and property sets may hold themselves. */
  depth: 32,
  /** Metrics, rows, cells and properties of one payload together. */
  messages: 1_000_000,
};

/** What a payload held beside the fields of the specification: extensions, or a newer version's fields. */
export interface UnknownField {
  /** `metrics[3].field 200`. */
  readonly where: string;
  readonly bytes: number;
}

/** Unknown fields that are named; the others are passed over alike. */
const MOST_NAMED = 20;

type Message = Record<string, unknown>;
const WIRE_TYPE: Readonly<Record<ScalarKind, number>> = {
  uint32: 0,
  uint64: 0,
  bool: 0,
  double: 1,
  float: 5,
  string: 2,
  bytes: 2,
};
const LENGTH_DELIMITED = 2;
const WIRE_TYPE_NAMES = ["a varint", "8 bytes", "a length and bytes", "a group", "a group's end", "4 bytes"];

const isScalarKind = (kind: FieldOfMessage["kind"]): kind is ScalarKind => kind in WIRE_TYPE;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads a payload off the wire, as it is: types of values are not looked at yet. Unknown fields are passed over, as
 * Protocol Buffers ask, and named.
 * @throws RungError `malformed-payload` naming the field and the byte where the reading ended
 */
export function readWire(bytes: Uint8Array): { payload: WirePayload; unknown: readonly UnknownField[] } {
  if (bytes.length > WIRE_BOUNDS.payload) {
    throw malformed("payload", `${bytes.length} bytes are more than ${WIRE_BOUNDS.payload}`);
  }
  const reading = new Reading(bytes);
  return {
    payload: reading.message("Payload", bytes.length, "", 0) as WirePayload,
    unknown: reading.unknown,
  };
}

/** Writes a payload, fields in ascending order. Absent fields are left out; nothing has a default. */
export function writeWire(payload: WirePayload): Uint8Array {
  const writer = protobuf.Writer.create();
  writeMessage(writer, "Payload", payload as Message);
  return writer.finish();
}

export function malformed(where: string, what: string, cause?: unknown): RungError {
  return new RungError({
    code: "malformed-payload",
    where,
    what,
    advice: "correct the publisher; other messages go on",
    cause,
  });
}

class Reading {
  readonly unknown: UnknownField[] = [];
  readonly #bytes: Uint8Array;
  readonly #reader: protobuf.Reader;
  #messages = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    // A plain Reader, not the one for Buffers: what it hands out must not keep a pool of buffers alive.
    this.#reader = new protobuf.Reader(bytes);
  }

  message(name: MessageName, end: number, path: string, depth: number): Message {
    if (depth > WIRE_BOUNDS.depth) {
      throw malformed(path, `lies more than ${WIRE_BOUNDS.depth} messages deep`);
    }
    if (++this.#messages > WIRE_BOUNDS.messages) {
      throw malformed(
        path,
        `is one of more than ${WIRE_BOUNDS.messages} metrics, rows, cells and properties`,
      );
    }
    const { byId, inOrder, hasValue } = MESSAGES[name];
    const reader = this.#reader;
    const message: Message = {};
    // The reader must not look past the end of this message, whatever a length inside it says.
    const outerEnd = reader.len;
    reader.len = end;
    while (reader.pos < end) {
      const startedAt = reader.pos;
      const tag = this.#guarded(path || "payload", startedAt, () => reader.tag());
      const field = byId.get(tag >>> 3);
      const wireType = tag & 7;
      if (field === undefined) {
        this.#skip(tag, path, startedAt);
        continue;
      }
      const where = path === "" ? field.name : `${path}.${field.name}`;
      if (field.isValue && hasValue) {
        for (const other of inOrder) if (other.isValue) delete message[other.key];
      }
      if (!field.isRepeated) message[field.key] = this.#value(field, wireType, where, depth);
      else this.#repeated(message, field, wireType, where, depth);
    }
    reader.len = outerEnd;
    return message;
  }

  #repeated(message: Message, field: FieldOfMessage, wireType: number, where: string, depth: number): void {
    message[field.key] ??= [];
    const list = message[field.key] as unknown[];
    const isPacked =
      wireType === LENGTH_DELIMITED && isScalarKind(field.kind) && WIRE_TYPE[field.kind] !== LENGTH_DELIMITED;
    if (!isPacked) {
      list.push(this.#value(field, wireType, `${where}[${list.length}]`, depth));
      return;
    }
    // Numbers may come packed, although the specification's version of the language writes them one by one.
    const end = this.#endOfLength(where);
    while (this.#reader.pos < end) {
      if (++this.#messages > WIRE_BOUNDS.messages) {
        throw malformed(where, `has more than ${WIRE_BOUNDS.messages} numbers`);
      }
      list.push(this.#scalar(field.kind as ScalarKind, `${where}[${list.length}]`));
    }
    if (this.#reader.pos !== end) throw malformed(where, `ends in the middle of a number at byte ${end}`);
  }

  #value(field: FieldOfMessage, wireType: number, where: string, depth: number): unknown {
    const wanted = isScalarKind(field.kind) ? WIRE_TYPE[field.kind] : LENGTH_DELIMITED;
    if (wireType !== wanted) {
      throw malformed(
        where,
        `is written as ${WIRE_TYPE_NAMES[wireType] ?? `wire type ${wireType}`} at byte ${this.#reader.pos}, a ${field.kind} is ${WIRE_TYPE_NAMES[wanted]}`,
      );
    }
    if (isScalarKind(field.kind)) return this.#scalar(field.kind, where);
    const end = this.#endOfLength(where);
    return this.message(field.kind, end, where, depth + 1);
  }

  #scalar(kind: ScalarKind, where: string): unknown {
    const reader = this.#reader;
    const startedAt = reader.pos;
    if (kind === "string" || kind === "bytes") {
      const end = this.#endOfLength(where);
      const length = end - reader.pos;
      if (kind === "string" && length > WIRE_BOUNDS.string) {
        throw malformed(where, `a text of ${length} bytes is longer than ${WIRE_BOUNDS.string}`);
      }
      const content = this.#bytes.subarray(reader.pos, end);
      reader.pos = end;
      if (kind === "bytes") return Uint8Array.from(content);
      try {
        return utf8.decode(content);
      } catch (thrown) {
        throw malformed(where, `is no UTF-8 at byte ${startedAt}`, thrown);
      }
    }
    return this.#guarded(where, startedAt, () => {
      if (kind === "uint64") return exactUint64(reader);
      return reader[kind]();
    });
  }

  #endOfLength(where: string): number {
    const reader = this.#reader;
    const startedAt = reader.pos;
    const length = this.#guarded(where, startedAt, () => reader.uint32());
    if (length > reader.len - reader.pos) {
      throw malformed(
        where,
        `is cut off: ${length} bytes are announced at byte ${startedAt}, ${reader.len - reader.pos} are there`,
      );
    }
    return reader.pos + length;
  }

  #skip(tag: number, path: string, startedAt: number): void {
    const reader = this.#reader;
    const where = `${path === "" ? "" : `${path}.`}field ${tag >>> 3}`;
    const wireType = tag & 7;
    if (tag >>> 3 === 0 || wireType === 3 || wireType === 4 || wireType > 5) {
      throw malformed(
        where,
        `has ${WIRE_TYPE_NAMES[wireType] ?? `wire type ${wireType}`} at byte ${startedAt}: this is no Sparkplug B payload`,
      );
    }
    if (wireType === LENGTH_DELIMITED) reader.pos = this.#endOfLength(where);
    else this.#guarded(where, startedAt, () => reader.skipType(wireType));
    if (reader.pos > reader.len) throw malformed(where, `is cut off at byte ${reader.len}`);
    if (this.unknown.length < MOST_NAMED) this.unknown.push({ where, bytes: reader.pos - startedAt });
  }

  #guarded<T>(where: string, startedAt: number, read: () => T): T {
    let value: T;
    try {
      value = read();
    } catch (thrown) {
      throw malformed(where, `is cut off or broken at byte ${startedAt}: ${messageOf(thrown)}`, thrown);
    }
    if (this.#reader.pos > this.#reader.len) {
      throw malformed(where, `is cut off at byte ${this.#reader.len}`);
    }
    return value;
  }
}

function exactUint64(reader: protobuf.Reader): Uint64 {
  const long = reader.uint64() as unknown as { low: number; high: number };
  const low = long.low >>> 0;
  const high = long.high >>> 0;
  return high < 0x200000 ? high * 0x1_0000_0000 + low : (BigInt(high) << 32n) | BigInt(low);
}

function writeMessage(writer: protobuf.Writer, name: MessageName, message: Message): void {
  for (const field of MESSAGES[name].inOrder) {
    const content = message[field.key];
    if (content === undefined) continue;
    if (field.isRepeated) for (const each of content as unknown[]) writeField(writer, field, each);
    else writeField(writer, field, content);
  }
}

function writeField(writer: protobuf.Writer, field: FieldOfMessage, content: unknown): void {
  if (!isScalarKind(field.kind)) {
    writer.uint32(((field.id << 3) | LENGTH_DELIMITED) >>> 0).fork();
    writeMessage(writer, field.kind, content as Message);
    writer.ldelim();
    return;
  }
  writer.uint32(((field.id << 3) | WIRE_TYPE[field.kind]) >>> 0);
  if (field.kind === "uint64") writer.uint64(longOf(content as Uint64) as never);
  else if (field.kind === "uint32") writer.uint32(content as number);
  else if (field.kind === "bool") writer.bool(content as boolean);
  else if (field.kind === "float") writer.float(content as number);
  else if (field.kind === "double") writer.double(content as number);
  else if (field.kind === "string") writer.string(content as string);
  else writer.bytes(content as Uint8Array);
}

function longOf(value: Uint64): object {
  const wide = BigInt(value);
  return {
    low: Number(BigInt.asIntN(32, wide)),
    high: Number(BigInt.asIntN(32, wide >> 32n)),
    unsigned: true,
  };
}
