import assert from "node:assert/strict";
import line from "../../nodes/0-model/line/line.ts";
import twin from "../../nodes/config/twin/twin.ts";
import type { LineMessage } from "../../runtime/predict/line/line-message.ts";
import { frameOf, type LineSample } from "../predict/line/line-frames.ts";
import { helper, onOwnHome } from "./node-runtime.ts";

const TWIN = "acme/leipzig/assembly/short";
const MODEL = `name: short line
units: { time: s }
blocks:
  - { id: in, kind: source, interarrival: 60 }
  - { id: a, kind: station, process: 50 }
  - { id: b1, kind: buffer, places: 2 }
  - { id: b, kind: station, process: 40 }
  - { id: out, kind: sink }
connections:
  - [in, a, b1, b, out]
`;
const FORM = {
  type: "rung-line",
  file: "",
  model: MODEL,
  paths: "{}",
  lengthH: 3,
  warmUpH: 1,
  replications: 3,
  seed: 1,
  stepMin: 5,
  horizonMin: 10,
};
const FLOW = [
  { id: "t", type: "rung-twin", name: "short", address: TWIN, scope: "system", parent: "" },
  { id: "live", ...FORM, twin: "t", wires: [["one"], ["two"]] },
  { id: "alone", ...FORM, twin: "", wires: [["one"], ["two"]] },
  { id: "one", type: "helper", wires: [] },
  { id: "two", type: "helper", wires: [] },
];
const STANDS: readonly LineSample[] = [
  ["a/state", 6, 0],
  ["a/body", 7, 0],
  ["b/state", 5, 0],
  ["b/body", 0, 0],
  ["b1/fill", 0, 0],
  ["bodies/good", 5, 0],
  ["shift/good", 5, 0],
  ["shift/plan", 20, 0],
  ["shift/workLeft", 600, 0],
];

describe("line in Node-RED", function () {
  this.timeout(60_000);
  onOwnHome();
  before(() => helper.load([line, twin], FLOW));

  const next = <T>(id: string): Promise<T> =>
    new Promise((resolve) => helper.getNode(id).once("input", ({ payload }) => resolve(payload as T)));
  const faultOf = (id: string, message: object): Promise<string> =>
    new Promise((resolve) => {
      helper.getNode(id).error = (what) => resolve(String(what));
      helper.getNode(id).receive(message);
    });

  it("simulates what the form says: a line of fixed times makes what its source lets in", async () => {
    const [drawn, result] = [next<LineMessage>("one"), next<Record<string, { mean: number }>>("two")];
    helper.getNode("alone").receive({ payload: {} });
    assert.equal((await result).throughputPerHour!.mean, 60);
    const { of, stations, name } = await drawn;
    assert.deepEqual([of, name, stations.map(({ id }) => id)], ["simulation", "short line", ["a", "b"]]);
    assert.ok(Math.abs(stations[0]!.shares!.busy! - 50 / 60) < 1e-9);
  });

  it("assumes what a message says of its blocks, and refuses what they have not", async () => {
    const slower = next<{ throughputPerHour: { mean: number }; edits: unknown }>("two");
    helper.getNode("alone").receive({ payload: { edits: { a: { workFactor: 2 } } } });
    const { throughputPerHour, edits } = await slower;
    assert.deepEqual([throughputPerHour.mean, edits], [36, { a: { workFactor: 2 } }]);
    const wrong: [object, RegExp][] = [
      [{ edits: { c: {} } }, /c: is no block of the line/],
      [{ edits: { b1: { places: -1 } } }, /b1\.places: cannot be -1/],
      [{ edits: { b1: { servers: 2 } } }, /b1: is a buffer/],
      [{ edits: { a: { repairFactor: 2 } } }, /a: does not fail in the model/],
      [{ edits: { a: { speed: 2 } } }, /a\.speed: is unknown/],
      [{ lengthH: "x" }, /lengthH must be a number/],
      [{ replications: 0 }, /replications must be 1 to/],
      [{ speed: 1 }, /speed is no part of an order/],
      [{ from: "now" }, /does not know where the line stands: no frame came/],
    ];
    for (const [payload, wanted] of wrong) assert.match(await faultOf("alone", { payload }), wanted);
  });

  it("goes on from where the plant stands to the end of its shift", async () => {
    const told = next<LineMessage>("one");
    helper.getNode("live").receive({ topic: TWIN, payload: frameOf(TWIN, STANDS) });
    const { of, stations, buffers } = await told;
    assert.equal(of, "plant");
    assert.deepEqual(
      stations.map(({ state }) => state),
      ["busy", "starved"],
    );
    assert.deepEqual(buffers, [{ id: "b1", behind: "a", fill: 0, places: 2 }]);

    const answer = next<Record<string, { mean: number; low90: number; high90: number }>>("two");
    helper.getNode("live").receive({ payload: { from: "now", edits: { a: { workFactor: 2 } } } });
    const { baseline, scenario, difference } = await answer;
    // Of 600 s: the part at a leaves it at 50 s; the next ones come every 60 s, from 60 s on, and take 90 s.
    assert.deepEqual(baseline, { mean: 14, low90: 14, high90: 14 });
    assert.equal(scenario!.mean < baseline!.mean, true);
    assert.equal(difference!.mean, scenario!.mean - baseline!.mean);
  });

  it("follows no other twin, and says so once", async () => {
    const other = "acme/leipzig/assembly/other";
    const said = await faultOf("live", { topic: other, payload: frameOf(other, STANDS) });
    assert.match(said, /is the model of acme\/leipzig\/assembly\/short and got a frame of .*other/);
  });

  it("ends a simulation where it is told to", async () => {
    const cancelled = new Promise<void>((resolve) => {
      helper.getNode("alone").status = ({ text }) => {
        if (text === "cancelled") resolve();
      };
    });
    helper.getNode("two").once("input", () => assert.fail("a cancelled simulation was sent"));
    helper.getNode("alone").receive({ payload: { lengthH: 5000, replications: 5000 } });
    helper.getNode("alone").receive({ payload: { cancel: true } });
    await new Promise((resolve) => setTimeout(resolve, 300));
    helper.getNode("alone").receive({ payload: { cancel: true } });
    await cancelled;
  });
});
