import assert from "node:assert/strict";
import type { Compute } from "../../../runtime/compute/compute.ts";
import { kernelJob } from "../../../runtime/compute/gpujs/run-kernel.ts";
import type { KernelBackend } from "../../../runtime/compute/kernel-language/kernel-spec.ts";
import { lintKernel } from "../../../runtime/compute/kernel-language/lint-kernel.ts";
import { needsFile } from "../../needs.ts";
import type { Comparison } from "./compare-backends.ts";
import { RandomKernel } from "./random-kernel.ts";
import { SOFTWARE_DRIVER, softwareGpuCompute } from "./software-gpu.ts";

const MODULE = new URL("./compare-backends.ts", import.meta.url).href;
const PER_REQUEST = 25;
/**
 * Differences over the range of the output: rounding, multiplied by what a kernel makes of it. The few large ones are
 * of outputs that hardly vary.
 */
const TOLERANCE = 1e-3;
const USUAL = 1e-5;
const USUAL_SHARE = 0.95;

describe("random kernels", function () {
  this.timeout(120_000);
  let compute: Compute;
  before(() => {
    compute = softwareGpuCompute();
  });
  after(() => compute.close());

  it("500 are the same on cpu, webasm and in double precision", () => agree(500, ["cpu", "webasm"]));

  it("25 of them are the same on webgpu", async function () {
    needsFile(this, SOFTWARE_DRIVER);
    await agree(25, ["webgpu"]);
  });

  async function agree(count: number, backends: readonly KernelBackend[]): Promise<void> {
    let usual = 0;
    for (let from = 1; from <= count; from += PER_REQUEST) {
      const seeds = Array.from({ length: Math.min(PER_REQUEST, count + 1 - from) }, (_, at) => from + at);
      const kernels = seeds.map((seed) => new RandomKernel(seed));
      for (const [at, { spec }] of kernels.entries()) {
        const errors = lintKernel(spec.source, spec).filter((remark) => remark.severity === "error");
        assert.deepEqual(errors, [], `seed ${seeds[at]}:\n${spec.source}`);
      }
      const jobs = kernels.map(({ spec, values }) => kernelJob(spec, values, 1, true));
      const runsOn = backends.includes("webgpu") ? "gpu" : "cpu";
      const found = await compute.submit<Comparison, Record<string, number>[]>({
        kernel: { name: "comparison", module: MODULE, runsOn },
        input: { jobs, backends },
        deadlineMs: 60_000,
      });
      for (const [at, differences] of found.entries())
        for (const [backend, difference] of Object.entries(differences)) {
          if (difference <= USUAL) usual += 1;
          assert.ok(
            difference <= TOLERANCE,
            `seed ${seeds[at]} on ${backend}: ${difference}\n${kernels[at]!.spec.source}\n${jobs[at]!.source}`,
          );
        }
    }
    assert.ok(usual >= USUAL_SHARE * count * backends.length, `${usual} of ${count * backends.length}`);
  }
});
