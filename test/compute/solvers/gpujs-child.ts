/** A process that runs the solvers' gpu.js kernels on one backend, as its environment allows. */
import { createRequire } from "node:module";
import type { GpujsKernel } from "../../../runtime/compute/solvers/gpujs/gpujs-kernel.ts";
import { messageOf } from "../../../runtime/core/errors.ts";

export interface GpujsJob {
  readonly backend: "cpu" | "webasm" | "webgpu";
  readonly kernel: GpujsKernel;
  readonly output: number;
  readonly values: readonly (Float32Array | number)[];
  /** How often it runs, each time with its last output in place of the first argument. */
  readonly steps: number;
}

interface Gpu {
  createKernel(source: string, settings: object): (...values: unknown[]) => unknown;
}

const gpujs = createRequire(import.meta.url)("gpu.js") as {
  GPU: new (settings: object) => Gpu;
  input(values: Float32Array, shape: readonly number[]): unknown;
};
const gpus = new Map<string, Gpu>();

async function exposeWebgpu(): Promise<void> {
  const { create, globals } = (await import("webgpu")) as unknown as {
    create(options: string[]): object;
    globals: object;
  };
  Object.assign(globalThis, globals);
  // Held by the global object: Dawn ends the process once it is collected.
  Object.defineProperty(globalThis, "navigator", { value: { gpu: create([]) }, configurable: true });
}

async function run(job: GpujsJob): Promise<Float32Array> {
  if (!gpus.has(job.backend)) {
    if (job.backend === "webgpu") await exposeWebgpu();
    gpus.set(job.backend, new gpujs.GPU({ mode: job.backend }));
  }
  const kernel = gpus.get(job.backend)!.createKernel(job.kernel.source, {
    output: [job.output],
    argumentTypes: job.kernel.arguments.map(({ holds }) => (holds === "field" ? "Input" : "Float")),
    // One more than needed: gpu.js ends a loop silently at its cap.
    loopMaxIterations: job.kernel.loopMax + 1,
    precision: "single",
  });
  let values = [...job.values];
  let result = new Float32Array(job.output);
  for (let step = 0; step < job.steps; step++) {
    const given = values.map((value) =>
      typeof value === "number" ? value : gpujs.input(value, [value.length]),
    );
    result = Float32Array.from((await kernel(...given)) as Float32Array);
    values = [result, ...values.slice(1)];
  }
  return result;
}

process.on("message", (job: GpujsJob) => {
  run(job).then(
    (result) => process.send?.({ result }),
    (fault: unknown) => process.send?.({ fault: messageOf(fault) }),
  );
});
process.on("disconnect", () => process.exit(0));
