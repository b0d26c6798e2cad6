import { RungError } from "../../core/errors.ts";
import { meanInterval } from "../../core/statistics/serial-mean.ts";
import type { Interval } from "../recommendation.ts";

export interface StaffProblem {
  /** Fewest and most people of each group. */
  readonly groups: readonly { readonly least: number; readonly most: number }[];
  /** Parts per hour of one replication with so many people in each group. */
  throughput(people: readonly number[], replication: number): number;
  /** Parts per hour that are needed. */
  readonly target: number;
}

export interface StaffOptions {
  /** Replications of each choice that is looked at. */
  readonly replications?: number;
  /** With this probability at least no choice is told to reach the target that misses it in the mean. */
  readonly probability?: number;
}

export interface StaffChoice {
  readonly people: readonly number[];
  /** Two-sided; its level lets all choices that are looked at hold together. */
  readonly throughput: Interval;
  readonly verdict: "reaches" | "misses" | "unclear";
}

export interface StaffAnswer {
  /** Fewest people who surely reach the target; undefined where no choice does. */
  readonly chosen?: StaffChoice;
  /** In the order in which they were looked at: fewest people first. */
  readonly looked: readonly StaffChoice[];
  readonly probability: number;
}

const REPLICATIONS = 30;
const PROBABILITY = 0.95;
const MOST_CHOICES = 2000;

/**
 * Fewest people with whom a line reaches its target: choices in the order of their people, until one reaches it with the
 * lower end of its interval. The intervals share the error that is allowed (Bonferroni), since each is a chance to be wrong.
 * @throws RungError `staff`
 */
export function leastStaff(problem: StaffProblem, options: StaffOptions = {}): StaffAnswer {
  const { replications = REPLICATIONS, probability = PROBABILITY } = options;
  const fault = (what: string, advice: string): RungError =>
    new RungError({ code: "staff", where: "number of operators", what, advice });
  const wrong = problem.groups.findIndex(
    ({ least, most }) => !(Number.isInteger(least) && Number.isInteger(most) && least >= 0 && least <= most),
  );
  if (problem.groups.length === 0 || wrong >= 0)
    throw fault(
      wrong >= 0 ? `group ${wrong + 1} has no range` : "there are no groups",
      "give each group whole numbers, the fewest first",
    );
  const count = problem.groups.reduce((product, { least, most }) => product * (most - least + 1), 1);
  if (count > MOST_CHOICES) throw fault(`${count} choices`, `at most ${MOST_CHOICES}: narrow the ranges`);
  if (!(Number.isInteger(replications) && replications >= 5 && probability > 0 && probability < 1))
    throw fault(
      `${replications} replications, probability ${probability}`,
      "at least 5, and between 0 and 1",
    );
  const choices = everyChoice(problem.groups).sort((a, b) => sum(a) - sum(b));
  const level = 1 - (1 - probability) / count;
  const looked: StaffChoice[] = [];
  for (const people of choices) {
    const figures = Array.from({ length: replications }, (_, k) => problem.throughput(people, k));
    const { mean, low, high } = meanInterval(figures, 0, level);
    const verdict = low >= problem.target ? "reaches" : high < problem.target ? "misses" : "unclear";
    const choice = { people, throughput: { value: mean, low, high }, verdict } as const;
    looked.push(choice);
    if (verdict === "reaches") return { chosen: choice, looked, probability };
  }
  return { looked, probability };
}

function everyChoice(groups: StaffProblem["groups"]): number[][] {
  return groups.reduce<number[][]>(
    (choices, { least, most }) =>
      choices.flatMap((choice) => Array.from({ length: most - least + 1 }, (_, k) => [...choice, least + k])),
    [[]],
  );
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
