import type { Cell, CellRobot, Variant, WeldPoint } from "../../model/cell/cell.ts";
import type { CellFinding, CellFix, WeldRow } from "./finding.ts";
import type { ProgramRun } from "./program-run.ts";
import { degOf, mmOf, signed } from "./shown-figures.ts";
import { type WeldReach, weldReach } from "./weld-reach.ts";

/**
 * Every weld of the variant with the robot that makes it, worst first.
 * @param only robots that are looked at; all where it is left out
 */
export function weldRows(
  cell: Cell,
  variant: Variant,
  runs: readonly ProgramRun[],
  findings: readonly CellFinding[],
  fixes: readonly CellFix[],
  only?: readonly string[],
): WeldRow[] {
  const rows = variant.welds.flatMap((weld) => {
    const run = runs.find(({ wanted }) => wanted.some((point) => point.weld === weld.name));
    const robot = run?.program.robot ?? cell.robots.find(({ name }) => name === weld.robot);
    if (robot === undefined || only?.includes(robot.name) === false) return [];
    const own = findings.filter((finding) => finding.weld === weld.name && finding.robot === robot.name);
    return [weldRow(cell, robot, weld, run, own, fixes)];
  });
  return rows.sort((a, b) => rank(a) - rank(b) || spareMm(a) - spareMm(b) || (a.weld < b.weld ? -1 : 1));
}

function weldRow(
  cell: Cell,
  robot: CellRobot,
  weld: WeldPoint,
  run: ProgramRun | undefined,
  findings: readonly CellFinding[],
  fixes: readonly CellFix[],
): WeldRow {
  const spot = run?.program.points.find((point) => point.kind === "weld" && point.weld === weld.name);
  const gap = run?.check.gapOfWeld.get(weld.name);
  const fix = fixes.find(({ id }) => findings.some((finding) => finding.fix === id));
  // As it is programmed: a weld that is reached as it is drawn may be missed with the gun turned.
  const asWanted = run?.wanted.find((point) => point.kind === "weld" && point.weld === weld.name);
  const reach: WeldReach | undefined =
    spot === undefined ? weldReach(robot, asWanted?.pose12 ?? weld.pose12) : undefined;
  const clips = gap !== undefined && gap.gapM <= 0;
  const margins = new Float64Array(robot.arm.dof);
  if (spot !== undefined) robot.arm.margins(spot.q, margins);
  return {
    weld: weld.name,
    station: robot.station,
    robot: robot.name,
    result:
      reach?.result ??
      (clips && fix === undefined
        ? "clips"
        : findings.length > 0 && fix !== undefined
          ? "fixable"
          : "reachable"),
    ...(reach?.result === "short" && reach.shortMm !== undefined ? { shortMm: reach.shortMm } : {}),
    ...(reach === undefined || reach.result === "reachable" ? {} : { thetaDeg: reach.thetaDeg }),
    ...(reach?.baseShiftMm ? { baseShiftMm: reach.baseShiftMm } : {}),
    gapMm: gap === undefined ? null : mmOf(gap.gapM),
    limitMm: mmOf(gap?.limitM ?? cell.clearances.gun.weldM),
    ...(spot === undefined ? {} : { jointMarginDeg: degOf(Math.min(...margins)) }),
    helps: helps(fix, reach),
    findings: findings.map(({ id }) => id),
    ...(fix === undefined ? {} : { fix: fix.id }),
  };
}

/** `back 65, −4°`, `base 70 mm`, `gun +6°`, `give to R1` */
function helps(fix: CellFix | undefined, reach: WeldReach | undefined): string {
  if (fix?.kind === "reassign") return `give to ${fix.toRobot}`;
  if (fix?.kind === "re-teach") {
    const turn = fix.rotateDeg === undefined ? [] : [`${signed(fix.rotateDeg)}°`];
    const back = fix.retractMm === undefined ? [] : [`back ${fix.retractMm}`];
    return [...back, ...turn].join(", ") || "via points";
  }
  if (fix !== undefined) return fix.kind === "reposition" ? `base ${baseMm(fix)} mm` : "move the fixture";
  if (reach === undefined || reach.result === "reachable") return "";
  if (reach.result === "fixable") return `gun ${signed(reach.thetaDeg)}°`;
  return reach.baseShiftMm === undefined ? "" : `base ${reach.baseShiftMm.toFixed(0)} mm`;
}

const baseMm = ({ baseShift }: CellFix): string =>
  Math.hypot(baseShift?.xMm ?? 0, baseShift?.yMm ?? 0).toFixed(0);

const ORDER = ["clips", "short", "wrist-limits", "fixable", "reachable"] as const;
/** What clips comes first even where a change mends it. */
function rank({ result, gapMm }: WeldRow): number {
  return gapMm !== null && gapMm <= 0 ? 0 : ORDER.indexOf(result);
}

function spareMm({ gapMm, limitMm, shortMm = 0 }: WeldRow): number {
  return gapMm === null ? -shortMm : gapMm - limitMm;
}
