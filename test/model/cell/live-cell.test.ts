import assert from "node:assert/strict";
import { join } from "node:path";
import { BodyStation } from "../../../plant/body/body-station.ts";
import { Dictionary } from "../../../runtime/core/dictionary.ts";
import { RungError } from "../../../runtime/core/errors.ts";
import { type Frame, FrameBuilder } from "../../../runtime/core/frame.ts";
import type { Property } from "../../../runtime/core/property.ts";
import { BAD_OUT_OF_RANGE, GOOD } from "../../../runtime/core/quality.ts";
import type { WeldPoint } from "../../../runtime/model/cell/cell.ts";
import { CellEngine } from "../../../runtime/model/cell/cell-engine.ts";
import { readCell } from "../../../runtime/model/cell/cell-model.ts";
import { LiveCell, type LiveCellView } from "../../../runtime/model/cell/live/live-cell.ts";
import { liveEvidence } from "../../../runtime/model/cell/live/live-evidence.ts";

const CELL = join(import.meta.dirname, "..", "..", "..", "examples", "data", "biw", "cell.yaml");
const TWIN = "acme/leipzig/body/station120";
const ROBOTS = ["R1", "R2", "R3", "R4"];
const START_US = 1_790_000_000e6;
const LIMITS = { tcpMm: 1, cyclePercent: 5 };

const property = (path: string, unit?: string): Property => ({
  address: `${TWIN}/${path}`,
  kind: "measurement",
  type: unit === undefined ? "string" : "number",
  ...(unit === undefined ? {} : { unit }),
  update: { mode: "onChange" },
});
const dictionary = new Dictionary(
  ROBOTS.flatMap((robot) => {
    const path = robot.toLowerCase();
    return [
      ...[1, 2, 3, 4, 5, 6].map((axis) => property(`${path}/axis${axis}/position`, "°")),
      ...["x", "y", "z"].map((side) => property(`${path}/check/${side}`, "mm")),
      property(`${path}/cycle/time`, "s"),
      property(`${path}/program`),
    ];
  }),
);
const indexOf = (path: string): number =>
  dictionary.properties.findIndex(({ address }) => address === `${TWIN}/${path}`);

/** What the station tells, as frames: angles always, the rest when it is new. */
class StationFrames {
  readonly station: BodyStation;
  readonly #told = new Map<string, number>();
  #sequence = 0;

  constructor(station: BodyStation) {
    this.station = station;
  }

  at(seconds: number, angleQuality = GOOD): Frame {
    this.station.moveTo(seconds);
    const timeUs = START_US + Math.round(seconds * 1e6);
    const builder = new FrameBuilder({ source: "station", reality: "virtual", dictionary }, 64);
    for (const robot of this.station.robots) {
      const path = robot.name.toLowerCase();
      for (let axis = 0; axis < 6; axis++) {
        builder.add(
          indexOf(`${path}/axis${axis + 1}/position`),
          robot.positionsDeg[axis]!,
          timeUs,
          angleQuality,
        );
      }
      if (this.#sequence === 0)
        builder.add(indexOf(`${path}/program`), Number.NaN, timeUs, GOOD, robot.program);
      if (Number.isNaN(robot.lastCycleS) || this.#told.get(path) === robot.lastCycleS) continue;
      this.#told.set(path, robot.lastCycleS);
      builder.add(indexOf(`${path}/cycle/time`), robot.lastCycleS, timeUs, GOOD);
      for (const [i, side] of ["x", "y", "z"].entries()) {
        builder.add(indexOf(`${path}/check/${side}`), robot.checkedMm[i]!, timeUs, GOOD);
      }
    }
    const frame = builder.build({ epoch: 1, first: this.#sequence, receiveTimeUs: timeUs });
    this.#sequence += frame.length;
    return frame;
  }
}

describe("model/cell/live: a cell that follows its plant", function () {
  this.timeout(60_000);
  // Reading a cell takes longest, so one serves the tests that see no whole body.
  let live: LiveCell;
  let shared: LiveCell;
  const start = (): Promise<LiveCell> => LiveCell.start({ file: CELL, variant: "A6" });
  before(async () => {
    shared = await start();
  });
  beforeEach(() => {
    live = shared;
  });
  after(() => shared.close());

  const take = (frame: Frame): Promise<LiveCellView> =>
    new Promise((resolve, reject) => {
      live.onView = resolve;
      live.onFault = reject;
      live.accept(frame, TWIN);
    });

  /** Four bodies, a frame every two seconds. */
  async function run(slip: (station: BodyStation) => void): Promise<LiveCellView> {
    const frames = new StationFrames(new BodyStation(1, 0));
    slip(frames.station);
    live = await start();
    try {
      let view: LiveCellView | undefined;
      for (let s = 0; s < 240; s += 2) view = await take(frames.at(s));
      return view!;
    } finally {
      await live.close();
    }
  }

  it("tells of each robot what the engine tells for the same angles", async () => {
    const frames = new StationFrames(new BodyStation(1, 0));
    const cell = await readCell(CELL);
    const engine = await CellEngine.create(cell, "A6");
    let atWelds = 0;
    for (const seconds of [0, 7.3, 21.4]) {
      const view = await take(frames.at(seconds));
      assert.equal(view.timeUs, START_US + seconds * 1e6);
      assert.deepEqual(
        view.robots.map(({ robot }) => robot),
        ROBOTS,
      );
      for (const { robot, qRad } of view.robots) engine.moveTo(robot, qRad);
      for (const { robot, qRad, clearance } of view.robots) {
        // Within 50 mm of a weld the electrodes may touch the sheet, as where programs are checked.
        engine.moveTo(robot, qRad);
        const { tcp12 } = engine.placed(robot);
        const toWeldM = ({ pointM: [x, y, z] }: WeldPoint): number =>
          Math.hypot(x - tcp12[3]!, y - tcp12[7]!, z - tcp12[11]!);
        const isAtWeld = engine.variant!.welds.some((weld) => toWeldM(weld) <= 0.05);
        atWelds += Number(isAtWeld);
        const near = engine.nearest(robot, qRad, 0.5, { situation: isAtWeld ? "weld" : "motion" });
        assert.equal(clearance?.mm, near === undefined ? undefined : 1000 * near.nearest.distanceM);
        assert.equal(clearance?.obstacle, near?.obstacle.name);
      }
      const angles = frames.station.robot("R3").positionsDeg;
      const told = view.robots[2]!.qRad;
      assert.ok(told.every((angle, i) => Math.abs(angle - (angles[i]! * Math.PI) / 180) < 1e-12));
    }
    assert.ok(atWelds > 0 && atWelds < 12, `${atWelds} of 12 at a weld`);
  });

  it("tracks a plant that is as the model has it: row 4 holds", async () => {
    const view = await run(() => undefined);
    for (const { robot, tcpDriftMm, cycleS, plannedS, probes } of view.robots) {
      assert.equal(probes, 3);
      assert.ok(tcpDriftMm! < 0.1, `${robot} ${tcpDriftMm} mm`);
      assert.ok(Math.abs(cycleS! - plannedS!) / plannedS! < 0.01, `${robot} ${cycleS} s of ${plannedS} s`);
    }
    const records = liveEvidence(view, TWIN, "node", LIMITS);
    assert.equal(records.length, 8);
    assert.deepEqual([...new Set(records.map(({ verdict }) => verdict))], ["holds"]);
    assert.deepEqual([...new Set(records.map(({ rung }) => rung))], [4]);
  });

  it("finds a slipped axis by its tool, as far as the axis carries it, and names it", async () => {
    const slipDeg = 0.06;
    const view = await run((station) => station.robot("R3").slip(2, slipDeg, 0, 0));
    const { arm } = (await readCell(CELL)).robots[2]!;
    const [model, real] = [new Float64Array(12), new Float64Array(12)];
    const home = [0, -50, 50, 0, 0, 0].map((angle) => (angle * Math.PI) / 180);
    arm.tcpPose(home, model);
    arm.tcpPose(home.with(1, ((-50 + slipDeg) * Math.PI) / 180), real);
    const expectedMm = 1000 * Math.hypot(real[3]! - model[3]!, real[7]! - model[7]!, real[11]! - model[11]!);
    assert.ok(
      Math.abs(view.robots[2]!.tcpDriftMm! - expectedMm) < 0.1,
      `${view.robots[2]!.tcpDriftMm} ${expectedMm}`,
    );
    const failed = liveEvidence(view, TWIN, "node", LIMITS).filter(({ verdict }) => verdict === "fails");
    assert.deepEqual(
      failed.map(({ id, drift }) => [id, drift]),
      [[`${TWIN}/4/R3/tcp`, true]],
    );
    assert.match(failed[0]!.cause!, /^the tool of R3 stands \d\.\d\d mm from where the model has it$/);
  });

  it("collects before the third body, and leaves a robot out whose angles are bad", async () => {
    const frames = new StationFrames(new BodyStation(1, 0));
    const view = await take(frames.at(30));
    const records = liveEvidence(view, TWIN, "node", LIMITS);
    assert.deepEqual([...new Set(records.map(({ verdict }) => verdict))], ["collecting"]);
    live.onView = () => assert.fail("a view of angles that are bad");
    live.accept(frames.at(31, BAD_OUT_OF_RANGE), TWIN);
    const again = await take(frames.at(32));
    assert.equal(again.timeUs, START_US + 32e6);
  });

  it("refuses a cell that cannot be read, by its file", async () => {
    await assert.rejects(
      LiveCell.start({ file: "/nowhere/cell.yaml" }),
      (fault: unknown) => fault instanceof RungError && /\/nowhere\/cell\.yaml/.test(fault.message),
    );
    await assert.rejects(LiveCell.start({ file: CELL, variant: "C9" }), /C9 is no variant of this cell/);
  });
});
