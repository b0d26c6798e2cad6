/** The three works of the benchmark, alike for every peer: peer.c and peer.py make the same inputs. */
import type { HeatPlateProblem } from "../../runtime/compute/solvers/heat-plate.ts";
import type { AirflowProblem } from "../../runtime/compute/solvers/lattice-boltzmann.ts";
import type { NetworkDraws, NetworkProblem } from "../../runtime/compute/solvers/network-monte-carlo.ts";

export type Work = "heat" | "airflow" | "network";
export const WORKS: readonly Work[] = ["heat", "airflow", "network"];

const PLATE = 1024;
const [WIDTH, HEIGHT] = [512, 256];
export const NODES = 5;
const ZONES = 6;

/** Cell updates, or runs, of a work whose size is its steps, or its runs. */
export const updates = (work: Work, size: number): number =>
  ({ heat: (PLATE - 2) ** 2 * size, airflow: WIDTH * HEIGHT * size, network: size })[work];

export function heatWork(steps: number, threads: number): HeatPlateProblem {
  const startC = new Float32Array(PLATE * PLATE);
  for (let y = 1; y < PLATE - 1; y++)
    for (let x = 1; x < PLATE - 1; x++) startC[y * PLATE + x] = (((y * PLATE + x) * 7919) % 1000) / 1000;
  return {
    width: PLATE,
    height: PLATE,
    startC,
    cellM: 1,
    diffusivityM2PerS: Math.fround(0.2),
    stepS: 1,
    steps,
    threads,
  };
}

export const heatCheck = (t: Float32Array): number[] =>
  [512 * PLATE + 512, 100 * PLATE + 300, 3 * PLATE + 1020].map((at) => t[at]!);

export function airflowWork(steps: number, threads: number): AirflowProblem {
  const cell = new Uint8Array(WIDTH * HEIGHT);
  return { width: WIDTH, height: HEIGHT, cell, inletU: [0, 0], lidU: 0.1, tau: 0.6, steps, threads };
}

export const airflowCheck = (ux: Float32Array): number[] =>
  [254 * WIDTH + 256, 250 * WIDTH + 100, 240 * WIDTH + 500].map((at) => ux[at]!);

/** 5 nodes, 6 zones of 100 steps. */
export const NETWORK_WORK: NetworkProblem = {
  timeConstantS: Float64Array.of(64.56625, 73.79, 230.59375, 368.95, 614.91667),
  startC: 25,
  zoneS: new Float64Array(ZONES).fill(300),
  zoneFactor: new Float64Array(ZONES).fill(1),
  airC: Float64Array.of(120, 165, 190, 185, 180, 175),
  energyK: 7962,
  stepS: 3,
};

export function networkDraws(runs: number): NetworkDraws {
  const spread = (count: number, factor: number, size: number): Float32Array =>
    Float32Array.from({ length: runs * count }, (_, i) => size * (((i * factor) % 1000) / 500 - 1));
  return {
    runs,
    lnNode: spread(NODES, 7919, 0.1),
    lnZone: spread(ZONES, 6007, 0.05),
    airBiasK: spread(ZONES, 3571, 3),
  };
}

export function networkCheck(e170: Float32Array, peakC: Float32Array, exitC: Float32Array): number[] {
  const mean = e170.reduce((sum, minutes) => sum + minutes, 0) / e170.length;
  return [mean, peakC[7]! - 170, exitC.at(-1)! - 170];
}
