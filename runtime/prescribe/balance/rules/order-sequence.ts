import { RungError } from "../../../core/errors.ts";
import type {
  Assignment,
  BalanceProblem,
  BalanceRules,
  MixedModel,
  SequencedOrder,
} from "../balance-problem.ts";

/** Orders in the sequence in which they enter the line, with what that sequence costs. */
export interface OrderSequence {
  readonly orders: readonly string[];
  /** Largest lateness; no sequence has less. */
  readonly lateS: number;
  /** Work that operators cannot do before a piece leaves their station, over all pieces and stations. */
  readonly overloadS: number;
  /** No sequence has less overload: what the stations' work exceeds their time by. */
  readonly overloadBoundS: number;
}

export interface SequenceLine {
  readonly problem: BalanceProblem;
  readonly rules: BalanceRules;
  readonly assignment: Assignment;
  readonly cycleS: number;
  /** Stations as the pieces pass them; a piece that enters as number p leaves after p + stations cycles, p from 0. */
  readonly stations: number;
  /** Copies of each station; each then does every such piece, in as many cycles. */
  readonly copies?: readonly number[];
}

/** Room that a station has beyond its cycle: how far an operator may walk along with a piece, in cycles. */
const DRIFT_CYCLES = 0.25;
/** Rounds of exchanges, each over all pairs; seldom more than three find anything. */
const MOST_ROUNDS = 20;

/**
 * Sequences the orders of a mixed line. The rule: first the largest lateness is made as small as any sequence can make it
 * (earliest due date, Jackson 1955); among the sequences that keep it, overload is made small. An operator begins with a
 * piece when it arrives or when the one before is done, and may walk along for a quarter of a cycle; what is not done by
 * then is overload (Yano and Rachamadugu 1991). The order that adds the least overload goes next, the earlier due date
 * where two add alike, then pairs are exchanged while that helps: good, not proved to be the best, which is what the bound
 * is for.
 * @throws RungError `balance-orders` where there is no order, or an order of a model that the rules do not have
 */
export function sequenceOrders(line: SequenceLine): OrderSequence {
  const orders = line.rules.orders ?? [];
  if (orders.length === 0) {
    const what = "has no orders to put in sequence";
    throw new RungError({
      code: "balance-orders",
      where: line.problem.name,
      what,
      advice: "list orders in the rules",
    });
  }
  const work = new Map((line.rules.models ?? []).map((model) => [model.name, workOf(line, model)]));
  const workOfOrder = ({ id, model }: SequencedOrder): readonly number[] => {
    const own = work.get(model);
    if (own !== undefined) return own;
    const what = `order ${id} is of model ${model}, which is unknown`;
    throw new RungError({
      code: "balance-orders",
      where: line.problem.name,
      what,
      advice: "list it under models",
    });
  };
  const pieces = orders.map((order) => ({ order, work: workOfOrder(order) }));
  const leavesS = (position: number): number => (position + line.stations) * line.cycleS;
  const byDue = pieces.toSorted((a, b) => a.order.dueS - b.order.dueS);
  const lateS = Math.max(0, ...byDue.map(({ order }, position) => leavesS(position) - order.dueS));
  // The last position of an order that is not later than the least lateness; rounding must not cost a position.
  const lastPosition = ({ dueS }: SequencedOrder): number =>
    Math.floor((dueS + lateS) / line.cycleS - line.stations + 1e-9);
  const kept = (sequence: typeof pieces): boolean =>
    sequence.every(({ order }, position) => position <= lastPosition(order));

  const sequence: typeof pieces = [];
  let waiting = byDue;
  let lags: readonly number[] = [];
  while (waiting.length > 0) {
    let chosen:
      | { readonly i: number; readonly overloadS: number; readonly lags: readonly number[] }
      | undefined;
    for (const [i, { work: ofPiece }] of waiting.entries()) {
      const others = waiting.toSpliced(i, 1);
      const rest = [...sequence, waiting[i]!, ...others];
      if (!kept(rest)) continue;
      const step = pass(lags, ofPiece, line.cycleS);
      if (chosen === undefined || step.overloadS < chosen.overloadS - 1e-9) chosen = { i, ...step };
    }
    // Those that wait stand by due date, a sequence that keeps the lateness: the first of them can always go.
    sequence.push(waiting[chosen!.i]!);
    waiting = waiting.toSpliced(chosen!.i, 1);
    lags = chosen!.lags;
  }

  const cost = (candidate: typeof pieces): number =>
    overload(
      candidate.map((piece) => piece.work),
      line.cycleS,
    );
  let best = cost(sequence);
  for (let round = 0, better = best > 0; round < MOST_ROUNDS && better; round++) {
    better = false;
    for (let i = 0; i < sequence.length; i++) {
      for (let j = i + 1; j < sequence.length; j++) {
        if (sequence[i]!.order.model === sequence[j]!.order.model) continue;
        const exchanged = sequence.with(i, sequence[j]!).with(j, sequence[i]!);
        const exchangedCost = kept(exchanged) ? cost(exchanged) : Number.POSITIVE_INFINITY;
        if (exchangedCost >= best - 1e-9) continue;
        sequence.splice(0, sequence.length, ...exchanged);
        best = exchangedCost;
        better = true;
      }
    }
  }
  const stationWork = pieces[0]!.work.map((_, station) =>
    pieces.reduce((sum, piece) => sum + piece.work[station]!, 0),
  );
  const timeS = (pieces.length + DRIFT_CYCLES) * line.cycleS;
  return {
    orders: sequence.map(({ order }) => order.id),
    lateS,
    overloadS: best,
    overloadBoundS: stationWork.reduce((sum, workS) => sum + Math.max(0, workS - timeS), 0),
  };
}

/** Seconds of work that a model has at each station; of one with copies the share of each copy. */
function workOf(line: SequenceLine, { timesS }: MixedModel): number[] {
  const work = Array.from({ length: line.stations }, () => 0);
  for (const { id, timeS } of line.problem.tasks) {
    const station = line.assignment[id]!;
    work[station]! += (timesS?.[id] ?? timeS) / (line.copies?.[station] ?? 1);
  }
  return work;
}

/** One more piece passes: how far each operator is behind when the next one arrives, and what was not done. */
function pass(
  lagsS: readonly number[],
  workS: readonly number[],
  cycleS: number,
): { readonly lags: readonly number[]; readonly overloadS: number } {
  let overloadS = 0;
  const lags = workS.map((ofPiece, station) => {
    const endS = (lagsS[station] ?? 0) + ofPiece;
    const latestS = (1 + DRIFT_CYCLES) * cycleS;
    overloadS += Math.max(0, endS - latestS);
    return Math.max(0, Math.min(endS, latestS) - cycleS);
  });
  return { lags, overloadS };
}

/** @param work of each piece at each station, in the sequence of the pieces. @returns seconds not done */
export function overload(work: readonly (readonly number[])[], cycleS: number): number {
  let [sum, lags]: [number, readonly number[]] = [0, []];
  for (const ofPiece of work) {
    const step = pass(lags, ofPiece, cycleS);
    sum += step.overloadS;
    lags = step.lags;
  }
  return sum;
}
