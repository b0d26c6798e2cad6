import type { Random } from "../../core/random.ts";
import type { JobShop } from "./job-shop.ts";
import { MachineOrders, NONE } from "./machine-orders.ts";

/**
 * A schedule built front to back: of the jobs that wait, one by lot, weighted by the square of the work that it has
 * left, goes to the machine on which it ends earliest.
 */
export function firstOrders(shop: JobShop, random: Random): MachineOrders {
  const orders = new MachineOrders(shop);
  const shortest = shop.jobs.map((job) =>
    job.map((choices) => Math.min(...choices.map(({ duration }) => duration))),
  );
  const left = shortest.map((job) => job.reduce((sum, duration) => sum + duration, 0));
  const next = shop.jobs.map(() => 0);
  const firstOf: number[] = [];
  shop.jobs.reduce((sum, job) => {
    firstOf.push(sum);
    return sum + job.length;
  }, 0);
  const lastOn = new Int32Array(shop.machines).fill(NONE);
  const machineFree = new Float64Array(shop.machines);
  const jobFree = new Float64Array(shop.jobs.length);
  for (let placed = 0; placed < orders.operations; placed++) {
    const job = drawn(left, next, shop, random);
    const k = next[job]!++;
    left[job]! -= shortest[job]![k]!;
    let best: { machine: number; duration: number; end: number } | undefined;
    for (const { machine, duration } of shop.jobs[job]![k]!) {
      const end = Math.max(jobFree[job]!, machineFree[machine]!) + duration;
      if (best === undefined || end < best.end) best = { machine, duration, end };
    }
    const { machine, duration, end } = best!;
    const operation = firstOf[job]! + k;
    orders.insert(operation, machine, duration, lastOn[machine]!, NONE);
    lastOn[machine] = operation;
    machineFree[machine] = end;
    jobFree[job] = end;
  }
  orders.compute();
  return orders;
}

function drawn(left: readonly number[], next: readonly number[], shop: JobShop, random: Random): number {
  const weights = left.map((work, job) => (next[job]! < shop.jobs[job]!.length ? (work + 1) ** 2 : 0));
  let lot = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [job, weight] of weights.entries()) {
    lot -= weight;
    if (weight > 0 && lot < 0) return job;
  }
  // Rounding can leave a hair of the lot behind the last.
  return weights.findLastIndex((weight) => weight > 0);
}
