import { Random } from "../../core/random.ts";
import { BlockMoves } from "./block-moves.ts";
import { firstOrders } from "./first-orders.ts";
import { InsertionMoves } from "./insertion-moves.ts";
import { isFlexible, type JobShop, type ScheduledOperation } from "./job-shop.ts";
import { makespanBound } from "./lower-bound.ts";
import type { KeptOrders, MachineOrders } from "./machine-orders.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import { relink } from "./relink.ts";
import { shake } from "./shake.ts";

export interface JobShopBudget {
  /** Of the draws. */
  readonly seed: number;
  /** Moves in all. The same shop, seed and moves give the same answer on every machine. */
  readonly moves?: number;
  /** Wall-clock limit in seconds; where it ends the search, the answer depends on the machine. */
  readonly timeS?: number;
  /** A makespan with which the search is done, proved or not. */
  readonly enough?: number;
  /** Told of every shorter schedule. */
  readonly onBetter?: (makespan: number) => void;
}

export interface JobShopAnswer {
  readonly makespan: number;
  /** No schedule is shorter than this. */
  readonly bound: number;
  /** The makespan is the bound: it is the least. */
  readonly proven: boolean;
  readonly schedule: readonly ScheduledOperation[];
  /** Moves made. */
  readonly moves: number;
  readonly endedBy: "proof" | "enough" | "moves" | "time";
}

/** Moves without a better schedule after which a round ends and another one starts. */
const PATIENCE = 2000;
/** The best schedules of different rounds; as many rounds start from nothing before others start between two of these. */
const KEPT = 20;
/** Rounds in a row that end in nothing worth keeping: then the kept ones have grown alike, and all begins anew. */
const STALE_ROUNDS = 30;
/** Swaps that keep two rounds between the same two schedules apart. */
const SHAKEN = 3;
const MOVES_BETWEEN_CLOCKS = 16;
/** Moves between two yields: a few ms of a large shop. */
const MOVES_AT_ONCE = 64;

/**
 * A short schedule of a job shop by tabu search over rounds: each starts from a new schedule or between two good ones,
 * and ends when it finds nothing better for long. Ends when the lower bound is met, at the number of moves or at the time.
 * With none of these it runs on: give one.
 * @param now the time in ms, for `timeS`
 */
export function solveJobShop(
  shop: JobShop,
  budget: JobShopBudget,
  now: () => number = () => performance.now(),
): JobShopAnswer {
  const steps = solvingJobShop(shop, budget, now);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same, with a `yield` now and then, where the caller may do something else, or end it. */
export function* solvingJobShop(
  shop: JobShop,
  budget: JobShopBudget,
  now: () => number = () => performance.now(),
): Generator<void, JobShopAnswer> {
  const endsMs = budget.timeS === undefined ? Number.POSITIVE_INFINITY : now() + 1000 * budget.timeS;
  const mostMoves = budget.moves ?? Number.POSITIVE_INFINITY;
  const random = new Random(budget.seed);
  const bound = makespanBound(shop);
  const orders = firstOrders(shop, random);
  const neighbourhood: Neighbourhood = isFlexible(shop)
    ? new InsertionMoves(orders, random)
    : new BlockMoves(orders, random);
  const elite: KeptOrders[] = [];
  let best = orders.keep();
  let moves = 0;
  let endedBy: JobShopAnswer["endedBy"] | undefined;
  const isOver = (): boolean => {
    if (best.makespan <= bound) endedBy = "proof";
    else if (best.makespan <= (budget.enough ?? Number.NEGATIVE_INFINITY)) endedBy = "enough";
    else if (moves >= mostMoves) endedBy = "moves";
    else if (moves % MOVES_BETWEEN_CLOCKS === 0 && now() >= endsMs) endedBy = "time";
    return endedBy !== undefined;
  };
  const note = (found: KeptOrders): void => {
    if (found.makespan >= best.makespan) return;
    best = found;
    budget.onBetter?.(found.makespan);
  };
  let rounds = 0;
  let stale = 0;
  while (!isOver()) {
    if (rounds++ > 0) start(orders, elite, random);
    neighbourhood.forget();
    let roundBest = orders.keep();
    note(roundBest);
    let since = 0;
    while (since < PATIENCE && !isOver()) {
      const moved = neighbourhood.step(moves, roundBest.makespan);
      moves++;
      since++;
      if (moves % MOVES_AT_ONCE === 0) yield;
      if (!moved) break;
      if (orders.makespan >= roundBest.makespan) continue;
      roundBest = orders.keep();
      note(roundBest);
      since = 0;
    }
    stale = admit(elite, roundBest) ? 0 : stale + 1;
    if (stale < STALE_ROUNDS) continue;
    elite.length = 0;
    stale = 0;
  }
  orders.restore(best);
  return {
    makespan: best.makespan,
    bound: Math.min(bound, best.makespan),
    proven: best.makespan <= bound,
    schedule: orders.schedule(),
    moves,
    endedBy: endedBy!,
  };
}

/** A new schedule, or one between two good ones. */
function start(orders: MachineOrders, elite: readonly KeptOrders[], random: Random): void {
  if (elite.length < KEPT) {
    orders.restore(firstOrders(orders.shop, random).keep());
    return;
  }
  const from = random.integer(elite.length);
  const to = (from + 1 + random.integer(elite.length - 1)) % elite.length;
  orders.restore(elite[from]!);
  relink(orders, elite[to]!, 0.3 + 0.4 * random.uniform(), random);
  shake(orders, SHAKEN, random);
}

/** Takes a schedule among the kept ones, in place of the longest. @returns whether it is there now and was not before */
function admit(elite: KeptOrders[], found: KeptOrders): boolean {
  const isSame = (kept: KeptOrders): boolean =>
    kept.makespan === found.makespan &&
    kept.machineAfter.every((after, v) => after === found.machineAfter[v]) &&
    kept.machine.every((machine, v) => machine === found.machine[v]);
  if (elite.some(isSame)) return false;
  elite.push(found);
  elite.sort((a, b) => a.makespan - b.makespan);
  return elite.length <= KEPT || elite.pop() !== found;
}
