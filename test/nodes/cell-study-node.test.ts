import assert from "node:assert/strict";
import reach from "../../nodes/4-prescribe/reach/reach.ts";
import variant from "../../nodes/4-prescribe/variant/variant.ts";
import type { CellStudy } from "../../runtime/prescribe/cell/finding.ts";
import { helper, onOwnHome } from "./node-runtime.ts";

const CELL = { cell: "examples/data/biw/cell.yaml", variant: "A6", seed: 1, twin: "" };
const FLOW = [
  { id: "v", type: "rung-variant", ...CELL, fixes: false, wires: [["vs"], ["vo"]] },
  { id: "vs", type: "helper", wires: [] },
  { id: "vo", type: "helper", wires: [] },
  {
    id: "r",
    type: "rung-reach",
    ...CELL,
    variant: "B7",
    placement: false,
    rebalance: false,
    wires: [["rs"]],
  },
  { id: "rs", type: "helper", wires: [] },
];

describe("cell studies in Node-RED", function () {
  this.timeout(120_000);
  onOwnHome();
  before(() => helper.load([variant, reach], FLOW));

  const next = <T>(id: string): Promise<{ topic: string; payload: T }> =>
    new Promise((resolve) => helper.getNode(id).on("input", (message) => resolve(message as never)));
  const toldBy = (id: string): Promise<string> =>
    new Promise((resolve) => {
      helper.getNode(id).error = (what) => resolve(String(what));
    });

  it("sends the study and its change orders", async () => {
    const answers = Promise.all([next<CellStudy>("vs"), next<string>("vo")]);
    helper.getNode("v").receive({ payload: { robots: ["R4"] } });
    const [study, orders] = await answers;
    assert.equal(study.payload.kind, "cell-study");
    assert.equal(study.topic, study.payload.cell);
    assert.deepEqual(
      study.payload.paths.map(({ robot }) => robot),
      ["R4"],
    );
    assert.ok(orders.payload.startsWith("order,priority,station,"));
  });

  it("asks only what is reached where reach is asked", async () => {
    const answer = next<CellStudy>("rs");
    helper.getNode("r").receive({ payload: { robots: ["R3"], fixes: false } });
    const { payload } = await answer;
    assert.deepEqual(
      payload.findings.map(({ kind, weld }) => [kind, weld]),
      [["reach", "W-131"]],
    );
  });

  it("takes no file from a message, and ends what is under way where it is told to", async () => {
    const told = toldBy("v");
    helper.getNode("v").receive({ payload: { file: "/etc/passwd" } });
    assert.match(await told, /file is no part of a study/);
    const cancelled = new Promise<void>((resolve) => {
      helper.getNode("v").status = ({ text }) => {
        if (text === "cancelled") resolve();
      };
    });
    helper.getNode("vs").on("input", () => assert.fail("a cancelled study was sent"));
    helper.getNode("v").receive({ payload: {} });
    helper.getNode("v").receive({ payload: { cancel: true } });
    await cancelled;
  });
});
