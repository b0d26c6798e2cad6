import type { Cell, Variant, WeldPoint } from "../../model/cell/cell.ts";
import type { Xyz } from "../../model/robot/pose.ts";
import { turnedAround } from "./approach.ts";
import type { BaseShift } from "./base-placement.ts";
import type { CellFinding, CellFix } from "./finding.ts";
import { withFreeApproach } from "./free-approach.ts";
import { type LookAt, setElsewhere, withRobot } from "./looks.ts";
import { planProgram, solvedAnew, type WantedPoint } from "./plan-program.ts";
import { type ProgramRun, runProgram } from "./program-run.ts";
import { besideOthers, fixOf, recheck, worsensAnother } from "./recheck.ts";
import { type PlannedProgram, type RobotLook, situationOf, stopOf } from "./robot-look.ts";
import { tenths } from "./shown-figures.ts";
import { turnsTried, weldReach } from "./weld-reach.ts";

/** What is tried beyond the least that reaches: a wrist straight at the end of its reach is no place to weld. */
const BEYOND_M = [0.005, 0.03, 0.07, 0.15, 0.25];

/**
 * Mends a weld out of reach by moving the base towards it: every point of the program is solved anew from there, its TCP
 * where it was. The smallest move that checks clear, the other robots' programs beside the moved base too. None is sought
 * for a robot that runs several programs: all of them would have to be taught anew.
 */
export async function mendByBase(
  id: string,
  finding: CellFinding,
  run: ProgramRun,
  runs: readonly ProgramRun[],
  { cell, variant, lookAt, seed }: { cell: Cell; variant: Variant; lookAt: LookAt; seed: number },
): Promise<CellFix | undefined> {
  const weld = run.program.unreached.find(({ name }) => name === finding.weld);
  if (weld === undefined) return undefined;
  const { robot, name } = run.program;
  if (runs.some((other) => other !== run && other.program.robot === robot)) return undefined;
  const spot = run.wanted.find((point) => point.kind === "weld" && point.weld === weld.name);
  const reach = weldReach(robot, spot?.pose12 ?? weld.pose12);
  if (reach.baseShiftMm === undefined) return undefined;
  for (const beyondM of BEYOND_M) {
    const shift = along(reach.baseDirection, reach.baseShiftMm / 1000 + beyondM);
    const moved = setElsewhere(robot, shift);
    const looks = await lookAt(withRobot(cell, moved));
    const look = looks(robot.name);
    const found = turnsTried(reach.thetaDeg).flatMap((turnDeg) => {
      const solved = solvedAnew(moved, turnedAt(weld, run.wanted, (turnDeg * Math.PI) / 180));
      const planned = planProgram(moved, name, variant, solved);
      if (planned.unreached.length > 0 || planned.lost.length > 0) return [];
      const program = withFreeApproach(look, planned, weld.name, seed);
      return program !== undefined && couldBeClear(look, program, run) ? [{ solved, program }] : [];
    })[0];
    if (found === undefined) continue;
    const { solved, program } = found;
    const after = runProgram(look, program, solved);
    const checked = recheck(finding, run, after);
    if (checked === undefined || worsensAnother(run, runs, looks)) continue;
    const [xMm, yMm] = [tenths(shift.xM * 1000), tenths(shift.yM * 1000)];
    const movedMm = tenths(Math.hypot(xMm, yMm));
    return fixOf(
      id,
      after,
      {
        ...besideOthers(checked, run, runs),
        rows: [
          ...checked.rows,
          { what: "base moved", label: "Base moved", unit: "mm", asProgrammed: 0, withFix: movedMm },
        ],
      },
      {
        kind: "reposition",
        text:
          `move the base of ${robot.name} by ${movedMm} mm (x ${xMm}, y ${yMm}) and teach its points anew` +
          (cell.variants.length > 1 ? "; for the other variants too, which was not checked" : ""),
        points: program.points.map((point) => ({ point: point.name, qRad: [...point.q] })),
        baseShift: { xMm, yMm, yawDeg: 0 },
      },
    );
  }
  return undefined;
}

/** A cheap look before the whole check: no point and no move is blocked that was free where the base stands. */
function couldBeClear(look: RobotLook, program: PlannedProgram, run: ProgramRun): boolean {
  const blocked = new Set(run.check.nears.map(({ weld }) => weld));
  return program.points.every((to, i) => {
    const from = program.points[i - 1];
    const isKnown = [from, to].some((point) => point?.weld !== undefined && blocked.has(point.weld));
    if (isKnown) return true;
    return (
      look.pose(to.q, situationOf(to)).tooNear.length === 0 &&
      (from === undefined || look.isClear(stopOf(from), stopOf(to)))
    );
  });
}

/** The wanted points with the gun turned about its electrodes at one weld. */
export function turnedAt(weld: WeldPoint, wanted: readonly WantedPoint[], turnRad: number): WantedPoint[] {
  return wanted.map((point) =>
    point.weld === weld.name && point.pose12 !== undefined
      ? { ...point, pose12: turnedAround(weld.pose12, point.pose12, turnRad) }
      : point,
  );
}

const along = ([x, y]: Xyz, byM: number): BaseShift => ({ xM: byM * x, yM: byM * y, yawRad: 0 });
