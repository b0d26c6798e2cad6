import type { Random } from "../../core/random.ts";
import { criticalBlocks, criticalPath } from "./critical-path.ts";
import type { MachineOrders } from "./machine-orders.ts";

/** Swaps neighbours within critical blocks by lot, which never makes a cycle (van Laarhoven et al. 1992). */
export function shake(orders: MachineOrders, swaps: number, random: Random): void {
  for (let i = 0; i < swaps; i++) {
    const blocks = criticalBlocks(orders, criticalPath(orders, random)).filter(({ length }) => length > 1);
    if (blocks.length === 0) return;
    const block = blocks[random.integer(blocks.length)]!;
    const k = random.integer(block.length - 1);
    // A job that comes to a machine twice in a row keeps its order.
    if (orders.jobAfter[block[k]!] === block[k + 1]) continue;
    orders.moveBehind(block[k]!, block[k + 1]!);
    orders.compute();
  }
}
