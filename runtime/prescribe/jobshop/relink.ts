import type { Random } from "../../core/random.ts";
import { type KeptOrders, type MachineOrders, NONE } from "./machine-orders.ts";

/**
 * Walks from the present schedule towards another one (Peng, Lü and Cheng 2015): neighbours on a machine that stand the
 * other way round there are swapped one after another, by lot, until the wanted share of the way is gone. What stands
 * between two good schedules has what both agree on. Operations that the two have on different machines stay.
 */
export function relink(orders: MachineOrders, towards: KeptOrders, share: number, random: Random): void {
  const place = places(towards);
  const { operations, machine, machineAfter } = orders;
  const reversed = (v: number): boolean => {
    const next = machineAfter[v]!;
    return (
      next !== NONE &&
      towards.machine[v] === machine[v] &&
      towards.machine[next] === machine[next] &&
      place[v]! > place[next]!
    );
  };
  const steps = Math.round(share * distance(orders, towards, place));
  for (let step = 0; step < steps; step++) {
    const swappable: number[] = [];
    for (let v = 0; v < operations; v++) if (reversed(v) && isSwappable(orders, v)) swappable.push(v);
    if (swappable.length === 0) return;
    const v = swappable[random.integer(swappable.length)]!;
    orders.moveBehind(v, machineAfter[v]!);
    orders.compute();
  }
}

/** Whether no path through the jobs leads from an operation to the next on its machine, as far as lengths tell. */
function isSwappable(orders: MachineOrders, v: number): boolean {
  const next = orders.jobAfter[v]!;
  const below = orders.machineAfter[v]!;
  if (next === NONE) return true;
  return next !== below && orders.tail[next]! < orders.duration[below]! + orders.tail[below]!;
}

/** Of each operation how many stand before it on its machine. */
function places(kept: KeptOrders): Int32Array {
  const place = new Int32Array(kept.machine.length);
  for (let v = 0; v < place.length; v++) {
    if (kept.machineBefore[v] !== NONE) continue;
    for (let x = kept.machineAfter[v]!, at = 1; x !== NONE; x = kept.machineAfter[x]!) place[x] = at++;
  }
  return place;
}

/** Pairs of operations on one machine in both that stand the other way round. */
function distance(orders: MachineOrders, towards: KeptOrders, place: Int32Array): number {
  let pairs = 0;
  for (let v = 0; v < orders.operations; v++)
    for (let x = orders.machineAfter[v]!; x !== NONE; x = orders.machineAfter[x]!)
      if (
        towards.machine[v] === orders.machine[v] &&
        towards.machine[x] === orders.machine[x] &&
        place[v]! > place[x]!
      )
        pairs++;
  return pairs;
}
