import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Compute } from "../../../runtime/compute/compute.ts";
import { kernelJob, runKernel } from "../../../runtime/compute/gpujs/run-kernel.ts";
import type { Kernel } from "../../../runtime/compute/kernel.ts";
import { cellsOf, type KernelSpec } from "../../../runtime/compute/kernel-language/kernel-spec.ts";
import { PRIORITIES } from "../../../runtime/compute/priorities.ts";
import { Random } from "../../../runtime/core/random.ts";
import { needsFile } from "../../needs.ts";
import { field, number, specOf } from "../kernel-language/field-spec.ts";
import type { Divided, Division } from "./divide-steps.ts";
import { SOFTWARE_DRIVER, softwareGpuCompute } from "./software-gpu.ts";

const DIVIDE = new URL("./divide-steps.ts", import.meta.url).href;

/** What a cell gets depends on its place and its neighbours on every axis. */
const STEPPING: Record<string, KernelSpec> = {
  "one axis": specOf(
    `function f(u, k) {
  const x = this.thread.x;
  return 0.5 * u[x] + k * u[Math.min(x + 1, this.output.x - 1)] + 0.001 * x;
}`,
    [field("u", [1000], { result: true }), number("k")],
    [1000],
    { steps: 5 },
  ),
  "two axes": specOf(
    `function f(u, k) {
  const x = this.thread.x, y = this.thread.y;
  const west = u[y][Math.max(x - 1, 0)];
  return 0.5 * u[y][x] + k * west + 0.2 * u[Math.min(y + 1, this.output.y - 1)][x] + 0.01 * (x - 2 * y);
}`,
    [field("u", [37, 23], { result: true }), number("k")],
    [37, 23],
    { steps: 5 },
  ),
  "three axes": specOf(
    `function f(u, k) {
  const x = this.thread.x, y = this.thread.y, z = this.thread.z;
  const above = u[(z + 1) % this.output.z][y][x];
  return 0.5 * u[z][y][x] + k * above + 0.1 * u[z][Math.max(y - 1, 0)][x] + 0.01 * (x - 2 * y + 3 * z);
}`,
    [field("u", [11, 7, 5], { result: true }), number("k")],
    [11, 7, 5],
    { steps: 4 },
  ),
};

const NO_STATE = specOf(
  "function f(a) { return 2 * a[this.thread.y][this.thread.x] + this.thread.y; }",
  [field("a", [300, 3])],
  [300, 3],
);

describe("a step in blocks", function () {
  this.timeout(60_000);
  let compute: Compute;
  before(() => {
    compute = softwareGpuCompute();
  });
  after(() => compute.close());

  const divided = (division: Division): Promise<Divided> => {
    const kernel: Kernel<Division, Divided> = {
      name: "divided steps",
      module: DIVIDE,
      runsOn: division.backend === "webgpu" ? "gpu" : "cpu",
    };
    return compute.submit({ kernel, input: division });
  };

  for (const backend of ["cpu", "webasm", "webgpu"] as const) {
    it(`gives what the whole gives, with a breath after each, on ${backend}`, async function () {
      if (backend === "webgpu") needsFile(this, SOFTWARE_DRIVER);
      for (const [name, spec] of Object.entries({ ...STEPPING, "no state": NO_STATE })) {
        const all = cellsOf(spec.output.shape);
        const random = new Random(3);
        const drawn = Float32Array.from({ length: all }, () => random.normal());
        const inputs: Record<string, Float32Array | number> =
          name === "no state" ? { a: drawn } : { u: drawn, k: 0.25 };
        const job = kernelJob({ ...spec, backend }, inputs, 0, true);
        const cells = [all, 64, Math.floor(all / 2) + 1];
        const { whole, parts } = await divided({ job, backend, cells });
        assert.ok(whole.some((value) => value !== whole[0]));
        for (const [at, { values, breaths }] of parts.entries()) {
          const size = cells[at >> 1]!;
          assert.equal(breaths, spec.steps * Math.ceil(all / size), name);
          for (let cell = 0; cell < all; cell++) {
            const off = Math.abs(values[cell]! - whole[cell]!);
            assert.ok(
              off <= 1e-6 * Math.max(1, Math.abs(whole[cell]!)),
              `${name}, ${size}, cell ${cell}: ${off}`,
            );
          }
        }
      }
    });
  }
});

describe("a short step that takes long at first", function () {
  // What is measured is time: where other work takes the core away at each of five tries, it is cut after all.
  this.retries(3);

  it("is not cut into blocks", async () => {
    const compute = softwareGpuCompute();
    try {
      const spec = { ...STEPPING["two axes"]!, steps: 50, backend: "cpu" } as const;
      const job = kernelJob(spec, { u: new Float32Array(37 * 23), k: 0.25 }, 0, false);
      const module = new URL("./slow-compiling.ts", import.meta.url).href;
      const kernel: Kernel<typeof job, { readonly calls: number }> = { name: "slow compiling", module };
      const { calls } = await compute.submit({ kernel, input: job });
      // All steps, and up to 127 to measure one; in blocks there are some twenty to a step.
      assert.ok(calls >= 50 && calls <= 50 + 1 + 127 + 64, `${calls} calls`);
    } finally {
      await compute.close();
    }
  });
});

describe("a long step of an engineer's kernel", function () {
  this.timeout(60_000);
  /** 4096 cells of as many rounds. */
  const heavy = (rounds: number, backend: KernelSpec["backend"]): KernelSpec =>
    specOf(
      `function f(a) {
  let sum = a[this.thread.x];
  for (let i = 0; i < ${rounds}; i++) sum = 0.5 * sum + 1 / (1 + sum * sum);
  return sum;
}`,
      [field("a", [4096])],
      [4096],
      { loopMax: rounds, backend },
    );

  for (const backend of ["cpu", "webasm", "webgpu"] as const) {
    it(`lets urgent requests in between its blocks, on ${backend}`, async function () {
      if (backend === "webgpu") needsFile(this, SOFTWARE_DRIVER);
      const readable = [new URL("../kernels/", import.meta.url), new URL(".", import.meta.url)];
      const compute = new Compute({
        cpuChildren: 1,
        readable: readable.map((folder) => fileURLToPath(folder)),
        ...(backend === "webgpu"
          ? {
              softwareGpu: true,
              gpuEnvironment: { VK_ICD_FILENAMES: SOFTWARE_DRIVER, LD_LIBRARY_PATH: "/usr/lib/chromium" },
            }
          : {}),
      });
      try {
        let isOver = false;
        const a = Float32Array.from({ length: 4096 }, (_, i) => i / 4096);
        const long = runKernel(compute, heavy(8_000, backend), { a }).finally(() => {
          isOver = true;
        });
        const urgent: Kernel<number, { pid: number }> = {
          name: "short run",
          module: new URL("../kernels/short-run.ts", import.meta.url).href,
          runsOn: backend === "webgpu" ? "gpu" : "cpu",
        };
        let within = 0;
        while (!isOver) {
          await compute.submit({ kernel: urgent, input: 0, priority: PRIORITIES.awaited });
          within += 1;
        }
        const { values, crossCheck } = await long;
        assert.equal(values.length, 4096);
        assert.ok(crossCheck.largestDifference < 1e-5);
        // An undivided step lets them in only before and after it.
        assert.ok(within >= 12, `${within} urgent requests`);
      } finally {
        await compute.close();
      }
    });
  }
});
