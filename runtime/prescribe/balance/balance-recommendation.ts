import { segmentFromText } from "../../core/address.ts";
import { canonicalHash } from "../../core/canonical-json.ts";
import type { Comparison, Constraint, Interval, Recommendation } from "../recommendation.ts";
import { BalanceBoard } from "./balance-board.ts";
import { type BalanceMessage, proofText, stationsOf } from "./balance-message.ts";
import type { Assignment } from "./balance-problem.ts";

/** A shift: so long a proposed balance may wait for an answer, and after so long its effect is looked at. */
const SHIFT_US = 8 * 3600e6;

/**
 * What would have to change for a line to work by a balance: the tasks that change their station. Task times are taken
 * as they stand in the file, so figures that follow from them alone have no width; the pace of the line lies between the
 * work of its slowest station and the cycle time.
 * @param current where the tasks are now, station numbers from 0; tasks it leaves out are at no station
 * @returns undefined where no task that has a station changes it
 * @throws RungError `balance-board` where `current` names no task or station of the problem
 */
export function balanceRecommendation(
  balance: BalanceMessage,
  current: Assignment,
): Recommendation | undefined {
  const { twin, problem, cycleS, rules, assignment, copies, madeAtUs, breaches } = balance;
  const moved = problem.tasks
    .map(({ id }) => ({ id, from: current[id], to: assignment[id] }))
    .filter(({ from, to }) => from !== undefined && to !== undefined && from !== to);
  if (moved.length === 0) return undefined;
  const now = new BalanceBoard(problem, cycleS, rules, current);
  const then = new BalanceBoard(problem, cycleS, rules, assignment, copies === undefined ? {} : { copies });
  const [slowestNowS, slowestThenS] = [slowestS(now), slowestS(then)];
  const stations = row("stations", "1", stationsOf(current), stationsOf(assignment, copies));
  const slowest = row("slowest station", "s", slowestNowS, slowestThenS);
  const idle = row("idle share", "%", 100 * now.idleShare(), 100 * then.idleShare());
  const modelVersion = canonicalHash([problem.tasks, rules, cycleS]).slice(0, 12);
  return {
    kind: "recommendation",
    id: `${twin}/balance/${madeAtUs}`,
    twin,
    title: `${moved.length} ${moved.length === 1 ? "task" : "tasks"} to other stations: ${proofText(balance)}`,
    changes: moved.map(({ id, from, to }) => ({
      target: `${twin}/tasks/${segmentFromText(id)}/station`,
      // People count stations from 1.
      from: from! + 1,
      to: to! + 1,
      unit: "1",
    })),
    comparisons: [stations, slowest, idle],
    constraints: [
      loadConstraint(slowestThenS, cycleS),
      {
        name: "rules of the line broken",
        value: breaches.length,
        limit: 0,
        unit: "1",
        verdict: breaches.length === 0 ? "free" : "violated",
        hard: true,
      },
    ],
    projected: {
      address: `${twin}/takt/actual`,
      unit: "s",
      interval: { value: cycleS, low: Math.min(slowestThenS, cycleS), high: cycleS },
      afterUs: SHIFT_US,
    },
    evidence: [proofText(balance)],
    modelVersion,
    madeAtUs,
    expiresUs: madeAtUs + SHIFT_US,
  };
}

/** Work of the station that has most of it for each piece; copies of a station share it. */
function slowestS(board: BalanceBoard): number {
  const paces = Array.from({ length: board.stations }, (_, i) => {
    const { loadS, capacityS } = board.station(i);
    return (loadS * board.cycleS) / capacityS;
  });
  return Math.max(0, ...paces);
}

function loadConstraint(value: number, limit: number): Constraint {
  const verdict = value > limit ? "violated" : value === limit ? "at limit" : "free";
  return { name: "work of the slowest station", value, limit, unit: "s", verdict, hard: true };
}

function row(what: string, unit: string, baseline: number, scenario: number): Comparison {
  return {
    what,
    unit,
    baseline: exactly(baseline),
    scenario: exactly(scenario),
    difference: exactly(scenario - baseline),
  };
}

const exactly = (value: number): Interval => ({ value, low: value, high: value });
