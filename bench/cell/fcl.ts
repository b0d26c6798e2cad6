import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { configurationsOf, type MeshScene, sceneFile } from "./scene-file.ts";

/** Where Debian's libfcl-dev puts what a program against FCL needs. */
export const FCL_HEADER = "/usr/include/fcl/fcl.h";
const EIGEN = "/usr/include/eigen3";

/** Compiles fcl.cpp into a folder. */
export function compileFcl(folder: string, optimisation: "-O1" | "-O3"): string {
  const program = join(folder, "fcl");
  const source = join(import.meta.dirname, "fcl.cpp");
  const options = [optimisation, "-std=c++17", "-I", EIGEN, "-o", program, source, "-lfcl", "-lccd"];
  execFileSync("g++", options, { stdio: "inherit" });
  return program;
}

/** Distances of every pair, or the least of every configuration. */
export type DistancesOf = "pairs" | "least";

export interface FclAnswers {
  /** 1 in contact; pairs of one configuration after another, body by body. */
  readonly verdicts: Uint8Array;
  readonly distancesOf: DistancesOf;
  /** m; 0 in contact. */
  readonly distancesM: Float64Array;
}

export function fclAnswers(
  program: string,
  folder: string,
  scene: MeshScene,
  distancesOf: DistancesOf,
): FclAnswers {
  const file = join(folder, "scene.bin");
  writeFileSync(file, sceneFile(scene));
  const told = execFileSync(program, [file, distancesOf], { maxBuffer: 2 ** 30 });
  const configurations = configurationsOf(scene);
  const pairs = configurations * scene.bodies.length * scene.obstacles.length;
  const distancesM = new Float64Array(distancesOf === "pairs" ? pairs : configurations);
  new Uint8Array(distancesM.buffer).set(told.subarray(pairs));
  return { verdicts: new Uint8Array(told.subarray(0, pairs)), distancesOf, distancesM };
}
