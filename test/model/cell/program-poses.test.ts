import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CellRobot } from "../../../runtime/model/cell/cell.ts";
import { CellEngine } from "../../../runtime/model/cell/cell-engine.ts";
import { readCell } from "../../../runtime/model/cell/cell-model.ts";
import { soonest } from "../../../runtime/model/cell/program-poses.ts";
import { InverseKinematics } from "../../../runtime/model/robot/inverse.ts";
import { identityPose } from "../../../runtime/model/robot/pose.ts";
import { SerialArm } from "../../../runtime/model/robot/serial-arm.ts";
import { readUrdf } from "../../../runtime/model/robot/urdf.ts";
import { MADE_CELL, MADE_URDF, writeMadeCell } from "./made-cell.ts";

/** The made robot with one of its joints' lines changed. */
function robotWith(joint: string, change: (line: string) => string): CellRobot {
  const text = MADE_URDF.replace(new RegExp(`<joint name="${joint}"[^]*?</joint>`), change);
  const model = readUrdf(text, "made.urdf");
  const tcp = identityPose();
  tcp[11] = 0.3;
  const arm = new SerialArm(model, { base: identityPose(), tipLink: "tool0", tcp });
  return { name: "R1", model, arm, ik: new InverseKinematics(arm) } as CellRobot;
}

const tcpAt = ({ arm }: CellRobot, q: readonly number[]): Float64Array => {
  const pose = new Float64Array(12);
  arm.tcpPose(q, pose);
  return pose;
};

describe("poses of programs", () => {
  it("take a joint without limits the shorter way round", () => {
    const free = robotWith("joint_6", (line) => line.replace("revolute", "continuous"));
    const from = Float64Array.of(0, 0.2, 0.1, 0, 0.5, 3);
    const q = soonest(free, tcpAt(free, [0, 0.2, 0.1, 0, 0.5, -3]), from)!;
    assert.ok(Math.abs(q[5]! - (2 * Math.PI - 3)) < 1e-9, `joint 6 at ${q[5]}`);
    const turns = soonest(
      free,
      tcpAt(free, [0, 0.2, 0.1, 0, 0.5, 0]),
      Float64Array.of(0, 0.2, 0.1, 0, 0.5, 20),
    )!;
    assert.ok(Math.abs(turns[5]! - 6 * Math.PI) < 1e-9, `joint 6 at ${turns[5]}`);
  });

  it("find limits that lie across the half turn, and keep within them", () => {
    const limits = 'lower="1.5" upper="5.5"';
    const across = robotWith("joint_1", (line) => line.replace('lower="-3.2" upper="3.2"', limits));
    const q = soonest(
      across,
      tcpAt(across, [-2.2, 0.2, 0.1, 0, 0.5, 0]),
      Float64Array.of(2, 0.2, 0.1, 0, 0.5, 0),
    )!;
    assert.ok(Math.abs(q[0]! - (2 * Math.PI - 2.2)) < 1e-9, `joint 1 at ${q[0]}`);
    assert.ok(across.arm.isWithinLimits(q));
  });
});

describe("link meshes", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-mirrored-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** The made cell with its URDF changed. */
  const withUrdf = (change: (urdf: string) => string): string => {
    const file = writeMadeCell(folder);
    writeFileSync(join(folder, "made.urdf"), change(readFileSync(join(folder, "made.urdf"), "utf8")));
    return file;
  };

  it("that are only drawn are told as not checked, and a robot without any to check is refused", async () => {
    const drawn = (urdf: string) => urdf.replace(/<collision>([\s\S]*?)<\/collision>/, "<visual>$1</visual>");
    const { warnings } = await readCell(withUrdf(drawn));
    assert.match(
      warnings.join(),
      /made\.urdf, link base_link: is drawn and has no collision mesh: it is not checked/,
    );
    const bare = withUrdf((urdf) => urdf.replaceAll(/<collision>[\s\S]*?<\/collision>/g, ""));
    await assert.rejects(
      readCell(bare),
      /made\.urdf: no link has a collision mesh: .* would be called clear/,
    );
  });

  it("give names that no fixture may have", async () => {
    const file = writeMadeCell(folder, MADE_CELL.replace("name: post", "name: R1 gun"));
    await assert.rejects(readCell(file), /fixtures: R1 gun is also a body of a robot/);
  });

  it("that are mirrored keep what is inside them inside, beside the same mesh as it was saved", async () => {
    const mesh = '<collision><geometry><mesh filename="link_4.stl"/></geometry></collision>';
    const mirrored =
      '<collision><geometry><mesh filename="link_4.stl" scale="1 -1 1"/></geometry></collision>';
    const file = withUrdf((urdf) => urdf.replace(mesh, mesh + mirrored));
    const cell = await readCell(file);
    const [as, mirror] = cell.robots[0]!.bodies.filter(({ link }) => link === "link_4");
    assert.deepEqual([as!.closed, mirror!.closed], [true, true]);
    const { mesh: engine } = await CellEngine.create(cell);
    // Both wind the same way round a point in both, or one mesh of the two would be outside where they overlap.
    const joined = engine.add(
      {
        positions: Float64Array.of(...as!.mesh.positions, ...mirror!.mesh.positions),
        triangles: Uint32Array.of(
          ...as!.mesh.triangles,
          ...mirror!.mesh.triangles.map((vertex) => vertex + as!.mesh.positions.length / 3),
        ),
      },
      "both",
    );
    assert.equal(engine.isInside([0.5, 0, 0], joined, identityPose()), true);
  });
});
