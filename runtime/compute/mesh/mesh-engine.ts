import { RungError } from "../../core/errors.ts";
import { type PackedMesh, packMesh } from "./mesh-layout.ts";
import { type MeshModule, memoryFull, meshModule } from "./mesh-wasm.ts";
import { assertMesh, type TriangleMesh } from "./triangle-mesh.ts";

/** A mesh in one engine. */
export class MeshHandle {
  /** File, link or part, for errors. */
  readonly where: string;
  /** @internal its block in the engine's memory; 0 once removed */
  address: number;
  /** @internal */
  readonly engine: MeshEngine;

  constructor(engine: MeshEngine, address: number, where: string) {
    this.engine = engine;
    this.address = address;
    this.where = where;
  }
}

/** Meshes where they stand. */
export interface Bodies {
  readonly meshes: readonly MeshHandle[];
  /** Twelve numbers of each: a row-major 3x4 matrix, rotation | translation in m. Rigid: no scale, no shear. */
  readonly poses: Float64Array;
}

type Point = readonly [number, number, number];

export interface Nearest {
  /** 0 in contact. */
  readonly distanceM: number;
  /** Which of the first and of the second bodies. */
  readonly a: number;
  readonly b: number;
  /** On each, in the world, m; one point in contact. */
  readonly pointA: Point;
  readonly pointB: Point;
}

/** No body stands farther from the world's origin. */
const FARTHEST_POSE_M = 1e8;
/** Farther than two bodies can be apart: 10^9 m, squared. */
const FARTHEST_SQUARED = 1e18;
const POSE_NUMBERS = 12;
const POINTS_BYTES = 48;
/** The march that finds where bodies part, and how finely its last step is halved, m. */
const SEPARATION_STEP_M = 2e-3;
const SEPARATION_END_M = 1e-6;

/** Where the lists of a query lie in the engine's memory. */
interface Placed {
  readonly countA: number;
  readonly countB: number;
  readonly meshesA: number;
  readonly posesA: number;
  readonly meshesB: number;
  readonly posesB: number;
  /** Free room behind them. */
  readonly out: number;
}

/**
 * Contact and distance of triangle meshes, exactly: bounds in f32 that are lower bounds whatever was rounded, triangles in
 * f64. What counts is surfaces: a body wholly inside another touches nothing, which `isInside` tells.
 *
 * A query takes from microseconds to milliseconds and runs where it is called; anything heavy belongs in a worker or in
 * the compute process. One engine is of one thread. Several threads have an engine each, which takes meshes that were
 * packed once (`packMesh`, `addPacked`).
 */
export class MeshEngine {
  readonly #module: MeshModule;
  #bytes: Uint8Array<ArrayBuffer>;
  #numbers: Float64Array<ArrayBuffer>;
  #words: Uint32Array<ArrayBuffer>;
  #room = 0;
  #roomBytes = 0;

  private constructor(module: MeshModule) {
    this.#module = module;
    const { buffer } = module.memory;
    this.#bytes = new Uint8Array(buffer);
    this.#numbers = new Float64Array(buffer);
    this.#words = new Uint32Array(buffer);
  }

  /** @throws RungError `mesh-engine-not-built` */
  static async create(): Promise<MeshEngine> {
    return new MeshEngine(await meshModule());
  }

  /**
   * Builds the trees of a mesh, which takes about a second for 100,000 triangles.
   * @param where file, link or part, for errors
   * @throws RungError `bad-mesh`, `mesh-memory`
   */
  add(mesh: TriangleMesh, where: string): MeshHandle {
    assertMesh(mesh, where);
    return this.addPacked(packMesh(mesh), where);
  }

  /** Takes a mesh that was packed before, here or in another thread; the bytes are copied. */
  addPacked(packed: PackedMesh, where: string): MeshHandle {
    const address = this.#allocate(packed.byteLength);
    this.#refresh();
    this.#bytes.set(new Uint8Array(packed), address);
    return new MeshHandle(this, address, where);
  }

  /** Frees a mesh; it cannot be asked about any more. */
  remove(mesh: MeshHandle): void {
    this.#module.release(this.#addressOf(mesh));
    mesh.address = 0;
  }

  /**
   * @param verdicts 1 where a pair is in contact, else 0: a row of the second bodies for each of the first
   * @returns how many pairs are in contact; what shares a point is
   */
  collide(a: Bodies, b: Bodies, verdicts?: Uint8Array): number {
    const pairs = a.meshes.length * b.meshes.length;
    assertRoom(verdicts, pairs, "verdicts");
    const at = this.#place(a, b, pairs);
    const contacts = this.#module.collide(
      at.countA,
      at.meshesA,
      at.posesA,
      at.countB,
      at.meshesB,
      at.posesB,
      at.out,
    );
    this.#refresh();
    // One by one: a view of so few bytes takes longer to make than they take to copy.
    if (verdicts !== undefined) for (let i = 0; i < pairs; i++) verdicts[i] = this.#bytes[at.out + i]!;
    return contacts;
  }

  /**
   * The nearest two of all pairs. Bodies in contact are at 0, with a point that they share.
   * @param boundM what is as far as this does not count, which makes the answer cheaper; contact always does
   * @returns undefined where nothing is nearer than the bound
   */
  nearest(a: Bodies, b: Bodies, boundM = Infinity): Nearest | undefined {
    if (Number.isNaN(boundM)) throw badQuery("bound", "the bound is no number", "give a distance in m");
    const at = this.#place(a, b, 8 + POINTS_BYTES);
    const bound = Math.min(Math.max(boundM, 0) ** 2, FARTHEST_SQUARED);
    const squared = this.#module.nearest(
      at.countA,
      at.meshesA,
      at.posesA,
      at.countB,
      at.meshesB,
      at.posesB,
      bound,
      at.out,
    );
    if (squared < 0) return undefined;
    this.#refresh();
    const point = (from: number): Point => {
      const n = (at.out + from) >> 3;
      return [this.#numbers[n]!, this.#numbers[n + 1]!, this.#numbers[n + 2]!];
    };
    return {
      distanceM: Math.sqrt(squared),
      a: this.#words[at.out >> 2]!,
      b: this.#words[(at.out >> 2) + 1]!,
      pointA: point(8),
      pointB: point(32),
    };
  }

  /**
   * The distance of every pair, m, 0 in contact: a row of the second bodies for each of the first.
   * @param points six of each pair: the nearest point of the first and of the second body in the world, m
   */
  distances(a: Bodies, b: Bodies, out: Float64Array, points?: Float64Array): void {
    const pairs = a.meshes.length * b.meshes.length;
    assertRoom(out, pairs, "distances");
    assertRoom(points, 6 * pairs, "points");
    const at = this.#place(a, b, pairs * (8 + POINTS_BYTES));
    const pointsAt = at.out + 8 * pairs;
    this.#module.distances(
      at.countA,
      at.meshesA,
      at.posesA,
      at.countB,
      at.meshesB,
      at.posesB,
      FARTHEST_SQUARED,
      at.out,
      points === undefined ? 0 : pointsAt,
    );
    this.#refresh();
    for (let i = 0; i < pairs; i++) out[i] = Math.sqrt(this.#numbers[(at.out >> 3) + i]!);
    points?.set(this.#numbers.subarray(pointsAt >> 3, (pointsAt >> 3) + 6 * pairs));
  }

  /**
   * How far the first bodies must move along a direction until none touches the second: the first exit on a march of 2 mm,
   * halved down to 1 µm, and so not the least translation there may be. 0 where nothing touches.
   * @param direction in the world; of any length but 0
   * @returns m; null where they still touch at the last step before `mostM`
   */
  separation(a: Bodies, b: Bodies, direction: Point, mostM = 0.6): number | null {
    const length = Math.hypot(...direction);
    if (!(length > 0 && length < Infinity))
      throw badQuery("direction", `[${direction}] is no direction`, "give one that is not 0");
    const poses = Float64Array.from(a.poses);
    const moved = { meshes: a.meshes, poses };
    const touchesAfter = (moveM: number): boolean => {
      for (let i = 3, k = 0; i < poses.length; i += 4, k = (k + 1) % 3)
        poses[i] = a.poses[i]! + (moveM * direction[k]!) / length;
      return this.collide(moved, b) > 0;
    };
    if (!touchesAfter(0)) return 0;
    for (let step = 1; step * SEPARATION_STEP_M < mostM - 1e-9; step++) {
      if (touchesAfter(step * SEPARATION_STEP_M)) continue;
      let inside = (step - 1) * SEPARATION_STEP_M;
      let outside = step * SEPARATION_STEP_M;
      while (outside - inside > SEPARATION_END_M) {
        const middle = (inside + outside) / 2;
        if (touchesAfter(middle)) inside = middle;
        else outside = middle;
      }
      return outside;
    }
    return null;
  }

  /**
   * Whether a point lies inside a closed mesh, by its winding number: more than half a turn around the point. For a mesh
   * with holes the answer is that of the surface that would close them most evenly.
   * @param pose of the mesh, as in `Bodies`
   */
  isInside(point: Point, mesh: MeshHandle, pose: Float64Array): boolean {
    const address = this.#addressOf(mesh);
    const [x, y, z] = point.map((value, k) => value - pose[4 * k + 3]!) as [number, number, number];
    const own = (k: number) => pose[k]! * x + pose[4 + k]! * y + pose[8 + k]! * z;
    const turns = this.#module.winding(address, own(0), own(1), own(2));
    if (!Number.isFinite(turns)) throw badQuery("point", `[${point}] or its mesh's pose is no number`, "");
    return Math.abs(turns) > 0.5;
  }

  /** Exact tests of two triangles since the engine was made: the work of queries, the same on every machine. */
  get exactTests(): number {
    return this.#module.exactTests();
  }

  /** Bytes of the engine's memory, which grows and never shrinks; what is freed is used again. */
  get memoryBytes(): number {
    return this.#module.memory.buffer.byteLength;
  }

  #addressOf(mesh: MeshHandle): number {
    if (mesh.engine !== this || mesh.address === 0)
      throw badQuery(mesh.where, "the mesh is not in this engine", "add it first");
    return mesh.address;
  }

  /** Copies two lists of bodies into the engine's memory. */
  #place(a: Bodies, b: Bodies, outBytes: number): Placed {
    const countA = a.meshes.length;
    const countB = b.meshes.length;
    const posesA = this.#roomFor(
      8 * POSE_NUMBERS * (countA + countB) + outBytes + 4 * (countA + countB) + 16,
    );
    const posesB = posesA + 8 * POSE_NUMBERS * countA;
    const out = posesB + 8 * POSE_NUMBERS * countB;
    const meshesA = out + ((outBytes + 7) & ~7);
    const meshesB = meshesA + 4 * countA;
    this.#placeBodies(a, meshesA, posesA);
    this.#placeBodies(b, meshesB, posesB);
    return { countA, countB, meshesA, posesA, meshesB, posesB, out };
  }

  #placeBodies({ meshes, poses }: Bodies, meshesAt: number, posesAt: number): void {
    const count = POSE_NUMBERS * meshes.length;
    if (poses.length < count)
      throw badQuery("poses", `${poses.length} numbers for ${meshes.length} meshes`, "give twelve for each");
    for (let i = 0; i < meshes.length; i++) this.#words[(meshesAt >> 2) + i] = this.#addressOf(meshes[i]!);
    const numbers = this.#numbers;
    const to = posesAt >> 3;
    for (let i = 0; i < count; i++) {
      const value = poses[i]!;
      // What is no number would be taken for far away.
      if (!(Math.abs(value) <= FARTHEST_POSE_M))
        throw badQuery("poses", `a pose has ${value} in it`, "check the joint angles");
      numbers[to + i] = value;
    }
  }

  #roomFor(bytes: number): number {
    if (bytes > this.#roomBytes) {
      if (this.#room !== 0) this.#module.release(this.#room);
      this.#roomBytes = 2 * bytes;
      this.#room = this.#allocate(this.#roomBytes);
    }
    this.#refresh();
    return this.#room;
  }

  #allocate(bytes: number): number {
    try {
      return this.#module.allocate(bytes);
    } catch (thrown) {
      if (thrown instanceof WebAssembly.RuntimeError) memoryFull();
      throw thrown;
    }
  }

  /** Views of a memory are gone once it has grown. */
  #refresh(): void {
    const { buffer } = this.#module.memory;
    if (this.#bytes.buffer === buffer) return;
    this.#bytes = new Uint8Array(buffer);
    this.#numbers = new Float64Array(buffer);
    this.#words = new Uint32Array(buffer);
  }
}

function assertRoom(array: { readonly length: number } | undefined, wanted: number, where: string): void {
  if (array !== undefined && array.length < wanted)
    throw badQuery(where, `room for ${array.length} and ${wanted} to write`, "give a longer array");
}

function badQuery(where: string, what: string, advice: string): RungError {
  return new RungError({ code: "bad-mesh-query", where, what, advice });
}
