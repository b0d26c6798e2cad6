import { between } from "../../model/robot/between.ts";
import {
  type Exits,
  type PairGap,
  type PlannedPoint,
  type PlannedProgram,
  type RobotLook,
  situationOf,
  spareM,
  stopOf,
} from "./robot-look.ts";

/** A pair that comes nearer than it may, at the place of a program where that is worst. */
export interface Near extends PairGap {
  /** Points of the program that the place belongs to, as indices: what would be taught anew. */
  readonly first: number;
  readonly last: number;
  readonly weld?: string;
  readonly place: string;
  /** 2.5: half the way from point 2 to point 3. */
  readonly atPoint: number;
  readonly q: Float64Array;
  /** Of pairs that touch. */
  readonly exits?: Exits;
}

export interface ProgramCheck {
  readonly nears: readonly Near[];
  /** Of each weld that is reached, and of the way to it: the pair with least to spare; below 0 it clips by that much. */
  readonly gapOfWeld: ReadonlyMap<string, WeldGap>;
  readonly poses: number;
  readonly stretches: number;
  /** Stretches that were not proven from end to end. */
  readonly unproven: readonly string[];
}

export interface WeldGap extends PairGap {
  readonly place: string;
  readonly q: Float64Array;
}

/** Checks a robot's whole program: every point, and every move from end to end. */
export function checkProgram(
  look: RobotLook,
  program: PlannedProgram,
  onStep: () => void = () => undefined,
): ProgramCheck {
  const { points } = program;
  const found = new Map<string, Near>();
  const gapOfWeld = new Map<string, WeldGap>();
  const unproven: string[] = [];
  const note = (gap: PairGap, atPoint: number, q: Float64Array): void => {
    const owner = points[Math.round(atPoint)]!;
    const place = Number.isInteger(atPoint)
      ? owner.name
      : `${points[Math.floor(atPoint)]!.name} to ${points[Math.ceil(atPoint)]!.name}`;
    const [first, last] = groupAround(points, Math.round(atPoint));
    const key = [gap.body, gap.other, owner.weld ?? place].join("|");
    const exits = gap.gapM === 0 ? look.exits(q, gap.body, gap.other) : undefined;
    const near: Near = {
      ...{ ...gap, first, last, place, atPoint, q },
      ...(owner.weld === undefined ? {} : { weld: owner.weld }),
      ...(exits === undefined ? {} : { exits }),
    };
    const known = found.get(key);
    if (known === undefined || severity(near) > severity(known)) found.set(key, near);
  };
  const measure = (weld: string | undefined, gap: WeldGap): void => {
    const known = weld === undefined ? undefined : gapOfWeld.get(weld);
    if (weld === undefined || (known !== undefined && spareM(known) <= spareM(gap))) return;
    gapOfWeld.set(weld, gap);
  };
  for (const [i, to] of points.entries()) {
    const { tooNear, tightest } = look.pose(to.q, situationOf(to));
    for (const gap of tooNear) note(gap, i, to.q);
    if (tightest !== undefined) measure(to.weld, { ...tightest, place: to.name, q: to.q });
    const from = points[i - 1];
    if (from !== undefined) {
      const move = look.move(stopOf(from), stopOf(to));
      for (const gap of move.tooNear) note(gap, i - 1 + gap.at, between(from.q, to.q, gap.at));
      if (move.tightest !== undefined) {
        const { at } = move.tightest;
        const place = `${from.name} to ${to.name}`;
        const q = between(from.q, to.q, at);
        measure((at < 0.5 ? from : to).weld, { ...move.tightest, place, q });
      }
      if (!move.isProven) unproven.push(`${look.robot.name} ${from.name} to ${to.name}`);
    }
    onStep();
  }
  for (const near of found.values())
    if (near.exits?.leastM != null) measure(near.weld, { ...near, gapM: -near.exits.leastM });
  return {
    nears: [...found.values()].sort((a, b) => severity(b) - severity(a)),
    gapOfWeld,
    poses: points.length,
    stretches: Math.max(0, points.length - 1),
    unproven,
  };
}

/** By how much a pair misses its limit, m: contact counts with its first exit. */
function severity({ gapM, limitM, exits }: Near): number {
  return limitM - gapM + (exits === undefined ? 0 : (exits.leastM ?? Number.MAX_VALUE));
}

/** The neighbouring points that belong to the same weld. */
function groupAround(points: readonly PlannedPoint[], at: number): [number, number] {
  const { weld } = points[at]!;
  if (weld === undefined) return [at, at];
  let first = at;
  let last = at;
  while (points[first - 1]?.weld === weld) first--;
  while (points[last + 1]?.weld === weld) last++;
  return [first, last];
}
