import { RungError } from "../../core/errors.ts";
import { type ContestOptions, type Ranking, rankByOcba } from "./ocba.ts";

export interface SequenceProblem {
  readonly orders: number;
  /** Of one replication with the orders in this sequence, numbered from 0: the less the better, such as the time until all are done. */
  cost(sequence: readonly number[], replication: number): number;
}

export interface SequenceOptions extends Partial<ContestOptions> {
  /** Replications by which a search compares two sequences. */
  readonly look?: number;
  /** Sequences that are ranked at the end. */
  readonly finalists?: number;
}

export interface SequenceAnswer {
  readonly sequence: readonly number[];
  readonly candidates: readonly (readonly number[])[];
  /** Of the costs with their sign turned: more is better. */
  readonly ranking: Ranking;
}

const LOOK = 5;
const FINALISTS = 10;

/**
 * A sequence of orders of small cost: built up by putting each order, as they come, where it costs least (Nawaz, Enscore and
 * Ham, Omega 11, 1983), then taking out one at a time and putting it elsewhere as long as that helps, by common random
 * numbers. The best that were met are ranked, with the sequence as it was given among them.
 * @throws RungError `sequence`, `contest`
 */
export function sequenceOrders(problem: SequenceProblem, options: SequenceOptions = {}): SequenceAnswer {
  const { orders } = problem;
  const { look = LOOK, finalists = FINALISTS } = options;
  if (!(Number.isInteger(orders) && orders >= 1)) {
    throw new RungError({
      code: "sequence",
      where: "sequence of orders",
      what: `${orders} orders`,
      advice: "give at least one",
    });
  }
  const met = new Map<string, { readonly sequence: readonly number[]; readonly cost: number }>();
  const costOf = (sequence: readonly number[]): number => {
    const key = sequence.join();
    let known = met.get(key);
    if (known === undefined) {
      let sum = 0;
      for (let replication = 0; replication < look; replication++) sum += problem.cost(sequence, replication);
      known = { sequence, cost: sum / look };
      met.set(key, known);
    }
    return known.cost;
  };
  const given = Array.from({ length: orders }, (_, i) => i);
  let best = given.reduce<readonly number[]>((built, order) => bestInsertion(built, order, costOf), []);
  for (;;) {
    const better = given.reduce<readonly number[]>((here, order) => {
      const moved = bestInsertion(
        here.filter((each) => each !== order),
        order,
        costOf,
      );
      return costOf(moved) < costOf(here) ? moved : here;
    }, best);
    if (better === best) break;
    best = better;
  }
  costOf(given);
  const isGiven = (sequence: readonly number[]): boolean => sequence.every((order, i) => order === i);
  const whole = [...met.values()]
    .filter(({ sequence }) => sequence.length === orders)
    .sort((a, b) => a.cost - b.cost)
    .map(({ sequence }) => sequence);
  const front = whole.slice(0, finalists);
  const candidates = front.some(isGiven) ? front : [...front, given];
  const ranking = rankByOcba(
    {
      alternatives: candidates.length,
      figure: (i, replication) => -problem.cost(candidates[i]!, replication),
    },
    options,
  );
  return { sequence: candidates[ranking.best]!, candidates, ranking };
}

function bestInsertion(
  sequence: readonly number[],
  order: number,
  costOf: (sequence: readonly number[]) => number,
): readonly number[] {
  const tried = Array.from({ length: sequence.length + 1 }, (_, at) => sequence.toSpliced(at, 0, order));
  return tried.reduce((best, next) => (costOf(next) < costOf(best) ? next : best));
}
