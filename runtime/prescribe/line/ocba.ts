import { RungError } from "../../core/errors.ts";
import { normalQuantile } from "../../core/statistics/normal.ts";
import { studentAbove } from "../../core/statistics/student.ts";
import type { Interval } from "../recommendation.ts";

/** Alternatives that can be simulated, of which one shall be chosen. */
export interface Contest {
  readonly alternatives: number;
  /**
   * A figure of one replication, the more the better. The same replication of all alternatives should use the same random
   * numbers: then what they have in common falls out of the comparison.
   */
  figure(alternative: number, replication: number): number;
}

export interface ContestOptions {
  /** Replications that each alternative has at first. */
  readonly initial: number;
  /** Between two looks at the ranking. */
  readonly step: number;
  /** In all; where it is spent, the answer says how sure it is by then. */
  readonly budget: number;
  /** An alternative that is better by no more than this, in the figure's unit, is as good as the best. */
  readonly indifference: number;
  /** Ends where the right one is chosen with at least this probability. */
  readonly probability: number;
}

export const CONTEST_DEFAULTS: ContestOptions = {
  initial: 10,
  step: 20,
  budget: 5_000,
  indifference: 0,
  probability: 0.95,
};

export interface Ranking {
  readonly best: number;
  /** All alternatives, the best first. */
  readonly order: readonly number[];
  /** Mean of each, with its 95 % interval. */
  readonly figures: readonly Interval[];
  readonly replications: readonly number[];
  /** At least so probable is it that none is better than the best: Bonferroni's bound, Student's differences in pairs. */
  readonly probability: number;
}

/** Variances below this share of the squared spread of means count as none: an alternative that never varies. */
const LEAST_VARIANCE = 1e-12;

/**
 * Optimal computing budget allocation (Chen, Lin, Yücesan and Chick, Discrete Event Dynamic Systems 10, 2000): gives
 * replications to those alternatives that can still be mistaken for the best, most to those that are near to it or vary much,
 * until the right one is chosen with the probability asked for. How far two are apart is told by the replications that both
 * have, in pairs, so that common random numbers count.
 * @throws RungError `contest`
 */
export function rankByOcba(contest: Contest, input: Partial<ContestOptions> = {}): Ranking {
  const options = { ...CONTEST_DEFAULTS, ...input };
  checkContest(contest, options);
  const samples = Array.from({ length: contest.alternatives }, () => new Sample());
  const run = (i: number, count: number): void => {
    for (let k = 0; k < count; k++) samples[i]!.add(contest.figure(i, samples[i]!.count));
  };
  for (let i = 0; i < samples.length; i++) run(i, options.initial);
  let spent = samples.length * options.initial;
  for (;;) {
    const probability = probabilityOfCorrectSelection(samples, options.indifference);
    const step = Math.min(options.step, options.budget - spent);
    if (probability >= options.probability || step <= 0) return ranking(samples, probability);
    const wanted = shares(samples).map((share) => share * (spent + step));
    const lacking = wanted.map((count, i) => Math.max(0, count - samples[i]!.count));
    const sum = lacking.reduce((total, each) => total + each, 0);
    const best = bestOf(samples);
    let given = 0;
    lacking.forEach((each, i) => {
      const count = Math.floor((each / sum) * step);
      run(i, count);
      given += count;
    });
    // What rounding left over goes to the one that lacks most.
    run(sum > 0 ? lacking.indexOf(Math.max(...lacking)) : best, step - given);
    spent += step;
  }
}

class Sample {
  readonly values: number[] = [];
  mean = 0;
  #squares = 0;

  get count(): number {
    return this.values.length;
  }

  /** Welford, Technometrics 4, 1962. */
  add(value: number): void {
    this.values.push(value);
    const difference = value - this.mean;
    this.mean += difference / this.count;
    this.#squares += difference * (value - this.mean);
  }

  get variance(): number {
    return this.#squares / (this.count - 1);
  }
}

function bestOf(samples: readonly Sample[]): number {
  return samples.reduce((best, { mean }, i) => (mean > samples[best]!.mean ? i : best), 0);
}

/** 1 less the chances, one by one, that an alternative is better than the one with the best mean, by more than does not matter. */
function probabilityOfCorrectSelection(samples: readonly Sample[], indifference: number): number {
  const b = bestOf(samples);
  const best = samples[b]!;
  let wrong = 0;
  samples.forEach((other, i) => {
    if (i === b) return;
    const pairs = new Sample();
    for (let k = 0; k < Math.min(best.count, other.count); k++) pairs.add(best.values[k]! - other.values[k]!);
    const lead = pairs.mean + indifference;
    const error = Math.sqrt(pairs.variance / pairs.count);
    if (error > 0) wrong += studentAbove(lead / error, pairs.count - 1);
    else if (lead <= 0) wrong += lead === 0 ? 0.5 : 1;
  });
  return Math.max(0, 1 - wrong);
}

/** What share of all replications each should have: theorem 1 of the paper. */
function shares(samples: readonly Sample[]): number[] {
  const b = bestOf(samples);
  const best = samples[b]!;
  const spread = best.mean - Math.min(...samples.map(({ mean }) => mean));
  const floor = LEAST_VARIANCE * (spread > 0 ? spread ** 2 : 1);
  const variances = samples.map(({ variance }) => Math.max(variance, floor));
  // Two that are level would take all: a lead counts at least as much as it can be told by now.
  const ratios = samples.map(({ mean, count }, i) => {
    const known = variances[i]! / count + variances[b]! / best.count;
    return i === b ? 0 : variances[i]! / Math.max((best.mean - mean) ** 2, known / 100);
  });
  ratios[b] = Math.sqrt(
    variances[b]! * ratios.reduce((sum, ratio, i) => sum + (i === b ? 0 : ratio ** 2 / variances[i]!), 0),
  );
  const total = ratios.reduce((sum, ratio) => sum + ratio, 0);
  return ratios.map((ratio) => ratio / total);
}

function ranking(samples: readonly Sample[], probability: number): Ranking {
  const half = normalQuantile(0.975);
  const order = samples.map((_, i) => i).sort((a, b) => samples[b]!.mean - samples[a]!.mean || a - b);
  return {
    best: order[0]!,
    order,
    figures: samples.map(({ mean, variance, count }) => {
      const reach = half * Math.sqrt(variance / count);
      return { value: mean, low: mean - reach, high: mean + reach };
    }),
    replications: samples.map(({ count }) => count),
    probability,
  };
}

/** @throws RungError `contest` */
function checkContest(
  { alternatives }: Contest,
  { initial, step, budget, indifference, probability }: ContestOptions,
): void {
  const fault = (what: string, advice: string): RungError =>
    new RungError({ code: "contest", where: "ranking of alternatives", what, advice });
  if (!(alternatives >= 1)) throw fault("there are no alternatives", "give at least one");
  if (!(Number.isInteger(initial) && initial >= 2))
    throw fault(`initial replications ${initial}`, "at least 2");
  if (!(Number.isInteger(step) && step >= 1)) throw fault(`step ${step}`, "a whole number, at least 1");
  if (!(budget >= alternatives * initial))
    throw fault(`budget ${budget}`, `at least ${alternatives * initial}: ${initial} of each alternative`);
  if (!(indifference >= 0)) throw fault(`indifference ${indifference}`, "0 or more");
  if (!(probability > 0 && probability < 1)) throw fault(`probability ${probability}`, "between 0 and 1");
}
