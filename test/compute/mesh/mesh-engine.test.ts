import assert from "node:assert/strict";
import { boxMesh } from "../../../bench/cell/hard-scenes.ts";
import { type Bodies, MeshEngine, type MeshHandle } from "../../../runtime/compute/mesh/mesh-engine.ts";
import { packMesh } from "../../../runtime/compute/mesh/mesh-layout.ts";
import type { TriangleMesh } from "../../../runtime/compute/mesh/triangle-mesh.ts";
import { Random } from "../../../runtime/core/random.ts";

const meshOf = (...corners: number[]): TriangleMesh => ({
  positions: Float64Array.from(corners),
  triangles: Uint32Array.from({ length: corners.length / 3 }, (_, i) => i),
});
const at = (x: number, y: number, z: number): number[] => [1, 0, 0, x, 0, 1, 0, y, 0, 0, 1, z];
const bodies = (...standing: readonly (readonly [MeshHandle, number[]])[]): Bodies => ({
  meshes: standing.map(([mesh]) => mesh),
  poses: Float64Array.from(standing.flatMap(([, pose]) => pose)),
});

describe("the mesh engine", () => {
  let engine: MeshEngine;
  let cube: MeshHandle;
  before(async () => {
    engine = await MeshEngine.create();
    cube = engine.add(boxMesh(0.5, 0.5, 0.5), "cube");
  });

  it("tells the nearest of all pairs, with the points on both", () => {
    const moving = bodies([cube, at(9, 9, 9)], [cube, at(0, 0, 0)]);
    const standing = bodies([cube, at(-4, 0, 0)], [cube, at(1.25, 0.5, 0.25)]);
    const nearest = engine.nearest(moving, standing)!;
    assert.deepEqual([nearest.distanceM, nearest.a, nearest.b], [0.25, 1, 1]);
    assert.deepEqual([nearest.pointA[0], nearest.pointB[0]], [0.5, 0.75]);
    assert.deepEqual(nearest.pointA.slice(1), nearest.pointB.slice(1));
    for (const [k, low, high] of [
      [1, 0, 0.5],
      [2, -0.25, 0.5],
    ] as const)
      assert.ok(nearest.pointA[k] >= low && nearest.pointA[k] <= high, `${nearest.pointA}`);
  });

  it("tells every pair, row by row, with points", () => {
    const out = new Float64Array(4);
    const points = new Float64Array(24);
    const moving = bodies([cube, at(0, 0, 0)], [cube, at(0, 3, 0)]);
    engine.distances(moving, bodies([cube, at(2, 0, 0)], [cube, at(4, 4, 0)]), out, points);
    assert.deepEqual([...out], [1, Math.sqrt(18), Math.sqrt(5), 3]);
    for (let k = 0; k < 4; k++) {
      const p = points.subarray(6 * k, 6 * k + 6);
      const betweenM = Math.hypot(p[0]! - p[3]!, p[1]! - p[4]!, p[2]! - p[5]!);
      assert.ok(Math.abs(betweenM - out[k]!) < 1e-14, `${betweenM} and ${out[k]}`);
    }
  });

  it("measures from a vertex above a face and between crossing edges", () => {
    const face = engine.add(meshOf(0, 0, 0, 4, 0, 0, 0, 4, 0), "face");
    const above = engine.add(meshOf(1, 1, 0.125, 1, 2, 3, 2, 1, 3), "vertex above");
    const edge = engine.add(meshOf(-1, 2, 1, 9, 2, 1, 4, 2, 5), "edge across");
    const roof = engine.add(meshOf(1, 0, 0.5, 1, 9, 0.5, 1, 4, -5), "roof");
    const origin = at(0, 0, 0);
    const one = engine.nearest(bodies([above, origin]), bodies([face, origin]))!;
    assert.deepEqual([one.distanceM, one.pointA, one.pointB], [0.125, [1, 1, 0.125], [1, 1, 0]]);
    const two = engine.nearest(bodies([edge, origin]), bodies([roof, origin]))!;
    assert.deepEqual([two.distanceM, two.pointA, two.pointB], [0.5, [1, 2, 1], [1, 2, 0.5]]);
  });

  it("calls contact what shares a point, an edge, a face or space, and names a point of both", () => {
    const standing = bodies([cube, at(0, 0, 0)]);
    for (const pose of [at(1, 1, 1), at(1, 1, 0), at(1, 0, 0), at(1, 0.25, 0.5), at(0.5, 0.25, 0.125)]) {
      assert.equal(engine.collide(bodies([cube, pose]), standing), 1);
      const { distanceM, pointA, pointB } = engine.nearest(bodies([cube, pose]), standing)!;
      assert.equal(distanceM, 0);
      assert.deepEqual(pointA, pointB);
      const onSurface = (own: number[]) => Math.max(...own.map(Math.abs));
      assert.equal(onSurface([...pointA]), 0.5);
      assert.equal(onSurface(pointA.map((x, k) => x - pose[4 * k + 3]!)), 0.5);
    }
    assert.equal(engine.collide(bodies([cube, at(1 + 2 ** -40, 0, 0)]), standing), 0);
  });

  it("names a shared point where one triangle lies inside another of the same plane", () => {
    const large = engine.add(meshOf(0, 0, 0, 0.05, 0, 0, 0, 0.05, 0), "large");
    const small = engine.add(meshOf(0.01, 0.01, 0, 0.02, 0.01, 0, 0.01, 0.02, 0), "small");
    const nearest = engine.nearest(bodies([small, at(0, 0, 0)]), bodies([large, at(0, 0, 0)]))!;
    assert.equal(nearest.distanceM, 0);
    assert.deepEqual(nearest.pointA, nearest.pointB);
    assert.ok(nearest.pointA[0] >= 0.01 && nearest.pointA[1] >= 0.01, `${nearest.pointA}`);
  });

  it("sees surfaces only, and tells by itself what is inside a closed one", () => {
    const house = engine.add(boxMesh(2, 2, 2), "house");
    const pose = Float64Array.from(at(0, 0, 5));
    const inside = bodies([cube, at(0.5, 0, 5)]);
    assert.equal(engine.collide(inside, { meshes: [house], poses: pose }), 0);
    assert.equal(engine.nearest(inside, { meshes: [house], poses: pose })!.distanceM, 1);
    assert.equal(engine.isInside([1.999, 1.999, 6.999], house, pose), true);
    assert.equal(engine.isInside([2.001, 0, 5], house, pose), false);
    assert.equal(engine.isInside([0, 0, 0], house, pose), false);
    const quarter = Float64Array.of(0, -1, 0, 10, 1, 0, 0, 0, 0, 0, 1, 0);
    const slab = engine.add(boxMesh(3, 0.1, 0.1), "slab");
    assert.equal(engine.isInside([10, 2.9, 0], slab, quarter), true);
    assert.equal(engine.isInside([12.9, 0, 0], slab, quarter), false);
  });

  it("asks nothing about what is beyond a bound", () => {
    const standing = bodies([cube, at(1.05, 0.3, 0.2)]);
    const moving = bodies([cube, at(0, 0, 0)]);
    const exact = engine.nearest(moving, standing)!.distanceM;
    assert.equal(engine.nearest(moving, standing, exact + 1e-9)!.distanceM, exact);
    const before = engine.exactTests;
    assert.equal(engine.nearest(moving, standing, exact - 1e-4), undefined);
    assert.equal(engine.nearest(moving, standing, 0), undefined);
    assert.equal(engine.exactTests, before);
    for (const boundM of [0.05, 0, -1])
      assert.equal(engine.nearest(bodies([cube, at(0.5, 0, 0)]), standing, boundM)!.distanceM, 0);
  });

  it("tells how far bodies must move to part", () => {
    const standing = bodies([cube, at(0, 0, 0)]);
    const one = bodies([cube, at(0.96, 0.1, 0)]);
    const outM = engine.separation(one, standing, [1, 0, 0])!;
    assert.ok(outM >= 0.04 && outM < 0.04 + 1e-6, `${outM}`);
    const slantM = engine.separation(one, standing, [3, 4, 0])!;
    assert.ok(Math.abs(slantM - 0.04 / 0.6) < 2e-6, `${slantM}`);
    assert.equal(engine.separation(one, standing, [-1, 0, 0]), null);
    assert.ok(Math.abs(engine.separation(one, standing, [-1, 0, 0], 2)! - 1.96) < 2e-6);
    assert.equal(engine.separation(bodies([cube, at(3, 0, 0)]), standing, [1, 0, 0]), 0);
  });

  it("answers for meshes of one leaf, whose only child is the code -1", () => {
    const random = new Random(11);
    const spot = engine.add(meshOf(0, 0, 0, 0.01, 0, 0, 0, 0.01, 0), "spot");
    for (let i = 0; i < 200; i++) {
      const x = 0.5 + random.uniform();
      const pose = at(x, 0.4 * random.uniform(), 0);
      const nearest = engine.nearest(bodies([spot, pose]), bodies([cube, at(0, 0, 0)]))!;
      assert.ok(Math.abs(nearest.distanceM - (x - 0.5)) < 1e-15, `${nearest.distanceM} at ${x}`);
      const spots = engine.nearest(bodies([spot, pose]), bodies([spot, at(-1, pose[7]!, 0)]))!;
      assert.ok(Math.abs(spots.distanceM - (x + 0.99)) < 1e-12);
    }
  });

  it("keeps triangles without a plane, and calls them in contact only where they are", () => {
    const needle = engine.add(meshOf(0, 0, 0, 1, 0, 0, 0.25, 0, 0), "needle");
    const point = engine.add(meshOf(0, 0, 0, 0, 0, 0, 0, 0, 0), "point");
    const other = engine.add(meshOf(0, 0, 0, 0, 1, 0, 0, 0.5, 0), "other needle");
    const nearest = (a: MeshHandle, pose: number[], b: MeshHandle) =>
      engine.nearest(bodies([a, pose]), bodies([b, at(0, 0, 0)]))!.distanceM;
    assert.equal(nearest(needle, at(0, 2, 0), needle), 2);
    assert.equal(nearest(needle, at(0.5, 0, 0.25), needle), 0.25);
    assert.equal(nearest(point, at(3, 4, 0), point), 5);
    assert.equal(nearest(point, at(0.75, 0, 0), needle), 0);
    assert.equal(nearest(point, at(0.75, 0.5, 0.5), cube), 0.25);
    assert.equal(nearest(needle, at(0.6, 0, 0), cube), 0.6 - 0.5);
    assert.equal(nearest(needle, at(0.4, 0, 0), cube), 0);
    // In one plane, apart by 0.125 in x: nothing but the distance tells so.
    assert.equal(nearest(needle, at(0.125, 0.5, 0), other), 0.125);
    assert.equal(engine.collide(bodies([needle, at(0.125, 0.5, 0)]), bodies([other, at(0, 0, 0)])), 0);
  });

  it("finds the same with trees as without them", () => {
    const random = new Random(7);
    const soup = () =>
      Array.from({ length: 30 }, () => Array.from({ length: 9 }, () => 0.2 * random.uniform()));
    const [one, two] = [soup(), soup()];
    const single = (soup: number[][]) => soup.map((t) => engine.add(meshOf(...t), "triangle"));
    const [ones, twos] = [single(one), single(two)];
    const [a, b] = [one, two].map((soup) => engine.add(meshOf(...soup.flat()), "soup")) as [
      MeshHandle,
      MeshHandle,
    ];
    for (let i = 0; i < 30; i++) {
      const pose = at(
        0.48 * random.uniform() - 0.24,
        0.48 * random.uniform() - 0.24,
        0.48 * random.uniform() - 0.24,
      );
      const each = new Float64Array(900);
      const repeated = (count: number, pose: number[]) =>
        Float64Array.from({ length: 12 * count }, (_, k) => pose[k % 12]!);
      engine.distances(
        { meshes: ones, poses: repeated(30, pose) },
        { meshes: twos, poses: repeated(30, at(0, 0, 0)) },
        each,
      );
      const least = Math.min(...each);
      const found = engine.nearest(bodies([a, pose]), bodies([b, at(0, 0, 0)]))!.distanceM;
      assert.ok(Math.abs(found - least) < 1e-13, `${found} against ${least}`);
      assert.equal(engine.collide(bodies([a, pose]), bodies([b, at(0, 0, 0)])), least === 0 ? 1 : 0);
    }
    for (const mesh of [...ones, ...twos, a, b]) engine.remove(mesh);
  });

  it("weakens its bounds by as much as f32 rounds in a scene of this size", () => {
    // Far from their origins two boxes leave 2^-12 m, where a coordinate's last bit in f32 is 2^-10 m.
    const far = boxMesh(0.5, 0.5, 0.5);
    const shifted = engine.add(
      { ...far, positions: far.positions.map((x, i) => (i % 3 === 0 ? x + 16_384 : x)) },
      "far",
    );
    const standing = bodies([shifted, at(0, 0, 0)]);
    for (const gapM of [2 ** -12, 2 ** -6, 3]) {
      const moving = bodies([shifted, at(1 + gapM, 0, 0)]);
      assert.equal(engine.collide(moving, standing), 0);
      assert.equal(engine.nearest(moving, standing)!.distanceM, gapM);
    }
    assert.equal(engine.collide(bodies([shifted, at(1 - 2 ** -12, 0, 0)]), standing), 1);
  });

  it("grows where meshes need it, and uses again what is freed", async () => {
    const own = await MeshEngine.create();
    const first = own.add(boxMesh(0.5, 0.5, 0.5), "first");
    const small = own.memoryBytes;
    const packed = packMesh(boxMesh(2, 2, 2));
    const large = () => own.addPacked(packed, "large");
    const kept = [large(), large(), large()];
    const grown = own.memoryBytes;
    assert.ok(grown > small);
    const apart = () => own.nearest(bodies([first, at(0, 0, 0)]), bodies([kept[2]!, at(5, 0, 0)]))!.distanceM;
    assert.equal(apart(), 2.5);
    const workingBytes = own.memoryBytes;
    for (let i = 0; i < 20; i++) own.remove(large());
    assert.ok(own.memoryBytes <= workingBytes + (grown - small));
    const afterFirst = own.memoryBytes;
    for (let i = 0; i < 20; i++) own.remove(large());
    assert.equal(own.memoryBytes, afterFirst);
    assert.equal(apart(), 2.5);
  });

  it("refuses what would be answered wrongly", async () => {
    const refused = (code: string, message: RegExp, work: () => unknown) =>
      assert.throws(work, (error: Error & { code?: string }) => {
        assert.equal(error.code, code);
        assert.match(error.message, message);
        return true;
      });
    const good = boxMesh(1, 1, 1);
    refused("bad-mesh", /^gun\.stl: the mesh has no triangles/, () =>
      engine.add({ positions: good.positions, triangles: new Uint32Array(0) }, "gun.stl"),
    );
    refused("bad-mesh", /y of vertex 2 is NaN/, () =>
      engine.add({ ...good, positions: good.positions.map((x, i) => (i === 7 ? Number.NaN : x)) }, "gun"),
    );
    refused("bad-mesh", /triangle 1 names vertex 8 of 8/, () =>
      engine.add({ ...good, triangles: Uint32Array.of(0, 1, 2, 3, 8, 4) }, "gun"),
    );
    refused("bad-mesh", /no whole number of triangles/, () =>
      engine.add({ ...good, triangles: Uint32Array.of(0, 1) }, "gun"),
    );
    refused("bad-mesh", /is -300000 m \(declare the unit/, () =>
      engine.add({ ...good, positions: good.positions.map((x) => 300_000 * x) }, "gun"),
    );
    const standing = bodies([cube, at(0, 0, 0)]);
    refused("bad-mesh-query", /a pose has NaN in it/, () =>
      engine.collide(bodies([cube, at(Number.NaN, 0, 0)]), standing),
    );
    refused("bad-mesh-query", /a pose has 1000000000 in it/, () =>
      engine.collide(bodies([cube, at(0, 0, 1e9)]), standing),
    );
    refused("bad-mesh-query", /the bound is no number/, () => engine.nearest(standing, standing, Number.NaN));
    refused("bad-mesh-query", /^point: .* no number/, () =>
      engine.isInside([0, Number.NaN, 0], cube, standing.poses),
    );
    refused("bad-mesh-query", /6 numbers for 1 meshes/, () =>
      engine.collide({ meshes: [cube], poses: new Float64Array(6) }, standing),
    );
    refused("bad-mesh-query", /room for 0 and 1 to write/, () =>
      engine.distances(standing, standing, new Float64Array(0)),
    );
    refused("bad-mesh-query", /is no direction/, () => engine.separation(standing, standing, [0, 0, 0]));
    const gone = engine.add(good, "gone");
    engine.remove(gone);
    refused("bad-mesh-query", /^gone: the mesh is not in this engine/, () =>
      engine.collide(bodies([gone, at(0, 0, 0)]), standing),
    );
    refused("mesh-memory", /is full/, () => engine.addPacked({ byteLength: 2 ** 31 } as ArrayBuffer, "city"));
    const other = await MeshEngine.create();
    refused("bad-mesh-query", /^cube: the mesh is not in this engine/, () =>
      other.collide(standing, standing),
    );
  });
});
