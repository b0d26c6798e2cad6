import { RungError } from "../../core/errors.ts";
import { Random } from "../../core/random.ts";
import { type Candidate, crowdingDistances, isBetter, sortIntoFronts } from "./dominance.ts";
import { crossed, mutate, roundWhole, type Variable } from "./variation.ts";

export interface SearchProblem {
  readonly variables: readonly Variable[];
  /** Objectives to be made small, and by how much constraints are broken (left out: not at all). */
  evaluate(choice: Float64Array): { readonly objectives: readonly number[]; readonly violation?: number };
}

export interface SearchOptions {
  readonly seed: number;
  /** Candidates that are kept. */
  readonly population: number;
  /** Children between two selections; the paper has as many as are kept. */
  readonly brood: number;
  /** Candidates that are looked at in all. */
  readonly evaluations: number;
  /** Share of pairs that are crossed; the others are copied before they mutate. */
  readonly crossoverShare: number;
  /** The greater, the nearer to its parents a child is; so for mutation. */
  readonly crossoverIndex: number;
  readonly mutationIndex: number;
}

/** Why these: docs/decisions/0057-search-by-nsga2.md. */
export const SEARCH_DEFAULTS: SearchOptions = {
  seed: 1,
  population: 80,
  brood: 10,
  evaluations: 25_000,
  crossoverShare: 0.9,
  crossoverIndex: 15,
  mutationIndex: 20,
};

interface Ranked {
  readonly candidate: Candidate;
  readonly rank: number;
  readonly room: number;
}

/**
 * NSGA-II (Deb, Pratap, Agarwal and Meyarivan, IEEE Trans. Evolutionary Computation 6, 2002): looks for choices of which
 * none is better than another in every objective.
 * @returns all that were looked at and beaten by none, in the order of the first objective; of several with the same
 * objectives the first. Where no choice keeps the constraints, those that break them least.
 * @throws RungError `search`
 */
export function nsga2(problem: SearchProblem, input: Partial<SearchOptions> = {}): Candidate[] {
  const options = { ...SEARCH_DEFAULTS, ...input };
  const { population, evaluations, crossoverIndex, mutationIndex } = options;
  checkSearch(problem, options);
  const random = new Random(options.seed);
  const { variables } = problem;
  let front: Candidate[] = [];
  const look = (choice: Float64Array): Candidate => {
    roundWhole(choice, variables);
    const { objectives, violation = 0 } = problem.evaluate(choice);
    const candidate = { choice, objectives, violation };
    front = withCandidate(front, candidate);
    return candidate;
  };
  const anywhere = (): Float64Array =>
    Float64Array.from(variables, ({ low, high, whole }) =>
      whole ? low + random.integer(high - low + 1) : low + (high - low) * random.uniform(),
    );
  let kept = survivors(
    Array.from({ length: population }, () => look(anywhere())),
    population,
  );
  let looked = population;
  while (looked < evaluations) {
    const children: Candidate[] = [];
    const count = Math.min(options.brood, evaluations - looked);
    while (children.length < count) {
      const [one, other] = [tournament(kept, random), tournament(kept, random)];
      const pair =
        random.uniform() < options.crossoverShare
          ? crossed(one.choice, other.choice, variables, crossoverIndex, random)
          : [one.choice.slice(), other.choice.slice()];
      for (const choice of pair.slice(0, count - children.length)) {
        mutate(choice, variables, mutationIndex, 1 / variables.length, random);
        children.push(look(choice));
      }
    }
    looked += count;
    kept = survivors([...kept.map(({ candidate }) => candidate), ...children], population);
  }
  return front.sort((a, b) => a.objectives[0]! - b.objectives[0]!);
}

/** The front with one more candidate: without it where it is beaten or known, without those that it beats. */
function withCandidate(front: readonly Candidate[], candidate: Candidate): Candidate[] {
  const isNew = front.every((each) => !isBetter(each, candidate) && !isSame(each, candidate));
  return isNew ? [...front.filter((each) => !isBetter(candidate, each)), candidate] : (front as Candidate[]);
}

const isSame = (one: Candidate, other: Candidate): boolean =>
  one.violation === other.violation && one.objectives.every((value, k) => value === other.objectives[k]);

/** The first fronts, and of the one that fits in part those with most room. */
function survivors(candidates: readonly Candidate[], count: number): Ranked[] {
  const kept: Ranked[] = [];
  for (const [rank, front] of sortIntoFronts(candidates).entries()) {
    const rooms = crowdingDistances(front);
    const ranked = front.map((candidate, i) => ({ candidate, rank, room: rooms[i]! }));
    if (kept.length + ranked.length > count) ranked.sort((a, b) => b.room - a.room);
    kept.push(...ranked.slice(0, count - kept.length));
    if (kept.length === count) break;
  }
  return kept;
}

/** The better of two at random: by front, then by room. */
function tournament(kept: readonly Ranked[], random: Random): Candidate {
  const one = kept[random.integer(kept.length)]!;
  const other = kept[random.integer(kept.length)]!;
  const isFirst = one.rank !== other.rank ? one.rank < other.rank : one.room >= other.room;
  return (isFirst ? one : other).candidate;
}

/** @throws RungError `search` */
function checkSearch({ variables }: SearchProblem, options: SearchOptions): void {
  const { population, brood, evaluations } = options;
  const fault = (what: string, advice: string): RungError =>
    new RungError({ code: "search", where: "search", what, advice });
  if (variables.length === 0) throw fault("there is nothing to choose", "give at least one variable");
  const wrong = variables.findIndex(({ low, high }) => !(Number.isFinite(high - low) && low <= high));
  if (wrong >= 0) {
    const { low, high } = variables[wrong]!;
    throw fault(
      `variable ${wrong + 1} reaches from ${low} to ${high}`,
      "give finite bounds, the lower first",
    );
  }
  if (!(Number.isInteger(population) && population >= 4 && Number.isInteger(brood) && brood >= 1))
    throw fault(`population ${population}, brood ${brood}`, "whole numbers, at least 4 and 1");
  if (!(Number.isInteger(evaluations) && evaluations >= population))
    throw fault(`${evaluations} evaluations`, `a whole number, at least the population of ${population}`);
}
