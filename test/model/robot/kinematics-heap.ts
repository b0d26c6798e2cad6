/** A process that prints how many bytes the kinematics put on the heap over many poses, once it is compiled. */
import { Session } from "node:inspector/promises";
import { InverseKinematics, MOST_SOLUTIONS } from "../../../runtime/model/robot/inverse.ts";
import { madeArm } from "./made-arm.ts";

const arm = madeArm();
const inverse = new InverseKinematics(arm);
const solutions = new Float64Array(6 * MOST_SOLUTIONS);
const q = Float64Array.of(0.4, 0.2, -0.3, 1, 0.8, -2);
const pose = new Float64Array(12);
const links = new Float64Array(12 * arm.model.links.length);
const calls = 10_000;
let bytes = Number.POSITIVE_INFINITY;
// Until it is compiled every number lies on the heap, and that takes as long as the machine is busy.
for (let round = 0; round < 40 && bytes >= 2 * calls; round++)
  bytes = await sampledBytes(() => {
    for (let k = 0; k < calls; k++) {
      q[0] = k / calls;
      arm.tcpPose(q, pose);
      arm.linkPoses(q, links);
      inverse.solve(pose, solutions);
    }
  });
console.log(JSON.stringify({ bytes, calls }));

/** Bytes that the kinematics put on the heap while something runs, by V8's sampling profiler. */
async function sampledBytes(run: () => void): Promise<number> {
  const session = new Session();
  session.connect();
  await session.post("HeapProfiler.startSampling", {
    samplingInterval: 64,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  run();
  const { profile } = await session.post("HeapProfiler.stopSampling");
  session.disconnect();
  let bytes = 0;
  const nodes = [profile.head];
  for (const node of nodes) {
    if (/runtime\/model\/robot\//.test(node.callFrame.url)) bytes += node.selfSize;
    nodes.push(...node.children);
  }
  return bytes;
}
