import type { Variant } from "../../model/cell/cell.ts";
import type { CellFinding, WeldMove } from "./finding.ts";
import { planProgram } from "./plan-program.ts";
import { type ProgramRun, runProgram, timingOf } from "./program-run.ts";
import { isWorse } from "./recheck.ts";
import { tenths } from "./shown-figures.ts";
import { withWeld } from "./weld-insertion.ts";

/** More moves than a planner would follow. */
const MOST_MOVES = 6;
/** A move that shortens the longest cycle by less is not worth a change order, s. */
const WORTH_S = 0.2;
const MOST_PLACES = 3;

/**
 * Moves welds between robots: first those that their robot does not reach, to the one whose cycle ends soonest with
 * them; then from the longest cycle to another one while that shortens the longest. Each move is checked by the exact
 * engine on both robots' whole programs, with the moves before it.
 */
export function rebalanced(
  variant: Variant,
  runs: readonly ProgramRun[],
  findings: readonly CellFinding[],
): WeldMove[] {
  const now = [...runs];
  const moves: WeldMove[] = [];
  const give = (weldName: string, from: number, reason: string, mustShorten: boolean): boolean => {
    const weld = variant.welds.find(({ name }) => name === weldName);
    if (weld === undefined) return false;
    const before = longestS(now);
    const giver = without(now[from]!, weldName, variant);
    const options = now
      .flatMap((taker, to) =>
        taker.program.robot === giver.program.robot
          ? []
          : withWeld(taker.program.robot, variant, taker.program, taker.wanted, weld, now[from]!.wanted)
              .slice(0, MOST_PLACES)
              .map((insertion) => ({ to, insertion })),
      )
      .sort((a, b) => a.insertion.seconds - b.insertion.seconds);
    for (const { to, insertion } of options) {
      const after = longestS(
        now.map((run, i) => (i === from ? giver : run)),
        to,
        insertion.seconds,
      );
      if (mustShorten && after > before - WORTH_S) return false;
      const taker = runProgram(now[to]!.look, insertion.program, insertion.wanted);
      if (isWorse(now[to]!, taker) || isWorse(now[from]!, giver)) continue;
      moves.push({
        weld: weldName,
        from: giver.program.robot.name,
        to: taker.program.robot.name,
        reason,
        cycleBeforeS: tenths(before),
        cycleAfterS: tenths(after),
      });
      now[from] = giver;
      now[to] = taker;
      return true;
    }
    return false;
  };
  for (const finding of findings.filter(({ kind, priority }) => kind === "reach" && priority === 2)) {
    const from = now.findIndex(({ program }) => program.unreached.some(({ name }) => name === finding.weld));
    if (from >= 0) give(finding.weld!, from, "out of reach", false);
  }
  while (moves.length < MOST_MOVES) {
    const most = longestS(now);
    const welds = now.flatMap(({ program: { robot, points } }, from) =>
      cycleS(now, robot.name) === most
        ? points.flatMap(({ kind, weld }) => (kind === "weld" && weld !== undefined ? [{ weld, from }] : []))
        : [],
    );
    if (!welds.some(({ weld, from }) => give(weld, from, "shortens the longest cycle", true))) break;
  }
  return moves;
}

/** Of all robots, waits at interlocks left out. @param index of a program that takes other `seconds` */
function longestS(runs: readonly ProgramRun[], index = -1, seconds = 0): number {
  return Math.max(0, ...runs.map(({ program }) => cycleS(runs, program.robot.name, index, seconds)));
}

/** All programs of one robot. */
function cycleS(runs: readonly ProgramRun[], robot: string, index = -1, seconds = 0): number {
  return runs.reduce(
    (sum, { program, timing }, i) =>
      program.robot.name === robot ? sum + (i === index ? seconds : timing.durationS) : sum,
    0,
  );
}

function without(run: ProgramRun, weld: string, variant: Variant): ProgramRun {
  const wanted = run.wanted.filter((point) => point.weld !== weld);
  const { robot, name } = run.program;
  const program = planProgram(robot, name, variant, wanted);
  return program.points.length === run.program.points.length
    ? { ...run, program, wanted, timing: timingOf(program) }
    : runProgram(run.look, program, wanted);
}
