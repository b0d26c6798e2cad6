import { RungError } from "../../core/errors.ts";
import type { Cell, CellRobot, Program, Variant } from "../../model/cell/cell.ts";
import { CellEngine } from "../../model/cell/cell-engine.ts";
import { robotMover } from "../../model/cell/motion/robot-mover.ts";
import { programsFor } from "../../model/cell/program-poses.ts";
import { CellLook } from "./cell-look.ts";
import { cellVersion } from "./cell-version.ts";
import type { CellFinding, CellFix, CellStudy, CycleRow } from "./finding.ts";
import { findingsOf, worstFirst } from "./findings.ts";
import { mendFindings } from "./mend-findings.ts";
import { placements } from "./placements.ts";
import { planProgram, wantedPoints } from "./plan-program.ts";
import { type ProgramRun, pathOf, runProgram } from "./program-run.ts";
import { rebalanced } from "./rebalance.ts";
import { sharedZones } from "./shared-zones.ts";
import { tenths } from "./shown-figures.ts";
import type { StudyOrder } from "./study-order.ts";
import { type Progress, Steps } from "./study-steps.ts";
import { weldRows } from "./weld-rows.ts";

/**
 * Studies a cell: every program against a variant, or its welds alone.
 * @throws RungError `cell-study` where the order names what the cell has not
 */
export async function studyCell(cell: Cell, order: StudyOrder, onProgress: Progress): Promise<CellStudy> {
  const variant = variantOf(cell, order.variant);
  const programs = programsOf(cell, variant, order.robots);
  const waiting = robotsWithout(cell, programsFor(cell.programs, variant));
  const engine = await CellEngine.create(cell, variant.name, waiting);
  const steps = new Steps(onProgress);
  const wanted = programs.map(({ robot, program }) => wantedPoints(robot, variant, program));
  steps.expect(wanted.reduce((sum, points) => sum + points.length, 0));
  const runs = programs.map(({ robot, program }, i): ProgramRun => {
    const planned = planProgram(robot, program.name, variant, wanted[i]!);
    const run = runProgram(new CellLook(engine, robot.name), planned, wanted[i]!, () => steps.done());
    const limitS = limitOf(cell, robot);
    return limitS === undefined ? run : { ...run, limitS };
  });
  const own = runs.flatMap((run) => findingsOf(run));
  const zones = order.study === "variant" ? sharedZones(engine, runs) : undefined;
  const cycles = cyclesOf(runs, zones?.waitS ?? new Map(), cell);
  const found = worstFirst([
    ...(order.study === "reach" ? own.filter(({ kind }) => kind === "reach") : own),
    ...(zones?.findings ?? []),
    ...tooLong(cycles, cell),
  ]);
  const wantsFixes = order.fixes ?? true;
  const { findings, fixes } = wantsFixes
    ? await mendFindings(found, runs, { cell, variant, waiting, seed: order.seed ?? 1, steps })
    : { findings: found, fixes: [] as CellFix[] };
  return {
    kind: "cell-study",
    study: order.study,
    cell: cell.name,
    variant: variant.name,
    computedAt: order.computedAt,
    modelVersion: cellVersion(cell),
    findings,
    welds: weldRows(cell, variant, runs, findings, fixes, order.robots),
    fixes,
    cycles,
    interlocks: zones?.interlocks ?? [],
    paths: runs.map(({ program, timing }) => pathOf(program.robot, program, timing)),
    ...(order.placement === true ? { placements: placements(cell, variant, runs, steps) } : {}),
    ...(order.rebalance === true ? { rebalancing: rebalanced(variant, runs, findings) } : {}),
    checked: {
      robots: new Set(runs.map(({ program }) => program.robot.name)).size,
      links: programs.reduce((sum, { robot }) => sum + robot.bodies.length, 0),
      obstacles: cell.fixtures.length + variant.parts.length,
      poses: runs.reduce((sum, { check }) => sum + check.poses, 0),
      stretches: runs.reduce((sum, { check }) => sum + check.stretches, 0),
      unproven: runs.reduce((sum, { check }) => sum + check.unproven.length, 0),
    },
    notes: [...notesOf(cell, variant, waiting, runs, findings), ...touchingAtHome(engine, runs)],
  };
}

function variantOf(cell: Cell, name: string | undefined): Variant {
  const names = cell.variants.map((variant) => variant.name);
  const found =
    name === undefined && names.length === 1
      ? cell.variants[0]
      : cell.variants.find((one) => one.name === name);
  if (found !== undefined) return found;
  const advice = names.length === 0 ? "list it under variants" : `it has ${names.join(", ")}`;
  const what = name === undefined ? "has several variants" : `has no variant ${name}`;
  throw new RungError({ code: "cell-study", where: cell.file, what, advice });
}

function programsOf(
  cell: Cell,
  variant: Variant,
  only: readonly string[] | undefined,
): { robot: CellRobot; program: Program }[] {
  const stray = only?.find((name) => cell.robots.every((robot) => robot.name !== name));
  if (stray !== undefined) {
    const advice = `it has ${cell.robots.map(({ name }) => name).join(", ")}`;
    throw new RungError({ code: "cell-study", where: cell.file, what: `has no robot ${stray}`, advice });
  }
  return programsFor(cell.programs, variant).flatMap((program) => {
    const robot = cell.robots.find(({ name }) => name === program.robot)!;
    return only === undefined || only.includes(robot.name) ? [{ robot, program }] : [];
  });
}

function cyclesOf(runs: readonly ProgramRun[], waitS: ReadonlyMap<string, number>, cell: Cell): CycleRow[] {
  const robots = [...new Set(runs.map(({ program }) => program.robot))];
  return robots.map((robot) => {
    const own = runs.filter(({ program }) => program.robot === robot);
    const sum = (of: (run: ProgramRun) => number): number => own.reduce((total, run) => total + of(run), 0);
    const waitingS = waitS.get(robot.name) ?? 0;
    const limitS = limitOf(cell, robot);
    return {
      robot: robot.name,
      seconds: tenths(sum(({ timing }) => timing.durationS) + waitingS),
      movingS: tenths(sum(({ timing }) => timing.moveS)),
      weldingS: tenths(sum(({ timing }) => timing.dwellS)),
      waitingS: tenths(waitingS),
      ...(limitS === undefined ? {} : { limitS }),
    };
  });
}

const limitOf = (cell: Cell, { station }: CellRobot): number | undefined =>
  cell.stations.find(({ name }) => name === station)?.cycleTimeS;

function tooLong(cycles: readonly CycleRow[], cell: Cell): CellFinding[] {
  return cycles.flatMap(({ robot, seconds, limitS }): CellFinding[] => {
    if (limitS === undefined || seconds <= limitS) return [];
    return [
      {
        id: `cycle/${robot}`,
        priority: 3,
        kind: "cycle",
        station: cell.robots.find(({ name }) => name === robot)!.station,
        robot,
        other: "cycle time",
        place: "whole program",
        mm: null,
        seconds: tenths(seconds - limitS),
        text: `${robot} takes ${seconds.toFixed(1)} s, wanted ${limitS.toFixed(1)}`,
        detail: "From stated accelerations, not measured.",
      },
    ];
  });
}

/** Robots that none of the programs is for. */
function robotsWithout(cell: Cell, programs: readonly Program[]): string[] {
  return cell.robots.map(({ name }) => name).filter((name) => programs.every(({ robot }) => robot !== name));
}

function notesOf(
  cell: Cell,
  variant: Variant,
  waiting: readonly string[],
  runs: readonly ProgramRun[],
  findings: readonly CellFinding[],
): string[] {
  const studied = new Set(runs.map(({ program }) => program.robot.name));
  const leftOut = cell.robots.filter(({ name }) => !studied.has(name) && !waiting.includes(name));
  const made = new Set(
    programsFor(cell.programs, variant).flatMap(({ points }) => points.map(({ weld }) => weld)),
  );
  const unmade = variant.welds.filter(({ name }) => !made.has(name));
  return [
    "Planning aid, not safety-rated.",
    ...(findings.some(({ kind }) => kind === "clash")
      ? [
          "Clips by: the first exit of that pair along ±x, ±y, ±z or the tool's retract, not a minimum translation.",
        ]
      : []),
    "Cycle times come from stated accelerations and stop at every point; they are not measured.",
    ...runs.flatMap(({ program: { name, lost } }) =>
      lost.length === 0 ? [] : [`${name}: not reached and left out: ${lost.join(", ")}.`],
    ),
    ...runs.flatMap(({ check }) =>
      check.unproven.map((stretch) => `Not proven from end to end: ${stretch}.`),
    ),
    ...waiting.map(
      (name) => `${name} has no program for ${variant.name}: it counts where it stands at home.`,
    ),
    ...(leftOut.length === 0
      ? []
      : [`Left out of this study: ${leftOut.map(({ name }) => name).join(", ")}. Only their bases count.`]),
    ...(unmade.length === 0
      ? []
      : [`In no program, so only reach was looked at: ${unmade.map(({ name }) => name).join(", ")}.`]),
    ...unwatchedWays(runs),
    ...cell.warnings,
  ];
}

/** Pairs of a robot's bodies that are not tested: a tool that touches the arm at home is among them too. */
function touchingAtHome(engine: CellEngine, runs: readonly ProgramRun[]): string[] {
  return [...new Set(runs.map(({ program }) => program.robot.name))].flatMap((name) => {
    const { bodies, touchingAtHome } = robotMover(engine, name);
    const pairs = touchingAtHome.map(([a, b]) => `${bodies[a]!.name} and ${bodies[b]!.name}`);
    return pairs.length === 0
      ? []
      : [`Not checked against each other, since they touch at home: of ${name} ${pairs.join(", ")}.`];
  });
}

/** A robot that runs several programs goes from the end of one to the start of the next, which no program says how. */
function unwatchedWays(runs: readonly ProgramRun[]): string[] {
  return runs.flatMap(({ program }, i) => {
    const next = runs.slice(i + 1).find((run) => run.program.robot === program.robot)?.program;
    if (next === undefined) return [];
    const [end, start] = [program.points.at(-1)!.q, next.points[0]!.q];
    if (start.every((angle, joint) => angle === end[joint])) return [];
    return [`Not checked: the way of ${program.robot.name} from the end of ${program.name} to ${next.name}.`];
  });
}
