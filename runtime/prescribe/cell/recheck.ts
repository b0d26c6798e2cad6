import { between } from "../../model/robot/between.ts";
import type { ProgramCheck, WeldGap } from "./check-program.ts";
import type { CellFinding, CellFix, FixRow, FixView } from "./finding.ts";
import { findingsOf, missingMm } from "./findings.ts";
import { type ProgramRun, pathOf, runProgram } from "./program-run.ts";
import { type RobotLook, spareM, stopOf } from "./robot-look.ts";
import { mmOf, tenths } from "./shown-figures.ts";

/** What a change came to, looked at by the engine that found what it mends. */
export interface Recheck {
  readonly mends: readonly string[];
  readonly rows: readonly FixRow[];
  readonly recheck: string;
  readonly before: FixView;
  readonly after: FixView;
}

/**
 * Whether a change of a program mends a finding and brings no other.
 * @returns undefined where the finding is still there, something new is found, the station's cycle time is lost, or a
 * stretch cannot be proven
 */
export function recheck(finding: CellFinding, before: ProgramRun, after: ProgramRun): Recheck | undefined {
  const old = findingsOf(before);
  const now = findingsOf(after);
  const left = new Set(now.map(({ id }) => id));
  if (left.has(finding.id) || isWorse(before, after)) return undefined;
  const gap = pairAfter(finding, after) ?? tightest(after.check, finding.weld);
  const { robot } = finding;
  const contacts = (check: ProgramCheck): number => check.nears.filter(({ gapM }) => gapM === 0).length;
  const asFound = finding.kind === "clash" ? (finding.mm === null ? null : -finding.mm) : finding.mm;
  return {
    mends: old.filter(({ id }) => !left.has(id)).map(({ id }) => id),
    rows: [
      ...(gap === undefined ? [] : [gapRow(finding, gap, asFound)]),
      cycleRow(robot, before, after),
      {
        what: "contacts",
        label: "Contacts on the path",
        unit: "1",
        asProgrammed: contacts(before.check),
        withFix: contacts(after.check),
      },
      { what: "new findings", label: "New findings", unit: "1", asProgrammed: 0, withFix: 0 },
    ],
    recheck: recheckWords(after),
    before: viewOf(finding, asFound),
    after: afterView(finding, gap),
  };
}

/** Whether a robot that kept the station's cycle time would be longer than that. */
function losesCycle(before: ProgramRun, after: ProgramRun): boolean {
  const { limitS = Number.POSITIVE_INFINITY } = before;
  return before.timing.durationS <= limitS && after.timing.durationS > limitS;
}

export const cycleRow = (robot: string, before: ProgramRun, after: ProgramRun): FixRow => ({
  what: "cycle",
  label: `Cycle of ${robot}`,
  unit: "s",
  asProgrammed: tenths(before.timing.durationS),
  withFix: tenths(after.timing.durationS),
  ...(before.limitS === undefined ? {} : { limit: before.limitS }),
});

/** A finding counts as worse from here on, mm: less is within what the least distance along a move is told to. */
const WORSE_MM = 0.2;

/**
 * Whether a change leaves a program worse: with a finding that was not there, one that misses what is wanted by more, or
 * a stretch that is no longer proven, or beyond a cycle time that it kept.
 */
export function isWorse(before: ProgramRun, after: ProgramRun): boolean {
  const known = new Map(findingsOf(before).map((finding) => [finding.id, missingMm(finding)]));
  const unproven = new Set(before.check.unproven);
  return (
    findingsOf(after).some((finding) => !(missingMm(finding) <= (known.get(finding.id) ?? -1) + WORSE_MM)) ||
    after.check.unproven.some((stretch) => !unproven.has(stretch)) ||
    losesCycle(before, after)
  );
}

/** Whether a change of what stands leaves the program of another run worse. */
export function worsensAnother(
  run: ProgramRun,
  runs: readonly ProgramRun[],
  looks: (robot: string) => RobotLook,
): boolean {
  return runs.some(
    (other) =>
      other !== run &&
      isWorse(other, runProgram(looks(other.program.robot.name), other.program, other.wanted)),
  );
}

/** Says that the other programs were re-checked too, see `worsensAnother`. */
export function besideOthers(checked: Recheck, run: ProgramRun, runs: readonly ProgramRun[]): Recheck {
  const others = runs.filter((other) => other !== run).map(({ program }) => program.name);
  if (others.length === 0) return checked;
  return {
    ...checked,
    recheck: `${checked.recheck} Beside what was moved re-checked: ${others.join(", ")}.`,
  };
}

/** What was looked at again, what of it is proven, and what was not looked at. @param withWhat `with W-118` */
export function recheckWords({ check, look, program }: ProgramRun, withWhat = ""): string {
  const { poses, stretches, unproven } = check;
  const proven =
    unproven.length === 0
      ? "every stretch proven from end to end by motion bound"
      : `${stretches - unproven.length} of them proven from end to end by motion bound, ` +
        `not ${unproven.join(", ")}, as before the change`;
  return (
    `Whole program of ${program.robot.name} re-checked${withWhat && ` ${withWhat}`}: ${poses} poses and ${stretches} ` +
    `stretches, ${proven}; ${look.robot.bodies.length} bodies, exact meshes. Of other robots their bases: interlocks ` +
    "are to be planned anew. Cycle from stated accelerations, not measured."
  );
}

/** The pair that was found, where it has least to spare along the points of the weld after the change. */
function pairAfter(finding: CellFinding, { look, program }: ProgramRun): WeldGap | undefined {
  const { weld, body, other } = finding;
  if (weld === undefined || body === undefined) return undefined;
  let least: WeldGap | undefined;
  for (const [i, to] of program.points.entries()) {
    const from = program.points[i - 1];
    if (from === undefined || (from.weld !== weld && to.weld !== weld)) continue;
    const gap = look.gapOnMove(stopOf(from), stopOf(to), body, other);
    if (gap === undefined || (least !== undefined && spareM(least) <= spareM(gap))) continue;
    least = { ...gap, q: between(from.q, to.q, gap.at), place: `${from.name} to ${to.name}` };
  }
  return least;
}

function tightest(check: ProgramCheck, weld: string | undefined): WeldGap | undefined {
  return weld === undefined ? undefined : check.gapOfWeld.get(weld);
}

function gapRow(finding: CellFinding, gap: WeldGap, asFound: number | null): FixRow {
  return {
    what: "gap",
    label: `${gap.body} to ${gap.other}`,
    unit: "mm",
    asProgrammed: finding.kind === "reach" ? null : asFound,
    withFix: mmOf(gap.gapM),
    limit: mmOf(gap.limitM),
  };
}

export function viewOf(finding: CellFinding, gapMm: number | null): FixView {
  return {
    place: finding.place,
    qRad: finding.qRad ?? [],
    body: finding.body ?? "",
    other: finding.other,
    gapMm: finding.kind === "reach" ? null : gapMm,
    ...(finding.points === undefined ? {} : { points: finding.points }),
  };
}

export function afterView(finding: CellFinding, gap: WeldGap | undefined): FixView {
  if (gap === undefined) return { ...viewOf(finding, null), points: undefined } as FixView;
  return {
    place: gap.place,
    qRad: [...gap.q],
    body: gap.body,
    other: gap.other,
    gapMm: mmOf(gap.gapM),
    ...(gap.points === undefined ? {} : { points: gap.points }),
  };
}

/** A fix of what was re-checked. */
export function fixOf(
  id: string,
  after: ProgramRun,
  checked: Recheck,
  change: Omit<CellFix, "id" | "robot" | "path" | keyof Recheck>,
): CellFix {
  const { robot } = after.program;
  return { id, robot: robot.name, ...change, ...checked, path: pathOf(robot, after.program, after.timing) };
}
