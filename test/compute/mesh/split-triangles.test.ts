import assert from "node:assert/strict";
import { splitTriangles } from "../../../runtime/compute/mesh/split-triangles.ts";

const areaOf = (t: Float64Array): number => {
  const [ux, uy, uz, vx, vy, vz] = [3, 4, 5, 6, 7, 8].map((k) => t[k]! - t[k % 3]!) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return Math.hypot(uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx) / 2;
};
const longestOf = (t: Float64Array): number =>
  Math.max(
    ...[0, 3, 6].map((a) => {
      const b = (a + 3) % 9;
      return Math.hypot(t[a]! - t[b]!, t[a + 1]! - t[b + 1]!, t[a + 2]! - t[b + 2]!);
    }),
  );
const piecesOf = (...corners: number[]): Float64Array[] => {
  const pieces = splitTriangles({
    positions: Float64Array.from(corners),
    triangles: Uint32Array.from({ length: corners.length / 3 }, (_, i) => i),
  });
  return Array.from({ length: pieces.length / 9 }, (_, i) => pieces.subarray(9 * i, 9 * i + 9));
};

describe("splitting triangles", () => {
  it("leaves short ones alone, and long ones that fill their boxes", () => {
    assert.equal(piecesOf(0, 0, 0, 0.06, 0, 0, 0, 0.01, 0).length, 1);
    assert.equal(piecesOf(0, 0, 0, 0.24, 0, 0, 0, 0.06, 0).length > 1, true);
    assert.equal(piecesOf(0, 0, 0, 0.2, 0, 0, 0, 0.1, 0).length, 1);
  });

  it("makes short pieces of a long oblique one, which cover it", () => {
    const corners = [0, 0, 0, 1, 0.8, 0.6, 0.2, 0.9, 0.1];
    const pieces = piecesOf(...corners);
    assert.ok(Math.max(...pieces.map(longestOf)) <= 0.06);
    const whole = areaOf(Float64Array.from(corners));
    const sum = pieces.reduce((area, piece) => area + areaOf(piece), 0);
    assert.ok(Math.abs(sum - whole) < 1e-12, `${sum} of ${whole}`);
  });

  it("does not drown in a hall", () => {
    const halls = Array.from({ length: 2000 }, (_, i) => [0, 0, i, 90, 80, i + 60, 10, 95, i + 5]).flat();
    assert.ok(piecesOf(...halls).length <= 4 * 2000 + 50_000 + 10_000);
  });
});
