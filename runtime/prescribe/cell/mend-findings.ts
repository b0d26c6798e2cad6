import type { Cell, Variant } from "../../model/cell/cell.ts";
import { CellEngine } from "../../model/cell/cell-engine.ts";
import { CellLook } from "./cell-look.ts";
import type { CellFinding, CellFix } from "./finding.ts";
import type { LookAt } from "./looks.ts";
import { mendByBase } from "./mend-by-base.ts";
import { mendByFixture } from "./mend-by-fixture.ts";
import { mendByGiving } from "./mend-by-giving.ts";
import { mendByTeaching } from "./mend-by-teaching.ts";
import type { ProgramRun } from "./program-run.ts";
import type { Steps } from "./study-steps.ts";

export interface Mending {
  readonly cell: Cell;
  readonly variant: Variant;
  /** Robots that stay at home. */
  readonly waiting: readonly string[];
  readonly seed: number;
  readonly steps: Steps;
}

/**
 * Looks for a change that mends each finding, worst first. Whatever is listed was checked, each change alone against the
 * programs as they are; one that mends several findings is listed once.
 */
export async function mendFindings(
  findings: readonly CellFinding[],
  runs: readonly ProgramRun[],
  mending: Mending,
): Promise<{ findings: CellFinding[]; fixes: CellFix[] }> {
  const { cell, variant, waiting, seed, steps } = mending;
  steps.expect(findings.length);
  const lookAt: LookAt = async (changed) => {
    const engine = await CellEngine.create(changed, variant.name, waiting);
    return (robot) => new CellLook(engine, robot);
  };
  const fixes: CellFix[] = [];
  const mended = new Map<string, string>();
  const keep = (fix: CellFix | undefined): void => {
    if (fix === undefined) return;
    fixes.push(fix);
    for (const id of fix.mends) if (!mended.has(id)) mended.set(id, fix.id);
  };
  for (const finding of findings) {
    const run = runs.find((one) => holds(one, finding));
    const nextId = (): string => `F-${fixes.length + 1}`;
    if (run !== undefined && !mended.has(finding.id)) {
      if (finding.kind === "reach") {
        const others = runs.filter((one) => one.program.robot !== run.program.robot);
        keep(mendByGiving(nextId(), finding, run, others, { variant, seed }));
        // A moved base is steel work: told beside the other way, for the planner to choose.
        keep(await mendByBase(nextId(), finding, run, runs, { cell, variant, lookAt, seed }));
      } else if (finding.kind === "clash" || finding.kind === "clearance") {
        keep(mendByTeaching(nextId(), finding, run, seed));
        if (!mended.has(finding.id))
          keep(await mendByFixture(nextId(), finding, run, runs, { cell, lookAt }));
      }
    }
    steps.done();
  }
  return {
    findings: findings.map((finding) => {
      const fix = mended.get(finding.id);
      return fix === undefined ? finding : { ...finding, fix };
    }),
    fixes,
  };
}

function holds({ program, check }: ProgramRun, finding: CellFinding): boolean {
  if (program.robot.name !== finding.robot) return false;
  if (finding.kind === "reach") return program.unreached.some(({ name }) => name === finding.weld);
  return check.nears.some(
    ({ body, other, place }) => body === finding.body && other === finding.other && place === finding.place,
  );
}
