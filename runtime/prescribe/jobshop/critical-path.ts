import type { Random } from "../../core/random.ts";
import { type MachineOrders, NONE } from "./machine-orders.ts";

/**
 * A longest path of the schedule, first operation first; where it parts, a way by lot. Only its operations decide the
 * makespan.
 */
export function criticalPath(orders: MachineOrders, random: Random): number[] {
  const { head, duration, jobBefore, machineBefore, operations, makespan } = orders;
  let last = NONE;
  let ties = 0;
  for (let v = 0; v < operations; v++)
    if (head[v]! + duration[v]! === makespan && random.integer(++ties) === 0) last = v;
  const path: number[] = [];
  for (let v = last; v !== NONE; ) {
    path.push(v);
    const byJob = jobBefore[v]!;
    const byMachine = machineBefore[v]!;
    const start = head[v]!;
    const jobHolds = byJob !== NONE && head[byJob]! + duration[byJob]! === start;
    const machineHolds = byMachine !== NONE && head[byMachine]! + duration[byMachine]! === start;
    if (jobHolds && machineHolds) v = random.integer(2) === 0 ? byJob : byMachine;
    else if (jobHolds) v = byJob;
    else v = machineHolds ? byMachine : NONE;
  }
  return path.reverse();
}

/** The path cut where the machine changes: stretches that one machine does without a pause. */
export function criticalBlocks(orders: MachineOrders, path: readonly number[]): number[][] {
  const blocks: number[][] = [];
  for (const v of path) {
    const block = blocks.at(-1);
    if (block !== undefined && orders.machineBefore[v] === block.at(-1)) block.push(v);
    else blocks.push([v]);
  }
  return blocks;
}
