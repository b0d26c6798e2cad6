import type { Variant, WeldPoint } from "../../model/cell/cell.ts";
import type { CellFinding, CellFix } from "./finding.ts";
import { withFreeApproach } from "./free-approach.ts";
import { type ProgramRun, pathOf, runProgram } from "./program-run.ts";
import { afterView, cycleRow, isWorse, recheckWords, viewOf } from "./recheck.ts";
import { tenths } from "./shown-figures.ts";
import { type Insertion, withWeld } from "./weld-insertion.ts";
import { turnsTried, weldReach } from "./weld-reach.ts";

/** Places in the other program that are checked, shortest cycle first. */
const MOST_PLACES = 4;

/**
 * Mends a weld out of reach by giving it to another robot, the one whose cycle ends soonest with it: the gun turned so
 * that it stands free at the weld, and led in along its own axis where its way is blocked.
 */
export function mendByGiving(
  id: string,
  finding: CellFinding,
  run: ProgramRun,
  others: readonly ProgramRun[],
  { variant, seed }: { variant: Variant; seed: number },
): CellFix | undefined {
  const weld = run.program.unreached.find(({ name }) => name === finding.weld);
  if (weld === undefined) return undefined;
  const found = others
    .flatMap((other) => insertions(other, weld, run, variant).map((insertion) => ({ other, insertion })))
    .sort((a, b) => a.insertion.seconds - b.insertion.seconds);
  for (const { other, insertion } of found) {
    const program = withFreeApproach(other.look, insertion.program, weld.name, seed);
    if (program === undefined) continue;
    const after = runProgram(other.look, program, insertion.wanted);
    if (isWorse(other, after)) continue;
    const to = other.program.robot;
    const gap = after.check.gapOfWeld.get(weld.name);
    const contacts = (of: ProgramRun): number => of.check.nears.filter(({ gapM }) => gapM === 0).length;
    const old = new Set(other.program.points.map(({ name }) => name));
    return {
      id,
      kind: "reassign",
      robot: to.name,
      toRobot: to.name,
      mends: [finding.id],
      text: `give ${weld.name} to ${to.name}`,
      points: program.points.flatMap((point, i) => {
        const before = program.points[i - 1]?.name;
        if (old.has(point.name)) return [];
        return [
          { point: point.name, ...(before === undefined ? {} : { after: before }), qRad: [...point.q] },
        ];
      }),
      rows: [
        ...(gap === undefined
          ? []
          : [
              {
                what: "gap" as const,
                label: `${gap.body} to ${gap.other}`,
                unit: "mm" as const,
                asProgrammed: null,
                withFix: tenths(gap.gapM * 1000),
                limit: tenths(gap.limitM * 1000),
              },
            ]),
        cycleRow(to.name, other, after),
        {
          what: "contacts",
          label: "Contacts on the path",
          unit: "1",
          asProgrammed: contacts(other),
          withFix: contacts(after),
        },
        { what: "new findings", label: "New findings", unit: "1", asProgrammed: 0, withFix: 0 },
      ],
      recheck: recheckWords(after, `with ${weld.name}`),
      before: viewOf(finding, null),
      after: afterView(finding, gap),
      path: pathOf(to, program, after.timing),
    };
  }
  return undefined;
}

/** The weld in another robot's program, with the first turn of the gun that stands free there. */
function insertions(other: ProgramRun, weld: WeldPoint, run: ProgramRun, variant: Variant): Insertion[] {
  const { robot } = other.program;
  for (const turnDeg of turnsTried(weldReach(robot, weld.pose12).thetaDeg)) {
    const how = { turnDeg, isBare: true };
    const free = withWeld(robot, variant, other.program, other.wanted, weld, run.wanted, how).filter(
      ({ program }) => {
        const spot = program.points.find(({ kind, weld: name }) => kind === "weld" && name === weld.name);
        return spot !== undefined && other.look.pose(spot.q, "weld").tooNear.length === 0;
      },
    );
    if (free.length > 0) return free.slice(0, MOST_PLACES);
  }
  return [];
}
