/**
 * `npm run bench:cell`: the mesh engine beside FCL (Debian's libfcl), one thread each, on published robots in a scene: the
 * same meshes and poses, in turns, three rounds. The measure is configurations per CPU-second, which other load on the
 * machine disturbs less than time. Then two threads beside one, and the answers of both engines compared: 10^4
 * configurations of each robot, and scenes that break engines. Writes bench/results/cell.md and ends with 1 where a bar is
 * missed.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { MeshEngine } from "../runtime/compute/mesh/mesh-engine.ts";
import type { MeshSweep } from "../runtime/compute/mesh/mesh-sweep.ts";
import { MeshTeam } from "../runtime/compute/mesh/mesh-team.ts";
import { type Comparison, compareWithFcl } from "./cell/compare.ts";
import { compileFcl, FCL_HEADER, fclAnswers } from "./cell/fcl.ts";
import { hardScenes } from "./cell/hard-scenes.ts";
import {
  nearConfigurations,
  publishedCell,
  ROBOTS_FOLDER,
  ROBOTS_WITH_ANSWERS,
  randomConfigurations,
  sceneOf,
} from "./cell/published-cell.ts";
import { type MeshScene, sceneFile } from "./cell/scene-file.ts";

const ROUNDS = 3;
/** Configurations and repetitions, a quarter of a second of the faster at least; `least` is the bar, as a ratio. */
const QUERIES = [
  { name: "collide", what: "collide, 24 pairs", count: 1000, repetitions: 200, least: 4 },
  { name: "nearest", what: "least distance, shared bound", count: 300, repetitions: 1, least: 5 },
  { name: "near", what: "least distance within 50 mm", count: 1000, repetitions: 50, least: 4 },
  { name: "all", what: "all 24 pairs exact, with points", count: 40, repetitions: 1, least: 1.5 },
] as const;
/** How far sums of answers may be apart, relative: they are added in another order. */
const SAME = 1e-9;
const TEAM_LEAST = 1.8;
/**
 * Configurations that are compared: of each robot at random within its limits and near the body, then those of which every
 * distance is, and of each hard scene.
 */
const COMPARED = { random: 2_000, near: 8_000, everyRandom: 50, everyNear: 100, hard: 10_000 } as const;
const DISTANCE_MM = 1e-9;

if (!existsSync(FCL_HEADER) || !existsSync(ROBOTS_FOLDER)) {
  console.error(`bench:cell needs ${FCL_HEADER} (apt install libfcl-dev g++) and ${ROBOTS_FOLDER}`);
  process.exit(1);
}
const scratch = mkdtempSync(join(tmpdir(), "rung-bench-cell-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
const fcl = compileFcl(scratch, "-O3");
const loadBefore = loadavg()[0]!;

interface Outcome {
  readonly cpuS: number;
  readonly check: number;
}

function measured(command: string, args: readonly string[]): Outcome[] {
  const asked = QUERIES.map(({ name, count, repetitions }) => `${name}:${count}:${repetitions}`);
  const { status, stdout, stderr } = spawnSync(command, [...args, ...asked], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr}`);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Outcome);
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const spread = (values: readonly number[], digits: number): string =>
  `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)}-${Math.max(...values).toFixed(digits)})`;
const holds = (isHeld: boolean): string => (isHeld ? "holds" : "**fails**");

interface Race {
  readonly scene: MeshScene;
  readonly file: string;
  readonly own: Outcome[][];
  readonly peer: Outcome[][];
}
const cells = await Promise.all(ROBOTS_WITH_ANSWERS.map((robot) => publishedCell(robot)));
const races: Race[] = cells.flatMap((cell) =>
  (
    [
      ["at random within its limits", randomConfigurations(cell, 1000, 1)],
      ["near the body", nearConfigurations(cell, 1000, 2)],
    ] as const
  ).map(([where, configurations], i) => {
    const scene = { ...sceneOf(cell, configurations), name: `${cell.robot}, ${where}` };
    const file = join(scratch, `${cell.robot}-${i}.bin`);
    writeFileSync(file, sceneFile(scene));
    return { scene, file, own: [], peer: [] };
  }),
);
for (let round = 0; round < ROUNDS; round++) {
  for (const { scene, file, own, peer } of races) {
    own.push(measured(process.execPath, [join(import.meta.dirname, "cell/lane.ts"), file]));
    peer.push(measured(fcl, [file]));
    QUERIES.forEach(({ name }, k) => {
      const [ours, theirs] = [own.at(-1)![k]!.check, peer.at(-1)![k]!.check];
      if (!(Math.abs(ours - theirs) <= SAME * Math.max(1, Math.abs(theirs))))
        throw new Error(`${scene.name}, ${name}: ${ours} is not ${theirs}`);
    });
  }
}

/** Seconds that one thread and two take for the least distances of all configurations of a scene, round by round. */
async function teamTimes({ bodies, obstacles, standing, moving }: MeshScene) {
  const named = [...bodies, ...obstacles].map((mesh, i) => ({ mesh, where: `mesh ${i}` }));
  const sweep: MeshSweep = {
    bodies: bodies.map((_, i) => i),
    obstacles: obstacles.map((_, i) => bodies.length + i),
    standing,
    moving,
  };
  const teams = await Promise.all([1, 2].map((threads) => MeshTeam.create(named, threads)));
  const rounds: { readonly wallS: number; readonly cpuS: number }[][] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const times = [];
    for (const team of teams) {
      const [began, beganCpu] = [performance.now(), process.cpuUsage()];
      await team.nearest(sweep);
      const { user, system } = process.cpuUsage(beganCpu);
      times.push({ wallS: (performance.now() - began) / 1000, cpuS: (user + system) / 1e6 });
    }
    // The first compiles.
    if (round > 0) rounds.push(times);
  }
  await Promise.all(teams.map((team) => team.close()));
  return rounds;
}
const team = await teamTimes(races[0]!.scene);
const teamSpeedups = team.map(([one, two]) => one!.wallS / two!.wallS);
const teamCosts = team.map(([one, two]) => two!.cpuS / one!.cpuS);

const engine = await MeshEngine.create();
const compared: Comparison[] = [];
for (const cell of cells) {
  const scene = (random: number, near: number, seed: number) =>
    sceneOf(cell, [...randomConfigurations(cell, random, seed), ...nearConfigurations(cell, near, seed + 1)]);
  const many = { ...scene(COMPARED.random, COMPARED.near, 11), name: `${cell.robot}, least distance` };
  const few = {
    ...scene(COMPARED.everyRandom, COMPARED.everyNear, 13),
    name: `${cell.robot}, every distance`,
  };
  compared.push(compareWithFcl(engine, many, fclAnswers(fcl, scratch, many, "least")));
  compared.push(compareWithFcl(engine, few, fclAnswers(fcl, scratch, few, "pairs")));
}
for (const scene of hardScenes(COMPARED.hard, 15))
  compared.push(compareWithFcl(engine, scene, fclAnswers(fcl, scratch, scene, "pairs")));

const rates = (outcomes: readonly Outcome[][], k: number): number[] =>
  outcomes.map((round) => (QUERIES[k]!.count * QUERIES[k]!.repetitions) / round[k]!.cpuS);
const rows = races.flatMap(({ scene, own, peer }) =>
  QUERIES.map(({ what, least }, k) => {
    const [ours, theirs] = [rates(own, k), rates(peer, k)];
    return { scene: scene.name, what, least, ours, theirs, ratios: ours.map((rate, i) => rate / theirs[i]!) };
  }),
);
const isSame = ({ verdictDifferences, distanceDifferenceMm, pointsDifferenceMm }: Comparison): boolean =>
  verdictDifferences === 0 && distanceDifferenceMm <= DISTANCE_MM && pointsDifferenceMm <= DISTANCE_MM;
const fclVersion = execFileSync("dpkg-query", ["-W", "libfcl-dev"], { encoding: "utf8" })
  .trim()
  .split("\t")[1];
const lines = [
  "# Cell: the mesh engine beside FCL",
  "",
  "Eight bodies of a robot with its gun (6,600 and 8,100 triangles) against a car body, a reinforcement and a fixture",
  "(81,200). Each engine in a process of its own, one thread, the same meshes and poses one after the other, interleaved,",
  `${ROUNDS} rounds; the benchmark checks that the sums of their answers are the same. Configurations per CPU-second of the`,
  "queries alone: median (least-most); ratios are taken round by round. FCL: BVHModel<OBBRSS<double>>, g++ -O3, one result",
  "for all pairs of a configuration where the bound is shared, the gun first.",
  `Node ${process.version}, libfcl ${fclVersion}, ${cpus().length} cores (${cpus()[0]!.model.trim()}), load average`,
  `${loadBefore.toFixed(1)} before and ${loadavg()[0]!.toFixed(1)} after.`,
  "",
  "| robot | query | the engine | FCL | ratio | wanted | |",
  "|---|---|---|---|---|---|---|",
  ...rows.map(
    ({ scene, what, least, ours, theirs, ratios }) =>
      `| ${scene} | ${what} | ${spread(ours, 0)} | ${spread(theirs, 0)} | ${spread(ratios, 1)} | >= ${least} | ${holds(median(ratios) >= least)} |`,
  ),
  "",
  "Two threads of a team beside one, least distances of the first scene: a ratio of times, which other load on the machine",
  "spoils, and the CPU time that two take over that of one, which says what sharing costs.",
  "",
  "| | wanted | found | |",
  "|---|---|---|---|",
  `| time of one over two | >= ${TEAM_LEAST} | ${spread(teamSpeedups, 2)} | ${holds(median(teamSpeedups) >= TEAM_LEAST)} |`,
  `| CPU time of two over one | | ${spread(teamCosts, 2)} | |`,
  "",
  `Answers against FCL's: 0 verdicts may differ, distances and the distance of the two points by ${DISTANCE_MM} mm.`,
  "",
  "| scene | pairs | in contact | verdicts that differ | distances differ by, mm | points by, mm | |",
  "|---|---|---|---|---|---|---|",
  ...compared.map(
    (one) =>
      `| ${one.scene} | ${one.pairs} | ${one.contacts} | ${one.verdictDifferences} | ${one.distanceDifferenceMm.toExponential(1)} | ${one.pointsDifferenceMm.toExponential(1)} | ${holds(isSame(one))} |`,
  ),
];
const table = `${lines.join("\n")}\n`;
console.log(table);
writeFileSync(join(import.meta.dirname, "results", "cell.md"), table);
const isHeld =
  rows.every(({ ratios, least }) => median(ratios) >= least) &&
  median(teamSpeedups) >= TEAM_LEAST &&
  compared.every(isSame);
process.exit(isHeld ? 0 : 1);
