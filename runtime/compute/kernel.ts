/**
 * A kernel is a module with one exported function `run(input, control)`, loaded inside a compute child. The
 * compute floor knows none of them by name: the floor that owns the kernel points at its module, so that no lower
 * floor imports a higher one.
 */
export interface Kernel<Input, Output> {
  /** What status lines and errors call it: "oven rides". */
  readonly name: string;
  /** File URL of the module; it must lie in a folder the child may read. */
  readonly module: string;
  /** Which children it runs in. Default "cpu"; there is one GPU child, with one queue. */
  readonly runsOn?: ComputeKind;
  /** Carries the types only; never set. */
  readonly types?: (input: Input) => Output;
}

export type ComputeKind = "cpu" | "gpu";

/** What a kernel is given beside its input. */
export interface KernelControl {
  /**
   * Lets the child hear a cancellation, read what is kept, and run a request of higher priority inside this await. A
   * kernel awaits it at least every 50 ms of work, and holds nothing half done across it that a second run of the
   * same module would disturb.
   * @throws RungError `compute-cancelled`
   */
  breathe(): Promise<void>;
  /** How far it is, in whatever it counts. Cheap: the host hears of it at most ten times a second. */
  progress(done: number, of: number): void;
  /**
   * Keeps large arrays in the child, where the host reads them in slices and reductions. The kernel returns the
   * handle as its output, or within it, and writes to the arrays no more. What a run kept that then fails is let go.
   * @throws RungError `compute-kept-full` where the child keeps as much as it may
   */
  keep(arrays: Readonly<Record<string, KernelArray>>): KeptResult;
}

export type KernelRun<Input, Output> = (input: Input, control: KernelControl) => Output | Promise<Output>;

export type KernelArray = Float32Array | Float64Array | Int32Array | Uint8Array;

export interface KeptArray {
  readonly type: "f32" | "f64" | "i32" | "u8";
  readonly length: number;
}

/** Handle of arrays that stay in the child. Plain data: it travels in an output. */
export interface KeptResult {
  readonly kept: number;
  readonly arrays: Readonly<Record<string, KeptArray>>;
}
