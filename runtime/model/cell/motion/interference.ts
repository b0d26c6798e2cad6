import type { Bodies, MeshEngine } from "../../../compute/mesh/mesh-engine.ts";
import { RungError } from "../../../core/errors.ts";
import { jointsAtPlace } from "./cycle-time.ts";
import { checkJoints, type Mover, travelOf } from "./mover.ts";
import { blockedCells, type PlanePair, zonesOf } from "./zone-plane.ts";

/** A mover on a path of joint-linear moves; places on it run from 0 to the number of moves, whole at the points. */
export interface MoverPath {
  readonly mover: Mover;
  readonly points: readonly { readonly q: ArrayLike<number> }[];
  /** Distance each of its bodies must keep, m; of two bodies the greater holds. */
  readonly clearancesM: ArrayLike<number>;
}

/**
 * A part of the two paths on which the movers would meet or come too near, whenever one is in its interval while the
 * other is in its own. Places, not times: it holds however fast each of them runs. Plain data.
 */
export interface InterferenceZone {
  readonly fromA: number;
  readonly toA: number;
  readonly fromB: number;
  readonly toB: number;
  /** The outline inside the rectangle, for drawing: `[fromA, toA, fromB, toB]` each. */
  readonly cells: readonly (readonly [number, number, number, number])[];
}

const RESOLUTION_M = 0.05;
/**
 * In a cell so large that bodies must be further apart than this, only the spheres around them are asked: meshes that far
 * apart cost most and tell little more, and the cell's parts are asked again.
 */
const MESHES_FROM_M = 0.3;

/**
 * Where two movers interfere, over all combinations of their places. Outside the zones they are proven to keep the
 * clearance by the same motion bounds as a path check; inside they do not, or too little room was left to prove it.
 * Bodies that no joint carries (a base) are left out: for the other mover they are still bodies of its path check.
 * @param resolutionM how finely a zone is outlined: the way of a body within one cell of the outline, m
 * @throws RungError `motion` for a path without moves or joint values that do not fit
 */
export function interferenceZones(
  engine: MeshEngine,
  a: MoverPath,
  b: MoverPath,
  resolutionM = RESOLUTION_M,
): { readonly zones: readonly InterferenceZone[]; readonly queries: number } {
  const [ofA, ofB] = [new PathBodies(a), new PathBodies(b)];
  let queries = 0;
  const isFar: MeshesFar = (first, second, boundM) => {
    queries++;
    return engine.nearest(first, second, boundM) === undefined;
  };
  const pairs = ofA.carried.flatMap((bodyA) =>
    ofB.carried.map((bodyB) => planePair(ofA, bodyA, ofB, bodyB, isFar)),
  );
  if (!(resolutionM > 0)) {
    const where = `${a.mover.name} and ${b.mover.name}`;
    throw new RungError({ code: "motion", where, what: `resolution must be above 0 m, got ${resolutionM}` });
  }
  const { cells } = blockedCells(pairs, ofA.moves, ofB.moves, resolutionM);
  const zones = zonesOf(cells).map((zone) => ({
    fromA: zone.fromU,
    toA: zone.toU,
    fromB: zone.fromV,
    toB: zone.toV,
    cells: zone.cells.map(({ fromU, toU, fromV, toV }) => [fromU, toU, fromV, toV] as const),
  }));
  return { zones, queries };
}

type MeshesFar = (first: Bodies, second: Bodies, boundM: number) => boolean;

function planePair(
  a: PathBodies,
  bodyA: number,
  b: PathBodies,
  bodyB: number,
  meshesFar: MeshesFar,
): PlanePair {
  const [first, second] = [a.bodies(bodyA), b.bodies(bodyB)];
  const clearanceM = Math.max(a.clearanceM(bodyA), b.clearanceM(bodyB));
  return {
    clearanceM,
    travelU: (move) => a.travelM(bodyA, move),
    travelV: (move) => b.travelM(bodyB, move),
    isFar: (u, v, boundM) => {
      a.moveTo(u);
      b.moveTo(v);
      if (a.sphereGapM(bodyA, b, bodyB) >= boundM) return true;
      return boundM <= MESHES_FROM_M && meshesFar(first, second, boundM);
    },
    isNear: (u, v) => {
      a.moveTo(u);
      b.moveTo(v);
      return a.sphereGapM(bodyA, b, bodyB) < clearanceM && !meshesFar(first, second, clearanceM);
    },
  };
}

/** The bodies of a mover at one place of its path, kept until another place is asked for. */
class PathBodies {
  readonly moves: number;
  /** Bodies that a joint carries. */
  readonly carried: readonly number[];
  readonly #path: MoverPath;
  readonly #q: Float64Array;
  readonly #poses: Float64Array;
  /** Way of each body on each move: bodies x moves, m. */
  readonly #travelM: Float64Array;
  /** Centres of the bodies' spheres in the cell, 3 each, m. */
  readonly #centres: Float64Array;
  #at = Number.NaN;

  constructor(path: MoverPath) {
    const { mover, points } = path;
    if (points.length < 2) {
      throw new RungError({
        code: "motion",
        where: mover.name,
        what: `a path needs two points at least, got ${points.length}`,
        advice: "give the points of its program",
      });
    }
    for (const { q } of points) checkJoints(mover, q);
    if (path.clearancesM.length !== mover.bodies.length) {
      throw new RungError({
        code: "motion",
        where: mover.name,
        what: `has ${mover.bodies.length} bodies, got ${path.clearancesM.length} clearances`,
      });
    }
    this.#path = path;
    this.moves = points.length - 1;
    this.#q = new Float64Array(mover.dof);
    this.#poses = new Float64Array(12 * mover.bodies.length);
    this.#centres = new Float64Array(3 * mover.bodies.length);
    this.#travelM = new Float64Array(mover.bodies.length * this.moves);
    for (let body = 0; body < mover.bodies.length; body++) {
      for (let move = 0; move < this.moves; move++) {
        this.#travelM[body * this.moves + move] = travelOf(mover, body, points[move]!.q, points[move + 1]!.q);
      }
    }
    this.carried = mover.bodies.flatMap((_, body) => {
      const perRad = mover.travelPerRad.subarray(body * mover.dof, (body + 1) * mover.dof);
      return perRad.some((one) => one > 0) ? [body] : [];
    });
  }

  clearanceM(body: number): number {
    return this.#path.clearancesM[body]!;
  }

  travelM(body: number, move: number): number {
    return this.#travelM[body * this.moves + move]!;
  }

  /** One body, whose pose follows `moveTo`. */
  bodies(body: number): Bodies {
    return {
      meshes: [this.#path.mover.bodies[body]!.mesh],
      poses: this.#poses.subarray(12 * body, 12 * body + 12),
    };
  }

  moveTo(place: number): void {
    if (place === this.#at) return;
    this.#at = place;
    jointsAtPlace(this.#path.points, place, this.#q);
    const { mover } = this.#path;
    mover.posesAt(this.#q, this.#poses);
    for (let body = 0; body < mover.bodies.length; body++) {
      const [x, y, z] = [
        mover.spheres[4 * body]!,
        mover.spheres[4 * body + 1]!,
        mover.spheres[4 * body + 2]!,
      ];
      for (let row = 0; row < 3; row++) {
        const at = 12 * body + 4 * row;
        this.#centres[3 * body + row] =
          this.#poses[at]! * x + this.#poses[at + 1]! * y + this.#poses[at + 2]! * z + this.#poses[at + 3]!;
      }
    }
  }

  /** Distance of the spheres around two bodies: theirs is no less. Below 0 where the spheres overlap. */
  sphereGapM(body: number, other: PathBodies, otherBody: number): number {
    const [a, b] = [this.#centres, other.#centres];
    const [i, k] = [3 * body, 3 * otherBody];
    const apartM = Math.hypot(a[i]! - b[k]!, a[i + 1]! - b[k + 1]!, a[i + 2]! - b[k + 2]!);
    return apartM - this.#path.mover.spheres[4 * body + 3]! - other.#path.mover.spheres[4 * otherBody + 3]!;
  }
}
