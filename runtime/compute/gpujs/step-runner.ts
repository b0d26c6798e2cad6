import { cellsOf, type KernelBackend } from "../kernel-language/kernel-spec.ts";
import type { GpuDevice } from "./gpu-device.ts";
import {
  type DeviceField,
  flat,
  type GpujsArgument,
  type GpujsInput,
  type GpujsInstance,
  type GpujsPipeline,
  type GpujsSettings,
  gpujs,
  type Rows,
} from "./gpujs.ts";
import type { KernelJob } from "./kernel-job.ts";

/** Values of a job's inputs, in their order; fields flat, x fastest. */
export type Values = readonly (Float32Array | number)[];

/** A kernel compiled for one backend. One run at a time. */
export interface StepRunner {
  readonly backend: KernelBackend;
  /** Threads that it keeps while it is idle, beside the one it is called in. */
  threads(): number;
  /** What its status line says: "wasm x2". */
  status(): string;
  load(values: Values): Promise<void>;
  /**
   * Runs the kernel `steps` times over the whole field, each time from the last result where it has a state.
   * @param breathe awaited within a step, by a runner that divides it
   */
  run(steps: number, breathe: () => Promise<void>): Promise<void>;
  /** The last result; after `load` and no run the state as it was loaded. */
  read(): Promise<Float32Array>;
  destroy(): Promise<void>;
}

/** How many steps webasm walks in one call, which copies the fields once; each is compiled, with threads of its own. */
const PLANS = [32, 8, 1] as const;

/** Threads a plan of gpu.js splits a field over: one for each so many cells, at most one a core. */
const CELLS_PER_THREAD = 4096;

/**
 * @param device of the GPU where `backend` is webgpu
 * @throws what gpu.js says where it cannot compile
 */
export function stepRunner(job: KernelJob, backend: KernelBackend, device?: GpuDevice): StepRunner {
  if (backend === "webgpu") {
    if (device === undefined) throw new Error("webgpu needs a device");
    return new GpuRunner(job, device);
  }
  return backend === "webasm" ? new WasmRunner(job) : new CpuRunner(job);
}

export function settingsOf(job: KernelJob, pipeline: boolean): GpujsSettings {
  return {
    output: job.output.shape,
    argumentTypes: job.inputs.map(({ shape }) => (shape.length === 0 ? "Float" : "Input")),
    // Every loop of the source has a bound of its own; this is the cap that would end one silently.
    loopMaxIterations: job.loopMax + 1,
    precision: "single",
    pipeline,
    functions: job.functions.map(({ source, parameters }) => ({
      source,
      settings: {
        argumentTypes: Object.fromEntries(parameters.map((name) => [name, "Float" as const])),
        returnType: "Float" as const,
      },
    })),
  };
}

export function asArguments(job: KernelJob, values: Values): (GpujsInput | number)[] {
  const { input } = gpujs();
  return values.map((value, index) =>
    typeof value === "number" ? value : input(value, job.inputs[index]!.shape),
  );
}

class CpuRunner implements StepRunner {
  readonly backend = "cpu";
  readonly #job: KernelJob;
  readonly #gpu: GpujsInstance;
  readonly #kernel: (...args: GpujsArgument[]) => Rows;
  #args: GpujsArgument[] = [];
  #result = new Float32Array(0);

  constructor(job: KernelJob) {
    this.#job = job;
    this.#gpu = new (gpujs().GPU)({ mode: "cpu" });
    this.#kernel = this.#gpu.createKernel(job.source, settingsOf(job, false)) as (
      ...args: GpujsArgument[]
    ) => Rows;
  }

  threads(): number {
    return 0;
  }

  status(): string {
    return "cpu";
  }

  async load(values: Values): Promise<void> {
    this.#args = asArguments(this.#job, values);
    this.#result = stateOf(this.#job, values);
  }

  async run(steps: number): Promise<void> {
    const { state, output } = this.#job;
    const { input } = gpujs();
    for (let step = 0; step < steps; step++) {
      this.#result = flat(this.#kernel(...this.#args), cellsOf(output.shape)) as Float32Array<ArrayBuffer>;
      if (state >= 0) this.#args[state] = input(this.#result, output.shape);
    }
  }

  async read(): Promise<Float32Array> {
    return this.#result.slice();
  }

  destroy(): Promise<void> {
    return this.#gpu.destroy();
  }
}

class WasmRunner implements StepRunner {
  readonly backend = "webasm";
  readonly #job: KernelJob;
  readonly #gpu: GpujsInstance;
  readonly #kernel: (...args: never[]) => unknown;
  /** By how many steps one call walks. */
  readonly #plans = new Map<number, GpujsPipeline>();
  #args: (GpujsInput | number)[] = [];
  #result = new Float32Array(0);

  constructor(job: KernelJob) {
    this.#job = job;
    this.#gpu = new (gpujs().GPU)({ mode: "webasm" });
    this.#kernel = this.#gpu.createKernel(job.source, settingsOf(job, false));
  }

  threads(): number {
    return threadsOf([...this.#plans.values()], cellsOf(this.#job.output.shape));
  }

  status(): string {
    return `wasm x${Math.max(1, this.threads())}`;
  }

  async load(values: Values): Promise<void> {
    this.#args = asArguments(this.#job, values);
    this.#result = stateOf(this.#job, values);
  }

  async run(steps: number): Promise<void> {
    const { state, output } = this.#job;
    const { input } = gpujs();
    for (let left = steps; left > 0; ) {
      const walked = PLANS.find((plan) => plan <= left && (state >= 0 || plan === 1))!;
      const plan = this.#plan(walked);
      this.#result = flat(await plan(...this.#args), cellsOf(output.shape)) as Float32Array<ArrayBuffer>;
      if (plan.fallbackReason !== null) throw new Error(plan.fallbackReason);
      if (state >= 0) this.#args[state] = input(this.#result, output.shape);
      left -= walked;
    }
  }

  #plan(steps: number): GpujsPipeline {
    const made = this.#plans.get(steps);
    if (made !== undefined) return made;
    const { state, inputs } = this.#job;
    const kernel = this.#kernel as (...args: unknown[]) => unknown;
    const walk = (...handles: unknown[]): unknown => {
      let result: unknown;
      for (let step = 0; step < steps; step++) {
        if (step > 0) handles[state] = result;
        result = kernel(...handles);
      }
      return result;
    };
    // gpu.js counts the arguments of a plan by the length of its function.
    Object.defineProperty(walk, "length", { value: inputs.length });
    const plan = this.#gpu.createPipeline(walk, { threads: mayStartThreads() });
    this.#plans.set(steps, plan);
    return plan;
  }

  async read(): Promise<Float32Array> {
    return this.#result.slice();
  }

  destroy(): Promise<void> {
    return this.#gpu.destroy();
  }
}

/** Threads that plans for a field of so many cells keep. */
export function threadsOf(plans: readonly GpujsPipeline[], cells: number): number {
  const threaded = plans.some((plan) => plan.executorKind === "fused-threaded");
  return threaded ? Math.min(navigator.hardwareConcurrency, Math.ceil(cells / CELLS_PER_THREAD)) : 0;
}

/** Copies the fields of values to the device by a kernel for each input; numbers stay as they are. */
export function uploadOf(job: KernelJob, gpu: GpujsInstance): (values: Values) => Promise<GpujsArgument[]> {
  const uploads = job.inputs.map(({ shape }) => {
    if (shape.length === 0) return undefined;
    const cell = ["[this.thread.z]", "[this.thread.y]", "[this.thread.x]"].slice(3 - shape.length).join("");
    return gpu.createKernel(`function upload(v) { return v${cell}; }`, {
      ...settingsOf(job, true),
      output: shape,
      argumentTypes: ["Input"],
      functions: [],
    }) as (field: GpujsInput) => Promise<DeviceField>;
  });
  return (values) =>
    Promise.all(
      asArguments(job, values).map((value, index) =>
        typeof value === "number" ? value : uploads[index]!(value as GpujsInput),
      ),
    );
}

/** Fields are copied to the device once; the state goes to and fro between the outputs of two kernels there. */
class GpuRunner implements StepRunner {
  readonly backend = "webgpu";
  readonly #job: KernelJob;
  readonly #device: GpuDevice;
  readonly #gpu: GpujsInstance;
  readonly #kernels: readonly ((...args: GpujsArgument[]) => Promise<DeviceField>)[];
  readonly #upload: ReturnType<typeof uploadOf>;
  #args: GpujsArgument[] = [];
  #result: DeviceField | Float32Array = new Float32Array(0);
  #turn = 0;

  constructor(job: KernelJob, device: GpuDevice) {
    this.#job = job;
    this.#device = device;
    this.#gpu = new (gpujs().GPU)({ mode: "webgpu" });
    type OnDevice<Of extends GpujsArgument[]> = (...args: Of) => Promise<DeviceField>;
    const kernel = (): OnDevice<GpujsArgument[]> =>
      this.#gpu.createKernel(job.source, settingsOf(job, true)) as OnDevice<GpujsArgument[]>;
    this.#kernels = job.state >= 0 ? [kernel(), kernel()] : [kernel()];
    this.#upload = uploadOf(job, this.#gpu);
  }

  threads(): number {
    return 0;
  }

  status(): string {
    return `webgpu · ${this.#device.adapter}`;
  }

  async load(values: Values): Promise<void> {
    this.#args = await this.#upload(values);
    this.#result = stateOf(this.#job, values);
    this.#turn = 0;
    await this.#settle();
  }

  async run(steps: number): Promise<void> {
    const { state } = this.#job;
    for (let step = 0; step < steps; step++) {
      const kernel = this.#kernels[this.#turn++ % this.#kernels.length]!;
      this.#result = await kernel(...this.#args);
      if (state >= 0) this.#args[state] = this.#result;
    }
    await this.#settle();
  }

  async read(): Promise<Float32Array> {
    if (this.#result instanceof Float32Array) return this.#result.slice();
    const rows = await this.#result.toArray();
    this.#device.check();
    return flat(rows, cellsOf(this.#job.output.shape));
  }

  async #settle(): Promise<void> {
    await this.#device.settled();
    this.#device.check();
  }

  destroy(): Promise<void> {
    return this.#gpu.destroy();
  }
}

export const stateOf = (job: KernelJob, values: Values): Float32Array<ArrayBuffer> =>
  job.state >= 0 ? (values[job.state] as Float32Array<ArrayBuffer>) : new Float32Array(0);

/** A child that may not start threads computes on its own. */
export const mayStartThreads = (): boolean =>
  process.permission === undefined || process.permission.has("worker");
