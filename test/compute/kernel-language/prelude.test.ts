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
/** Functions that one kernel computes, so that few are compiled. */
const PER_KERNEL = 3;

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
      for (let from = 0; from < PRELUDE_RANGES.length; from += PER_KERNEL)
        await compare(PRELUDE_RANGES.slice(from, from + PER_KERNEL), backend);
    });

  /** One row of the fields for each range. */
  async function compare(ranges: readonly PreludeRange[], backend: KernelBackend): Promise<void> {
    const random = new Random(7);
    const shape = [POINTS, ranges.length];
    const a = new Float32Array(POINTS * ranges.length);
    const b = new Float32Array(POINTS * ranges.length);
    for (const [row, range] of ranges.entries()) {
      a.set(points(range, range.x, random), row * POINTS);
      if (range.y !== undefined) b.set(points({ ...range, spread: "even" }, range.y, random), row * POINTS);
    }
    const rows = ranges.map(({ call }, row) => `if (row === ${row}) return ${call};`).join("\n  ");
    const source = `function f(a, b) {
  const row = this.thread.y;
  const x = a[row][this.thread.x];
  const y = b[row][this.thread.x];
  ${rows}
  return y;
}`;
    const spec = specOf(source, [field("a", shape), field("b", shape)], shape, { backend });
    const { values } = await runKernel(compute, spec, { a, b });
    for (const [row, range] of ranges.entries()) {
      let worst = 0;
      let where = 0;
      for (let at = row * POINTS; at < (row + 1) * POINTS; at++) {
        const exact = range.exact(a[at]!, b[at]!);
        const off = Math.abs(values[at]! - exact) / Math.max(Math.abs(exact), range.floor ?? 1e-37);
        if (!(off <= worst)) [worst, where] = [off, at];
      }
      assert.ok(
        worst <= range.relative,
        `${range.call} on ${backend} at x = ${a[where]}, y = ${b[where]}: ${values[where]}, off by ${worst}`,
      );
    }
  }
});
