import type { CellFix, CellStudy, FixRow, WeldRow } from "../prescribe/cell/finding.ts";
import { alignedTable } from "./oven-table.ts";

/** What a planner reads: findings with what mends them, the welds worst first, the cycle times. */
export function studyTable(study: CellStudy, lookedForFixes = true): string {
  const { findings, welds, fixes, cycles, placements = [], rebalancing = [], notes } = study;
  const fixOf = new Map(fixes.map((fix) => [fix.id, fix]));
  const lines = [
    `${study.cell}, variant ${study.variant}: ${findings.length === 0 ? "no findings" : `${findings.length} findings`}, ` +
      `${study.checked.poses} poses and ${study.checked.stretches} stretches checked`,
  ];
  const told = new Set<string>();
  for (const { priority, kind, text, detail, fix: id } of findings) {
    lines.push("", `${priority}  ${text}`, `   ${detail}`);
    const fix = fixOf.get(id ?? "");
    if (fix === undefined) {
      // What two robots share is kept apart by the interlock that its detail names.
      if (lookedForFixes && kind !== "interference" && kind !== "cycle")
        lines.push("   no fix found that checks clear");
    } else if (told.has(fix.id)) lines.push(`   ${fix.id}, see above`);
    else lines.push(...fixLines(fix));
    if (fix !== undefined) told.add(fix.id);
  }
  if (welds.length > 0) lines.push("", ...weldLines(welds));
  if (cycles.length > 0)
    lines.push(
      "",
      ...alignedTable(
        ["robot", "cycle, s", "moving, s", "welding, s", "waiting, s"],
        cycles.map((row) => [
          row.robot,
          ...[row.seconds, row.movingS, row.weldingS, row.waitingS].map(tenths),
        ]),
      ),
    );
  for (const { robot, shift, welds: of, reachableBefore, reachableAfter } of placements)
    lines.push(
      "",
      `${robot}: base best at x ${signed(shift.xMm)} mm, y ${signed(shift.yMm)} mm, yaw ${signed(shift.yawDeg)}°: ` +
        `${reachableAfter} of ${of} welds reachable, ${reachableBefore} as it stands`,
    );
  for (const { weld, from, to, reason } of rebalancing)
    lines.push("", `${weld}: ${from} -> ${to}, ${reason}`);
  if (notes.length > 0) lines.push("", ...notes);
  return `${lines.join("\n")}\n`;
}

function fixLines(fix: CellFix): string[] {
  const table = alignedTable(
    [fix.id, "as programmed", "with fix"],
    fix.rows.map((row) => [
      `${row.label}, ${row.unit}`,
      figure(row, row.asProgrammed),
      figure(row, row.withFix),
    ]),
  );
  return [`   ${fix.id}: ${fix.text}`, ...table.map((line) => `      ${line}`), `      ${fix.recheck}`];
}

/** A weld without a gap has no pose, is in no program, or stands in the open. */
function gapOf({ gapMm, result, jointMarginDeg }: WeldRow): string {
  if (gapMm !== null) return gapMm <= 0 ? `clips ${tenths(-gapMm)}` : tenths(gapMm);
  if (jointMarginDeg !== undefined) return "nothing near";
  return result === "reachable" ? "in no program" : "no pose";
}

function figure({ what, unit }: FixRow, value: number | null): string {
  if (value === null) return "no pose";
  if (what === "gap" && value <= 0) return `clips ${tenths(-value)}`;
  return unit === "1" ? String(value) : tenths(value);
}

function weldLines(welds: readonly WeldRow[]): string[] {
  const count = (result: WeldRow["result"]): number => welds.filter((row) => row.result === result).length;
  const results = ["reachable", "fixable", "clips", "short", "wrist-limits"] as const;
  const told = results.filter((result) => count(result) > 0).map((result) => `${count(result)} ${result}`);
  return [
    `${welds.length} welds: ${told.join(", ")}`,
    ...alignedTable(
      ["weld", "robot", "result", "gap, mm", "limit, mm", "what helps"],
      welds.map((row) => [
        row.weld,
        row.robot,
        row.shortMm === undefined ? row.result : `short by ${tenths(row.shortMm)} mm`,
        gapOf(row),
        tenths(row.limitMm),
        row.helps,
      ]),
    ),
  ];
}

const tenths = (value: number): string => value.toFixed(1);
const signed = (value: number): string => `${value > 0 ? "+" : ""}${tenths(value)}`;
