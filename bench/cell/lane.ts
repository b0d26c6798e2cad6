/**
 * The queries of bench/cell.ts by the mesh engine in this process, one thread, asked as fcl.cpp is asked:
 * `lane.ts <scene file> <query>:<configurations>:<repetitions>...` prints a line {"cpuS", "check"} for each.
 */
import { readFileSync } from "node:fs";
import { MeshEngine } from "../../runtime/compute/mesh/mesh-engine.ts";
import { readScene } from "./scene-file.ts";

/** Until the module's code is compiled as well as it will be. */
const WARM_UP_S = 0.5;

const [file, ...queries] = process.argv.slice(2);
const scene = readScene(readFileSync(file!), file!);
const engine = await MeshEngine.create();
const meshes = scene.bodies.map((mesh, i) => engine.add(mesh, `body ${i}`));
const obstacles = {
  meshes: scene.obstacles.map((mesh, i) => engine.add(mesh, `obstacle ${i}`)),
  poses: scene.standing,
};
const poseNumbers = 12 * meshes.length;
const bodiesOf = (c: number) => ({
  meshes,
  poses: scene.moving.subarray(poseNumbers * c, poseNumbers * (c + 1)),
});
const pairs = meshes.length * obstacles.meshes.length;
const distancesM = new Float64Array(pairs);
const points = new Float64Array(6 * pairs);
const verdicts = new Uint8Array(pairs);

/** The number of contacts, or a sum of distances, of one configuration. */
const ASKS: Record<string, (c: number) => number> = {
  collide: (c) => engine.collide(bodiesOf(c), obstacles, verdicts),
  nearest: (c) => engine.nearest(bodiesOf(c), obstacles)!.distanceM,
  near: (c) => engine.nearest(bodiesOf(c), obstacles, 0.05)?.distanceM ?? 0.05,
  all: (c) => {
    engine.distances(bodiesOf(c), obstacles, distancesM, points);
    let sum = 0;
    for (const distanceM of distancesM) sum += distanceM;
    return sum;
  },
};

const cpuS = (since?: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
};

for (const query of queries) {
  const [name, count, repetitions] = query.split(":");
  const ask = ASKS[name!]!;
  for (let c = 0, began = process.cpuUsage(); cpuS(began) < WARM_UP_S; c = (c + 1) % Number(count)) ask(c);
  const began = process.cpuUsage();
  let check = 0;
  for (let r = 0; r < Number(repetitions); r++) {
    check = 0;
    for (let c = 0; c < Number(count); c++) check += ask(c);
  }
  console.log(JSON.stringify({ cpuS: cpuS(began), check }));
}
