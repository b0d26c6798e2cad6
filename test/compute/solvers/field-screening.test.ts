import assert from "node:assert/strict";
import type { DistanceField } from "../../../runtime/compute/solvers/distance-field.ts";
import { distanceField } from "../../../runtime/compute/solvers/distance-field-kernel.ts";
import { distanceToTriangles } from "../../../runtime/compute/solvers/distance-field-plain.ts";
import {
  FIELD_SCREENING,
  farthestOf,
  type ScreeningRequest,
  sampledUpperM,
  screeningErrorM,
} from "../../../runtime/compute/solvers/field-screening.ts";
import { fieldScreening } from "../../../runtime/compute/solvers/field-screening-kernel.ts";
import { fieldAt, screenPlain } from "../../../runtime/compute/solvers/field-screening-plain.ts";
import { solve } from "../../../runtime/compute/solvers/solve.ts";
import { AT_ONCE } from "../../../runtime/compute/solvers/solver-control.ts";
import { RungError } from "../../../runtime/core/errors.ts";
import { Random } from "../../../runtime/core/random.ts";
import { needsFile } from "../../needs.ts";
import { SOFTWARE_DRIVER, softwareGpuCompute } from "../gpujs/software-gpu.ts";
import { largestDifference } from "./differences.ts";
import { randomPoses, randomSamples, randomTriangles } from "./field-cases.ts";

/** Bodies of one group, of a full one, of one and a bit, and of many. */
const COUNTS = [1, 16, 17, 150];

describe("field screening", () => {
  let cornersM: Float64Array;
  let field: DistanceField;
  before(async () => {
    cornersM = randomTriangles(200, new Random(11));
    field = await distanceField({ cornersM, cellM: 0.05 }, AT_ONCE);
  });

  const request = (configurations: number, seed: number): ScreeningRequest => {
    const random = new Random(seed);
    const samples = randomSamples(COUNTS, random);
    const poses = randomPoses(configurations * COUNTS.length, 2.5, random);
    return { field, samples, configurations, poses };
  };

  it("is off by no more than its error inside the lattice, and passes the distance by no more outside", () => {
    const random = new Random(12);
    const errorM = screeningErrorM(field.cellM, 4);
    let inside = 0;
    for (let round = 0; round < 20_000; round++) {
      const point = [0, 1, 2].map(() => 2 * (random.uniform() - 0.5)) as [number, number, number];
      const isInside = point.every(
        (value, axis) =>
          value >= field.originM[axis]! &&
          value <= field.originM[axis]! + field.cellM * (field.shape[axis]! - 1),
      );
      const distance = distanceToTriangles(...point, cornersM);
      const value = fieldAt(field, ...point);
      assert.ok(value <= distance + errorM, `${point}: ${value} above ${distance}`);
      const upper = sampledUpperM(value, errorM);
      assert.ok(distance <= upper, `${point}: ${distance} above ${upper}`);
      if (!isInside) continue;
      inside += 1;
      assert.ok(value >= distance - errorM, `${point}: ${value} below ${distance}`);
    }
    assert.ok(inside > 2_000 && inside < 18_000, `${inside} inside`);
  });

  it("has the error of the middle of a cell that a cone has there", () => {
    // A single point at the middle of a cell: all eight nodes are the half diagonal away, the middle is not.
    const at = [0.5, 0.5, 0.5];
    const nodes = Float32Array.from({ length: 8 }, (_, corner) =>
      Math.hypot((corner & 1) - at[0]!, ((corner >> 1) & 1) - at[1]!, (corner >> 2) - at[2]!),
    );
    const cone: DistanceField = { originM: [0, 0, 0], cellM: 1, shape: [2, 2, 2], distanceM: nodes };
    assert.ok(Math.abs(fieldAt(cone, 0.5, 0.5, 0.5) - Math.sqrt(3) / 2) < 1e-6);
    assert.ok(screeningErrorM(1, 1) >= fieldAt(cone, 0.5, 0.5, 0.5));
  });

  it("finds what every point finds, to 1e-5 m, with the same bits on any number of threads", async () => {
    for (const seed of [21, 22]) {
      const asked = request(300, seed);
      const one = await fieldScreening({ ...asked, threads: 1 }, AT_ONCE);
      const plain = screenPlain(asked);
      const off = largestDifference(one.sampledM, plain.sampledM);
      assert.ok(off < 1e-5, `${off}`);
      for (const threads of [2, 3])
        assert.deepEqual(await fieldScreening({ ...asked, threads }, AT_ONCE), one);
    }
  });

  it("tells what is farther than enough as enough, and the rest as before", async () => {
    const asked = request(300, 23);
    const { sampledM } = await fieldScreening(asked, AT_ONCE);
    const enoughM = Math.fround(0.7);
    const found = await fieldScreening({ ...asked, enoughM }, AT_ONCE);
    assert.deepEqual(
      found.sampledM,
      sampledM.map((value) => Math.min(value, enoughM)),
    );
    const told = found.sampledM.filter((value) => value < enoughM).length;
    assert.ok(told > 50 && told < sampledM.length - 50, `${told} of ${sampledM.length}`);
    assert.ok(largestDifference(screenPlain({ ...asked, enoughM }).sampledM, found.sampledM) < 1e-5);
  });

  it("never passes the distance of the nearest point by more than its error, on 10^5 bodies and a coarse field", async () => {
    const few = randomTriangles(9, new Random(13));
    const coarse = await distanceField({ cornersM: few, cellM: 0.2 }, AT_ONCE);
    const random = new Random(14);
    const samples = randomSamples([3, 5], random);
    const configurations = 50_000;
    const poses = randomPoses(configurations * 2, 1.5, random);
    const asked = { field: coarse, samples, configurations, poses };
    const { sampledM } = await fieldScreening(asked, AT_ONCE);
    const errorM = screeningErrorM(coarse.cellM, farthestOf(asked));
    let first = 0;
    for (const [body, count] of samples.counts.entries()) {
      for (let place = body; place < sampledM.length; place += 2) {
        let distance = Number.POSITIVE_INFINITY;
        for (let k = first; k < first + count; k++) {
          const moved = [0, 4, 8].map((row) => {
            const at = 12 * place + row;
            const [x, y, z] = samples.pointsM.subarray(3 * k);
            return poses[at]! * x! + poses[at + 1]! * y! + poses[at + 2]! * z! + poses[at + 3]!;
          }) as [number, number, number];
          distance = Math.min(distance, distanceToTriangles(...moved, few));
        }
        assert.ok(sampledM[place]! - errorM <= distance, `${place}: ${sampledM[place]} of ${distance}`);
      }
      first += count;
    }
  }).timeout(20_000);

  it("refuses poses and points of another number and what is no number", async () => {
    const sound = request(2, 3);
    const faults: [Partial<ScreeningRequest>, RegExp][] = [
      [{ poses: sound.poses.slice(1) }, /poses has 95 values, 96 are needed/],
      [{ poses: sound.poses.with(5, Number.NaN) }, /poses\[5\] is NaN/],
      [{ enoughM: Number.NaN }, /enoughM is NaN/],
      [{ configurations: 0 }, /configurations is 0/],
      [{ samples: { ...sound.samples, counts: Int32Array.of(1, 0, 183) } }, /points of a body is 0/],
      [{ samples: { ...sound.samples, counts: Int32Array.of(1, 2, 3, 4) } }, /pointsM has 552 values, 30/],
      [{ field: { ...field, shape: [2, 2, 2] } }, /distanceM has \d+ values, 8/],
    ];
    for (const [fault, what] of faults)
      await assert.rejects(
        fieldScreening({ ...sound, ...fault }, AT_ONCE),
        (error) => error instanceof RungError && error.code === "solver-input" && what.test(error.message),
      );
  });

  describe("by request", function () {
    this.timeout(60_000);
    const compute = softwareGpuCompute();
    after(() => compute.close());

    for (const backend of ["cpu", "webasm", "webgpu"] as const)
      it(`gives on ${backend} what the fast lane gives, to 1e-5 m`, async function () {
        if (backend === "webgpu") needsFile(this, SOFTWARE_DRIVER);
        const asked = { ...request(25, 31), enoughM: 1.5 };
        const found = await solve(compute, FIELD_SCREENING, asked, { backend });
        assert.equal(found.backend, backend);
        const fast = await solve(compute, FIELD_SCREENING, asked, { backend: "wasm" });
        assert.equal(fast.status, "wasm x1");
        const off = largestDifference(found.sampledM, fast.sampledM);
        assert.ok(off < 1e-5, `${off}`);
      });
  });
});
