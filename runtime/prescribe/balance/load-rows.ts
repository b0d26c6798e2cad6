import type { BalanceProblem, BalanceRules } from "./balance-problem.ts";
import { ExactTimes } from "./exact-times.ts";

/** One sum that must fit each station: of all pieces, or of one model. */
export interface LoadRow {
  /** Of a line whose every model must fit by itself. */
  readonly model?: string;
  /** Of each task, in the order of the problem. */
  readonly ticks: readonly number[];
  /** Of one station without copies. */
  readonly capacityTicks: number;
  /** Load in seconds of each piece. */
  seconds(ticks: number): number;
}

/** What adding may leave of ergonomic points such as 0.1, which are not counted in ticks. */
export const POINTS_ROUNDING = 1e-9;

/**
 * What the tasks of a station add up to. A mixed line by its weighted mean has one row, in which every model counts as
 * often as it is made; one by its worst case has a row of each model.
 * @throws RungError `times-too-fine`
 */
export function loadRows(problem: BalanceProblem, rules: BalanceRules, cycleS: number): LoadRow[] {
  const models = rules.models ?? [];
  const given = models.length === 0 ? [problem.tasks.map(({ timeS }) => timeS)] : models.map(timesOf);
  function timesOf({ timesS }: { readonly timesS?: Readonly<Record<string, number>> }): number[] {
    return problem.tasks.map(({ id, timeS }) => timesS?.[id] ?? timeS);
  }
  const exact = given.map((timesS) => new ExactTimes(timesS, problem.name));
  // Rows that are added up need the same ticks; all have them, so that one piece reads as the next.
  const finest = exact.reduce((a, b) => (b.ticksPerSecond > a.ticksPerSecond ? b : a));
  const scaled = exact.map(({ ticks, ticksPerSecond }) =>
    ticks.map((tick) => tick * (finest.ticksPerSecond / ticksPerSecond)),
  );
  const seconds = (ticks: number): number => finest.seconds(ticks);
  if (models.length === 0) {
    return [{ ticks: scaled[0]!, capacityTicks: finest.within(cycleS), seconds }];
  }
  if (rules.mixed === "worst") {
    return models.map(({ name }, i) => ({
      model: name,
      ticks: scaled[i]!,
      capacityTicks: finest.within(cycleS),
      seconds,
    }));
  }
  const pieces = models.reduce((sum, { share }) => sum + share, 0);
  return [
    {
      ticks: problem.tasks.map((_, task) =>
        models.reduce((sum, { share }, i) => sum + share * scaled[i]![task]!, 0),
      ),
      capacityTicks: finest.within(cycleS * pieces),
      seconds: (ticks) => finest.seconds(ticks) / pieces,
    },
  ];
}
