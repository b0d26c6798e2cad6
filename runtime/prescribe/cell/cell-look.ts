import type { CellRobot, Situation } from "../../model/cell/cell.ts";
import { type CellEngine, isWelding } from "../../model/cell/cell-engine.ts";
import type { MoveMeeting } from "../../model/cell/motion/move-scene.ts";
import { checkPath, clearancesM, isPathClear } from "../../model/cell/motion/path-check.ts";
import { approachShare } from "../../model/cell/motion/weld-approach.ts";
import { between } from "../../model/robot/between.ts";
import {
  type Exits,
  type MoveGap,
  type MoveLook,
  type PairGap,
  type PoseLook,
  type RobotLook,
  type Stop,
  spareM,
} from "./robot-look.ts";

/** How well the smallest clearance along a move is told: far below what a robot repeats. */
const TOLERANCE_M = 2e-4;
/** Nothing farther away is told of a move: there it is clear enough. */
const LOOK_M = 0.1;
/** How far around a weld the clearances of welding hold, m of the TCP's way. */
const APPROACH_M = 0.05;
/** Places of a stretch at which pairs are read one by one: where it is not clear, and for a row of figures. */
const READ_PLACES = 12;
const EVEN_PLACES = Array.from({ length: READ_PLACES + 1 }, (_, i) => i / READ_PLACES);

/** A part of a move on which the same clearances hold; places run from 0 to 1 over the whole move. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly situation: Situation;
}

/**
 * Looks at one robot through the cell's engine: all that stands, with the bases of the other robots and robots that wait,
 * and its own bodies. Of robots that move the times decide (interlocks).
 */
export class CellLook implements RobotLook {
  readonly robot: CellRobot;
  readonly #engine: CellEngine;

  constructor(engine: CellEngine, robot: string) {
    this.robot = engine.robot(robot);
    this.#engine = engine;
  }

  pose(q: ArrayLike<number>, situation: Situation): PoseLook {
    const { name, bodies } = this.robot;
    const found = this.#engine.check(name, q, { situation, others: "fixed", own: true });
    const limitsM = clearancesM(this.#engine, name, situation);
    const gaps = found.perBody.map(
      ({ body, obstacle, distanceM, limitM, pointA, pointB }): PairGap => ({
        ...{ body, other: obstacle, gapM: distanceM, limitM },
        points: [pointA, pointB],
      }),
    );
    const touching = found.contacts.map(({ body, obstacle, isInside }): PairGap => {
      const gap = gaps.find((one) => one.body === body && one.other === obstacle);
      const limitM = limitsM[bodies.findIndex((one) => one.name === body)]!;
      const pair = { body, other: obstacle, gapM: 0, limitM };
      return { ...pair, ...(gap?.points && { points: gap.points }), ...(isInside && { isInside }) };
    });
    const short = new Set(found.short.map(({ body }) => body));
    const near = bodies.flatMap(({ name: body }, i) =>
      short.has(body) ? this.#alsoNear(i, limitsM[i]!, situation, touching) : [],
    );
    return { tooNear: [...touching, ...near], ...tightestOf([...touching, ...gaps]) };
  }

  /** All that one body is nearer to than it may be and does not touch, where the robot was last moved to. */
  #alsoNear(body: number, limitM: number, situation: Situation, touching: readonly PairGap[]): PairGap[] {
    const own = this.robot.bodies[body]!;
    const { obstacles, each } = this.#engine.surroundings(this.robot.name, "fixed");
    return obstacles.flatMap((obstacle, k): PairGap[] => {
      if (isWelding(own, obstacle, situation)) return [];
      if (touching.some((pair) => pair.body === own.name && pair.other === obstacle.name)) return [];
      const met = this.#engine.mesh.nearest(
        this.#engine.placed(this.robot.name).each[body]!,
        each[k]!,
        limitM,
      );
      if (met === undefined || met.distanceM >= limitM) return [];
      const points = [met.pointA, met.pointB] as const;
      return [{ body: own.name, other: obstacle.name, gapM: met.distanceM, limitM, points }];
    });
  }

  move(from: Stop, to: Stop): MoveLook {
    const looks = this.#stretches(from, to).map((stretch) => this.#stretch(from.q, to.q, stretch));
    return {
      tooNear: looks.flatMap(({ tooNear }) => tooNear),
      ...tightestOf(looks.flatMap(({ tightest }) => tightest ?? [])),
      isProven: looks.every(({ isProven }) => isProven),
    };
  }

  isClear(from: Stop, to: Stop): boolean {
    return this.#stretches(from, to).every(({ start, end, situation }) =>
      isPathClear(this.#engine, this.robot.name, between(from.q, to.q, start), between(from.q, to.q, end), {
        ...{ situation, others: "fixed", toleranceM: TOLERANCE_M },
      }),
    );
  }

  gapOnMove(from: Stop, to: Stop, body: string, other: string): MoveGap | undefined {
    const { name, bodies } = this.robot;
    const around = this.#engine.surroundings(name, "fixed");
    const a = bodies.findIndex((one) => one.name === body);
    const b = around.obstacles.findIndex((one) => one.name === other);
    if (a < 0 || b < 0) return undefined;
    const gaps = this.#stretches(from, to)
      .filter(({ situation }) => !isWelding(bodies[a]!, around.obstacles[b]!, situation))
      .flatMap(({ start, end, situation }) => {
        const limitM = clearancesM(this.#engine, name, situation)[a]!;
        return EVEN_PLACES.map((place): MoveGap => {
          const at = start + place * (end - start);
          this.#engine.moveTo(name, between(from.q, to.q, at));
          const met = this.#engine.mesh.nearest(this.#engine.placed(name).each[a]!, around.each[b]!)!;
          return { at, body, other, gapM: met.distanceM, limitM, points: [met.pointA, met.pointB] };
        });
      });
    return tightestOf(gaps).tightest;
  }

  exits(q: ArrayLike<number>, body: string, other: string): Exits {
    const { name } = this.robot;
    this.#engine.moveTo(name, q);
    const stands = this.#engine.surroundings(name, "fixed").obstacles.some((one) => one.name === other);
    // Bodies of the same robot cannot be moved apart.
    if (!stands) return { leastM: null, along: "", retractM: null };
    const { ways, least } = this.#engine.separations(name, body, other);
    return { leastM: least?.distanceM ?? null, along: least?.way ?? "", retractM: ways.retract };
  }

  touchedBy(standing: string): string[] {
    const { obstacles, each } = this.#engine.surroundings(this.robot.name, "fixed");
    const own = obstacles.findIndex(({ name }) => name === standing);
    if (own < 0) return [];
    return obstacles
      .filter((_, i) => i !== own && this.#engine.mesh.collide(each[own]!, each[i]!) > 0)
      .map(({ name }) => name);
  }

  #stretches(from: Stop, to: Stop): Stretch[] {
    const share = (weld: Stop, away: Stop): number =>
      weld.isWeld ? approachShare(this.robot.arm, weld.q, away.q, APPROACH_M) : 0;
    const leaves = share(from, to);
    const arrives = 1 - share(to, from);
    if (leaves >= arrives) return [{ start: 0, end: 1, situation: "weld" }];
    const stretches: Stretch[] = [
      { start: 0, end: leaves, situation: "weld" },
      { start: leaves, end: arrives, situation: "motion" },
      { start: arrives, end: 1, situation: "weld" },
    ];
    return stretches.filter(({ start, end }) => end > start);
  }

  #stretch(from: ArrayLike<number>, to: ArrayLike<number>, { start, end, situation }: Stretch): MoveLook {
    const found = checkPath(this.#engine, this.robot.name, between(from, to, start), between(from, to, end), {
      ...{ situation, others: "fixed", toleranceM: TOLERANCE_M, lookM: LOOK_M },
    });
    const onMove = (at: number): number => start + at * (end - start);
    const nearest = found.nearest && gapOf(found.nearest, onMove(found.nearest.at));
    if (found.clear) return { tooNear: [], ...(nearest && { tightest: nearest }), isProven: true };
    const told = [found.firstNear, found.firstContact, found.nearest].flatMap((met) => met?.at ?? []);
    const tooNear = [...told, ...EVEN_PLACES]
      .sort((a, b) => a - b)
      .map(onMove)
      .flatMap((at) => this.pose(between(from, to, at), situation).tooNear.map((gap) => ({ ...gap, at })));
    return {
      tooNear,
      ...tightestOf([...tooNear, ...(nearest ? [nearest] : [])]),
      isProven: tooNear.length > 0 && found.unproven.length === 0,
    };
  }
}

function gapOf({ body, other, distanceM, requiredM, points }: MoveMeeting, at: number): MoveGap {
  return { at, body, other, gapM: distanceM, limitM: requiredM, points };
}

/** The one with least to spare, the first of equals. */
function tightestOf<T extends PairGap>(gaps: readonly T[]): { tightest?: T } {
  let tightest: T | undefined;
  for (const gap of gaps) if (tightest === undefined || spareM(gap) < spareM(tightest)) tightest = gap;
  return tightest === undefined ? {} : { tightest };
}
