/**
 * Kinematics of published six-axis robots: microseconds a pose for all solutions in closed form, for the TCP and for the
 * poses of all links, and for the numerical search that an arm without a closed form takes; and how many poses are
 * recovered. Processor time of the one thread, best of the rounds: other work on the machine is not theirs.
 *
 * `node bench/kinematics.ts [poses] [rounds]`; ends with 1 where a bar is missed, with 2 without the robots of shared/data.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "../runtime/core/random.ts";
import { InverseKinematics, MOST_SOLUTIONS } from "../runtime/model/robot/inverse.ts";
import { NumericalInverse } from "../runtime/model/robot/numerical-inverse.ts";
import { poseDifference, poseFromRpy } from "../runtime/model/robot/pose.ts";
import { SerialArm } from "../runtime/model/robot/serial-arm.ts";
import { readUrdf } from "../runtime/model/robot/urdf.ts";

const MOST_US_A_POSE = 10;
const MOST_MISS_M = 1e-9;
/** The search takes a thousand times as long; fewer poses tell as much. */
const SEARCHED = 50;
const ROBOTS = ["r2000ic165f", "r2000ic210l", "kr210l150"];
const FOLDER = join(import.meta.dirname, "../../shared/data/robots");
const [poses = 20_000, rounds = 5] = process.argv.slice(2).map(Number);

if (!existsSync(FOLDER)) {
  console.error(`${FOLDER} is not there`);
  process.exit(2);
}

interface Row {
  readonly robot: string;
  readonly recovered: number;
  readonly farthestM: number;
  readonly solutions: number;
  readonly inverseUs: number;
  readonly tcpUs: number;
  readonly linksUs: number;
  readonly searchMs: number;
}

/** Microseconds of processor time that one of `count` takes, in the best of the rounds. */
function microseconds(count: number, run: (index: number) => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const began = process.threadCpuUsage();
    for (let index = 0; index < count; index++) run(index);
    const { user, system } = process.threadCpuUsage(began);
    best = Math.min(best, (user + system) / count);
  }
  return best;
}

function measure(robot: string): Row {
  const arm = new SerialArm(readUrdf(readFileSync(join(FOLDER, robot, `${robot}.urdf`), "utf8"), robot), {
    base: poseFromRpy([0.05, 2.35, 0.25], [0, 0, -Math.PI / 2]),
    tipLink: "tool0",
    tcp: poseFromRpy([0, 0, 0.85], [0, 0, 0]),
  });
  const inverse = new InverseKinematics(arm);
  const search = new NumericalInverse(arm);
  const random = new Random(1);
  const angles = Float64Array.from(
    { length: 6 * poses },
    (_, i) => arm.lowerRad[i % 6]! + random.uniform() * (arm.upperRad[i % 6]! - arm.lowerRad[i % 6]!),
  );
  const rows = Array.from({ length: poses }, (_, k) => angles.subarray(6 * k, 6 * k + 6));
  const tcps = rows.map((q) => {
    const pose = new Float64Array(12);
    arm.tcpPose(q, pose);
    return pose;
  });
  const solutions = new Float64Array(6 * MOST_SOLUTIONS);
  const reached = new Float64Array(12);
  const links = new Float64Array(12 * arm.model.links.length);
  let [recovered, farthestM, found] = [0, 0, 0];
  for (const pose of tcps) {
    const count = inverse.solve(pose, solutions);
    found += count;
    if (count > 0) recovered++;
    for (let s = 0; s < count; s++) {
      arm.tcpPose(solutions.subarray(6 * s, 6 * s + 6), reached);
      farthestM = Math.max(farthestM, poseDifference(pose, reached).distanceM);
    }
  }
  return {
    robot,
    recovered,
    farthestM,
    solutions: found / poses,
    inverseUs: microseconds(poses, (k) => inverse.solve(tcps[k]!, solutions)),
    tcpUs: microseconds(poses, (k) => arm.tcpPose(rows[k]!, reached)),
    linksUs: microseconds(poses, (k) => arm.linkPoses(rows[k]!, links)),
    searchMs: microseconds(Math.min(SEARCHED, poses), (k) => search.branches(tcps[k]!, solutions)) / 1000,
  };
}

const table = ROBOTS.map(measure);
const missed = table.filter(
  ({ recovered, farthestM, inverseUs }) =>
    recovered < poses || farthestM > MOST_MISS_M || inverseUs > MOST_US_A_POSE,
);
const lines = table.map(
  (row) =>
    `| ${row.robot} | ${row.recovered.toLocaleString("en-US")} | ${(1000 * row.farthestM).toExponential(1)} mm | ${row.solutions.toFixed(1)} | ${row.inverseUs.toFixed(1)} | ${row.tcpUs.toFixed(2)} | ${row.linksUs.toFixed(2)} | ${row.searchMs.toFixed(1)} |`,
);
console.log(`# Kinematics

${poses.toLocaleString("en-US")} random poses within the limits of each robot, processor time of one thread, best of ${rounds}. A
pose is recovered where the inverse finds it; how far the TCP of any of its solutions lies off is the farthest. Bars: all recovered, at most
1e-6 mm off, at most ${MOST_US_A_POSE} µs a pose: ${missed.length === 0 ? "held" : `missed by ${missed.map(({ robot }) => robot).join(", ")}`}.

| robot | recovered | farthest | solutions a pose | all solutions, µs | TCP, µs | all links, µs | numerical search, ms |
|---|---|---|---|---|---|---|---|
${lines.join("\n")}`);
process.exit(missed.length === 0 ? 0 : 1);
