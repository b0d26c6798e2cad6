import { setImmediate as afterOtherEvents } from "node:timers/promises";
import type { KernelPlace } from "../../../compute/gpujs/gpu-presence.ts";
import {
  ALL_VALUES_M,
  FIELD_SCREENING,
  farthestOf,
  sampledUpperM,
  screeningErrorM,
} from "../../../compute/solvers/field-screening.ts";
import { type SolveOptions, solve } from "../../../compute/solvers/solve.ts";
import type { SolverRun } from "../../../compute/solvers/solver-backend.ts";
import { RungError } from "../../../core/errors.ts";
import { multiplyPoses, POSE_SIZE } from "../../robot/pose.ts";
import { ARM_JOINTS, type SerialArm } from "../../robot/serial-arm.ts";
import type { CellBody } from "../cell.ts";
import { EXACT_NEAREST, type ExactWork, type NearestOfEach, nearestOf } from "./exact-nearest.ts";
import { type DistanceBounds, type OpenConfigurations, openConfigurations } from "./open-configurations.ts";
import { PREPARE_SCENE, type PreparedScene } from "./screened-scene.ts";

/** One robot and what stands still around it. */
export interface ScreenedScene {
  readonly arm: SerialArm;
  /** Bodies of the robot, in the frames of the links they name. */
  readonly bodies: readonly Pick<CellBody, "name" | "mesh" | "pose12" | "link">[];
  /** In the cell. */
  readonly obstacles: readonly Pick<CellBody, "name" | "mesh" | "pose12">[];
}

export interface ScreeningOptions {
  /** Distance of neighbouring nodes of the field, m. Default 0.025. */
  readonly cellM?: number;
  /** Radius of the balls that cover the bodies, m. Default 0.048. */
  readonly coverM?: number;
  readonly signal?: AbortSignal;
}

export interface FieldBounds extends DistanceBounds, SolverRun {}

export interface ScreenedNearest extends NearestOfEach {
  readonly work: ExactWork & {
    /** Configurations x bodies that were asked about, and those that the field alone cleared. */
    readonly links: number;
    readonly clearedLinks: number;
  };
  /** What ran the screening. */
  readonly screenedBy: string;
}

export interface NearestOptions extends Pick<SolveOptions, "backend" | "signal" | "priority"> {
  /** Nothing is asked about what is as far as this, m; default Infinity. The smaller, the more the field clears. */
  readonly withinM?: number;
  /** Longest time for each part of the work, ms. Default 10 minutes. */
  readonly deadlineMs?: number;
}

const PREPARATION = { cellM: 0.025, coverM: 0.048 };
const DEADLINE_MS = 600_000;
/** Configurations screened in one request: their poses stay below what a field of gpu.js may hold. */
const SCREENED_AT_ONCE = 20_000;
/** Configurations in one request to the exact engine, so that the pool shares them. */
const EXACT_AT_ONCE = 2_500;
/** Configurations whose poses are reckoned before other events are heard; some milliseconds. */
const POSED_AT_ONCE = 500;

/**
 * Masses of configurations of one robot against what stands still: a distance field clears what is far, the exact
 * engine is asked about the rest. Answers are the exact engine's; the field only spares it work. All of it runs in the
 * compute process, the screening on a GPU where that is faster. Without a GPU the exact engine alone is as fast or faster
 * (docs/decisions/0050).
 */
export class ScreenedCheck {
  readonly #compute: KernelPlace;
  readonly #scene: ScreenedScene;
  readonly #links: readonly number[];
  readonly #prepared: PreparedScene;

  private constructor(
    compute: KernelPlace,
    scene: ScreenedScene,
    links: readonly number[],
    prepared: PreparedScene,
  ) {
    this.#compute = compute;
    this.#scene = scene;
    this.#links = links;
    this.#prepared = prepared;
  }

  /** @throws RungError `unknown-link`, `bad-mesh`, `cover-radius`, `solver-input`, and those of `submit` */
  static async prepare(
    compute: KernelPlace,
    scene: ScreenedScene,
    options: ScreeningOptions = {},
  ): Promise<ScreenedCheck> {
    const { signal, cellM = PREPARATION.cellM, coverM = PREPARATION.coverM } = options;
    const links = scene.bodies.map((body) => linkOf(scene.arm, body));
    const obstaclePoses = new Float64Array(POSE_SIZE * scene.obstacles.length);
    for (const [at, { pose12 }] of scene.obstacles.entries()) obstaclePoses.set(pose12, POSE_SIZE * at);
    const plain = (bodies: readonly Pick<CellBody, "name" | "mesh">[]) =>
      bodies.map(({ name, mesh }) => ({ name, mesh }));
    const prepared = await compute.submit({
      kernel: PREPARE_SCENE,
      input: { bodies: plain(scene.bodies), obstacles: plain(scene.obstacles), obstaclePoses, cellM, coverM },
      deadlineMs: DEADLINE_MS,
      ...(signal && { signal }),
    });
    return new ScreenedCheck(compute, scene, links, prepared);
  }

  /** The field, the samples and how far they reach. */
  get prepared(): PreparedScene {
    return this.#prepared;
  }

  /**
   * Poses of the bodies in the cell, configurations x bodies x 12.
   * @param q six angles a configuration, rad
   * @throws RungError `bad-configuration`
   */
  async poses(q: Float64Array): Promise<Float64Array> {
    const { arm, bodies } = this.#scene;
    const configurations = countOf(q);
    const poses = new Float64Array(configurations * bodies.length * POSE_SIZE);
    const ofLinks = new Float64Array(arm.model.links.length * POSE_SIZE);
    for (let at = 0; at < configurations; at++) {
      if (at % POSED_AT_ONCE === 0) await afterOtherEvents();
      arm.linkPoses(q.subarray(ARM_JOINTS * at, ARM_JOINTS * (at + 1)), ofLinks);
      for (const [body, link] of this.#links.entries()) {
        const to = POSE_SIZE * (at * bodies.length + body);
        multiplyPoses(ofLinks, POSE_SIZE * link, bodies[body]!.pose12, 0, poses, to);
      }
    }
    return poses;
  }

  /**
   * What the field alone tells. With `withinM` a body that is farther is only told to be as far.
   * @param q six angles a configuration, rad
   */
  async bounds(q: Float64Array, options: NearestOptions = {}): Promise<FieldBounds> {
    return this.#screen(await this.poses(q), options);
  }

  /**
   * The nearest two of all bodies and obstacles, for each configuration; in contact at 0.
   * @param q six angles a configuration, rad
   */
  async nearest(q: Float64Array, options: NearestOptions = {}): Promise<ScreenedNearest> {
    const { withinM = Number.POSITIVE_INFINITY } = options;
    const configurations = countOf(q);
    const found = nearestOf(configurations);
    const work = { ...found.work, links: 0, clearedLinks: 0 };
    const ran = new Set<string>();
    for (let from = 0; from < configurations; from += SCREENED_AT_ONCE) {
      const poses = await this.poses(q.subarray(ARM_JOINTS * from, ARM_JOINTS * (from + SCREENED_AT_ONCE)));
      const bounds = await this.#screen(poses, options);
      ran.add(bounds.status);
      work.links += bounds.lowerM.length;
      work.clearedLinks += bounds.lowerM.filter((lower) => lower > 0).length;
      const open = openConfigurations(poses, bounds, withinM, EXACT_AT_ONCE);
      for (const [part, exact] of (await this.#exact(open, options)).entries()) {
        place(exact, open[part]!.places, from, found);
        for (const counted of Object.keys(exact.work) as (keyof ExactWork)[])
          work[counted] += exact.work[counted];
      }
    }
    return { ...found, work, screenedBy: [...ran].join(", ") };
  }

  #exact(open: readonly OpenConfigurations[], options: NearestOptions): Promise<NearestOfEach[]> {
    const { withinM = Number.POSITIVE_INFINITY, deadlineMs = DEADLINE_MS, signal, priority } = options;
    const { packedBodies, packedObstacles, obstaclePoses } = this.#prepared;
    const scene = { packedBodies, packedObstacles, obstaclePoses };
    return Promise.all(
      open.map(({ poses, lowerM, upperM }) =>
        this.#compute.submit({
          kernel: EXACT_NEAREST,
          input: { scene, poses, lowerM, upperM, withinM },
          deadlineMs,
          ...(signal && { signal }),
          ...(priority !== undefined && { priority }),
        }),
      ),
    );
  }

  async #screen(poses: Float64Array, options: NearestOptions): Promise<FieldBounds> {
    const { withinM = Number.POSITIVE_INFINITY, deadlineMs = DEADLINE_MS, ...request } = options;
    const { field, samples, coverM } = this.#prepared;
    const bodies = coverM.length;
    const configurations = poses.length / (POSE_SIZE * bodies);
    const posed = { field, samples, configurations, poses: Float32Array.from(poses) };
    const errorM = screeningErrorM(field.cellM, farthestOf(posed));
    // A little more, so that rounding to a float does not leave open what is as far.
    const enoughM = Math.fround(
      Math.min(ALL_VALUES_M, (withinM + errorM + Math.max(...coverM)) * (1 + 1e-6)),
    );
    const { sampledM, backend, status } = await solve(
      this.#compute,
      FIELD_SCREENING,
      { ...posed, enoughM },
      { ...request, deadlineMs },
    );
    const lowerM = new Float64Array(sampledM.length);
    const upperM = new Float64Array(configurations).fill(Number.POSITIVE_INFINITY);
    for (let at = 0; at < configurations; at++)
      for (let body = 0; body < bodies; body++) {
        const sampled = sampledM[at * bodies + body]!;
        lowerM[at * bodies + body] = sampled - errorM - coverM[body]!;
        // What is told as enough may be anywhere beyond.
        if (sampled < enoughM) upperM[at] = Math.min(upperM[at]!, sampledUpperM(sampled, errorM));
      }
    return { lowerM, upperM, backend, status };
  }
}

/** Puts the answers of some configurations where they belong among all. */
function place(some: NearestOfEach, places: Int32Array, from: number, all: NearestOfEach): void {
  for (let at = 0; at < places.length; at++) {
    const to = from + places[at]!;
    all.distanceM[to] = some.distanceM[at]!;
    all.body[to] = some.body[at]!;
    all.obstacle[to] = some.obstacle[at]!;
    all.pointsM.set(some.pointsM.subarray(6 * at, 6 * at + 6), 6 * to);
  }
}

function linkOf(arm: SerialArm, body: { readonly name: string; readonly link?: string }): number {
  const at = arm.model.links.findIndex(({ name }) => name === body.link);
  if (at >= 0) return at;
  throw new RungError({
    code: "unknown-link",
    where: `robot ${arm.model.name}, body ${body.name}`,
    what: `moves with link ${body.link}, which there is none of`,
    advice: `name one of ${arm.model.links.map(({ name }) => name).join(", ")}`,
  });
}

function countOf(q: Float64Array): number {
  const configurations = q.length / ARM_JOINTS;
  const fault = q.findIndex((angle) => !Number.isFinite(angle));
  if (Number.isInteger(configurations) && configurations > 0 && fault < 0) return configurations;
  throw new RungError({
    code: "bad-configuration",
    where: "screened check",
    what: fault < 0 ? `${q.length} angles` : `angle ${fault} is ${q[fault]}`,
    advice: "give six angles in rad for each configuration",
  });
}
