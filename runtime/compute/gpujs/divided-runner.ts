import { cellsOf, type KernelBackend } from "../kernel-language/kernel-spec.ts";
import type { GpuDevice } from "./gpu-device.ts";
import {
  type DeviceField,
  flat,
  type GpujsArgument,
  type GpujsInstance,
  type GpujsKernel,
  type GpujsPipeline,
  gpujs,
  type Rows,
} from "./gpujs.ts";
import type { KernelJob } from "./kernel-job.ts";
import {
  asArguments,
  mayStartThreads,
  type StepRunner,
  settingsOf,
  stateOf,
  threadsOf,
  uploadOf,
  type Values,
} from "./step-runner.ts";

/** Cells of a field from a place on, and where they go. */
interface BlockBackend {
  threads(): number;
  status(): string;
  load(values: Values): Promise<void>;
  /** Computes the cells from `first` on, from the state before this step, into the next one. */
  block(first: number): Promise<void>;
  /** The next state becomes the present one. */
  endStep(): void;
  read(): Promise<Float32Array>;
}

/** Backends count cells in one row: x, y and z follow from the place. */
const blockSettings = (job: KernelJob, cells: number, pipeline: boolean) => {
  const settings = settingsOf(job, pipeline);
  return {
    ...settings,
    output: [cells],
    argumentTypes: [...settings.argumentTypes, "Float" as const],
  };
};

/**
 * A kernel one step of which takes too long to go without a breath: it computes so many cells at a time. The last block
 * of a field begins early enough to be as long as the others; the cells it shares with the one before are computed
 * twice, alike.
 */
export class DividedRunner implements StepRunner {
  readonly backend: KernelBackend;
  readonly #all: number;
  readonly #cells: number;
  readonly #gpu: GpujsInstance;
  readonly #on: BlockBackend;

  /** @param cells of one block, at least 1 */
  constructor(job: KernelJob, backend: KernelBackend, cells: number, device?: GpuDevice) {
    this.backend = backend;
    this.#all = cellsOf(job.output.shape);
    this.#cells = Math.min(cells, this.#all);
    this.#gpu = new (gpujs().GPU)({ mode: backend });
    if (backend === "webgpu") {
      if (device === undefined) throw new Error("webgpu needs a device");
      this.#on = new GpuBlocks(job, this.#cells, this.#gpu, device);
    } else if (backend === "webasm") this.#on = new WasmBlocks(job, this.#cells, this.#gpu);
    else this.#on = new CpuBlocks(job, this.#cells, this.#gpu);
  }

  threads(): number {
    return this.#on.threads();
  }

  status(): string {
    return this.#on.status();
  }

  load(values: Values): Promise<void> {
    return this.#on.load(values);
  }

  /** @param breathe awaited after each block */
  async run(steps: number, breathe: () => Promise<void>): Promise<void> {
    for (let step = 0; step < steps; step++) {
      for (let from = 0; from < this.#all; from += this.#cells) {
        await this.#on.block(Math.min(from, this.#all - this.#cells));
        await breathe();
      }
      this.#on.endStep();
    }
  }

  read(): Promise<Float32Array> {
    return this.#on.read();
  }

  destroy(): Promise<void> {
    return this.#gpu.destroy();
  }
}

/** Blocks that come back into this process's memory. */
abstract class HostBlocks implements BlockBackend {
  readonly #job: KernelJob;
  readonly #cells: number;
  #args: GpujsArgument[] = [];
  #present = new Float32Array(0);
  #next = new Float32Array(0);

  constructor(job: KernelJob, cells: number) {
    this.#job = job;
    this.#cells = cells;
  }

  abstract threads(): number;
  abstract status(): string;
  abstract compute(args: GpujsArgument[]): Rows | Promise<Rows>;

  async load(values: Values): Promise<void> {
    this.#args = asArguments(this.#job, values);
    this.#present = stateOf(this.#job, values);
    this.#next = new Float32Array(cellsOf(this.#job.output.shape));
  }

  async block(first: number): Promise<void> {
    this.#next.set(flat(await this.compute([...this.#args, first]), this.#cells), first);
  }

  endStep(): void {
    const { state, output } = this.#job;
    this.#present = this.#next;
    if (state >= 0) this.#args[state] = gpujs().input(this.#present, output.shape);
    this.#next = new Float32Array(this.#present.length);
  }

  async read(): Promise<Float32Array> {
    return this.#present.slice();
  }
}

class CpuBlocks extends HostBlocks {
  readonly #kernel: GpujsKernel;

  constructor(job: KernelJob, cells: number, gpu: GpujsInstance) {
    super(job, cells);
    this.#kernel = gpu.createKernel(job.blockSource, blockSettings(job, cells, false));
  }

  threads(): number {
    return 0;
  }

  status(): string {
    return "cpu";
  }

  compute(args: GpujsArgument[]): Rows {
    return this.#kernel(...args) as Rows;
  }
}

class WasmBlocks extends HostBlocks {
  readonly #plan: GpujsPipeline;
  readonly #cells: number;

  constructor(job: KernelJob, cells: number, gpu: GpujsInstance) {
    super(job, cells);
    this.#cells = cells;
    const kernel = gpu.createKernel(job.blockSource, blockSettings(job, cells, false)) as (
      ...args: unknown[]
    ) => unknown;
    const walk = (...handles: unknown[]): unknown => kernel(...handles);
    // gpu.js counts the arguments of a plan by the length of its function.
    Object.defineProperty(walk, "length", { value: job.inputs.length + 1 });
    this.#plan = gpu.createPipeline(walk, { threads: mayStartThreads() });
  }

  threads(): number {
    return threadsOf([this.#plan], this.#cells);
  }

  status(): string {
    return `wasm x${Math.max(1, this.threads())}`;
  }

  async compute(args: GpujsArgument[]): Promise<Rows> {
    const rows = await this.#plan(...args);
    if (this.#plan.fallbackReason !== null) throw new Error(this.#plan.fallbackReason);
    return rows;
  }
}

type OnDevice = (...args: GpujsArgument[]) => Promise<DeviceField>;

/**
 * Blocks stay on the device: each is laid over a copy of the field there. A kernel writes to its own buffer only, so
 * three kernels lay in turn: one holds the present state, one what was laid so far, and one takes the next.
 */
class GpuBlocks implements BlockBackend {
  readonly #job: KernelJob;
  readonly #device: GpuDevice;
  readonly #kernel: OnDevice;
  readonly #lay: readonly OnDevice[];
  readonly #upload: ReturnType<typeof uploadOf>;
  #args: GpujsArgument[] = [];
  #present: { field: DeviceField | Float32Array; by: number } = { field: new Float32Array(0), by: -1 };
  #next: { field: GpujsArgument; by: number } = { field: 0, by: -1 };

  constructor(job: KernelJob, cells: number, gpu: GpujsInstance, device: GpuDevice) {
    this.#job = job;
    this.#device = device;
    this.#kernel = gpu.createKernel(job.blockSource, blockSettings(job, cells, true)) as OnDevice;
    this.#upload = uploadOf(job, gpu);
    const { shape } = job.output;
    const [nx = 1, ny = 1] = shape;
    const axes = ["[this.thread.z]", "[this.thread.y]", "[this.thread.x]"].slice(3 - shape.length).join("");
    const y = shape.length > 1 ? ` + this.thread.y * ${nx}` : "";
    const z = shape.length > 2 ? ` + this.thread.z * ${nx * ny}` : "";
    const source = `function lay(field, block, first) {
  const at = this.thread.x${y}${z} - first;
  let cell = field${axes};
  if (at >= 0 && at < ${cells}) { cell = block[Math.max(0, Math.min(${cells - 1}, at))]; }
  return cell;
}`;
    this.#lay = [0, 1, 2].map(
      () =>
        gpu.createKernel(source, {
          ...settingsOf(job, true),
          argumentTypes: ["Input", "Input", "Float"],
          functions: [],
        }) as OnDevice,
    );
  }

  threads(): number {
    return 0;
  }

  status(): string {
    return `webgpu · ${this.#device.adapter}`;
  }

  async load(values: Values): Promise<void> {
    this.#args = await this.#upload(values);
    const { state, output } = this.#job;
    this.#present = { field: stateOf(this.#job, values), by: -1 };
    const blank = gpujs().input(new Float32Array(cellsOf(output.shape)), output.shape);
    this.#next = { field: state >= 0 ? this.#args[state]! : blank, by: -1 };
    await this.#settle();
  }

  async block(first: number): Promise<void> {
    const block = await this.#kernel(...this.#args, first);
    const by = [0, 1, 2].find((lay) => lay !== this.#present.by && lay !== this.#next.by)!;
    this.#next = { field: await this.#lay[by]!(this.#next.field, block, first), by };
    await this.#settle();
  }

  endStep(): void {
    this.#present = { field: this.#next.field as DeviceField, by: this.#next.by };
    if (this.#job.state >= 0) this.#args[this.#job.state] = this.#next.field;
  }

  async read(): Promise<Float32Array> {
    const { field } = this.#present;
    if (field instanceof Float32Array) return field.slice();
    const rows = await field.toArray();
    this.#device.check();
    return flat(rows, cellsOf(this.#job.output.shape));
  }

  async #settle(): Promise<void> {
    await this.#device.settled();
    this.#device.check();
  }
}
