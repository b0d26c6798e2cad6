import { siblingModule } from "../../core/sibling-module.ts";
import type { Kernel } from "../kernel.ts";
import type { DistanceField } from "./distance-field.ts";
import type { SolverPlace, SolverRun } from "./solver-backend.ts";
import { checkCount, checkEach, checkLength, checkWithin } from "./solver-fault.ts";

/** Sample points of several bodies, each body in the frame of its poses. */
export interface BodySamples {
  /** Three numbers a point, m, body after body. */
  readonly pointsM: Float32Array;
  /** Points of each body, at least 1. */
  readonly counts: Int32Array;
}

/** Masses of configurations against one distance field. */
export interface ScreeningRequest {
  readonly field: DistanceField;
  readonly samples: BodySamples;
  readonly configurations: number;
  /** Row-major 3x4 matrices (rotation | translation, m): configurations x bodies x 12. */
  readonly poses: Float32Array;
  /** What is farther than this is told as this, m, and costs little. Default: every value is told. */
  readonly enoughM?: number;
  /** Threads to use; the result does not depend on it. Default by the size of the work, at most 2. */
  readonly threads?: number;
  /** Put here by `solve`. */
  readonly place?: SolverPlace;
}

export interface Screening {
  /**
   * The least value of the field at the points of a body, m, at most `enoughM`: configurations x bodies. The value at a point is
   * interpolated between the eight nodes around it; outside of the lattice it is the hypotenuse of the distance to the
   * lattice's box and of the value where that is nearest.
   */
  readonly sampledM: Float32Array;
}

/** How far the points of bodies are from what a distance field was made of, for many configurations at once. */
export const FIELD_SCREENING: Kernel<ScreeningRequest, Screening & SolverRun> = {
  name: "field screening",
  module: siblingModule(import.meta.url, "./field-screening-kernel").href,
};

/**
 * By how much the value at a point may pass the true distance of that point, m.
 *
 * Inside the lattice the value is a mean of the distances at eight nodes, with the weights of trilinear interpolation.
 * Distance changes by no more than the way gone, so the mean is off by at most the mean way to the nodes, which is at
 * most the root of their mean square (Jensen): cell x sqrt(sum over axes of t (1 - t)) <= cell sqrt(3) / 2.
 *
 * Outside let c be the point of the box nearest to the point p. Everything lies within the box, which is convex, so that
 * |p - o|² >= |p - c|² + |c - o|² for whatever o it holds: the distance is at least hypot(|p - c|, distance of c), and the
 * hypotenuse is off by no more than its side.
 *
 * Rounding: pose, point and product of both, the place in the lattice, the stored distance and the interpolation take
 * fewer than 64 roundings to float, each of at most 2^-24 of the largest coordinate.
 * @param farthestM no coordinate of a point in the field's frame, of its body's pose or of the lattice passes it, m
 */
export function screeningErrorM(cellM: number, farthestM: number): number {
  return (cellM * Math.sqrt(3)) / 2 + 64 * 2 ** -24 * farthestM;
}

/**
 * What the distance of the point with a value does not pass, m. Inside the lattice the value is off by no more than the
 * error; outside the distance is at most the way to the box and on from there, |p - c| + value of c, of which the value is
 * the hypotenuse and which is at most sqrt(2) times that.
 */
export function sampledUpperM(sampledM: number, errorM: number): number {
  return Math.SQRT2 * sampledM + errorM;
}

/** The largest coordinate of a request, for `screeningErrorM`, m. */
export function farthestOf({ field, samples, poses }: ScreeningRequest): number {
  let farthest = 0;
  for (const [axis, origin] of field.originM.entries())
    farthest = Math.max(farthest, Math.abs(origin), Math.abs(origin + field.cellM * field.shape[axis]!));
  let body = 0;
  for (let at = 0; at < samples.pointsM.length; at += 3)
    body = Math.max(
      body,
      Math.hypot(samples.pointsM[at]!, samples.pointsM[at + 1]!, samples.pointsM[at + 2]!),
    );
  let place = 0;
  for (let at = 3; at < poses.length; at += 4) place = Math.max(place, Math.abs(poses[at]!));
  return Math.max(farthest, place + body);
}

const WHERE = "field screening";
const FARTHEST_M = 1000;
/** Beyond what any value can be: the default of `enoughM`. */
export const ALL_VALUES_M = 1e6;

/** @throws RungError `solver-input` naming the value at fault */
export function checkScreening({ field, samples, configurations, poses, enoughM }: ScreeningRequest): void {
  const metres = `give metres within ${FARTHEST_M} m`;
  for (const nodes of field.shape) checkCount(WHERE, "nodes of the field along an axis", nodes, 2);
  const nodes = field.shape[0] * field.shape[1] * field.shape[2];
  checkLength(WHERE, "distanceM", field.distanceM, nodes);
  checkEach(WHERE, "distanceM", field.distanceM, 0, 4 * FARTHEST_M, "make the field anew");
  checkEach(WHERE, "originM", field.originM, -FARTHEST_M, FARTHEST_M, metres);
  checkWithin(WHERE, "cellM", field.cellM, 1e-4, FARTHEST_M, metres);
  checkCount(WHERE, "number of bodies", samples.counts.length, 1);
  checkCount(WHERE, "configurations", configurations, 1);
  for (const count of samples.counts) checkCount(WHERE, "points of a body", count, 1);
  const points = samples.counts.reduce((sum, count) => sum + count, 0);
  checkLength(WHERE, "pointsM", samples.pointsM, 3 * points);
  checkEach(WHERE, "pointsM", samples.pointsM, -FARTHEST_M, FARTHEST_M, metres);
  checkLength(WHERE, "poses", poses, 12 * samples.counts.length * configurations);
  checkEach(WHERE, "poses", poses, -FARTHEST_M, FARTHEST_M, metres);
  if (enoughM !== undefined)
    checkWithin(WHERE, "enoughM", enoughM, 0, ALL_VALUES_M, `give 0 to ${ALL_VALUES_M} m`);
}
