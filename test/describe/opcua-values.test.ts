import assert from "node:assert/strict";
import {
  coerceLocalizedText,
  coerceNodeId,
  coerceQualifiedName,
  DataType,
  type DataValue,
  OPCUAClient,
  StatusCodes,
  Variant,
  VariantArrayType,
  type VariantOptions,
} from "node-opcua";
import type { BindingRow } from "../../runtime/describe/binding-table.ts";
import { readTags } from "../../runtime/describe/opcua/browse.ts";
import { parseFieldPath, pickField } from "../../runtime/describe/opcua/field-path.ts";
import { newReading, readInto } from "../../runtime/describe/opcua/sample-value.ts";
import { StructureTypes } from "../../runtime/describe/opcua/structure-types.ts";
import { suggestRows } from "../../runtime/describe/opcua/suggest.ts";
import { shownValue } from "../../runtime/describe/opcua/value-text.ts";
import { TWIN, until } from "./opcua-recorder.ts";
import { type RichServer, startRichServer, startRichSource, structureOf } from "./opcua-rich-server.ts";

const Array1 = VariantArrayType.Array;

/** name, type, what the server holds, the property's type, and what must come out: a number, or `other`. */
const VALUES: readonly (readonly [
  string,
  DataType,
  Omit<VariantOptions, "dataType">,
  BindingRow["type"],
  unknown,
])[] = [
  ["Boolean", DataType.Boolean, { value: true }, "boolean", 1],
  ["SByte", DataType.SByte, { value: -128 }, "integer", -128],
  ["Byte", DataType.Byte, { value: 255 }, "integer", 255],
  ["Int16", DataType.Int16, { value: -32768 }, "integer", -32768],
  ["UInt16", DataType.UInt16, { value: 65535 }, "integer", 65535],
  ["Int32", DataType.Int32, { value: -2147483648 }, "integer", -2147483648],
  ["UInt32", DataType.UInt32, { value: 4294967295 }, "integer", 4294967295],
  ["Int64", DataType.Int64, { value: [0x80000000, 0] }, "integer", -(2n ** 63n)],
  ["Int64Small", DataType.Int64, { value: [0xffffffff, 0xfffffffe] }, "integer", -2],
  ["UInt64", DataType.UInt64, { value: [0xffffffff, 0xffffffff] }, "integer", 2n ** 64n - 1n],
  ["UInt64Edge", DataType.UInt64, { value: [0x1fffff, 0xffffffff] }, "integer", 2 ** 53 - 1],
  ["UInt64Over", DataType.UInt64, { value: [0x200000, 0] }, "integer", 2n ** 53n],
  ["Float", DataType.Float, { value: 0.5 }, "number", 0.5],
  ["Double", DataType.Double, { value: 1e-300 }, "number", 1e-300],
  ["String", DataType.String, { value: "Öfen 3 ≥ 2" }, "string", "Öfen 3 ≥ 2"],
  [
    "DateTime",
    DataType.DateTime,
    { value: new Date("2026-07-01T12:00:00Z") },
    "time",
    new Date("2026-07-01T12:00:00Z"),
  ],
  [
    "Guid",
    DataType.Guid,
    { value: "72962B91-FA75-4AE6-8D28-B404DC7DAF63" },
    "string",
    "72962B91-FA75-4AE6-8D28-B404DC7DAF63",
  ],
  ["Bytes", DataType.ByteString, { value: Buffer.from([0, 255, 7]) }, "structure", Buffer.from([0, 255, 7])],
  ["Xml", DataType.XmlElement, { value: "<a/>" }, "string", "<a/>"],
  ["NodeId", DataType.NodeId, { value: coerceNodeId("ns=1;s=Rich") }, "string", "ns=1;s=Rich"],
  ["Status", DataType.StatusCode, { value: StatusCodes.BadSensorFailure }, "integer", 0x808c0000],
  ["Qualified", DataType.QualifiedName, { value: coerceQualifiedName("1:Rich") }, "string", "1:Rich"],
  [
    "Localized",
    DataType.LocalizedText,
    { value: coerceLocalizedText({ locale: "de", text: "Ofen" }) },
    "string",
    "Ofen",
  ],
  [
    "Doubles",
    DataType.Double,
    { arrayType: Array1, value: Float64Array.of(1, 2.5) },
    "structure",
    Float64Array.of(1, 2.5),
  ],
  [
    "Floats",
    DataType.Float,
    { arrayType: Array1, value: Float32Array.of(0.5) },
    "structure",
    Float32Array.of(0.5),
  ],
  [
    "Shorts",
    DataType.Int16,
    { arrayType: Array1, value: Int16Array.of(-1, 7) },
    "structure",
    Int16Array.of(-1, 7),
  ],
  ["Bools", DataType.Boolean, { arrayType: Array1, value: [true, false] }, "structure", Uint8Array.of(1, 0)],
  [
    "Longs",
    DataType.Int64,
    {
      arrayType: Array1,
      value: [
        [0xffffffff, 0xffffffff],
        [0, 5],
      ],
    },
    "structure",
    BigInt64Array.of(-1n, 5n),
  ],
  ["Texts", DataType.String, { arrayType: Array1, value: ["a", "b"] }, "structure", ["a", "b"]],
  [
    "Empty",
    DataType.Double,
    { arrayType: Array1, value: new Float64Array(0) },
    "structure",
    new Float64Array(0),
  ],
  [
    "Matrix",
    DataType.Double,
    { arrayType: VariantArrayType.Matrix, dimensions: [2, 3], value: Float64Array.of(1, 2, 3, 4, 5, 6) },
    "structure",
    { dimensions: [2, 3], values: Float64Array.of(1, 2, 3, 4, 5, 6) },
  ],
];

describe("opc ua values", function () {
  this.timeout(30_000);
  let rich: RichServer;

  before(async () => {
    rich = await startRichServer();
    for (const [name, type, value] of VALUES) rich.add(name, type, { dataType: type, ...value });
    const robot = structureOf(rich, "RobotType", {
      name: "R1",
      pose: { x: 1.5, y: -2 },
      counter: [0x200000, 1],
      joints: [10, 20, 30],
      since: new Date("2026-01-01T00:00:00Z"),
      raw: Buffer.from([1, 2]),
      mode: 2,
    });
    rich.add("Robot", "ns=2;i=3002", robot);
    const poses = [
      { x: 1, y: 2 },
      { x: 3, y: 4 },
    ].map((pose) => structureOf(rich, "PoseType", pose).value);
    rich.add("Poses", "ns=2;i=3001", { dataType: DataType.ExtensionObject, arrayType: Array1, value: poses });
    rich.add("Mode", "ns=2;i=3003", { dataType: DataType.Int32, value: 1 });
    rich.add("Date1601", DataType.DateTime, {
      dataType: DataType.DateTime,
      value: new Date("1700-01-01T00:00:00Z"),
    });
    rich.add("NullText", DataType.String, { dataType: DataType.String, value: null });
  });
  after(() => rich.stop());

  /** Reads rows until every one has a sample. */
  const read = async (rows: readonly BindingRow[]) => {
    const { recorder, source } = startRichSource(rich, rows);
    try {
      await until(
        () => rows.every(({ path }) => recorder.samples(`${TWIN}/${path}`).length > 0),
        "a sample of each",
      );
    } finally {
      await source.stop();
    }
    return {
      recorder,
      dictionary: source.dictionary,
      first: (path: string) => recorder.samples(`${TWIN}/${path}`)[0]!,
    };
  };

  it("of every built-in type come out exactly", async () => {
    const { first, recorder } = await read(
      VALUES.map(([name, , , type]) => ({ nodeId: `ns=1;s=${name}`, path: name, ...(type ? { type } : {}) })),
    );
    for (const [name, , , , expected] of VALUES) {
      const sample = first(name);
      if (typeof expected === "number") assert.equal(sample.value, expected, name);
      else assert.deepEqual(sample.other, expected, name);
      assert.equal(sample.quality, 0, name);
    }
    assert.deepEqual(recorder.problems, []);
  });

  it("are suggested as the type they come in, and told for a screen", async () => {
    const client = OPCUAClient.create({ endpointMustExist: false });
    await client.connect(rich.endpoint);
    const session = await client.createSession();
    try {
      const types = new Map<string, BindingRow["type"]>(VALUES.map(([name, , , type]) => [name, type]));
      for (const [name, type] of [
        ["Robot", "structure"],
        ["Poses", "structure"],
        ["Mode", "enum"],
      ] as const)
        types.set(name, type);
      const nodeIds = [...types.keys()].map((name) => `ns=1;s=${name}`);
      const pace = { askedSamplingMs: 0, publishingMs: 1000, speed: 1 };
      const rows = await suggestRows(
        session,
        nodeIds.map((nodeId) => ({ nodeId })),
        TWIN,
        pace,
      );
      assert.deepEqual(
        rows.map(({ nodeId, type }) => [nodeId, type]),
        [...types].map(([name, type]) => [`ns=1;s=${name}`, type]),
      );
      const asked = ["ns=1;s=Longs", "no node id", "", "ns=1;s=Nowhere", "ns=1;s=Robot"];
      const readings = await readTags(session, asked);
      assert.deepEqual(
        readings.map(({ nodeId, quality }) => [nodeId, quality]),
        asked.map((nodeId, i) => [nodeId, [0, 0x80330000, 0x80330000, 0x80340000, 0][i]]),
      );
      assert.deepEqual(
        readings.map(({ value }) => shownValue(value)),
        [
          '["-1","5"]',
          undefined,
          undefined,
          undefined,
          '{"Name":"R1","Pose":{"X":1.5,"Y":-2},"Counter":"9007199254740993","Joints":[10,20,30],"Since":"2026-01-01T00:00:00.000Z","Raw":"AQI=","Mode":2}',
        ],
      );
      assert.equal(shownValue(new Float64Array(1000)), "[0,0,0,0,0,0,0,0,…] (1000 values)");
    } finally {
      await session.close();
      await client.disconnect();
    }
  });

  it("of structures come out under the plant's names, nested and exact, whole or by field", async () => {
    const { first, recorder } = await read([
      { nodeId: "ns=1;s=Robot", path: "robot", type: "structure" },
      { nodeId: "ns=1;s=Robot", path: "robot/x", field: "Pose.X" },
      { nodeId: "ns=1;s=Robot", path: "robot/joint2", field: "Joints[1]" },
      { nodeId: "ns=1;s=Robot", path: "robot/counter", type: "integer", field: "Counter" },
      { nodeId: "ns=1;s=Poses", path: "poses/y", field: "[1].Y" },
      { nodeId: "ns=1;s=Matrix", path: "matrix/5", field: "[1,1]" },
      { nodeId: "ns=1;s=Doubles", path: "doubles/1", field: "[1]" },
      { nodeId: "ns=1;s=Robot", path: "robot/z", field: "Pose.Z" },
      { nodeId: "ns=1;s=Doubles", path: "doubles/9", field: "[9]" },
    ]);
    assert.deepEqual(first("robot").other, {
      Name: "R1",
      Pose: { X: 1.5, Y: -2 },
      Counter: 2n ** 53n + 1n,
      Joints: Float64Array.of(10, 20, 30),
      Since: new Date("2026-01-01T00:00:00Z"),
      Raw: Buffer.from([1, 2]),
      Mode: 2,
    });
    assert.deepEqual(
      ["robot/x", "robot/joint2", "poses/y", "matrix/5", "doubles/1"].map((path) => first(path).value),
      [1.5, 20, 4, 5, 2.5],
    );
    assert.equal(first("robot/counter").other, 2n ** 53n + 1n);
    for (const path of ["robot/z", "doubles/9"]) assert.equal(first(path).quality, 0x809b0000, path);
    assert.deepEqual(recorder.problems.map(({ code, where }) => `${code} ${where}`).sort(), [
      `no-such-field ${TWIN}/doubles/9`,
      `no-such-field ${TWIN}/robot/z`,
    ]);
  });

  it("of an enum carry the plant's names in the dictionary", async () => {
    const { first, dictionary } = await read([
      { nodeId: "ns=1;s=Mode", path: "mode", type: "enum" },
      { nodeId: "ns=1;s=Int32", path: "plain", type: "enum" },
    ]);
    assert.equal(first("mode").value, 1);
    assert.deepEqual(dictionary.properties[0]!.codeNames, { 0: "Off", 1: "Heating", 2: "Ready" });
    assert.equal(dictionary.properties[1]!.codeNames, undefined);
    assert.equal(dictionary.version, 2);
  });

  it("that are dates outside 1970 to 2255 are bad and said; no text is null", async () => {
    const { first, recorder } = await read([
      { nodeId: "ns=1;s=Date1601", path: "date", type: "time" },
      { nodeId: "ns=1;s=NullText", path: "text", type: "string" },
    ]);
    assert.deepEqual(
      [first("date").other, first("date").quality],
      [new Date("1700-01-01T00:00:00Z"), 0x803c0000],
    );
    assert.deepEqual([first("text").other, first("text").quality], [null, 0]);
    assert.deepEqual(
      recorder.problems.map(({ message }) => message),
      [
        `${TWIN}/date: came with a date outside 1970 to 2255; it is stored as bad (out of range) (look at the plant's tag and clock, or at what publishes it)`,
      ],
    );
  });

  it("of a type met for the first time keep their bytes until it is learnt; one that nobody defines for ever", async () => {
    const client = OPCUAClient.create({ endpointMustExist: false });
    await client.connect(rich.endpoint);
    const session = await client.createSession();
    try {
      const told: string[] = [];
      const types = new StructureTypes("rich source", (error) => told.push(error.message));
      await types.open(session, []);
      const reading = newReading();
      const read = (id: string, buffer: Buffer): unknown => {
        const value = { nodeId: coerceNodeId(id), buffer };
        const data = {
          statusCode: { value: 0 },
          sourceTimestamp: new Date(0),
          sourcePicoseconds: 0,
          value: { dataType: DataType.ExtensionObject, arrayType: VariantArrayType.Scalar, value },
        } as unknown as DataValue;
        readInto(reading, data, "structure", (number) => number, { structures: types });
        return reading.other;
      };
      const pose = Buffer.from(Float64Array.of(1, 2).buffer);
      assert.deepEqual(read("ns=2;i=3101", pose), { typeId: "ns=2;i=3101", bytes: pose });
      await until(() => "X" in (read("ns=2;i=3101", pose) as object), "the type to be learnt");
      assert.deepEqual(read("ns=2;i=3101", pose), { X: 1, Y: 2 });
      assert.deepEqual(told, []);
      const bytes = Buffer.from([9, 8, 7]);
      await until(
        () => read("ns=2;i=99999", bytes) !== undefined && told.length > 0,
        "the unknown type to be told",
      );
      assert.deepEqual(read("ns=2;i=99999", bytes), { typeId: "ns=2;i=99999", bytes });
      read("ns=2;i=3101", bytes);
      assert.equal(told.length, 2);
      assert.match(
        told[0]!,
        /^rich source: the structure ns=2;i=99999 cannot be read: .*\(its bytes are kept/,
      );
      assert.match(told[1]!, /the structure ns=2;i=3101 cannot be read: its bytes do not fit its definition/);
    } finally {
      await session.close();
      await client.disconnect();
    }
  });
});

describe("a path into a value", () => {
  it("names fields and elements", () => {
    assert.deepEqual(parseFieldPath("zones[2].temperature", "here"), ["zones", [2], "temperature"]);
    assert.deepEqual(parseFieldPath("[1,2]", "here"), [[1, 2]]);
    assert.deepEqual(parseFieldPath("Pose.X", "here"), ["Pose", "X"]);
  });

  for (const text of ["a..b", "[x]", "a[", ".a.", "[-1]"]) {
    it(`refuses ${text}`, () => {
      assert.throws(() => parseFieldPath(text, "here"), { code: "malformed-binding" });
    });
  }

  it("leads to nothing where there is nothing, and never to what a value inherits", () => {
    const list = Float64Array.of(1, 2);
    for (const path of ["[2]", "[0,0]", "length", "constructor.name"]) {
      assert.equal(pickField(list, parseFieldPath(path, "here")), undefined, path);
    }
    assert.equal(pickField({ dimensions: [2, 2], values: list }, parseFieldPath("[0,2]", "here")), undefined);
    assert.equal(pickField({ a: 5n }, ["a"]), 5);
  });
});

describe("reading a number", () => {
  it("puts it straight into the reading and looks at no structure", () => {
    const data = {
      statusCode: { value: 0 },
      sourceTimestamp: new Date(1e12),
      sourcePicoseconds: 0,
      value: new Variant({ dataType: DataType.Double, value: 1.5 }),
    } as unknown as DataValue;
    const reading = newReading();
    const depth = { structures: { decode: () => assert.fail("no structure is looked at") } };
    readInto(reading, data, "number", (value) => value * 2, depth);
    assert.deepEqual(reading, {
      value: 3,
      other: undefined,
      quality: 0,
      sourceTimeUs: 1e15,
      issue: undefined,
    });
  });
});
