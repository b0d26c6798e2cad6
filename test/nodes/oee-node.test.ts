import assert from "node:assert/strict";
import oee from "../../nodes/1-describe/oee/oee.ts";
import state from "../../nodes/1-describe/state/state.ts";
import twin from "../../nodes/config/twin/twin.ts";
import type { OeeReport } from "../../runtime/describe/oee/oee-report.ts";
import { OVEN, property, T0, TestSource } from "../describe/twin-fixture.ts";
import { helper, onOwnHome } from "./node-runtime.ts";

const PLANT = "acme/leipzig";
const ON_CHANGE = { mode: "onChange" } as const;
const MACHINE = { state: "machine/state", made: "exit/body", good: "exit/good", ideal: "90", label: "oven" };
const FLOW = [
  { id: "t", type: "rung-twin", address: OVEN, name: "oven 1", scope: "machine", targetRung: 0 },
  { id: "p", type: "rung-twin", address: PLANT, name: "plant", scope: "enterprise", targetRung: 0 },
  { id: "s", type: "rung-state", twin: "t", wires: [["o"]] },
  {
    id: "o",
    type: "rung-oee",
    machines: [MACHINE],
    begins: "",
    hours: 0.25,
    twin: "",
    wires: [["sum", "out"]],
  },
  { id: "sum", type: "rung-oee", machines: [], begins: "", hours: 8, twin: "p", wires: [["plant"]] },
  {
    id: "bad",
    type: "rung-oee",
    machines: [{ ...MACHINE, good: "" }],
    begins: "",
    hours: 8,
    twin: "",
    wires: [[]],
  },
  { id: "out", type: "helper", wires: [] },
  { id: "plant", type: "helper", wires: [] },
];

describe("an oee node in Node-RED", function () {
  this.timeout(15_000);
  onOwnHome();
  before(() => helper.load([twin, state, oee], FLOW));

  const next = (id: string): Promise<OeeReport> =>
    new Promise((resolve) =>
      helper.getNode(id).once("input", ({ payload }) => resolve(payload as OeeReport)),
    );

  it("reckons what the state passes on, ends an account at its hours, and sums the reports of others", async () => {
    const source = new TestSource(
      ["machine/state", "exit/body", "exit/good"].map((path) => property(path, ON_CHANGE)),
    );
    const at = (s: number, values: readonly [index: number, value: number][]) =>
      helper.getNode("s").receive({
        payload: source.frame(values.map(([index, value]) => ({ index, value, timeUs: T0 + s * 1e6 }))),
      });
    at(0, [
      [0, 6],
      [1, 100],
      [2, 100],
    ]);
    const closed = next("out");
    at(900, [
      [1, 130],
      [2, 129],
    ]);
    assert.deepEqual(
      await closed.then(({ isClosed, elements }) => [isClosed, elements]),
      [true, { plannedS: 900, runS: 900, idealS: 0, made: 0, good: 0 }],
      "what came at its end belongs to the next account",
    );
    const [own, sum] = await Promise.all([next("out"), next("plant")]);
    assert.deepEqual(
      [own.isClosed, own.twin, own.parts.map(({ name }) => name), own.elements],
      [false, OVEN, ["oven"], { plannedS: 0, runS: 0, idealS: 2700, made: 30, good: 29 }],
    );
    assert.deepEqual(
      [sum.twin, sum.parts.map(({ name }) => name), sum.elements],
      [PLANT, [OVEN], own.elements],
    );
  });

  it("refuses what is no frame and no report, and says which row of its table is wrong", async () => {
    const told = (id: string) =>
      new Promise<string>((resolve) => {
        helper.getNode(id).error = (what) => resolve(String(what));
      });
    const wrong = told("o");
    helper.getNode("o").receive({ topic: OVEN, payload: 5 });
    assert.match(await wrong, /expected a frame from a state node, got/);
    const unfit = told("bad");
    helper.getNode("bad").receive({ topic: OVEN, payload: 5 });
    assert.match(await unfit, /oee, machine 1: good is missing/);
  });
});
