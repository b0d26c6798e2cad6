import assert from "node:assert/strict";
import { DataType, StatusCodes, type UAVariable, VariantArrayType } from "node-opcua";
import type { BindingRow } from "../../runtime/describe/binding-table.ts";
import { readBindings } from "../../runtime/describe/binding-table.ts";
import type { EventSample } from "../../runtime/describe/opcua/event-fields.ts";
import { previewBindings } from "../../runtime/describe/opcua/preview.ts";
import { bindings, TWIN, until } from "./opcua-recorder.ts";
import { addMethod, type RichServer, startRichServer, startRichSource } from "./opcua-rich-server.ts";

describe("opc ua reach", function () {
  this.timeout(30_000);
  let rich: RichServer;
  let level: UAVariable;
  const called: unknown[][] = [];
  const typed: unknown[][] = [];

  before(async () => {
    rich = await startRichServer();
    const { namespace } = rich;
    level = rich.add("Level", DataType.Double, { dataType: DataType.Double, value: 50 });
    const tank = namespace.findNode("s=Rich") as never;
    namespace.instantiateExclusiveLimitAlarm("ExclusiveLimitAlarmType", {
      browseName: "LevelAlarm",
      nodeId: "s=LevelAlarm",
      conditionSource: level,
      componentOf: tank,
      inputNode: level,
      highHighLimit: 90,
      highLimit: 80,
      lowLimit: 10,
      lowLowLimit: 5,
      optionals: ["ConfirmedState"],
    } as never);
    rich.add("List", DataType.Double, {
      dataType: DataType.Double,
      arrayType: VariantArrayType.Array,
      value: Float64Array.of(5, 7),
    });
    addMethod(
      namespace,
      "Profile",
      [
        ["Zone", DataType.UInt16],
        ["Name", DataType.String],
      ],
      [
        ["Mean", DataType.Double],
        ["Count", DataType.UInt32],
      ],
      (inputs) => {
        called.push([...inputs]);
        return [350 + called.length, called.length];
      },
    );
    addMethod(
      namespace,
      "Types",
      [
        ["Key", DataType.Int64],
        ["On", DataType.Boolean],
        ["From", DataType.DateTime],
        ["Node", DataType.NodeId],
        ["Gain", DataType.Double],
        ["Text", DataType.LocalizedText],
      ],
      [["Key", DataType.Int64]],
      (inputs) => {
        typed.push([...inputs]);
        return [inputs[0]];
      },
    );
    addMethod(namespace, "Total", [], [["Total", DataType.Double]], () => [12.5]);
    addMethod(namespace, "Broken", [], [["Total", DataType.Double]], () => StatusCodes.BadDeviceFailure);
  });
  after(() => rich.stop());

  const open = (rows: readonly BindingRow[]) => {
    const { link, recorder, source } = startRichSource(rich, rows);
    const events = (path: string) =>
      recorder.samples(`${TWIN}/${path}`).map(({ other }) => other as EventSample);
    return { link, recorder, source, events };
  };
  const setLevel = (value: number, at = new Date()) =>
    rich.set(level, { dataType: DataType.Double, value }, StatusCodes.Good, at);

  it("takes a refresh without alarms for no gap", async () => {
    const { source, recorder, link } = open([
      { nodeId: "", path: "alarms", reads: "events" },
      { nodeId: "ns=1;s=Level", path: "level" },
    ]);
    try {
      const levels = () => recorder.samples(`${TWIN}/level`).map(({ value }) => value);
      await until(() => levels().includes(50), "the first value");
      for (const value of [51, 52, 53]) {
        const { length } = recorder.frames;
        source.repaired();
        await until(() => recorder.frames.length > length, "the answer to the refresh");
        const { frames } = source.counters;
        setLevel(value);
        await until(() => source.counters.frames > frames && levels().includes(value), `level ${value}`);
      }
      assert.equal(link.state.phase, "connected");
      assert.deepEqual([recorder.gaps, recorder.problems, recorder.samples(`${TWIN}/alarms`)], [[], [], []]);
    } finally {
      await source.stop();
    }
  });

  it("turns alarms into samples, those that were active before marked as a refresh", async () => {
    setLevel(95);
    const { source, recorder, events, link } = open([
      { nodeId: "", path: "alarms", reads: "events" },
      { nodeId: "i=2253", path: "severity", reads: "events", field: "severity" },
      { nodeId: "ns=1;s=Level", path: "level" },
    ]);
    try {
      await until(() => events("alarms").some((event) => event.refresh === true), "the active alarm");
      const [before] = events("alarms");
      assert.equal(before!.conditionId, "ns=1;s=LevelAlarm");
      assert.deepEqual([before!.active, before!.retain, before!.acked], [true, true, false]);
      assert.match(before!.eventId!, /^[0-9a-f]+$/);
      const sample = recorder.samples(`${TWIN}/alarms`)[0]!;
      assert.equal(sample.sourceTimeUs, before!.time!.getTime() * 1000);
      assert.equal(sample.quality, 0);
      setLevel(50);
      await until(() => events("alarms").some(({ active }) => active === false), "the end of the alarm");
      const end = events("alarms").find(({ active }) => active === false)!;
      assert.equal(end.refresh, undefined);
      assert.equal(recorder.samples(`${TWIN}/severity`).at(-1)!.value, end.severity);

      setLevel(3);
      await until(() => events("alarms").at(-1)!.active === true, "a new alarm");
      assert.equal(events("alarms").at(-1)!.refresh, undefined);
      const raised = events("alarms").at(-1)!.eventId;
      const refreshed = events("alarms").filter(({ refresh }) => refresh).length;
      link.reconnect();
      await until(
        () => events("alarms").filter(({ refresh }) => refresh).length > refreshed,
        "the alarm to be told again after a new session",
      );
      assert.equal(events("alarms").at(-1)!.eventId, raised, "it is the same event");
      assert.equal(
        events("alarms").filter(({ eventId, refresh }) => eventId === raised && !refresh).length,
        1,
      );
      setLevel(4);
      await until(() => recorder.gaps.length > 0, "the gap of the time without a session");
      assert.deepEqual(
        recorder.gaps.map(({ cause }) => cause),
        ["session-restored"],
      );
      assert.deepEqual(recorder.problems, []);
      assert.equal(source.counters.received, source.counters.emitted);
    } finally {
      await source.stop();
      setLevel(50);
    }
  });

  it("asks for no event below the severity", async () => {
    const { source, events, recorder } = open([
      { nodeId: "i=2253", path: "all", reads: "events" },
      { nodeId: "i=2253", path: "grave", reads: "events", minSeverity: 500 },
      { nodeId: "ns=1;s=Nowhere", path: "nowhere", reads: "events" },
    ]);
    try {
      await until(() => recorder.problems.length > 0, "the row that is no notifier to be refused");
      const tank = rich.namespace.findNode("s=Rich") as unknown as {
        raiseEvent(type: string, data: object): void;
      };
      for (const severity of [100, 499, 500, 900]) {
        tank.raiseEvent("BaseEventType", {
          message: { dataType: DataType.LocalizedText, value: { text: `event ${severity}` } },
          severity: { dataType: DataType.UInt16, value: severity },
        });
      }
      const messages = (path: string) =>
        events(path)
          .map(({ message }) => String(message))
          .filter((message) => message.startsWith("event"));
      await until(() => messages("all").length === 4 && messages("grave").length === 2, "the events");
      assert.deepEqual(messages("grave"), ["event 500", "event 900"]);
      assert.equal(source.summary().unbound, 1);
      assert.match(
        recorder.problems[0]!.message,
        /nowhere: the server refuses ns=1;s=Nowhere: BadNodeIdUnknown/,
      );
    } finally {
      await source.stop();
    }
  });

  it("is previewed by field; events and methods show nothing beforehand and nothing is called", async () => {
    const before = called.length;
    const { source, link } = open([{ nodeId: "ns=1;s=Level", path: "level" }]);
    try {
      await until(() => link.session !== undefined, "the session");
      const previews = await previewBindings(
        link.session!,
        [
          { nodeId: "ns=1;s=List", path: "one", field: "[1]", unit: "°C" },
          { nodeId: "ns=1;s=List", path: "nine", field: "[9]" },
          { nodeId: "", path: "alarms", reads: "events" },
          {
            nodeId: "ns=1;s=Profile",
            path: "m",
            reads: "method",
            objectId: "ns=1;s=Rich",
            onlyReads: true,
            periodMs: 1000,
          },
          { nodeId: "ns=1;s=Profile", path: "n", reads: "method", objectId: "ns=1;s=Rich", periodMs: 1000 },
        ],
        TWIN,
        Date.now() * 1000,
      );
      assert.deepEqual(
        previews.map(({ twinValue }) => twinValue),
        [7, undefined, undefined, undefined, undefined],
      );
      assert.deepEqual(
        previews.map(({ problem }) => problem?.replace(/^[^:]*: /, "")),
        [
          undefined,
          "the value has no such field or element now",
          undefined,
          undefined,
          "nobody has said that this method only reads (tick it if it changes nothing at the plant; what writes belongs to the actuator)",
        ],
      );
      assert.equal(called.length, before);
    } finally {
      await source.stop();
    }
  });

  it("calls a ticked method every period and takes its outputs, whole or by name", async () => {
    const method = { reads: "method", objectId: "ns=1;s=Rich", onlyReads: true, periodMs: 100 } as const;
    const { source, recorder } = open([
      { ...method, nodeId: "ns=1;s=Profile", path: "profile", type: "structure", inputs: '[3, "north"]' },
      { ...method, nodeId: "ns=1;s=Profile", path: "mean", field: "Mean", unit: "°C", inputs: [3, "south"] },
      { ...method, nodeId: "ns=1;s=Total", path: "total" },
      {
        ...method,
        nodeId: "ns=1;s=Types",
        path: "types",
        type: "integer",
        inputs: ["-9007199254740993", true, "2026-07-01T00:00:00Z", "ns=1;s=Rich", 0.5, "Ofen"],
      },
      { ...method, nodeId: "ns=1;s=Broken", path: "broken" },
      { ...method, nodeId: "ns=1;s=Profile", path: "few", inputs: [3] },
      { ...method, nodeId: "ns=1;s=Profile", path: "range", inputs: [65536, "north"] },
      { ...method, nodeId: "ns=1;s=Profile", path: "type", inputs: [3, 4] },
      { ...method, nodeId: "ns=1;s=NoMethod", path: "none" },
    ]);
    try {
      const samples = (path: string) => recorder.samples(`${TWIN}/${path}`);
      await until(
        () =>
          samples("profile").length >= 3 &&
          ["broken", "types"].every((path) => samples(path).length > 0) &&
          recorder.problems.length === 4,
        "three calls and four refusals",
      );
      const counts = samples("profile").map(({ other }) => (other as { Count: number }).Count);
      assert.deepEqual(
        counts,
        [...counts].sort((a, b) => a - b),
      );
      assert.equal((samples("profile")[0]!.other as { Mean: number }).Mean, 350 + counts[0]!);
      assert.ok(called.some(([zone, name]) => zone === 3 && name === "north"));
      assert.ok(samples("mean")[0]!.value > 350);
      assert.equal(samples("total")[0]!.value, 12.5);
      assert.equal(samples("types")[0]!.other, -9007199254740993n);
      const [key, on, from, at, gain, text] = typed[0]!;
      assert.deepEqual([key, on, from], [[0xffdfffff, 0xffffffff], true, new Date("2026-07-01T00:00:00Z")]);
      assert.deepEqual([String(at), gain, (text as { text: string }).text], ["ns=1;s=Rich", 0.5, "Ofen"]);
      assert.equal(samples("broken")[0]!.quality, StatusCodes.BadDeviceFailure.value);
      for (const path of ["few", "range", "type", "none"]) assert.equal(samples(path).length, 0, path);
      assert.deepEqual(
        recorder.problems.map(({ message }) => message.replace(`rich source, ${TWIN}/`, "")),
        [
          "few: the method is not called: it takes 2 (Zone, Name), the row gives 1 (correct the inputs in the row; the other tags go on)",
          "range: the method is not called: input 1, Zone, must be UInt16, got 65536 (correct the inputs in the row; the other tags go on)",
          "type: the method is not called: input 2, Name, must be String, got 4 (correct the inputs in the row; the other tags go on)",
          "none: the server does not let ns=1;s=NoMethod be called: BadNodeIdUnknown (correct object and method in the row, or give this login the right to call it)",
        ],
      );
      assert.equal(source.summary().unbound, 4);
      assert.ok(source.summary().ageUs! >= 0, "a source of methods alone has an age too");
    } finally {
      await source.stop();
    }
    const calls = called.length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(called.length, calls, "nothing is called after the end");
  });
});

describe("what a row reads", () => {
  const method: BindingRow = {
    nodeId: "ns=1;s=M",
    path: "m",
    reads: "method",
    objectId: "ns=1;s=O",
    onlyReads: true,
    periodMs: 1000,
  };
  const codeOf = (row: BindingRow) => readBindings([row], TWIN).problems[0]?.code;

  for (const [what, row, code] of [
    ["a method that nobody ticked", { ...method, onlyReads: false }, "method-not-ticked"],
    ["a method without its object", { ...method, objectId: "" }, "malformed-binding"],
    ["a method without a period", { ...method, periodMs: 0 }, "malformed-binding"],
    ["inputs that are no list", { ...method, inputs: "3" }, "malformed-binding"],
    ["inputs that are no JSON", { ...method, inputs: "[3" }, "malformed-binding"],
    ["events with a period", { nodeId: "", path: "e", reads: "events", periodMs: 5 }, "malformed-binding"],
    [
      "a severity of 1001",
      { nodeId: "", path: "e", reads: "events", minSeverity: 1001 },
      "malformed-binding",
    ],
    ["events as a number", { nodeId: "", path: "e", reads: "events", type: "number" }, "malformed-binding"],
    [
      "a reading of something else",
      { nodeId: "a", path: "e", reads: "history" as never },
      "malformed-binding",
    ],
  ] as const satisfies readonly (readonly [string, BindingRow, string])[]) {
    it(`is refused for ${what}`, () => assert.equal(codeOf(row), code));
  }

  it("is the server's events where only that is said", () => {
    const [binding] = bindings([{ nodeId: "", path: "e", reads: "events" }]);
    assert.equal(binding!.tag, "i=2253");
    assert.equal(binding!.property.type, "structure");
  });
});
