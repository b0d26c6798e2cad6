import type { Bodies, MeshEngine, MeshHandle } from "./mesh-engine.ts";

/** Many configurations of the same bodies against the same obstacles, by the numbers of the meshes in their team. */
export interface MeshSweep {
  readonly bodies: readonly number[];
  readonly obstacles: readonly number[];
  /** Twelve numbers of each obstacle. */
  readonly standing: Float64Array;
  /** Twelve numbers of each body for each configuration. */
  readonly moving: Float64Array;
}

/** What is asked of each configuration. */
export type SweepQuestion =
  | { readonly kind: "contacts" }
  | { readonly kind: "nearest"; readonly boundM: number };

/** Answers in the order of the configurations. */
export interface SweepAnswer {
  /** Of `contacts`: a byte a pair, 1 in contact, a row of the obstacles for each body. Of `nearest`: none. */
  readonly verdicts: Uint8Array;
  /** Of `nearest`: the least of each configuration, m; Infinity where nothing is nearer than the bound. */
  readonly distancesM: Float64Array;
  /** The body's number in the sweep times the obstacles, plus the obstacle's; -1 where there is none. */
  readonly pairs: Int32Array;
  /** Six of each configuration: the nearest points on the body and on the obstacle, m; NaN where there are none. */
  readonly points: Float64Array;
}

export const configurationsOf = ({ bodies, moving }: MeshSweep): number =>
  bodies.length === 0 ? 0 : moving.length / (12 * bodies.length);

/** Room for the answers to so many configurations. */
export function emptyAnswer(sweep: MeshSweep, kind: SweepQuestion["kind"]): SweepAnswer {
  const count = configurationsOf(sweep);
  const isNearest = kind === "nearest";
  return {
    verdicts: new Uint8Array(isNearest ? 0 : count * sweep.bodies.length * sweep.obstacles.length),
    distancesM: new Float64Array(isNearest ? count : 0).fill(Infinity),
    pairs: new Int32Array(isNearest ? count : 0).fill(-1),
    points: new Float64Array(isNearest ? 6 * count : 0).fill(Number.NaN),
  };
}

/** Asks one engine about all configurations of a sweep. */
export function sweepWith(
  engine: MeshEngine,
  meshes: readonly MeshHandle[],
  sweep: MeshSweep,
  question: SweepQuestion,
): SweepAnswer {
  const answer = emptyAnswer(sweep, question.kind);
  const moving = sweep.bodies.map((body) => meshes[body]!);
  const obstacles: Bodies = { meshes: sweep.obstacles.map((one) => meshes[one]!), poses: sweep.standing };
  const each = moving.length * sweep.obstacles.length;
  const poseNumbers = 12 * moving.length;
  for (let c = 0; c < configurationsOf(sweep); c++) {
    const bodies = { meshes: moving, poses: sweep.moving.subarray(poseNumbers * c, poseNumbers * (c + 1)) };
    if (question.kind === "contacts") {
      engine.collide(bodies, obstacles, answer.verdicts.subarray(each * c, each * (c + 1)));
      continue;
    }
    const nearest = engine.nearest(bodies, obstacles, question.boundM);
    if (nearest === undefined) continue;
    answer.distancesM[c] = nearest.distanceM;
    answer.pairs[c] = nearest.a * sweep.obstacles.length + nearest.b;
    answer.points.set(nearest.pointA, 6 * c);
    answer.points.set(nearest.pointB, 6 * c + 3);
  }
  return answer;
}
