import { RungError } from "../../../core/errors.ts";
import type { BalanceAnswer, BalanceProgress } from "../balance-answer.ts";
import { BalanceBoard } from "../balance-board.ts";
import type { BalanceProblem, BalanceRules, EndedBy } from "../balance-problem.ts";
import { checkBalance } from "../check-balance.ts";
import { checkCycleTime } from "../check-problem.ts";
import { MOST_TICKS } from "../exact-times.ts";
import { type LoadRow, loadRows } from "../load-rows.ts";
import type { EffortLimit } from "../salbp/effort.ts";
import { fewestStations, type StationCount } from "../salbp/station-count.ts";
import { tickArcs } from "../tick-line.ts";
import { findClash } from "./find-clash.ts";
import { greedyStart } from "./greedy-start.ts";
import { feasible } from "./highs-question.ts";
import { type Answered, leastNumber } from "./least-number.ts";
import { copiesFor, type Placed, placed } from "./placed.ts";
import { atPlace, feasibilityModel, type ModelSize, modelRules } from "./rule-model.ts";

type Answer = { readonly number: number; readonly answer: Placed };

/** What the bound without rules may take of the time. */
const PLAIN_SHARE = 0.2;

/**
 * Fewest stations for a line that asks for more than precedence. It begins with a balance by chance, or with the best one
 * without the rules where that keeps them; then for one number of stations after another HiGHS is asked whether a balance
 * exists, and what it gives is checked in whole ticks. Numbers that it rules out make the bound.
 * @param limit time, or work: nodes that HiGHS may look at for one number
 * @throws RungError `balance-task-too-long` and those of `checkCycleTime`
 */
export async function ruledBalance(
  problem: BalanceProblem,
  cycleS: number,
  rules: BalanceRules,
  limit: EffortLimit = {},
  onProgress?: (progress: BalanceProgress) => void,
): Promise<BalanceAnswer> {
  const mostCopies = rules.mostCopies ?? 1;
  // The times of models take the place of the tasks' own, and are checked row by row.
  checkCycleTime(problem, cycleS, (rules.models ?? []).length === 0 ? mostCopies : Number.POSITIVE_INFINITY);
  const loads = loadRows(problem, rules, cycleS);
  checkLoads(problem, loads, mostCopies, cycleS);
  const endMs = performance.now() + (limit.timeMs ?? Number.POSITIVE_INFINITY);
  const leftS = (): number => Math.max(0, endMs - performance.now()) / 1000;
  const budgetOf = (share: number) => ({
    ...(limit.timeMs === undefined ? {} : { timeS: leftS() * share }),
    ...(limit.work === undefined ? {} : { nodes: limit.work * share }),
  });

  /** A station for each task, with the copies that it takes alone: no balance needs more. */
  const everyTaskAlone = problem.tasks
    .map((_, task) => copiesFor(loads, [task]))
    .reduce((sum, copies) => sum + copies, 0);
  const places = rules.stations?.length;
  const most = Math.min(everyTaskAlone, (places ?? everyTaskAlone) * mostCopies);
  const sizeOf = (budget: number): ModelSize => ({
    places: places ?? Math.min(budget, problem.tasks.length),
    budget,
  });

  const ask = async (budget: number, share: number): Promise<Answered<Placed>> => {
    const size = sizeOf(budget);
    const model = feasibilityModel(problem, rules, loads, size, modelRules(problem, rules, loads, size));
    const values = await feasible(model, budgetOf(share));
    if (values === "none" || values === undefined) return values;
    const places = problem.tasks.map((_, task) =>
      Array.from({ length: size.places }).findIndex((_, place) => values.get(atPlace(task, place)) === 1),
    );
    // HiGHS keeps rows within a tolerance; what does not hold in whole ticks is no balance.
    return whole(places, budget);
  };
  const whole = (places: readonly number[], budget: number): Answer | undefined => {
    if (places.includes(-1)) return undefined;
    const answer = placed(problem, rules, loads, places);
    const broken = checkBalance(problem, cycleS, answer.assignment, rules, answer.copies);
    return broken.length === 0 && answer.stations <= budget ? { number: answer.stations, answer } : undefined;
  };

  const partMs = limit.timeMs === undefined ? {} : { timeMs: (limit.timeMs * PLAIN_SHARE) / loads.length };
  const plain = loads.map((row) => withoutRules(problem, row, mostCopies, { ...limit, ...partMs }));
  const starts = [greedyStart(problem, rules, loads), ...plain.map(({ station }) => station && [...station])]
    .flatMap((at) => (at === undefined ? [] : (whole(at, most) ?? [])))
    .sort((a, b) => a.number - b.number);
  const found = await leastNumber(
    { least: Math.min(most, Math.max(...plain.map(({ bound }) => bound))), most },
    starts[0],
    ask,
    () => leftS() <= 0,
    (stations, ruledOut) => onProgress?.({ best: stations, bound: ruledOut }),
  );
  const { bound } = found;
  const best = found.best?.answer;
  const ended: EndedBy = limit.timeMs === undefined ? "work" : "time";
  const frame = { kind: "stations", solver: "HiGHS" } as const;
  if (best === undefined) {
    const none = bound > most;
    const clash = none ? await findClash(problem, rules, loads, sizeOf(most), budgetOf) : undefined;
    return {
      ...frame,
      proven: none,
      endedBy: none ? "proof" : ended,
      ...(none ? {} : { bound }),
      ...(clash === undefined ? {} : { clash }),
    };
  }
  const proven = bound >= best.stations;
  const board = new BalanceBoard(problem, cycleS, rules, best.assignment, { copies: best.copies });
  return {
    ...frame,
    stations: best.stations,
    cycleS,
    proven,
    bound,
    gap: (best.stations - bound) / best.stations,
    endedBy: proven ? "proof" : ended,
    assignment: best.assignment,
    ...(mostCopies > 1 ? { copies: best.copies } : {}),
    idleShare: board.idleShare(),
  };
}

/**
 * Rules only add stations: what is ruled out without them is ruled out, and a balance that happens to keep them is one.
 * With copies only the sum of the work remains.
 */
function withoutRules(
  problem: BalanceProblem,
  { ticks, capacityTicks }: LoadRow,
  copies: number,
  limit: EffortLimit,
): Pick<StationCount, "bound" | "station"> {
  const total = ticks.reduce((a, b) => a + b, 0);
  if (total === 0) return { bound: 1 };
  if (copies > 1 || total >= MOST_TICKS) return { bound: Math.ceil(total / capacityTicks) };
  return fewestStations({ ticks: Int32Array.from(ticks), arcs: tickArcs(problem) }, capacityTicks, limit);
}

function checkLoads(
  problem: BalanceProblem,
  loads: readonly LoadRow[],
  copies: number,
  cycleS: number,
): void {
  for (const { ticks, capacityTicks, model, seconds } of loads) {
    const long = ticks.findIndex((own) => own > capacityTicks * copies);
    if (long < 0) continue;
    throw new RungError({
      code: "balance-task-too-long",
      where: problem.name,
      what: `task ${problem.tasks[long]!.id} takes ${seconds(ticks[long]!)} s${model === undefined ? "" : ` for ${model}`}, longer than ${copies > 1 ? `${copies} cycles` : "the cycle"} of ${cycleS} s`,
      advice: "split the task, allow parallel stations or give a longer cycle",
    });
  }
}
