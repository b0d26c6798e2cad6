import type { Bodies, MeshEngine } from "../../../compute/mesh/mesh-engine.ts";
import { RungError } from "../../../core/errors.ts";
import type { Track } from "./least-distance.ts";
import type { MoveMeeting, MoveOptions, MoveScene } from "./move-scene.ts";
import { checkJoints, type Mover, travelBetween, travelOf } from "./mover.ts";

const TOLERANCE_M = 1e-4;

/** One body on its way, against all it must not come near to. */
export interface BodyTrack extends Track<MoveMeeting> {
  readonly body: string;
}

export interface MoveTracks {
  readonly toStill: readonly BodyTrack[];
  readonly own: readonly BodyTrack[];
  readonly reader: MoveReader;
  readonly toleranceM: number;
}

/** What is to be followed along a move. @throws RungError `motion` for joint values or clearances that do not fit */
export function moveTracks(
  engine: MeshEngine,
  scene: MoveScene,
  qFrom: ArrayLike<number>,
  qTo: ArrayLike<number>,
  options: MoveOptions,
): MoveTracks {
  const { mover } = scene;
  checkJoints(mover, qFrom);
  checkJoints(mover, qTo);
  const toleranceM = options.toleranceM ?? TOLERANCE_M;
  if (!(toleranceM > 0)) throw fault(mover.name, `tolerance must be above 0 m, got ${toleranceM}`);
  const required = requiredOf(mover, options.clearanceM, toleranceM);
  const reader = new MoveReader(mover, qFrom, qTo);
  return {
    toStill: tracksToStill(engine, scene, required, reader),
    own: ownTracks(engine, scene, toleranceM, reader),
    reader,
    toleranceM,
  };
}

/** Poses of a mover at one place of a move, kept until another place is asked for. */
export class MoveReader {
  readonly poses: Float64Array;
  readonly #mover: Mover;
  readonly from: ArrayLike<number>;
  readonly to: ArrayLike<number>;
  readonly #q: Float64Array;
  #at = Number.NaN;

  constructor(mover: Mover, from: ArrayLike<number>, to: ArrayLike<number>) {
    this.#mover = mover;
    this.from = from;
    this.to = to;
    this.#q = new Float64Array(mover.dof);
    this.poses = new Float64Array(12 * mover.bodies.length);
  }

  moveTo(s: number): void {
    if (s === this.#at) return;
    this.#at = s;
    for (let i = 0; i < this.#q.length; i++) this.#q[i] = this.from[i]! + s * (this.to[i]! - this.from[i]!);
    this.#mover.posesAt(this.#q, this.poses);
  }

  pose(body: number): Float64Array {
    return this.poses.subarray(12 * body, 12 * body + 12);
  }
}

/** One track per body of the mover, against all still bodies it must not touch. */
function tracksToStill(
  engine: MeshEngine,
  scene: MoveScene,
  required: ArrayLike<number>,
  reader: MoveReader,
): BodyTrack[] {
  const { mover } = scene;
  return mover.bodies.flatMap((body, index) => {
    const others = scene.still.filter((_, still) => !(scene.mayTouch?.(index, still) ?? false));
    if (others.length === 0) return [];
    const poses = new Float64Array(12 * others.length);
    for (const [i, other] of others.entries()) poses.set(other.pose12, 12 * i);
    const still: Bodies = { meshes: others.map(({ mesh }) => mesh), poses };
    const moving: Bodies = { meshes: [body.mesh], poses: reader.pose(index) };
    const requiredM = required[index]!;
    const travelM = travelOf(mover, index, reader.from, reader.to);
    const read = (s: number, boundM: number): MoveMeeting | undefined => {
      reader.moveTo(s);
      const met = engine.nearest(moving, still, boundM);
      if (met === undefined) return undefined;
      const { distanceM, pointA, pointB } = met;
      const other = others[met.b]!.name;
      return { at: s, body: body.name, other, distanceM, requiredM, points: [pointA, pointB] };
    };
    return [{ body: body.name, travelM, requiredM, read }];
  });
}

/**
 * One track per pair of the mover's own bodies. They are asked not to touch, and no more: covers of neighbouring links
 * are near to each other by design.
 */
function ownTracks(engine: MeshEngine, scene: MoveScene, requiredM: number, reader: MoveReader): BodyTrack[] {
  const { mover } = scene;
  return (scene.ownPairs ?? []).map(([a, b]) => {
    const [bodyA, bodyB] = [mover.bodies[a]!, mover.bodies[b]!];
    const first: Bodies = { meshes: [bodyA.mesh], poses: reader.pose(a) };
    const second: Bodies = { meshes: [bodyB.mesh], poses: reader.pose(b) };
    const read = (s: number, boundM: number): MoveMeeting | undefined => {
      reader.moveTo(s);
      const met = engine.nearest(first, second, boundM);
      if (met === undefined) return undefined;
      const { distanceM, pointA, pointB } = met;
      const names = { body: bodyA.name, other: bodyB.name };
      return { at: s, ...names, distanceM, requiredM, points: [pointA, pointB] };
    };
    return { body: bodyA.name, travelM: travelBetween(mover, a, b, reader.from, reader.to), requiredM, read };
  });
}

/** The clearances, but none below the tolerance: that nothing touches can be proven no better than that. */
function requiredOf(
  mover: Mover,
  clearanceM: number | ArrayLike<number>,
  toleranceM: number,
): ArrayLike<number> {
  const required =
    typeof clearanceM === "number" ? new Float64Array(mover.bodies.length).fill(clearanceM) : clearanceM;
  if (required.length !== mover.bodies.length) {
    throw fault(mover.name, `has ${mover.bodies.length} bodies, got ${required.length} clearances`);
  }
  for (let body = 0; body < required.length; body++) {
    if (!(required[body]! >= 0 && Number.isFinite(required[body]!))) {
      throw fault(
        `${mover.name}/${mover.bodies[body]!.name}`,
        `clearance must be >= 0 m, got ${required[body]}`,
      );
    }
  }
  return Float64Array.from(required, (one) => Math.max(one, toleranceM));
}

function fault(where: string, what: string): RungError {
  return new RungError({ code: "motion", where, what, advice: "clearances and tolerances are in m" });
}
