import type { CellFinding, CellFix } from "./finding.ts";
import { type ProgramRun, runProgram } from "./program-run.ts";
import { fixOf, recheck } from "./recheck.ts";
import { type Retaught, reteach } from "./reteach.ts";
import type { PlannedProgram } from "./robot-look.ts";
import { signed, tenths } from "./shown-figures.ts";

/** Mends what comes too near by teaching the points of the place anew. @returns undefined where none checks clear */
export function mendByTeaching(
  id: string,
  finding: CellFinding,
  run: ProgramRun,
  seed: number,
): CellFix | undefined {
  const near = run.check.nears.find(
    ({ body, other, weld, place }) =>
      body === finding.body && other === finding.other && weld === finding.weld && place === finding.place,
  );
  if (near === undefined) return undefined;
  const { look, program, wanted } = run;
  const anew = reteach(look, program, near.first, near.last, seed);
  if (anew === undefined) return undefined;
  const after = runProgram(look, { ...program, points: anew.points }, wanted);
  const checked = recheck(finding, run, after);
  if (checked === undefined) return undefined;
  const old = new Map(program.points.map((point) => [point.name, point.q]));
  const points = anew.points.map((point, i) => ({ ...point, after: anew.points[i - 1]?.name }));
  return fixOf(id, after, checked, {
    kind: "re-teach",
    text: wordsOf(anew, program, finding.place),
    points: points
      .filter(({ name }) => anew.changed.includes(name))
      .map(({ name, after: previous, q }) => {
        const before = old.get(name);
        return {
          point: name,
          ...(before === undefined && previous !== undefined ? { after: previous } : {}),
          ...(before === undefined ? {} : { qBeforeRad: [...before] }),
          qRad: [...q],
        };
      }),
    ...(anew.rotateDeg === 0 ? {} : { rotateDeg: anew.rotateDeg }),
    ...(anew.retractMm === 0 ? {} : { retractMm: tenths(anew.retractMm) }),
  });
}

/** `W-118 approach, W-118 retract back 65 mm, gun rotated −4°, 3 via points put between`; `via 2: left out` */
function wordsOf(
  { rotateDeg, retractMm, vias, changed, leftOut }: Retaught,
  program: PlannedProgram,
  place: string,
): string {
  const known = changed.filter((name) => program.points.some((point) => point.name === name));
  const parts = [
    ...(retractMm === 0 ? [] : [`back ${retractMm} mm`]),
    ...(rotateDeg === 0 ? [] : [`gun rotated ${signed(rotateDeg)}°`]),
    ...(leftOut.length > 0 ? ["left out"] : []),
    ...(vias > 0 ? [`${vias} via ${vias === 1 ? "point" : "points"} put between`] : []),
  ];
  if (leftOut.length > 0) return `${leftOut.join(", ")}: ${parts.join(", ")}`;
  return `${known.join(", ") || place}: ${parts.join(", ")}`;
}
