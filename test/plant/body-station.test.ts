import assert from "node:assert/strict";
import { join } from "node:path";
import { BodyStation } from "../../plant/body/body-station.ts";
import { ACCELERATIONS_DEG_S2, SPEEDS_DEG_S, STATION_PROGRAMS } from "../../plant/body/station-programs.ts";
import { tcpMm } from "../../plant/body/tcp.ts";
import { readCell } from "../../runtime/model/cell/cell-model.ts";

const CELL = join(import.meta.dirname, "..", "..", "examples", "data", "biw", "cell.yaml");

describe("plant/body: station 120", () => {
  it("moves within its axes' speeds and accelerations, through every taught point, body after body", () => {
    const station = new BodyStation(1, 0);
    const stepS = 0.01;
    const before = station.robots.map(({ positionsDeg }) => [...positionsDeg]);
    const speedBefore = station.robots.map(() => new Array<number>(6).fill(0));
    const met = station.robots.map(() => new Set<string>());
    for (let step = 1; step <= 7000; step++) {
      station.moveTo(step * stepS);
      for (const [r, robot] of station.robots.entries()) {
        for (let axis = 0; axis < 6; axis++) {
          const way = robot.positionsDeg[axis]! - before[r]![axis]!;
          const most = SPEEDS_DEG_S[axis]! * stepS;
          assert.ok(Math.abs(way) <= most + 1e-9, `${robot.name} axis ${axis + 1} moves ${way}° in a step`);
          const change = robot.speedsDegS[axis]! - speedBefore[r]![axis]!;
          // Two ramps may meet within one step.
          assert.ok(
            Math.abs(change) <= ACCELERATIONS_DEG_S2[axis]! * stepS * (1 + 1e-9),
            `${robot.name} ${change}`,
          );
          before[r]![axis] = robot.positionsDeg[axis]!;
          speedBefore[r]![axis] = robot.speedsDegS[axis]!;
        }
        for (const { name, qDeg } of STATION_PROGRAMS[r]!.points) {
          if (qDeg.every((angle, axis) => Math.abs(angle - robot.positionsDeg[axis]!) < 0.01))
            met[r]!.add(name);
        }
      }
    }
    assert.equal(station.bodies, 1);
    for (const [r, { points }] of STATION_PROGRAMS.entries()) {
      const welds = points.filter(({ dwellS }) => dwellS > 0).map(({ name }) => name);
      assert.deepEqual(
        welds.filter((name) => !met[r]!.has(name)),
        [],
      );
    }
  });

  it("gives the same cycles for the same seed, others for another", () => {
    const cycles = (seed: number): number[] => {
      const station = new BodyStation(seed, 0);
      for (let s = 0; s < 70; s += 0.1) station.moveTo(s);
      return station.robots.map(({ lastCycleS }) => lastCycleS);
    };
    assert.deepEqual(cycles(1), cycles(1));
    assert.notDeepEqual(cycles(1), cycles(2));
    assert.ok(
      cycles(1).every((cycle) => cycle > 30 && cycle < 60),
      `${cycles(1)}`,
    );
  });

  it("has its tool where the cell's model of the same robot has it", async () => {
    const cell = await readCell(CELL);
    const pose = new Float64Array(12);
    const q = [0.4, -0.3, 0.5, 1.1, -0.8, 2];
    for (const { name, arm } of cell.robots) {
      arm.tcpPose(q, pose);
      const ours = tcpMm(
        name,
        q.map((angle) => (angle * 180) / Math.PI),
      );
      for (let i = 0; i < 3; i++) assert.ok(Math.abs(ours[i]! - 1000 * pose[4 * i + 3]!) < 1e-5, name);
    }
  });

  it("shows a slipped axis to the check station alone, until it is calibrated", () => {
    const probed = (slips: (station: BodyStation) => void): number[] => {
      const station = new BodyStation(1, 0);
      slips(station);
      // The first body is done, the second not begun.
      for (let s = 0; s < 58; s += 0.1) station.moveTo(s);
      const robot = station.robot("R3");
      assert.deepEqual([...robot.positionsDeg].slice(0, 3), [0, -50, 50]);
      return [...robot.checkedMm];
    };
    const clean = probed(() => undefined);
    const slipped = probed((station) => station.robot("R3").slip(2, 0.05, 60, 0));
    const driftMm = Math.hypot(...slipped.map((value, i) => value - clean[i]!));
    assert.ok(driftMm > 0.8 && driftMm < 3, `${driftMm} mm`);
    const calibrated = probed((station) => {
      station.robot("R3").slip(2, 0.05, 0, 0);
      station.robot("R3").calibrate();
    });
    assert.deepEqual(calibrated, clean);
    assert.throws(
      () => probed((station) => station.robot("R3").slip(7, 0.1, 0, 0)),
      /axis: expected 1 to 6, got 7/,
    );
    assert.throws(
      () => probed((station) => station.robot("R9").slip(1, 0.1, 0, 0)),
      /robot: expected R1 to R4/,
    );
  });
});
