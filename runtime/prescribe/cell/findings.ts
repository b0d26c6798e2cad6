import type { CellFinding } from "./finding.ts";
import { nearFinding, reachFinding } from "./finding-words.ts";
import type { ProgramRun } from "./program-run.ts";
import { weldReach } from "./weld-reach.ts";

/** What is wrong with one program: what it comes too near to, and the welds it does not reach. Worst first. */
export function findingsOf({ program, timing, check, wanted }: ProgramRun): CellFinding[] {
  const { robot, unreached } = program;
  const nears = check.nears.map((near) => nearFinding(robot, near, roundS(timing.timeAt(near.atPoint))));
  const reaches = unreached.map((weld) => {
    const asProgrammed = wanted.find(({ kind, weld: name }) => kind === "weld" && name === weld.name);
    return reachFinding(robot, weld, weldReach(robot, asProgrammed?.pose12 ?? weld.pose12));
  });
  return worstFirst([...nears, ...reaches.filter((finding) => finding !== undefined)]);
}

const roundS = (seconds: number): number => Math.round(seconds * 1000) / 1000;

/** By priority, then by what is missing, then by what it costs. */
export function worstFirst(findings: readonly CellFinding[]): CellFinding[] {
  return [...findings].sort(
    (a, b) =>
      a.priority - b.priority ||
      missingMm(b) - missingMm(a) ||
      (b.seconds ?? 0) - (a.seconds ?? 0) ||
      (a.id < b.id ? -1 : 1),
  );
}

/** By how much a finding misses what is wanted; beyond all where no figure tells it. */
export function missingMm({ kind, mm, limitMm = 0 }: CellFinding): number {
  if (mm === null) return kind === "interference" || kind === "cycle" ? 0 : Number.MAX_VALUE;
  return kind === "clearance" ? limitMm - mm : mm;
}
