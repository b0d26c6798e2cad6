import type {
  CellFinding,
  CellStudy,
  CycleRow,
  RobotPath,
  WeldRow,
} from "../../../runtime/prescribe/cell/finding.ts";
import { CELL_WORDS, type CellWords } from "./cell-words.ts";

/** What a robot does at a moment of its program. */
export type Doing = "moves" | "welding" | "waits";

/** Joints that turn less than this between two samples stand still, rad. */
const STILL_RAD = 1e-6;

/** Joint angles at a moment, straight between two samples, rad; before and after the program its first and last pose. */
export function anglesAt({ samples }: RobotPath, atS: number): readonly number[] {
  const next = samples.findIndex((sample) => sample.atS >= atS);
  if (next === 0) return samples[0]!.qRad;
  if (next < 0) return samples.at(-1)?.qRad ?? [];
  const [before, after] = [samples[next - 1]!, samples[next]!];
  const span = after.atS - before.atS;
  const part = span === 0 ? 1 : (atS - before.atS) / span;
  return before.qRad.map((q, joint) => q + (after.qRad[joint]! - q) * part);
}

/** A robot that stands at one of its welds is welding; one that stands elsewhere waits. */
export function doingAt({ samples }: RobotPath, atS: number, welds: ReadonlySet<string>): Doing {
  const next = samples.findIndex((sample) => sample.atS > atS);
  if (next <= 0) return "waits";
  const [before, after] = [samples[next - 1]!, samples[next]!];
  if (before.qRad.some((q, joint) => Math.abs(after.qRad[joint]! - q) > STILL_RAD)) return "moves";
  const at = before.point ?? after.point;
  return at !== undefined && welds.has(at) ? "welding" : "waits";
}

/** When the last of the robots is done, s. */
export function endOf(paths: readonly RobotPath[]): number {
  return Math.max(0, ...paths.map(({ samples }) => samples.at(-1)?.atS ?? 0));
}

export const weldNames = (welds: readonly WeldRow[]): ReadonlySet<string> =>
  new Set(welds.map(({ weld }) => weld));

/** Joint angles of all robots for a picture of a finding: its own pose for its robot, the others at the same moment. */
export function anglesOfFinding(
  study: CellStudy,
  finding: Pick<CellFinding, "robot" | "atS" | "qRad">,
): Map<string, readonly number[]> {
  const angles = anglesOfTime(study.paths, finding.atS ?? 0);
  if (finding.qRad !== undefined) angles.set(finding.robot, finding.qRad);
  return angles;
}

/** Joint angles of every robot that has a program, each on its own time line. */
export function anglesOfTime(paths: readonly RobotPath[], atS: number): Map<string, readonly number[]> {
  return new Map(paths.map((path) => [path.robot, anglesAt(path, atS)]));
}

/** Robots that wait for each other in the plan, which the time line does not show: each has its own. Empty: none does. */
export function waitsText(cycles: readonly CycleRow[], words: CellWords = CELL_WORDS.en): string {
  const waits = cycles.filter(({ waitingS }) => waitingS > 0);
  if (waits.length === 0) return "";
  const each = waits.map(({ robot, waitingS }) => `${robot} ${waitingS.toFixed(1)} s`).join(", ");
  return words.ownTime(each);
}

/** A finding's mark on the time line. */
export interface Tick {
  readonly id: string;
  readonly text: string;
  readonly priority: 1 | 2 | 3;
  /** CSS. */
  readonly left: string;
}

/**
 * One mark per place on the time line: of findings near each other the worst, which the list names first. Marks nearer
 * than `nearShare` of the line would lie on each other.
 */
export function ticksOf(findings: readonly CellFinding[], endS: number, nearShare: number): Tick[] {
  const kept: { finding: CellFinding; share: number }[] = [];
  for (const finding of findings) {
    if (finding.atS === undefined || endS <= 0) continue;
    const share = finding.atS / endS;
    if (kept.every((other) => Math.abs(other.share - share) >= nearShare)) kept.push({ finding, share });
  }
  return kept.map(({ finding: { id, text, priority }, share }) => ({
    id,
    text,
    priority,
    left: `${(100 * share).toFixed(2)}%`,
  }));
}
