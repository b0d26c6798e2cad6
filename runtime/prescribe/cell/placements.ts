import type { Cell, Variant } from "../../model/cell/cell.ts";
import { bestPlacement, scoreOf } from "./base-placement.ts";
import type { BasePlacement } from "./finding.ts";
import type { ProgramRun } from "./program-run.ts";
import { degOf, mmOf } from "./shown-figures.ts";
import type { Steps } from "./study-steps.ts";

/** The best place of each robot's base for the welds it is given. */
export function placements(
  cell: Cell,
  variant: Variant,
  runs: readonly ProgramRun[],
  steps: Steps,
): BasePlacement[] {
  return cell.robots.flatMap((robot): BasePlacement[] => {
    const own = runs.filter(({ program }) => program.robot.name === robot.name);
    const names = new Set(own.flatMap(({ wanted }) => wanted.map(({ weld }) => weld)));
    const welds = variant.welds.filter(({ name }) => names.has(name));
    if (welds.length === 0) return [];
    const best = bestPlacement(robot, welds, {}, () => steps.done());
    const before = scoreOf(robot, welds, { xM: 0, yM: 0, yawRad: 0 });
    return [
      {
        robot: robot.name,
        shift: { xMm: mmOf(best.shift.xM), yMm: mmOf(best.shift.yM), yawDeg: degOf(best.shift.yawRad) },
        welds: welds.length,
        reachableBefore: before.reachable,
        reachableAfter: best.reachable,
        jointMarginDeg: degOf(best.marginRad),
      },
    ];
  });
}
