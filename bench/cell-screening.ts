/**
 * Masses of configurations of the two published robots: field and exact engine together beside the exact engine alone, per
 * CPU-second, of the same poses in the same run, in turn.
 *
 * `node bench/cell-screening.ts [configurations] [rounds] [seed]`; ends with 1 where the answers differ or the field cleared
 * what the exact engine calls contact.
 */
import { availableParallelism, cpus } from "node:os";
import type { KernelPlace } from "../runtime/compute/gpujs/gpu-presence.ts";
import type { KernelRun } from "../runtime/compute/kernel.ts";
import { type Bodies, MeshEngine } from "../runtime/compute/mesh/mesh-engine.ts";
import { Random } from "../runtime/core/random.ts";
import { ScreenedCheck } from "../runtime/model/cell/field/screened-check.ts";
import { ASKED_ROBOTS, publishedScene } from "../test/model/cell/field/published-scene.ts";

const [count = 10_000, rounds = 3, seed = 1] = process.argv.slice(2).map(Number);
const WITHIN_M = [Number.POSITIVE_INFINITY, 0.05];

/** Kernels run in this process, whose CPU time is taken: one thread but for the screening's helper, which counts too. */
const here = {
  submit: async ({ kernel, input }: { kernel: { module: string }; input: unknown }) => {
    const { run } = (await import(kernel.module)) as { run: KernelRun<unknown, unknown> };
    return run(input, {
      breathe: () => Promise.resolve(),
      progress: () => undefined,
      keep: () => {
        throw new Error("nothing is kept here");
      },
    });
  },
} as unknown as KernelPlace;

const rows: string[] = [];
const preparations: string[] = [];
let faults = 0;
for (const robot of ASKED_ROBOTS) {
  const scene = await publishedScene(robot);
  const random = new Random(seed);
  const { lowerRad, upperRad } = scene.arm;
  const q = Float64Array.from({ length: 6 * count }, (_, at) => {
    const [low, high] = [lowerRad[at % 6]!, upperRad[at % 6]!];
    return low + random.uniform() * (high - low);
  });
  let check!: ScreenedCheck;
  const preparedS = await cpuS(async () => {
    check = await ScreenedCheck.prepare(here, scene);
  });
  const { field, samples } = check.prepared;
  preparations.push(
    `${robot}: ${field.shape.join(" x ")} nodes of 25 mm, ${samples.pointsM.length / 3} points, made in ${preparedS.toFixed(1)} CPU-s`,
  );
  const engine = await MeshEngine.create();
  const meshes = scene.bodies.map(({ mesh, name }) => engine.add(mesh, name));
  const obstacles: Bodies = {
    meshes: scene.obstacles.map(({ mesh, name }) => engine.add(mesh, name)),
    poses: check.prepared.obstaclePoses,
  };
  const poses = await check.poses(q);
  const numbers = 12 * meshes.length;
  const posed = (at: number): Bodies => ({ meshes, poses: poses.subarray(numbers * at, numbers * (at + 1)) });

  const { lowerM } = await check.bounds(q, { backend: "wasm" });
  const verdicts = new Uint8Array(meshes.length * obstacles.meshes.length);
  for (let at = 0; at < count; at++) {
    if (engine.collide(posed(at), obstacles, verdicts) === 0) continue;
    for (const [pair, verdict] of verdicts.entries())
      if (verdict === 1 && lowerM[at * meshes.length + Math.floor(pair / obstacles.meshes.length)]! > 0)
        faults += 1;
  }

  const fieldS: number[] = [];
  for (let round = 0; round < rounds; round++)
    fieldS.push(await cpuS(() => check.bounds(q, { backend: "wasm" })));
  const cleared = lowerM.filter((lower) => lower > 0).length / lowerM.length;
  rows.push(`| ${robot} | lower bounds by the field alone | | ${rate(fieldS)} | | ${percent(cleared)} |`);

  for (const withinM of WITHIN_M) {
    const exactS: number[] = [];
    const screenedS: number[] = [];
    const exactM = new Float64Array(count);
    let found = await check.nearest(q, { withinM, backend: "wasm" });
    for (let round = 0; round < rounds; round++) {
      exactS.push(
        await cpuS(async () => {
          const own = await check.poses(q);
          for (let at = 0; at < count; at++) {
            const all = { meshes, poses: own.subarray(numbers * at, numbers * (at + 1)) };
            exactM[at] = engine.nearest(all, obstacles, withinM)?.distanceM ?? Number.POSITIVE_INFINITY;
          }
        }),
      );
      screenedS.push(
        await cpuS(async () => {
          found = await check.nearest(q, { withinM, backend: "wasm" });
        }),
      );
    }
    faults += exactM.filter((distance, at) => distance !== found.distanceM[at]).length;
    const asked = `nearest of all${withinM < 1 ? ` within ${1000 * withinM} mm` : ""}`;
    const ratio = (median(exactS) / median(screenedS)).toFixed(1);
    const spared = percent(1 - found.work.bodies / found.work.links);
    rows.push(`| ${robot} | ${asked} | ${rate(exactS)} | ${rate(screenedS)} | ${ratio} | ${spared} |`);
  }
}

console.log(`# Screening of robot configurations

${count.toLocaleString("en-US")} random configurations within the limits of each robot, 8 bodies against body, reinforcement and
fixture, seed ${seed}, median of ${rounds} rounds in turn; ${cpus()[0]!.model}, ${availableParallelism()} cores, no GPU asked. Configurations a
CPU-second, forward kinematics and the copying of meshes into the request included. Answers that differ from the exact engine's,
and bodies cleared that it calls in contact: ${faults}.

${preparations.join("; ")}.

| robot | asked for | exact engine alone | with the field | ratio | bodies the field spared |
|---|---|---|---|---|---|
${rows.join("\n")}`);
process.exit(faults === 0 ? 0 : 1);

async function cpuS(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function rate(seconds: readonly number[]): string {
  return Math.round(count / median(seconds)).toLocaleString("en-US");
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}
