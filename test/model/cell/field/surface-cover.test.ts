import assert from "node:assert/strict";
import type { TriangleMesh } from "../../../../runtime/compute/mesh/triangle-mesh.ts";
import { RungError } from "../../../../runtime/core/errors.ts";
import { Random } from "../../../../runtime/core/random.ts";
import { coverSurface, type SurfaceCover } from "../../../../runtime/model/cell/field/surface-cover.ts";
import { randomTriangles } from "../../../compute/solvers/field-cases.ts";

function soup(corners: Float64Array): TriangleMesh {
  return { positions: corners, triangles: Uint32Array.from({ length: corners.length / 3 }, (_, at) => at) };
}

/** Largest distance to the nearest point of the cover from points drawn evenly on each triangle, and from its corners. */
function farthestBare({ positions, triangles }: TriangleMesh, cover: SurfaceCover, random: Random): number {
  const points = Array.from({ length: cover.pointsM.length / 3 }, (_, k) =>
    cover.pointsM.subarray(3 * k, 3 * k + 3),
  );
  let farthest = 0;
  for (let at = 0; at < triangles.length; at += 3) {
    const [a, b, c] = [0, 1, 2].map((corner) => positions.subarray(3 * triangles[at + corner]!));
    const weights = Array.from({ length: 60 }, () => {
      const [s, t] = [random.uniform(), random.uniform()];
      return s + t > 1 ? [1 - s, 1 - t] : [s, t];
    });
    for (const [s, t] of [[0, 0], [1, 0], [0, 1], ...weights] as [number, number][]) {
      const [x, y, z] = [0, 1, 2].map((axis) => (1 - s - t) * a![axis]! + s * b![axis]! + t * c![axis]!);
      const nearest = points.reduce(
        (least, p) => Math.min(least, Math.hypot(x! - p[0]!, y! - p[1]!, z! - p[2]!)),
        Infinity,
      );
      farthest = Math.max(farthest, nearest);
    }
  }
  return farthest;
}

describe("cover of a surface", () => {
  it("holds every place of random triangles, needles and points among them, within the radius that it tells", () => {
    for (const [seed, radiusM] of [
      [1, 0.048],
      [2, 0.15],
      [3, 5],
    ] as const) {
      const mesh = soup(randomTriangles(40, new Random(seed), [1, 2, -3]));
      const cover = coverSurface(mesh, radiusM, "mesh");
      assert.ok(cover.radiusM <= radiusM);
      const bare = farthestBare(mesh, cover, new Random(seed + 10));
      assert.ok(bare <= cover.radiusM, `${bare} from the nearest of ${cover.pointsM.length / 3} points`);
      assert.ok(bare > cover.radiusM / 2, "the radius that it tells is not needed");
    }
  });

  it("takes few points: a plate of 1 m² at 48 mm below three times its area over that of a disk", () => {
    const plate = soup(Float64Array.of(0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 0));
    const points = coverSurface(plate, 0.048, "plate").pointsM.length / 3;
    const disks = 1 / (Math.PI * 0.048 ** 2);
    assert.ok(points > disks && points < 3 * disks, `${points} points, ${disks} disks`);
  });

  it("covers a mesh smaller than the radius by one point", () => {
    const cover = coverSurface(soup(Float64Array.of(0, 0, 0, 0.01, 0, 0, 0, 0.01, 0)), 0.048, "chip");
    assert.equal(cover.pointsM.length, 3);
    assert.ok(cover.radiusM < 0.008);
  });

  it("refuses a radius of nothing and a mesh without triangles", () => {
    const code = (of: string) => (error: unknown) => error instanceof RungError && error.code === of;
    for (const radiusM of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      assert.throws(() => coverSurface(soup(new Float64Array(9)), radiusM, "gun"), code("cover-radius"));
    const millimetres = soup(Float64Array.of(0, 0, 0, 900, 0, 0, 0, 700, 0));
    assert.throws(() => coverSurface(millimetres, 0.048, "gun"), /gun: is too large.*check the unit/);
    assert.throws(() => coverSurface(soup(new Float64Array(0)), 0.1, "gun"), code("bad-mesh"));
  });
});
