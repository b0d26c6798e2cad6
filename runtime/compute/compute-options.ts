import type { Kernel } from "./kernel.ts";

export interface ComputeOptions {
  /** Old-space limit of each child's heap, MiB, and what a request may take where it does not say. Default 512. */
  readonly memoryMiB: number;
  /** Folders the children may read beside the product's runtime. Default none. */
  readonly readable: readonly string[];
  /** Children that run CPU kernels. Default one per core, at least 1, at most 4; they start when they are needed. */
  readonly cpuChildren: number;
  /** Environment of the GPU child, for tests with a software Vulkan driver. Default none. */
  readonly gpuEnvironment: Readonly<Record<string, string>>;
  /** Whether a software adapter counts as a GPU: only in tests. Default false. */
  readonly softwareGpu: boolean;
  /** What one child may keep behind handles, MiB. Default 256. */
  readonly keptMiB: number;
  /** What is kept is let go when nobody has read it for so long, ms. Default 10 minutes. */
  readonly keptUnreadMs: number;
}

export interface ComputeRequest<Input, Output> {
  readonly kernel: Kernel<Input, Output>;
  /**
   * Plain data and typed arrays. It is copied while the request waits and starts, so it must not change until the
   * answer. Numbers in bulk belong in typed arrays, which are copied in chunks.
   */
  readonly input: Input;
  /**
   * Higher goes first, by `PRIORITIES`; among equals the earlier deadline, then the order of their coming. Default
   * that of studies. Where no child is free, one of strictly higher priority runs inside the next breath of a running one.
   */
  readonly priority?: number;
  /** Longest time from now to the answer, ms. Default 30 000. */
  readonly deadlineMs?: number;
  /**
   * What the child may grow by while this runs, MiB: heap, arrays and WebAssembly together. Default that of the
   * compute process; its heap alone never passes the limit of the child.
   */
  readonly memoryMiB?: number;
  readonly signal?: AbortSignal;
  /** How far the kernel is, in what it counts; at most ten times a second. */
  readonly onProgress?: (done: number, of: number) => void;
}
