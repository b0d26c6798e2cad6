import assert from "node:assert/strict";
import { differenceOver } from "../../../runtime/model/kernel/backend-comparison.ts";
import { pictureOf } from "../../../runtime/model/kernel/kernel-picture.ts";

/** Cell (x, y, z) holds its own number. */
const counted = (...shape: number[]) =>
  Float32Array.from({ length: shape.reduce((cells, size) => cells * size, 1) }, (_, cell) => cell);

describe("a kernel's result as a picture", () => {
  it("is the field itself where it is small", () => {
    const { values, ...head } = pictureOf(counted(3, 2), [3, 2]);
    assert.deepEqual(values, counted(3, 2));
    assert.deepEqual(head, { width: 3, height: 2, stride: 1, z: 0, least: 0, most: 5 });
    assert.deepEqual(pictureOf(counted(4), [4]), {
      values: counted(4),
      width: 4,
      height: 1,
      stride: 1,
      z: 0,
      least: 0,
      most: 3,
    });
  });

  it("is the middle layer of a field with three dimensions, with the figures of the whole", () => {
    const { values, ...head } = pictureOf(counted(2, 2, 3), [2, 2, 3]);
    assert.deepEqual(values, Float32Array.of(4, 5, 6, 7));
    assert.deepEqual(head, { width: 2, height: 2, stride: 1, z: 1, least: 0, most: 11 });
  });

  it("thins a large field by whole cells", () => {
    const { values, width, height, stride, most } = pictureOf(counted(1100, 5), [1100, 5]);
    assert.deepEqual([width, height, stride, most], [367, 2, 3, 5499]);
    assert.deepEqual([values[0], values[1], values[366], values[367]], [0, 3, 1098, 3300]);
  });
});

describe("how far two backends agree", () => {
  it("is the largest difference over the range of the first", () => {
    assert.equal(differenceOver(Float32Array.of(0, 4, 2), Float32Array.of(0, 4, 2)), 0);
    assert.equal(differenceOver(Float32Array.of(0, 4, 2), Float32Array.of(0.5, 4, 1)), 0.25);
    assert.equal(differenceOver(Float32Array.of(8, 8), Float32Array.of(8, 6)), 0.25);
    assert.equal(differenceOver(Float32Array.of(0), Float32Array.of(3)), 3);
  });
});
