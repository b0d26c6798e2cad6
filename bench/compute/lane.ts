/**
 * One work in this process: `lane.ts fast|plain <work> <size> <threads>` prints {"cpuS", "wallS", "check"}. A short round
 * goes before, so that what is measured is compiled code in either lane.
 */

import { airflow } from "../../runtime/compute/solvers/airflow-kernel.ts";
import { heatPlate } from "../../runtime/compute/solvers/heat-plate-kernel.ts";
import { networkMonteCarlo } from "../../runtime/compute/solvers/network-kernel.ts";
import { AT_ONCE } from "../../runtime/compute/solvers/solver-control.ts";
import { plainWork } from "./plain-loops.ts";
import {
  airflowCheck,
  airflowWork,
  heatCheck,
  heatWork,
  NETWORK_WORK,
  networkCheck,
  networkDraws,
} from "./works.ts";

const [lane, work, sizeText, threadsText] = process.argv.slice(2);
const size = Number(sizeText);
const threads = Number(threadsText);
const WARM_UP = { heat: 1_000, airflow: 1_000, network: 50_000 };

let beganCpu = process.cpuUsage();
let beganMs = performance.now();
const begin = (): void => {
  beganCpu = process.cpuUsage();
  beganMs = performance.now();
};

async function fast(count: number): Promise<number[]> {
  if (work === "heat") {
    const problem = heatWork(count, threads);
    begin();
    return heatCheck((await heatPlate(problem, AT_ONCE)).temperatureC);
  }
  if (work === "airflow") {
    const problem = airflowWork(count, threads);
    begin();
    return airflowCheck((await airflow(problem, AT_ONCE)).ux);
  }
  const draws = networkDraws(count);
  begin();
  const { e170Min, peakC, exitC } = await networkMonteCarlo(NETWORK_WORK, draws, AT_ONCE, threads);
  return networkCheck(e170Min, peakC, exitC);
}

const once = async (count: number): Promise<number[]> =>
  lane === "fast" ? fast(count) : plainWork(work!, count, begin);

await once(WARM_UP[work as keyof typeof WARM_UP]);
const check = await once(size);
const { user, system } = process.cpuUsage(beganCpu);
const wallS = (performance.now() - beganMs) / 1000;
console.log(JSON.stringify({ cpuS: (user + system) / 1e6, wallS, check }));
