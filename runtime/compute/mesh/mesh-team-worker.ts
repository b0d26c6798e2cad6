/** One thread of a mesh team: an engine of its own with the team's meshes, and the pieces of sweeps it is sent. */
import { parentPort, workerData } from "node:worker_threads";
import { messageOf } from "../../core/errors.ts";
import { MeshEngine } from "./mesh-engine.ts";
import { sweepWith } from "./mesh-sweep.ts";
import type { PieceAnswer, PieceOfSweep, TeamMeshes } from "./mesh-team.ts";

const engine = await MeshEngine.create();
const meshes = (workerData as TeamMeshes).map(({ packed, where }) => engine.addPacked(packed, where));

parentPort!.on("message", ({ sweep, question }: PieceOfSweep) => {
  let reply: PieceAnswer;
  try {
    reply = { answer: sweepWith(engine, meshes, sweep, question) };
  } catch (thrown) {
    reply = { problem: messageOf(thrown) };
  }
  parentPort!.postMessage(reply);
});
parentPort!.postMessage("ready");
