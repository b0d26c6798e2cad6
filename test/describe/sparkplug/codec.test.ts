import assert from "node:assert/strict";
import protobuf from "protobufjs";
import { RungError } from "../../../runtime/core/errors.ts";
import { Random } from "../../../runtime/core/random.ts";
import { packArray, unpackArray } from "../../../runtime/describe/sparkplug/array-value.ts";
import { codeOfType, DATA_TYPES, type DataType } from "../../../runtime/describe/sparkplug/data-type.ts";
import { MESSAGES } from "../../../runtime/describe/sparkplug/message-fields.ts";
import {
  decodePayload,
  encodePayload,
  type Metric,
  type MetricValue,
  type Payload,
  readMetric,
} from "../../../runtime/describe/sparkplug/payload.ts";
import { readWire, WIRE_BOUNDS, writeWire } from "../../../runtime/describe/sparkplug/wire-format.ts";
import { skipOrFail } from "../../needs.ts";
import { officialPayload, WHY_ABSENT } from "./official-proto.ts";

const MS = 1_790_000_000_123;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const bytes = (text: string): Uint8Array =>
  new Uint8Array(Buffer.from(text.replace(/[^0-9a-f]/gi, ""), "hex"));

/** One metric of every type, most with several values. */
const SAMPLES: readonly (readonly [DataType, readonly MetricValue[]])[] = [
  ["Int8", [0, 127, -128, -1]],
  ["Int16", [0, 32767, -32768, -1]],
  ["Int32", [0, 2147483647, -2147483648, -1]],
  ["Int64", [0n, 9223372036854775807n, -9223372036854775808n, -1n, 9007199254740993n]],
  ["UInt8", [0, 255]],
  ["UInt16", [0, 65535]],
  ["UInt32", [0, 4294967295]],
  ["UInt64", [0n, 18446744073709551615n, 9007199254740991n, 9007199254740992n]],
  ["Float", [0, 1.5, -0.25, Number.POSITIVE_INFINITY]],
  ["Double", [0, 0.1, -1e300, Number.NaN]],
  ["Boolean", [true, false]],
  ["String", ["", "Bäckerei 漢 😀"]],
  ["DateTime", [0, MS, -11_644_473_600_000]],
  ["Text", ["two\nlines"]],
  ["UUID", ["0c8f6f1e-3b8e-4b8a-9d8e-0123456789ab"]],
  [
    "DataSet",
    [
      {
        columns: ["n", "t", "ok"],
        types: ["Int8", "String", "Boolean"],
        rows: [
          [-3, "a", true],
          [null, "b", false],
        ],
      },
      { columns: [], types: [], rows: [] },
    ],
  ],
  ["Bytes", [bytes(""), bytes("00ff7f")]],
  ["File", [bytes("255044462d")]],
  [
    "Template",
    [
      {
        isDefinition: true,
        version: "v1",
        metrics: [{ name: "rpm", type: "Int32" }],
        parameters: [{ name: "size", type: "UInt32", value: 4 }],
      },
      {
        isDefinition: false,
        templateRef: "Motor",
        metrics: [
          { name: "rpm", type: "Int32", value: -7 },
          { name: "amps", type: "Float", value: null },
        ],
      },
    ],
  ],
  ["PropertySet", [[{ key: "engUnit", type: "String", value: "°C" }]]],
  ["PropertySetList", [[[{ key: "a", type: "Int32", value: -1 }], []]]],
  ["Int8Array", [new Int8Array([-23, 123])]],
  ["Int16Array", [new Int16Array([-30000, 30000])]],
  ["Int32Array", [new Int32Array([-1, 315338746])]],
  ["Int64Array", [new BigInt64Array([-4270929666821191986n, -3601064768563266876n])]],
  ["UInt8Array", [new Uint8Array([23, 250])]],
  ["UInt16Array", [new Uint16Array([30, 52360])]],
  ["UInt32Array", [new Uint32Array([52, 3293969225])]],
  ["UInt64Array", [new BigUint64Array([52n, 16444743074749521625n])]],
  ["FloatArray", [new Float32Array([1.23, 89.341])]],
  ["DoubleArray", [new Float64Array([12.354213, 1022.9123213])]],
  ["BooleanArray", [[], [true], Array.from({ length: 17 }, (_, i) => i % 3 === 0)]],
  ["StringArray", [[], [""], ["ABC", "hello", "é"]]],
  ["DateTimeArray", [[1256102875335, 1656107875000, -1]]],
];

describe("sparkplug codec", () => {
  it("knows every type", () => {
    // Property sets stand in properties only; a metric has no field for them.
    assert.deepEqual(
      SAMPLES.map(([type]) => type),
      DATA_TYPES,
    );
    assert.equal(codeOfType("DateTimeArray"), 34);
  });

  for (const [type, values] of SAMPLES) {
    it(`carries ${type} there and back, and null`, () => {
      const isProperty = type === "PropertySet" || type === "PropertySetList";
      const metrics = [...values, null].map(
        (value): Metric =>
          isProperty
            ? { name: "m", type: "Int8", value: 1, properties: [{ key: "p", type, value: value as never }] }
            : { name: "m", timestampMs: MS, type, value },
      );
      const decoded = decodePayload(encodePayload({ timestampMs: MS, seq: 7, metrics }));
      assert.deepEqual(decoded, { timestampMs: MS, seq: 7, metrics, problems: [], unknown: [] });
    });
  }

  it("packs arrays as the specification's examples show", () => {
    // 6.4.17; its -23 is printed as EF, floats are printed the other way round, and times cut short.
    for (const [type, values, packed] of [
      ["Int8Array", [-23, 123], "e97b"],
      ["Int16Array", [-30000, 30000], "d08a3075"],
      ["Int32Array", [-1, 315338746], "fffffffffaafcb12"],
      ["Int64Array", [-4270929666821191986n, -3601064768563266876n], "ce0672ac189cbac4c4ba9c18ac7206ce"],
      ["UInt8Array", [23, 250], "17fa"],
      ["UInt16Array", [30, 52360], "1e0088cc"],
      ["UInt32Array", [52, 3293969225], "3400000049fb55c4"],
      ["UInt64Array", [52n, 16444743074749521625n], "3400000000000000d99e02d1b27637e4"],
      ["FloatArray", [1.23], "a4709d3f"],
      ["DoubleArray", [12.354213], "d7a205685bb52840"],
      ["StringArray", ["ABC", "hello"], "4142430068656c6c6f00"],
      ["DateTimeArray", [1256102875335], "c7d0907524010000"],
      [
        "BooleanArray",
        [false, false, true, true, false, true, false, false, true, true, false, true],
        "0c00000034d0",
      ],
    ] as const) {
      assert.equal(hex(packArray(type, values, "a")), packed, type);
      if (type !== "FloatArray") {
        assert.deepEqual(
          [...(unpackArray(type, bytes(packed), "a") as Iterable<unknown>)],
          [...values],
          type,
        );
      }
    }
    for (const [type, packed, what] of [
      ["Int32Array", "0000000000", /5 bytes are no whole Int32Array of 4 bytes each/],
      ["BooleanArray", "0c0000", /3 bytes are no BooleanArray: its count takes 4/],
      ["BooleanArray", "ffffffff00", /counts 4294967295 booleans in 1 bytes/],
      ["StringArray", "4142", /a\[0\]: is cut off: no zero byte/],
      ["StringArray", "ff00", /is no UTF-8/],
    ] as const) {
      assert.throws(() => unpackArray(type, bytes(packed), "a"), {
        code: "malformed-payload",
        message: what,
      });
    }
    assert.throws(() => packArray("Int8Array", [200], "a"), /a\[0\]: 200 does not fit a Int8Array/);
    assert.throws(() => packArray("StringArray", ["a\0b"], "a"), /without a zero character/);
    assert.throws(() => packArray("UInt64Array", [-1n], "a"), /-1 does not fit/);
  });

  it("reads negative numbers in their own width, in 32 bits and in 64 bits alike", () => {
    const read = (datatype: DataType, wire: object) =>
      readMetric({ datatype: codeOfType(datatype), ...wire }, "m").value;
    assert.equal(read("Int8", { intValue: 0xff }), -1);
    assert.equal(read("Int8", { intValue: 0xffffffff }), -1);
    assert.equal(read("Int8", { longValue: 0xffff_ffff_ffff_ffffn }), -1);
    assert.equal(read("Int16", { intValue: 0x8000 }), -32768);
    assert.equal(read("Int32", { intValue: 0x80000000 }), -2147483648);
    assert.equal(read("UInt32", { longValue: 4294967295 }), 4294967295);
    for (const [type, wire] of [
      ["Int8", { intValue: 0x100 }],
      ["Int8", { intValue: 0x1ff }],
      ["UInt8", { intValue: 256 }],
      ["UInt16", { intValue: 0xffffffff }],
      ["UInt32", { longValue: 4294967296 }],
    ] as const) {
      assert.throws(() => read(type, wire), /does not fit the U?Int\d+ it is declared as/, type);
    }
  });

  it("refuses to write what does not fit, and names it", () => {
    const write = (type: DataType, value: MetricValue): void =>
      void encodePayload({ metrics: [{ name: "m", type, value }] });
    assert.throws(() => write("Int8", 128), /m: 128 is no Int8/);
    assert.throws(() => write("UInt64", -1n), /m: -1 is no UInt64/);
    assert.throws(() => write("Int32", 1.5), /m: 1.5 is no Int32/);
    assert.throws(() => write("Boolean", 1), /m: 1 is no Boolean/);
    assert.throws(() => write("DateTime", Number.NaN), /m: NaN is no DateTime/);
    assert.throws(() => write("String", 5), /m: 5 is no String/);
    assert.throws(
      () => write("DataSet", { columns: ["a"], types: ["Int8"], rows: [[1, 2]] }),
      /m\.rows\[0\]: has 2 cells for 1 columns/,
    );
    assert.throws(() => encodePayload({ metrics: [{ name: "m", value: 5 }] }), /has a value and no type/);
  });

  it("names the metric that is wrong, and reads the others", () => {
    const good: Metric = { name: "good", type: "Int32", value: 5 };
    const { metrics, problems } = decodePayload(
      writeWire({
        metrics: [
          { name: "text", datatype: 3, stringValue: "5" },
          { name: "good", datatype: 3, intValue: 5 },
          { name: "unheard", datatype: 99, intValue: 5 },
          { name: "empty", datatype: 10 },
          { alias: 7, datatype: 19, intValue: 5 },
          { name: "set", datatype: 16, datasetValue: { numOfColumns: 2, columns: ["a"], types: [3] } },
          { name: "cells", datatype: 16, datasetValue: { columns: ["a"], types: [3], rows: [{}] } },
          { name: "q", datatype: 3, intValue: 1, properties: { keys: ["a", "b"], values: [] } },
          { name: "t", datatype: 19, templateValue: { isDefinition: true, templateRef: "x" } },
          { name: "u", datatype: 19, templateValue: { isDefinition: false } },
        ],
      }),
    );
    assert.deepEqual(metrics, [good]);
    assert.deepEqual(
      problems.map(({ code, where, message }) => [code, where, message.replace(/^.*?: | \(.*$/g, "")]),
      [
        ["text", "is a Int32 and comes as string_value, not as int_value"],
        ["unheard", "99 is no datatype of Sparkplug B"],
        ["empty", "has no value, and is a Double that is not null"],
        ["alias 7", "is a Template and comes as int_value"],
        ["set", "announces 2 columns and has 1 headers and 1 types"],
        ["cells.rows[0]", "has 0 cells for 1 columns"],
        ["q", "has 2 keys for 0 values"],
        ["t", 'is a template\'s definition and refers to "x"'],
        ["u", "is a template's instance and names no definition"],
      ].map(([where, what]) => ["malformed-payload", where, what]),
    );
  });

  it("leaves a value untyped whose type only the birth knows", () => {
    const [metric] = decodePayload(writeWire({ metrics: [{ alias: 3, longValue: 5 }] })).metrics;
    assert.deepEqual(metric, { alias: 3, untyped: { longValue: 5 } });
    assert.equal(readMetric({ alias: 3, longValue: 5 }, "m", { type: "UInt64" }).value, 5n);
    const members = readMetric(
      {
        templateValue: {
          isDefinition: false,
          templateRef: "Motor",
          metrics: [{ name: "rpm", intValue: 0xffffffff }],
        },
      },
      "m",
      { type: "Template", member: (ref, name) => (ref === "Motor" && name === "rpm" ? "Int32" : undefined) },
    ).value;
    assert.deepEqual((members as { metrics: unknown }).metrics, [{ name: "rpm", type: "Int32", value: -1 }]);
  });
});

describe("sparkplug codec on the wire", () => {
  it("passes over unknown fields and names them", () => {
    const known = writeWire({ timestamp: 5, seq: 1 });
    const third = bytes("a2060568656c6c6f"); // field 100, five bytes
    const { payload, unknown } = readWire(Buffer.concat([known, third, bytes("f803 05")]));
    assert.deepEqual(payload, { timestamp: 5, seq: 1 });
    assert.deepEqual(unknown, [
      { where: "field 100", bytes: 8 },
      { where: "field 63", bytes: 3 },
    ]);
  });

  it("takes the last member of a value, and packed numbers", () => {
    const twice = readWire(bytes("12 09 5005 7a03616263 5007")).payload;
    assert.deepEqual(twice.metrics, [{ intValue: 7 }]);
    const packed = readWire(bytes("12 0b 8a01 08 1a 06 03 ffffffff0f")).payload;
    assert.deepEqual(packed.metrics, [{ datasetValue: { types: [3, 4294967295] } }]);
  });

  for (const [name, payload, what] of [
    [
      "a number where a message is due",
      "1005",
      /^metrics\[0\]: is written as a varint .* a Metric is a length and bytes/,
    ],
    [
      "a text where a number is due",
      "1a03616263",
      /^seq: is written as a length and bytes .* a uint64 is a varint/,
    ],
    [
      "a length beyond the end",
      "12ff01 00",
      /^metrics\[0\]: is cut off: 255 bytes are announced at byte 1, 1 are there/,
    ],
    [
      "a length beyond its message",
      "1204 0a05 6162 6364",
      /^metrics\[0\]\.name: is cut off: 5 bytes .*, 2 are there/,
    ],
    ["text that is no UTF-8", "1203 0a01ff", /^metrics\[0\]\.name: is no UTF-8/],
    ["a varint without an end", "18ffffffffffffffffffffff", /^seq: is cut off or broken at byte 1/],
    ["a group", "9b06", /^field 99: has a group at byte 0: this is no Sparkplug B payload/],
    ["field number 0", "0005", /^field 0/],
    ["JSON", Buffer.from('{"value": 5}').toString("hex"), /this is no Sparkplug B payload|is cut off/],
  ] as const) {
    it(`refuses ${name}`, () =>
      assert.throws(() => readWire(bytes(payload)), { code: "malformed-payload", message: what }));
  }

  it("bounds size, texts and depth", () => {
    assert.throws(() => readWire(new Uint8Array(WIRE_BOUNDS.payload + 1)), /16777217 bytes are more than/);
    const giant = writeWire({ metrics: [{ name: "x".repeat(WIRE_BOUNDS.string + 1) }] });
    assert.throws(() => readWire(giant), /^RungError: metrics\[0\]\.name: a text of 1048577 bytes is longer/);
    let nested: object = { isDefinition: true };
    for (let i = 0; i < 200; i++) nested = { metrics: [{ templateValue: nested }] };
    assert.throws(() => readWire(writeWire({ metrics: [{ templateValue: nested }] })), /messages deep/);
  });

  it("survives any cut and any flipped byte", () => {
    const random = new Random(20260214);
    const whole = encodePayload({
      timestampMs: MS,
      seq: 3,
      metrics: SAMPLES.filter(([type]) => !type.startsWith("PropertySet")).map(([type, [value]]) => ({
        name: `m ${type}`,
        alias: 5,
        timestampMs: MS,
        type,
        value: value!,
        properties: [{ key: "Quality", type: "Int32", value: 192 }],
      })),
    });
    let refused = 0;
    let read = 0;
    const attempt = (changed: Uint8Array): void => {
      try {
        decodePayload(changed);
        read++;
      } catch (thrown) {
        assert.ok(thrown instanceof RungError, String(thrown));
        assert.equal(thrown.code, "malformed-payload");
        refused++;
      }
    };
    for (let length = 0; length < whole.length; length++) attempt(whole.subarray(0, length));
    for (let i = 0; i < 4000; i++) {
      const changed = Uint8Array.from(whole);
      changed[random.integer(changed.length)]! ^= 1 << random.integer(8);
      attempt(changed);
    }
    assert.equal(refused + read, whole.length + 4000);
    assert.ok(refused > whole.length / 2 && read > 500, `${refused} refused, ${read} read`);
  });
});

describe("sparkplug codec against the official definition", () => {
  const official = officialPayload();
  before(function () {
    if (official === undefined) skipOrFail(this, WHY_ABSENT);
  });

  it("has the same fields, numbers and kinds", () => {
    const compared = new Set<string>();
    const compare = (name: keyof typeof MESSAGES, type: protobuf.Type): void => {
      if (compared.has(name)) return;
      compared.add(name);
      assert.deepEqual(
        MESSAGES[name].inOrder.map((field) => [field.id, field.key, field.isRepeated, field.isValue]),
        [...type.fieldsArray]
          .sort((a, b) => a.id - b.id)
          .map((field) => [field.id, field.name, field.repeated, field.partOf?.name === "value"]),
        name,
      );
      for (const { id, kind } of MESSAGES[name].inOrder) {
        const other = type.fieldsById[id]!.resolve();
        if (other.resolvedType instanceof protobuf.Type) {
          assert.match(kind, /^[A-Z]/);
          compare(kind as keyof typeof MESSAGES, other.resolvedType);
        } else assert.equal(kind, other.type);
      }
    };
    compare("Payload", official!);
    assert.deepEqual([...compared].sort(), Object.keys(MESSAGES).sort());
  });

  it("writes the same bytes for one metric of every type", () => {
    for (const [type, values] of SAMPLES) {
      for (const value of [...values, null]) {
        const isProperty = type.startsWith("PropertySet");
        const payload: Payload = {
          timestampMs: MS,
          metrics: [
            isProperty
              ? {
                  name: "m",
                  type: "Boolean",
                  value: true,
                  properties: [{ key: "p", type, value: value as never }],
                }
              : { name: "m", alias: 2 ** 40, timestampMs: MS, type, isHistorical: true, value },
          ],
          seq: 255,
          uuid: "u",
          body: bytes("0102"),
        };
        const own = encodePayload(payload);
        const decoded = official!.decode(own);
        assert.equal(hex(official!.encode(decoded).finish()), hex(own), `${type} ${String(value)}`);
        const plain = official!.toObject(decoded) as { metrics: { datatype: number }[] };
        assert.equal(plain.metrics[0]!.datatype, isProperty ? 11 : codeOfType(type));
      }
    }
  });

  it("reads and writes 2,000 random messages of the official definition bit by bit", () => {
    const random = new Random(20261001);
    let written = 0;
    for (let i = 0; i < 2000; i++) {
      const message = randomMessage(official!, random, 0);
      const theirs = official!.encode(official!.fromObject(message)).finish();
      const { payload, unknown } = readWire(theirs);
      assert.equal(unknown.length, 0);
      assert.equal(hex(writeWire(payload)), hex(theirs), `message ${i}`);
      written += theirs.length;
    }
    assert.ok(written > 200_000, `${written} bytes`);
  });
});

const TEXTS = ["", "a", "Node Control/Rebirth", "Bäckerei 漢 😀", "\u0000", "x".repeat(300)];

/** A message with any of its fields, in the form that protobufjs' `fromObject` takes. */
function randomMessage(type: protobuf.Type, random: Random, depth: number): Record<string, unknown> {
  const message: Record<string, unknown> = {};
  const members = type.fieldsArray.filter((field) => field.partOf?.name === "value");
  const chosen = members.length === 0 ? undefined : members[random.integer(members.length)];
  for (const field of type.fieldsArray) {
    field.resolve();
    if (field.partOf?.name === "value" ? field !== chosen : random.uniform() < 0.5) continue;
    const one = (): unknown => {
      if (field.resolvedType instanceof protobuf.Type) {
        return depth > 3 ? {} : randomMessage(field.resolvedType, random, depth + 1);
      }
      return randomScalar(field.type, random);
    };
    message[field.name] = field.repeated ? Array.from({ length: random.integer(4) }, one) : one();
  }
  return message;
}

function randomScalar(type: string, random: Random): unknown {
  const wide = (BigInt(random.uint32()) << 32n) | BigInt(random.uint32());
  switch (type) {
    case "uint32":
      return random.uint32() >>> random.integer(32);
    case "uint64":
      return (wide >> BigInt(random.integer(64))).toString();
    case "float":
      return Math.fround(random.normal() * 10 ** random.integer(30));
    case "double":
      return random.normal() * 10 ** random.integer(300);
    case "bool":
      return random.integer(2) === 1;
    case "string":
      return TEXTS[random.integer(TEXTS.length)];
    default:
      return Buffer.from(Array.from({ length: random.integer(20) }, () => random.integer(256)));
  }
}
