import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ergonomics from "../../nodes/0-model/ergonomics/ergonomics.ts";
import type { LiftResult } from "../../runtime/model/ergonomics/lift.ts";
import type { PostureScore } from "../../runtime/model/ergonomics/score.ts";
import type { ShiftLoad } from "../../runtime/model/ergonomics/shift-load.ts";
import { helper, onOwnHome } from "./node-runtime.ts";

const NEUTRAL = {
  upperArm: { flexionDeg: 0 },
  lowerArm: { flexionDeg: 80 },
  wrist: { flexionDeg: 0 },
  neck: { flexionDeg: 0 },
  trunk: { flexionDeg: 0 },
};
const SHIFT = {
  shiftS: 3600,
  cycleS: 60,
  tasks: [{ name: "fit", elements: [{ code: "X1", times: 2 }] }],
  operators: [{ name: "st01", tasks: ["fit"] }],
};

describe("ergonomics in Node-RED", () => {
  const folder = mkdtempSync(join(tmpdir(), "rung-ergonomics-"));
  const table = join(folder, "made-up.csv");
  const node = (id: string, more: object) => ({
    id,
    type: "rung-ergonomics",
    name: `${id} work`,
    twin: "",
    method: "rula",
    assessment: JSON.stringify(NEUTRAL),
    table: "",
    wires: [[`${id}-out`]],
    ...more,
  });
  onOwnHome();
  before(async () => {
    // Made up: no licensed sheet has this code.
    writeFileSync(table, "code,tmu,points\nX1,250,0.5\n");
    const nodes = [
      node("posture", {}),
      node("shift", { method: "load", assessment: JSON.stringify(SHIFT), table }),
      node("lost", { method: "load", assessment: JSON.stringify(SHIFT), table: join(folder, "none.csv") }),
      node("broken", { assessment: "{" }),
      node("empty", { method: "niosh", assessment: "" }),
    ];
    await helper.load(
      [ergonomics],
      [...nodes, ...nodes.map(({ id }) => ({ id: `${id}-out`, type: "helper", wires: [] }))],
    );
  });
  after(() => rmSync(folder, { recursive: true }));

  const answer = <T>(id: string, payload: unknown): Promise<{ topic: string; payload: T }> =>
    new Promise((resolve, reject) => {
      helper.getNode(`${id}-out`).once("input", (message) => resolve(message as never));
      helper.getNode(id).error = (what) => reject(what);
      helper.getNode(id).receive({ payload });
    });

  it("rates what the form says, with the fields of a message laid over it", async () => {
    const form = await answer<PostureScore>("posture", "go");
    assert.deepEqual([form.topic, form.payload.kind, form.payload.score], ["posture work", "rula", 1]);
    const bent = await answer<PostureScore>("posture", { trunk: { flexionDeg: 70, twisted: true } });
    assert.deepEqual(bent.payload.parts[5]!.because, ["flexed 70°: 4", "twisted: +1"]);
    const whole = await answer<PostureScore>("posture", { method: "reba" });
    assert.deepEqual([whole.payload.kind, whole.payload.score], ["reba", 1]);
  });

  it("rates a lift that comes whole in a message", async () => {
    const { payload } = await answer<LiftResult>("empty", {
      duration: "short",
      load: 11.5,
      origin: { horizontal: 25, vertical: 75 },
      destination: { horizontal: 25, vertical: 100 },
      liftsPerMin: 0.2,
      coupling: "good",
    });
    assert.equal(payload.compositeIndex, 0.5);
  });

  it("takes times and points from the plant's table", async () => {
    const { payload } = await answer<ShiftLoad>("shift", {});
    assert.equal(payload.operators[0]!.points, 60);
    assert.ok(Math.abs(payload.operators[0]!.workS - 60 * 18) < 1e-6);
  });

  it("tells what is wrong, and goes on", async () => {
    for (const [id, payload, said] of [
      [
        "posture",
        { trunk: { flexionDeg: 200 } },
        /posture work\/trunk: flexionDeg must be -60 to 150 °, got 200/,
      ],
      ["posture", { method: "owas" }, /method must be one of niosh, rula, reba, load, got "owas"/],
      ["lost", {}, /none\.csv: ENOENT.*correct the table's path/],
      ["broken", {}, /broken work: the assessment is no JSON/],
      ["empty", {}, /load must be 0 to 500 kg, got nothing/],
    ] as const)
      await assert.rejects(answer(id, payload), said);
    assert.equal((await answer<PostureScore>("posture", 1)).payload.score, 1);
  });
});
