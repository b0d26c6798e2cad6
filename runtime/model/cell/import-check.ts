import type { TriangleMesh } from "../../compute/mesh/triangle-mesh.ts";
import { RungError } from "../../core/errors.ts";
import type { Xyz } from "../robot/pose.ts";
import type { BodyRole } from "./body-role.ts";

/** What a mesh is like, as the import finds it. */
export interface MeshReport {
  readonly triangles: number;
  readonly vertices: number;
  /** Corners joined to another at the same place. */
  readonly welded: number;
  /** Triangles without area. They stay: a line is an obstacle too. */
  readonly degenerate: number;
  /** Edges of one triangle only: holes and open sheets. */
  readonly boundaryEdges: number;
  /** Edges of more than two triangles. */
  readonly nonManifoldEdges: number;
  /** Edges whose two triangles face opposite sides. */
  readonly flippedEdges: number;
  /** Every edge belongs to two triangles that face the same side: the mesh has an inside. */
  readonly watertight: boolean;
  readonly extentM: Xyz;
  readonly warnings: readonly string[];
}

/** Longest side of what is believable, m. A metre read as a millimetre, or the reverse, lies far outside. */
const BELIEVABLE_M: Readonly<Record<BodyRole, { least: number; most: number }>> = {
  link: { least: 0.01, most: 8 },
  tool: { least: 0.005, most: 8 },
  part: { least: 0.002, most: 20 },
  fixture: { least: 0.002, most: 100 },
  body: { least: 0.1, most: 50 },
};

/**
 * Checks a mesh that was read: counts its faults, says which matter, refuses what can be no body.
 * @param role where it is known, its size is held against what is believable
 * @throws RungError `bad-mesh`: no triangles, a vertex that is no number, a size no such body has
 */
export function checkMesh(mesh: TriangleMesh, where: string, role?: BodyRole, welded = 0): MeshReport {
  const count = mesh.triangles.length / 3;
  if (count === 0) throw fault(where, "has no triangles", "is it the right file, saved as a mesh?");
  const extentM = extentOf(mesh, where);
  if (role !== undefined) checkScale(extentM, where, role);
  const edges = countEdges(mesh);
  const watertight = edges.boundary + edges.nonManifold + edges.flipped === 0;
  const warnings: string[] = [];
  const say = (what: string): number => warnings.push(`${where}: ${what}`);
  if (edges.degenerate > 0) say(`${edges.degenerate} of ${count} triangles have no area`);
  if (edges.nonManifold > 0) {
    say(
      `${edges.nonManifold} edges belong to more than two triangles: distances hold, there is no inside to test`,
    );
  }
  if (edges.flipped > 0) {
    say(
      `${edges.flipped} edges lie between triangles that face opposite sides: distances hold, there is no inside to test`,
    );
  }
  if (edges.boundary > 0 && role !== undefined && role !== "body" && role !== "part") {
    say(`not watertight (${edges.boundary} open edges): distances hold, there is no inside to test`);
  }
  return {
    triangles: count,
    vertices: mesh.positions.length / 3,
    welded,
    degenerate: edges.degenerate,
    boundaryEdges: edges.boundary,
    nonManifoldEdges: edges.nonManifold,
    flippedEdges: edges.flipped,
    watertight,
    extentM,
    warnings,
  };
}

function extentOf({ positions }: TriangleMesh, where: string): Xyz {
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const high = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < positions.length; i++) {
    const value = positions[i]!;
    if (!Number.isFinite(value)) {
      const vertex = Math.floor(i / 3);
      throw fault(where, `vertex ${vertex} has ${"xyz"[i % 3]} = ${value}`, "export the mesh again");
    }
    low[i % 3] = Math.min(low[i % 3]!, value);
    high[i % 3] = Math.max(high[i % 3]!, value);
  }
  return [high[0]! - low[0]!, high[1]! - low[1]!, high[2]! - low[2]!];
}

function checkScale(extentM: Xyz, where: string, role: BodyRole): void {
  const longest = Math.max(...extentM);
  const { least, most } = BELIEVABLE_M[role];
  if (longest > most) {
    const what = `is ${round(longest)} m long, too long for a ${role}`;
    throw fault(where, what, "looks like mm read as m: declare its unit");
  }
  if (longest < least) {
    const what = `is ${round(longest * 1000)} mm long, too small for a ${role}`;
    throw fault(where, what, "looks like m read as mm: declare its unit");
  }
}

const round = (value: number): string => String(Number(value.toPrecision(3)));

/** How the triangles share edges, those of two corners left out: they would close holes that are none. */
function countEdges({ positions, triangles }: TriangleMesh) {
  const vertices = positions.length / 3;
  // By edge, how often it is gone along from its lower vertex to its higher, and 2^16 times how often back.
  const uses = new Map<number, number>();
  let degenerate = 0;
  for (let t = 0; t < triangles.length; t += 3) {
    const corners = [triangles[t]!, triangles[t + 1]!, triangles[t + 2]!] as const;
    if (!hasArea(positions, corners)) degenerate++;
    const [i, j, k] = corners;
    if (i === j || j === k || k === i) continue;
    for (let side = 0; side < 3; side++) {
      const a = corners[side]!;
      const b = corners[(side + 1) % 3]!;
      const key = Math.min(a, b) * vertices + Math.max(a, b);
      uses.set(key, (uses.get(key) ?? 0) + (a < b ? 1 : BACK));
    }
  }
  let boundary = 0;
  let nonManifold = 0;
  let flipped = 0;
  for (const use of uses.values()) {
    const there = use % BACK;
    const back = Math.floor(use / BACK);
    if (there + back === 1) boundary++;
    else if (there + back > 2) nonManifold++;
    else if (there !== back) flipped++;
  }
  return { degenerate, boundary, nonManifold, flipped };
}

const BACK = 2 ** 16;

/** Whether the corners span more than a line, to the rounding of the coordinates. */
function hasArea(positions: Float64Array, [a, b, c]: readonly [number, number, number]): boolean {
  const side = (from: number, to: number): Xyz => [
    positions[3 * to]! - positions[3 * from]!,
    positions[3 * to + 1]! - positions[3 * from + 1]!,
    positions[3 * to + 2]! - positions[3 * from + 2]!,
  ];
  const u = side(a, b);
  const v = side(a, c);
  const twiceArea = Math.hypot(
    u[1] * v[2] - u[2] * v[1],
    u[2] * v[0] - u[0] * v[2],
    u[0] * v[1] - u[1] * v[0],
  );
  return twiceArea > 1e-12 * Math.max(Math.hypot(...u), Math.hypot(...v)) ** 2;
}

function fault(where: string, what: string, advice: string): RungError {
  return new RungError({ code: "bad-mesh", where, what, advice });
}
