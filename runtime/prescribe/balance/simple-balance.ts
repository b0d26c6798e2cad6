import { RungError } from "../../core/errors.ts";
import type { BalanceAnswer, BalanceProgress, BalanceQuestion } from "./balance-answer.ts";
import type { BalanceProblem, EndedBy } from "./balance-problem.ts";
import { checkCycleTime } from "./check-problem.ts";
import { shortestCycle } from "./salbp/cycle-time.ts";
import type { EffortLimit } from "./salbp/effort.ts";
import { mostEfficientLine } from "./salbp/line-efficiency.ts";
import { fewestStations } from "./salbp/station-count.ts";
import { assignmentOf, type CountedProblem, countedProblem } from "./tick-line.ts";

/** What a search found, in the unit of its question. */
interface Found {
  readonly stations?: number;
  readonly cycleS?: number;
  readonly station?: Int32Array;
  readonly value?: number;
  readonly bound: number;
  readonly endedBy: EndedBy;
}

/**
 * Balances a line that asks for precedence and cycle time alone, exactly.
 * @param limit by work for an answer that is the same at every run, by time for one that comes in time
 * @throws RungError those of `checkCycleTime`, `balance-question`, `times-too-fine`
 */
export function simpleBalance(
  problem: BalanceProblem,
  question: BalanceQuestion,
  limit: EffortLimit = {},
  onProgress?: (progress: BalanceProgress) => void,
): BalanceAnswer {
  const counted = countedProblem(problem);
  const found = asked(problem, counted, question, limit, onProgress);
  const { value, bound, endedBy, stations, cycleS, station } = found;
  const frame = { kind: question.kind, endedBy, solver: "branch, bound and remember" } as const;
  if (station === undefined || value === undefined) {
    const none = bound === Number.POSITIVE_INFINITY;
    return { ...frame, proven: none, ...(none ? {} : { bound }) };
  }
  const workS = counted.times.seconds(counted.line.ticks.reduce((a, b) => a + b, 0));
  return {
    ...frame,
    stations: stations!,
    cycleS: cycleS!,
    proven: bound >= value,
    bound,
    gap: (value - bound) / value,
    assignment: assignmentOf(problem, station),
    // Stations that were asked for are paid, even if a shorter line would have done.
    idleShare: 1 - workS / (stations! * cycleS!),
  };
}

function asked(
  problem: BalanceProblem,
  { line, times }: CountedProblem,
  question: BalanceQuestion,
  limit: EffortLimit,
  onProgress: ((progress: BalanceProgress) => void) | undefined,
): Found {
  const told = (unit: (ticks: number) => number) => (best: number, bound: number) =>
    onProgress?.({ best: unit(best), bound: unit(bound) });
  const seconds = (ticks: number): number => times.seconds(ticks);
  if (question.kind === "stations") {
    const { cycleS } = question;
    checkCycleTime(problem, cycleS);
    // A cycle of less than a tick has tasks without time only.
    const cycle = Math.max(1, times.within(cycleS));
    const answer = fewestStations(line, cycle, limit, { onBetter: told((stations) => stations) });
    const { stations } = answer;
    return { ...answer, cycleS, ...(stations === undefined ? {} : { value: stations }) };
  }
  if (question.kind === "cycle") {
    const { stations } = question;
    whole(problem, stations, "the number of stations");
    const { cycle, bound, ...answer } = shortestCycle(line, stations, limit, { onBetter: told(seconds) });
    const value = cycle === undefined ? {} : { value: seconds(cycle), cycleS: seconds(cycle) };
    return { ...answer, ...value, stations, bound: seconds(bound) };
  }
  const { fewestStations: from = 1, mostStations: to = problem.tasks.length } = question;
  const { shortestCycleS = 0, longestCycleS = Number.POSITIVE_INFINITY } = question;
  whole(problem, from, "the fewest stations");
  whole(problem, to, "the most stations");
  const total = line.ticks.reduce((a, b) => a + b, 0);
  if (from > to || !(shortestCycleS >= 0 && shortestCycleS <= longestCycleS)) {
    throw unanswerable(problem, "the range of stations or cycles is empty", "give the smaller number first");
  }
  const shortest = times.within(shortestCycleS);
  const range = {
    fewestStations: from,
    mostStations: Math.min(to, problem.tasks.length),
    // Cycles are told in whole ticks: one that must not be shorter than 12.34 s of tasks in whole seconds is 13 s.
    shortestCycle: Math.max(1, seconds(shortest) < shortestCycleS - 1e-9 ? shortest + 1 : shortest),
    longestCycle: Number.isFinite(longestCycleS) ? times.within(longestCycleS) : Math.max(1, total),
  };
  const { cycle, bound, ...answer } = mostEfficientLine(line, range, limit, told(seconds));
  if (cycle === undefined) return { ...answer, bound: seconds(bound) };
  return {
    ...answer,
    cycleS: seconds(cycle),
    value: seconds(answer.stations! * cycle),
    bound: seconds(bound),
  };
}

function whole(problem: BalanceProblem, count: number, what: string): void {
  if (Number.isInteger(count) && count > 0) return;
  throw unanswerable(
    problem,
    `${what} must be a whole number above 0, got ${count}`,
    "count stations from 1",
  );
}

function unanswerable(problem: BalanceProblem, what: string, advice: string): RungError {
  return new RungError({ code: "balance-question", where: problem.name, what, advice });
}
