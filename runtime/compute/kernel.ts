/**
 * A kernel is a module with one exported function `run(input, control)`, loaded inside the compute child. The
 * compute floor knows none of them by name: the floor that owns the kernel points at its module, so that no lower
 * floor imports a higher one.
 */
export interface Kernel<Input, Output> {
  /** What status lines and errors call it: "oven rides". */
  readonly name: string;
  /** File URL of the module; it must lie in the folder the child may read. */
  readonly module: string;
  /** Carries the types only; never set. */
  readonly types?: (input: Input) => Output;
}

/** What a kernel is given beside its input. */
export interface KernelControl {
  /**
   * Lets the child hear a cancellation. A kernel awaits it every few milliseconds of work.
   * @throws RungError `compute-cancelled`
   */
  breathe(): Promise<void>;
}

export type KernelRun<Input, Output> = (input: Input, control: KernelControl) => Output | Promise<Output>;

/** Host to child. */
export type ComputeRequest =
  | { readonly type: "run"; readonly id: number; readonly module: string; readonly input: unknown }
  | { readonly type: "cancel"; readonly id: number };

/** Child to host. */
export type ComputeReply =
  | { readonly type: "ready" }
  | { readonly type: "done"; readonly id: number; readonly output: unknown; readonly elapsedMs: number }
  | { readonly type: "failed"; readonly id: number; readonly code: string; readonly message: string };
