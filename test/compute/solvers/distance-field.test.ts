import assert from "node:assert/strict";
import { Compute } from "../../../runtime/compute/compute.ts";
import { DISTANCE_FIELD, latticeAround } from "../../../runtime/compute/solvers/distance-field.ts";
import { distanceField } from "../../../runtime/compute/solvers/distance-field-kernel.ts";
import {
  distanceFieldPlain,
  distanceToTriangles,
} from "../../../runtime/compute/solvers/distance-field-plain.ts";
import { AT_ONCE } from "../../../runtime/compute/solvers/solver-control.ts";
import { RungError } from "../../../runtime/core/errors.ts";
import { Random } from "../../../runtime/core/random.ts";
import { largestDifference } from "./differences.ts";
import { randomTriangles } from "./field-cases.ts";

/** One triangle in the plane z = 0 with its right angle at the origin. */
const RIGHT = Float64Array.of(0, 0, 0, 3, 0, 0, 0, 4, 0);

describe("distance field", () => {
  it("knows the distance to a triangle's plane, edges and corners", () => {
    const cases: [point: [number, number, number], distance: number][] = [
      [[1, 1, 2], 2],
      [[1, 1, 0], 0],
      [[1, -3, 4], 5],
      [[-3, 2, -4], 5],
      [[3, 4, 0], 2.4],
      [[6, -4, 0], 5],
      [[-2, -3, 6], 7],
      [[0, 0, 0], 0],
    ];
    for (const [point, distance] of cases)
      assert.ok(Math.abs(distanceToTriangles(...point, RIGHT) - distance) < 1e-12, `${point}`);
  });

  it("gives of a segment and of a point what they are", () => {
    assert.equal(distanceToTriangles(1, 3, 4, Float64Array.of(0, 0, 0, 2, 0, 0, 2, 0, 0)), 5);
    assert.equal(distanceToTriangles(2, 3, 6, new Float64Array(9)), 7);
  });

  it("gives at every node what every triangle gives there, needles and points among them, with any number of threads", async () => {
    for (const seed of [1, 2, 3]) {
      const cornersM = randomTriangles(60, new Random(seed), [3, -40, 0.5]);
      const request = { cornersM, cellM: 0.06 };
      const plain = distanceFieldPlain(request);
      const one = await distanceField({ ...request, threads: 1 }, AT_ONCE);
      assert.deepEqual([one.originM, one.shape], [plain.originM, plain.shape]);
      assert.ok(largestDifference(one.distanceM, plain.distanceM) < 1e-7);
      assert.deepEqual(await distanceField({ ...request, threads: 3 }, AT_ONCE), one);
    }
  });

  it("holds every corner within its lattice, whose nodes lie within a cell and a half of them", () => {
    const random = new Random(4);
    for (let round = 0; round < 50; round++) {
      const cornersM = randomTriangles(10, random, [900 * random.uniform(), -7, 0]);
      const cellM = 0.01 + random.uniform();
      const { originM, shape } = latticeAround(cornersM, cellM);
      for (const axis of [0, 1, 2]) {
        const along = cornersM.filter((_, at) => at % 3 === axis);
        const [low, high] = [Math.min(...along), Math.max(...along)];
        const end = originM[axis]! + cellM * (shape[axis]! - 1);
        assert.ok(originM[axis]! < low && high < end);
        assert.ok(low - originM[axis]! < 1.5 * cellM && end - high < 1.5 * cellM);
      }
    }
  });

  it("is made in the compute process", async () => {
    const compute = new Compute({ cpuChildren: 1 });
    try {
      const field = await compute.submit({ kernel: DISTANCE_FIELD, input: { cornersM: RIGHT, cellM: 0.5 } });
      assert.deepEqual(field, distanceFieldPlain({ cornersM: RIGHT, cellM: 0.5 }));
    } finally {
      await compute.close();
    }
  });

  it("refuses no triangles, half ones, what is no number, millimetres, and more nodes than a field may have", async () => {
    const faults: [Float64Array, number, RegExp][] = [
      [new Float64Array(0), 0.1, /number of triangles is 0/],
      [new Float64Array(12), 0.1, /number of triangles is 1\.33/],
      [RIGHT.with(4, Number.NaN), 0.1, /cornersM\[4\] is NaN/],
      [RIGHT.with(3, 4200), 0.1, /cornersM\[3\] is 4200/],
      [RIGHT, 0, /cellM is 0/],
      [RIGHT.with(8, 5), 0.002, /needs 1502 x 2002 x 2502 nodes/],
    ];
    for (const [cornersM, cellM, what] of faults)
      await assert.rejects(
        distanceField({ cornersM, cellM }, AT_ONCE),
        (error) => error instanceof RungError && error.code === "solver-input" && what.test(error.message),
      );
  });
});
