import { parseArgs } from "node:util";
import { RungError } from "../core/errors.ts";
import { readCell } from "../model/cell/cell-model.ts";
import { InverseKinematics, MOST_SOLUTIONS } from "../model/robot/inverse.ts";
import { POSE_SIZE, type Pose, poseFromRpy, type Xyz } from "../model/robot/pose.ts";
import { ARM_JOINTS, SerialArm } from "../model/robot/serial-arm.ts";
import { readUrdf } from "../model/robot/urdf.ts";
import { inDegrees, inMm } from "./cell-check-rows.ts";
import { readTextFile } from "./json-file.ts";
import { alignedTable } from "./oven-table.ts";
import { readArguments } from "./read-arguments.ts";

export const usage = `rung cell ik <robot.urdf|cell.yaml> (--pose <x,y,z,r,p,y> | --q <six angles>) [--robot <name>]
             [--tip <link>] [--tcp <x,y,z,r,p,y>] [--base <x,y,z,r,p,y>] [--json]

  All joint angles within the limits that bring the TCP to a pose, in mm and degrees (roll, pitch, yaw about the fixed
  axes), with the smallest way to a joint limit. --q asks for the pose of joint angles first. Of a cell file --robot
  names the robot, which stands and carries its TCP as the cell says; of a URDF --tip (tool0), --tcp and --base may.
  Write --pose=-1,2,3,0,0,0 where the first number is negative.`;

interface Asked {
  readonly arm: SerialArm;
  readonly ik: InverseKinematics;
}

/** @param args what follows `rung cell ik` */
export async function run(args: readonly string[]): Promise<number> {
  const values = readArguments(() => parsed(args), wrong);
  const { arm, ik } = /\.ya?ml$|\.json$/i.test(values.file) ? await ofCell(values) : ofUrdf(values);
  const tcp12 = wantedPose(values, arm);
  const solutions = new Float64Array(ARM_JOINTS * MOST_SOLUTIONS);
  const count = ik.solve(tcp12, solutions);
  const found = Array.from({ length: count }, (_, i) =>
    solutions.subarray(ARM_JOINTS * i, ARM_JOINTS * (i + 1)),
  );
  const rows = found.map((q) => ({ q: Array.from(q, inDegrees), marginDeg: smallestMargin(arm, q) }));
  if (values.json) {
    const answer = {
      kind: ik.kind,
      tcp: { xyzMm: [tcp12[3]!, tcp12[7]!, tcp12[11]!].map(inMm), rotation: rotationOf(tcp12) },
      solutions: rows.map(({ q, marginDeg }) => ({ qDeg: q, marginDeg })),
    };
    process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
  } else {
    process.stdout.write(`${text(arm, ik, tcp12, rows).join("\n")}\n`);
  }
  return count > 0 ? 0 : 1;
}

function text(
  arm: SerialArm,
  ik: InverseKinematics,
  tcp12: Pose,
  rows: readonly { q: readonly number[]; marginDeg: number }[],
): string[] {
  const place = [tcp12[3]!, tcp12[7]!, tcp12[11]!].map((value) => thousandths(inMm(value))).join(", ");
  const how = ik.kind === "analytic" ? "in closed form" : `numerically: ${ik.reason}`;
  const head = `TCP at ${place} mm: ${rows.length} solutions, ${how}`;
  if (rows.length === 0) return [head];
  const table = alignedTable(
    ["", ...arm.joints.map(({ name }) => `${name} °`), "margin °"],
    rows.map(({ q, marginDeg }, i) => [`${i + 1}`, ...q.map(thousandths), thousandths(marginDeg)]),
  );
  return [head, ...table];
}

/** Three decimals, and no -0.000. */
function thousandths(value: number): string {
  return (Math.round(value * 1000) / 1000 + 0).toFixed(3);
}

function smallestMargin(arm: SerialArm, q: Float64Array): number {
  const margins = new Float64Array(ARM_JOINTS);
  arm.margins(q, margins);
  return inDegrees(Math.min(...margins));
}

function rotationOf(pose: Pose): number[][] {
  return [0, 4, 8].map((row) => [...pose.subarray(row, row + 3)]);
}

type Values = ReturnType<typeof parsed>;

async function ofCell({ file, robot }: Values): Promise<Asked> {
  const cell = await readCell(file);
  const found =
    robot === undefined && cell.robots.length === 1
      ? cell.robots[0]
      : cell.robots.find(({ name }) => name === robot);
  if (found !== undefined) return found;
  throw new RungError({
    code: "unknown-robot",
    where: file,
    what: robot === undefined ? "has several robots" : `${robot} is no robot of this cell`,
    advice: `name one by --robot: ${cell.robots.map(({ name }) => name).join(", ")}`,
  });
}

function ofUrdf({ file, tip, tcp, base }: Values): Asked {
  const model = readUrdf(readTextFile(file), file);
  const arm = new SerialArm(model, { base: poseOf(base, "--base"), tipLink: tip, tcp: poseOf(tcp, "--tcp") });
  return { arm, ik: new InverseKinematics(arm) };
}

function wantedPose({ pose, q }: Values, arm: SerialArm): Pose {
  if (pose !== undefined) return poseOf(pose, "--pose");
  const tcp12 = new Float64Array(POSE_SIZE);
  const angles = numbersOf(q!, "--q", ARM_JOINTS).map((angle) => angle / DEGREES);
  arm.tcpPose(angles, tcp12);
  return tcp12;
}

const DEGREES = inDegrees(1);

function poseOf(text: string, option: string): Pose {
  const [x, y, z, ...rpy] = numbersOf(text, option, 6);
  const xyzM = [x!, y!, z!].map((value) => value / 1000) as unknown as Xyz;
  const rpyRad = rpy.map((value) => value / DEGREES) as unknown as Xyz;
  return poseFromRpy(xyzM, rpyRad);
}

function numbersOf(text: string, option: string, count: number): number[] {
  const numbers = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (numbers.length === count && numbers.every(Number.isFinite)) return numbers;
  throw wrong(`${option} wants ${count} numbers with commas between them, got ${text}`);
}

function parsed(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      pose: { type: "string" },
      q: { type: "string" },
      robot: { type: "string" },
      tip: { type: "string", default: "tool0" },
      tcp: { type: "string", default: "0,0,0,0,0,0" },
      base: { type: "string", default: "0,0,0,0,0,0" },
      json: { type: "boolean", default: false },
    },
  });
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new Error("expected one robot or cell");
  if ((values.pose === undefined) === (values.q === undefined)) throw new Error("expected --pose or --q");
  return { file, ...values };
}

function wrong(what: string): RungError {
  return new RungError({ code: "usage", where: "rung cell ik", what, advice: usage });
}
