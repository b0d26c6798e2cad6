import assert from "node:assert/strict";
import type { Compute } from "../../../runtime/compute/compute.ts";
import { runKernel } from "../../../runtime/compute/gpujs/run-kernel.ts";
import type { KernelBackend } from "../../../runtime/compute/kernel-language/kernel-spec.ts";
import { Random } from "../../../runtime/core/random.ts";
import { needsFile } from "../../needs.ts";
import { SOFTWARE_DRIVER, softwareGpuCompute } from "../gpujs/software-gpu.ts";
import { field, specOf } from "./field-spec.ts";
import { PRELUDE_RANGES, type PreludeRange } from "./prelude-ranges.ts";

const POINTS = 4096;

function points(of: PreludeRange, ends: readonly [number, number], random: Random): Float32Array {
  const [low, high] = ends;
  return Float32Array.from({ length: POINTS }, () => {
    const share = random.uniform();
    return of.spread === "ratio" && low > 0 ? low * (high / low) ** share : low + (high - low) * share;
  });
}

describe("the prelude of kernels", function () {
  this.timeout(60_000);
  let compute: Compute;
  before(() => {
    compute = softwareGpuCompute();
  });
  after(() => compute.close());

  for (const backend of ["cpu", "webasm", "webgpu"] as const)
    it(`is within its tolerances of double precision on ${backend}`, async function () {
      if (backend === "webgpu") needsFile(this, SOFTWARE_DRIVER);
      for (const range of PRELUDE_RANGES) await compare(range, backend);
    });

  async function compare(range: PreludeRange, backend: KernelBackend): Promise<void> {
    const random = new Random(7);
    const x = points(range, range.x, random);
    const y =
      range.y === undefined
        ? new Float32Array(POINTS)
        : points({ ...range, spread: "even" }, range.y, random);
    const source = `function f(a, b) { const x = a[this.thread.x]; const y = b[this.thread.x]; return ${range.call} + 0 * y; }`;
    const inputs = [field("a", [POINTS]), field("b", [POINTS])];
    const { values } = await runKernel(compute, specOf(source, inputs, [POINTS], { backend }), {
      a: x,
      b: y,
    });
    let worst = 0;
    let where = 0;
    for (let at = 0; at < POINTS; at++) {
      const exact = range.exact(x[at]!, y[at]!);
      const off = Math.abs(values[at]! - exact) / Math.max(Math.abs(exact), range.floor ?? 1e-37);
      if (!(off <= worst)) [worst, where] = [off, at];
    }
    assert.ok(
      worst <= range.relative,
      `${range.call} on ${backend} at x = ${x[where]}, y = ${y[where]}: ${values[where]}, off by ${worst}`,
    );
  }
});
