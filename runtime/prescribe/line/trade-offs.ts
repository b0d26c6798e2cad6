import { meanInterval } from "../../core/statistics/serial-mean.ts";
import type { Interval } from "../recommendation.ts";
import { sortIntoFronts } from "../search/dominance.ts";
import { nsga2, SEARCH_DEFAULTS, type SearchOptions } from "../search/nsga2.ts";
import type { Variable } from "../search/variation.ts";

export interface TradeOffProblem {
  readonly variables: readonly Variable[];
  /** Figures of one replication; which of them shall be small and which large, `senses` says. */
  figures(choice: readonly number[], replication: number): readonly number[];
  readonly senses: readonly ("small" | "large")[];
}

export interface TradeOffOptions extends Partial<SearchOptions> {
  /** Replications by which the search judges a choice, the same of all. */
  readonly look?: number;
  /** Fresh replications of each choice that was found. */
  readonly fresh?: number;
}

export interface TradeOff {
  readonly choice: readonly number[];
  /** Mean of each figure over replications that the search did not see, with its 95 % interval. */
  readonly figures: readonly Interval[];
}

const LOOK = 5;
const FRESH = 20;

/**
 * Choices of which none is better in every figure, found by NSGA-II over simulations with common random numbers, or by
 * looking at all of them where they are fewer than a search would look at. What a
 * search found looks better than it is, since luck was searched for too; so all are simulated afresh, and those that another
 * then beats are left out.
 * @throws RungError `search`
 */
export function tradeOffs(problem: TradeOffProblem, options: TradeOffOptions = {}): TradeOff[] {
  const { look = LOOK, fresh = FRESH, ...search } = options;
  const signs = problem.senses.map((sense) => (sense === "small" ? 1 : -1));
  const known = new Map<string, number[]>();
  const evaluate = (choice: Float64Array): { readonly objectives: readonly number[] } => {
    const key = choice.join();
    let objectives = known.get(key);
    if (objectives === undefined) {
      const runs = Array.from({ length: look }, (_, k) => problem.figures([...choice], k));
      objectives = signs.map((sign, f) => (sign * runs.reduce((sum, run) => sum + run[f]!, 0)) / look);
      known.set(key, objectives);
    }
    return { objectives };
  };
  const { variables } = problem;
  const { evaluations = SEARCH_DEFAULTS.evaluations } = search;
  const front = isFewerThan(evaluations, variables)
    ? sortIntoFronts(
        everyChoice(variables).map((choice) => ({ choice, violation: 0, ...evaluate(choice) })),
      )[0]!
    : nsga2({ variables, evaluate }, search);
  const judged = front.map(({ choice }) => {
    const runs = Array.from({ length: fresh }, (_, k) => problem.figures([...choice], look + k));
    const figures = signs.map((_, f) => {
      const { mean, low, high } = meanInterval(
        runs.map((run) => run[f]!),
        0,
      );
      return { value: mean, low, high };
    });
    return { choice: [...choice], figures };
  });
  const beats = (one: TradeOff, other: TradeOff): boolean => {
    const gains = signs.map((sign, f) => sign * (other.figures[f]!.value - one.figures[f]!.value));
    return gains.every((gain) => gain >= 0) && gains.some((gain) => gain > 0);
  };
  return judged.filter((one) => !judged.some((other) => beats(other, one)));
}

function isFewerThan(most: number, variables: readonly Variable[]): boolean {
  const isWhole = variables.length > 0 && variables.every(({ whole }) => whole);
  return isWhole && variables.reduce((count, { low, high }) => count * (high - low + 1), 1) <= most;
}

function everyChoice(variables: readonly Variable[]): Float64Array[] {
  return variables
    .reduce<number[][]>(
      (choices, { low, high }) =>
        choices.flatMap((choice) => Array.from({ length: high - low + 1 }, (_, k) => [...choice, low + k])),
      [[]],
    )
    .map((choice) => Float64Array.from(choice));
}
