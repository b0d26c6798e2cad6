import assert from "node:assert/strict";
import type { Compute } from "../../../runtime/compute/compute.ts";
import type { KernelSpec } from "../../../runtime/compute/kernel-language/kernel-spec.ts";
import { backendsOf } from "../../../runtime/model/kernel/backends.ts";
import { previewKernel } from "../../../runtime/model/kernel/kernel-preview.ts";
import { SOFTWARE_DRIVER, softwareGpuCompute } from "../../compute/gpujs/software-gpu.ts";
import { needsFile } from "../../needs.ts";

const DEADLINE = { deadlineMs: 15_000 };
/** Heat spreads, with an exponential that every backend must compute alike. */
const SPREAD: KernelSpec = {
  version: 1,
  name: "spread",
  source: `function spread(t, k) {
  const x = this.thread.x;
  const y = this.thread.y;
  const left = t[y][Math.max(x - 1, 0)];
  const right = t[y][Math.min(x + 1, 31)];
  return t[y][x] + k * (left + right - 2 * t[y][x]) + Math.exp(-t[y][x] / 50);
}`,
  inputs: [
    { name: "t", holds: "field", unit: "°C", shape: [32, 16], range: [0, 500], from: { result: true } },
    { name: "k", holds: "number", unit: "1", shape: [], from: { constant: 0.2 } },
  ],
  output: { name: "t", unit: "°C", shape: [32, 16] },
  constants: {},
  steps: 20,
  loopMax: 10,
  seed: 3,
  backend: "auto",
};

describe("a preview of a kernel, on a machine with a GPU in software", function () {
  this.timeout(60_000);
  let compute: Compute;
  before(function () {
    needsFile(this, SOFTWARE_DRIVER);
    compute = softwareGpuCompute();
  });
  after(() => compute?.close());

  it("finds all three backends", async () => {
    const states = await backendsOf(compute);
    assert.deepEqual(
      states.map(({ backend, isThere }) => [backend, isThere]),
      [
        ["webgpu", true],
        ["webasm", true],
        ["cpu", true],
      ],
    );
    assert.match(states[0]!.text, /^webgpu · ./);
  });

  it("computes all steps once, and one step on each of them, with the same result", async () => {
    const { result, picture, comparison, sampled } = await previewKernel(compute, SPREAD, {}, DEADLINE);
    assert.deepEqual(sampled, ["t"]);
    assert.deepEqual([picture.width, picture.height, result.values.length], [32, 16, 512]);
    assert.deepEqual(picture.values, result.values);
    assert.deepEqual(
      comparison.steps.map(({ backend, problem }) => [backend, problem]),
      [
        ["webgpu", undefined],
        ["webasm", undefined],
        ["cpu", undefined],
      ],
    );
    assert.ok(comparison.steps.every(({ stepMs }) => stepMs! > 0));
    assert.equal(comparison.cells, 512);
    // Single precision over a few operations.
    assert.ok(comparison.largestDifference < 1e-6, `differs by ${comparison.largestDifference}`);
  });

  it("takes the deployed node's values, and says what they give", async () => {
    const source = "function same(t, k) {\n  return t[this.thread.y][this.thread.x] + k;\n}";
    const last = { t: new Float32Array(512).fill(7) };
    const preview = await previewKernel(compute, { ...SPREAD, source, steps: 1 }, last, DEADLINE);
    assert.deepEqual([preview.deployed, preview.sampled], [["t"], []]);
    assert.deepEqual([preview.picture.least, preview.picture.most], [Math.fround(7.2), Math.fround(7.2)]);
  });

  it("is refused for a field that would hold up the host", async () => {
    const inputs = [SPREAD.inputs[1]!];
    const huge = { ...SPREAD, inputs, steps: 1, output: { ...SPREAD.output, shape: [2048, 2048] } };
    await assert.rejects(previewKernel(compute, huge, {}, DEADLINE), { code: "preview-too-large" });
  });
});
