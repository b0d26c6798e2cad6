import { Random } from "../../../core/random.ts";
import type { Effort } from "./effort.ts";
import { RowMemory } from "./row-memory.ts";

/**
 * Whether tasks fit a number of stations when nothing comes before anything: where they do not, no balance with that many
 * exists. Exact, bin by bin with the largest task that is left (bin completion, Korf 2002; dominance by exchange, Martello
 * and Toth 1990). What is left of which nothing came is remembered and compared whole.
 * @param ticks none longer than `capacity`
 * @param mostSteps before it gives up
 * @returns false: proved impossible; undefined: not decided
 */
export function fitsBins(
  ticks: Int32Array,
  capacity: number,
  bins: number,
  mostSteps: number,
  effort: Effort,
): boolean | undefined {
  const sizes = [...new Set(ticks)].sort((a, b) => b - a);
  const kinds = sizes.length;
  const left = new Int32Array(kinds);
  for (const t of ticks) left[sizes.indexOf(t)]!++;
  let waste = bins * capacity - ticks.reduce((a, b) => a + b, 0);
  if (waste < 0) return false;
  let [tasksLeft, steps] = [ticks.length, 0];
  const random = new Random(1);
  const codes = Int32Array.from({ length: kinds }, () => random.uint32());
  // What failed with some bins left may fit with more, so that their number is part of what is remembered.
  const failed = new RowMemory(kinds + 1);
  const row = new Int32Array(kinds + 1);
  const inBin = new Int32Array(kinds);

  const gaveUp = (): boolean => {
    steps++;
    effort.spend();
    return steps > mostSteps || effort.spent() !== undefined;
  };

  function remembered(bin: number): number {
    row.set(left);
    row[kinds] = bin;
    let hash = Math.imul(bin + 1, 0x9e3779b1);
    for (let kind = 0; kind < kinds; kind++) hash ^= Math.imul(codes[kind]!, left[kind]! + 1);
    return hash;
  }

  function fillBins(bin: number): boolean | undefined {
    if (tasksLeft === 0) return true;
    if (bin === bins) return false;
    const hash = remembered(bin);
    if (failed.find(row, hash) >= 0) return false;
    if (gaveUp()) return undefined;
    let largest = 0;
    while (left[largest] === 0) largest++;
    put(largest, 1);
    const fits = fillBin(largest, capacity - sizes[largest]!, bin);
    put(largest, -1);
    if (fits === false) {
      remembered(bin);
      failed.add(row, hash);
    }
    return fits;
  }

  function put(kind: number, count: number): void {
    left[kind]! -= count;
    inBin[kind]! += count;
    tasksLeft -= count;
  }

  /** Goes through what may stand beside what is in the bin, larger kinds first. */
  function fillBin(from: number, room: number, bin: number): boolean | undefined {
    if (gaveUp()) return undefined;
    let kind = from;
    while (kind < kinds && (left[kind] === 0 || sizes[kind]! > room)) kind++;
    if (kind === kinds) return wasteful(room) ? false : nextBin(room, bin);
    let undecided = false;
    for (let count = Math.min(left[kind]!, most(room, sizes[kind]!)); count >= 0; count--) {
      put(kind, count);
      const fits = fillBin(kind + 1, room - count * sizes[kind]!, bin);
      put(kind, -count);
      if (fits === true) return true;
      if (fits === undefined) {
        if (steps > mostSteps || effort.spent() !== undefined) return undefined;
        undecided = true;
      }
    }
    return undecided ? undefined : false;
  }

  /** A bin is not worth trying that wastes more than there is, has room for a task, or for a larger one in place of another. */
  function wasteful(room: number): boolean {
    if (room > waste) return true;
    for (let kind = 0; kind < kinds; kind++) {
      if (left[kind] === 0) continue;
      if (sizes[kind]! <= room) return true;
      for (let smaller = kind + 1; smaller < kinds; smaller++) {
        if (inBin[smaller]! > 0 && sizes[kind]! - sizes[smaller]! <= room) return true;
      }
    }
    return false;
  }

  function nextBin(room: number, bin: number): boolean | undefined {
    const filled = inBin.slice();
    inBin.fill(0);
    waste -= room;
    const fits = fillBins(bin + 1);
    waste += room;
    inBin.set(filled);
    return fits;
  }

  return fillBins(0);
}

/** How many of a size fit; tasks without time all do. */
function most(room: number, size: number): number {
  return size === 0 ? Number.MAX_SAFE_INTEGER : Math.floor(room / size);
}
