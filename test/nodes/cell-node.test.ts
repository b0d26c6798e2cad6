import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import cell from "../../nodes/0-model/cell/cell.ts";
import variant from "../../nodes/4-prescribe/variant/variant.ts";
import twin from "../../nodes/config/twin/twin.ts";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import type { Evidence } from "../../runtime/core/evidence.ts";
import { type Frame, FrameBuilder } from "../../runtime/core/frame.ts";
import type { Property } from "../../runtime/core/property.ts";
import { GOOD } from "../../runtime/core/quality.ts";
import { services } from "../../runtime/host/services.ts";
import type { LiveCellView } from "../../runtime/model/cell/live/live-cell.ts";
import { writeMadeCell } from "../model/cell/made-cell.ts";
import { endFlow, helper, onOwnHome } from "./node-runtime.ts";

const TWIN = "acme/leipzig/body/made";
const START_US = 1_790_000_000e6;

const property = (path: string, unit?: string): Property => ({
  address: `${TWIN}/${path}`,
  kind: "measurement",
  type: unit === undefined ? "string" : "number",
  ...(unit === undefined ? {} : { unit }),
  update: { mode: "onChange" },
});
const dictionary = new Dictionary([
  ...[1, 2, 3, 4, 5, 6].map((axis) => property(`r1/axis${axis}/position`, "°")),
  ...["x", "y", "z"].map((side) => property(`r1/check/${side}`, "mm")),
  property("r1/cycle/time", "s"),
  property("r1/program"),
]);
const PATHS = dictionary.properties.map(({ address }) => address.slice(TWIN.length + 1));

/** R1 with its arm along y, 100 mm before the post, its tool found 2 mm too high, after a cycle of so many seconds. */
function frame(sequence: number, cycleS: number, axis1Deg = 90): Frame {
  const timeUs = START_US + sequence * 10e6;
  const builder = new FrameBuilder({ source: "robot", reality: "virtual", dictionary }, 64);
  const values: Record<string, number> = {
    "r1/axis1/position": axis1Deg,
    "r1/check/x": 0,
    "r1/check/y": 1850,
    "r1/check/z": 1602,
    "r1/cycle/time": cycleS,
  };
  for (const [index, path] of PATHS.entries())
    if (path === "r1/program") builder.add(index, Number.NaN, timeUs, GOOD, "R1 main");
    else builder.add(index, values[path] ?? 0, timeUs, GOOD);
  return builder.build({ epoch: 1, first: sequence * PATHS.length, receiveTimeUs: timeUs });
}

describe("robot cell in Node-RED", function () {
  this.timeout(30_000);
  onOwnHome();
  let folder: string;
  let file: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-cell-node-"));
    file = writeMadeCell(folder);
  });
  after(() => rmSync(folder, { recursive: true }));
  afterEach(endFlow);

  const load = (cellFile: string): Promise<void> =>
    helper.load(
      [twin, cell, variant],
      [
        { id: "t", type: "rung-twin", address: TWIN, name: "made", scope: "system", targetRung: 4 },
        {
          ...{ id: "c", type: "rung-cell", twin: "t", cell: cellFile, variant: "A" },
          ...{ tcpLimitMm: 3, cycleLimitPercent: 5, wires: [["co", "v"]] },
        },
        { id: "co", type: "helper", wires: [] },
        {
          ...{ id: "v", type: "rung-variant", twin: "t", cell: cellFile, variant: "A", seed: 1 },
          ...{ fixes: true, wires: [["vo"], []] },
        },
        { id: "vo", type: "helper", wires: [] },
      ],
    );
  const next = <T>(id: string): Promise<T> =>
    new Promise((resolve) => helper.getNode(id).once("input", ({ payload }) => resolve(payload as T)));
  const errorOf = (id: string): Promise<string> =>
    new Promise((resolve) => {
      helper.getNode(id).error = (what) => resolve(String(what));
    });
  /** What the cell has of itself now. */
  const asked = (): Promise<LiveCellView> => {
    const view = next<LiveCellView>("co");
    helper.getNode("c").receive({ payload: "now" });
    return view;
  };
  const records = (): Map<string, Evidence> => {
    services().evidence.measure();
    return new Map(
      services()
        .evidence.of(TWIN)
        .map((one) => [one.id.slice(TWIN.length + 1), one]),
    );
  };

  it("follows frames: clearance now, drift of the tool, cycle against the plan, and row 4 with what a study proposes", async () => {
    await load(file);
    const planned = (await asked()) as unknown as { programs: { name: string; durationS: number }[] };
    const { durationS } = planned.programs.find(({ name }) => name === "R1 main")!;
    assert.equal(records().size, 0);
    let view: LiveCellView | undefined;
    for (const sequence of [0, 1, 2]) {
      helper.getNode("c").receive({ topic: TWIN, payload: frame(sequence, 1.1 * durationS) });
      // The next one only once this is answered: of frames that come meanwhile the last is asked.
      while ((view?.robots?.[0]?.probes ?? 0) <= sequence) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        view = await asked();
      }
    }
    const [robot] = view!.robots;
    assert.equal(view!.timeUs, START_US + 20e6);
    assert.deepEqual([robot!.clearance!.body, robot!.clearance!.obstacle], ["tip", "post"]);
    assert.ok(Math.abs(robot!.clearance!.mm - 100) < 1e-3, `${robot!.clearance!.mm} mm`);
    assert.ok(Math.abs(robot!.tcpDriftMm! - 2) < 1e-3, `${robot!.tcpDriftMm} mm`);
    assert.deepEqual([robot!.plannedS, robot!.cycles], [durationS, 3]);

    const before = records();
    const verdicts = [...before].map(([id, { verdict, rung }]) => [id, rung, verdict]).sort();
    assert.deepEqual(verdicts, [
      ["4/R1/cycle", 4, "fails"],
      ["4/R1/tcp", 4, "holds"],
      ["4/variant-study", 4, "collecting"],
    ]);
    assert.match(before.get("4/R1/cycle")!.cause!, /^R1 takes .* s, planned are .* s$/);
    assert.ok(Math.abs(before.get("4/R1/cycle")!.value! - 10) < 1e-6);

    const study = next("vo");
    helper.getNode("v").receive({ payload: {} });
    await study;
    const after = records().get("4/variant-study")!;
    assert.deepEqual([after.verdict, after.value, after.timeUs], ["holds", 0, START_US + 20e6]);
    assert.equal(after.validUntilUs, START_US + 20e6 + 7 * 24 * 3600e6);
    assert.match(after.what, /^changes that break a constraint, of \d+ proposed for A \(model \w{12}\)$/);
  });

  it("tells at a weld what is near beside the sheet that the tip is to touch", async () => {
    await load(file);
    const view = next<LiveCellView>("co");
    // All joints at 0: the tip is at W1, its end in the sheet; the gun ends 50 mm before it.
    helper.getNode("c").receive({ topic: TWIN, payload: frame(0, 50, 0) });
    const { clearance } = (await view).robots[0]!;
    assert.deepEqual([clearance!.body, clearance!.obstacle, clearance!.limitMm], ["gun", "sheet", 3]);
    assert.ok(Math.abs(clearance!.mm - 50) < 1e-3, `${clearance!.mm} mm`);
  });

  it("names a cell file that is not there, and frames of another twin", async () => {
    const gone = join(folder, "gone.yaml");
    await load(gone);
    const told = errorOf("c");
    helper.getNode("c").receive({ topic: TWIN, payload: frame(0, 1) });
    assert.match(await told, /gone\.yaml.*ENOENT/s);
    await endFlow();

    await load(file);
    const other = errorOf("c");
    helper.getNode("c").receive({ topic: "acme/leipzig/body/other", payload: frame(0, 1) });
    assert.match(
      await other,
      /is the model of acme\/leipzig\/body\/made and got a frame of acme\/leipzig\/body\/other/,
    );
  });
});
