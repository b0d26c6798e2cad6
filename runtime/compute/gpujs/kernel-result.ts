import type { KernelBackend } from "../kernel-language/kernel-spec.ts";

/** What a run of an engineer's kernel gives. */
export interface KernelResult {
  /** Cell (x, y, z) stands at `(z * ny + y) * nx + x`. */
  readonly values: Float32Array;
  readonly shape: readonly number[];
  readonly backend: KernelBackend;
  /** `webgpu · <adapter>`, `wasm x2`, `cpu (reason)`. */
  readonly status: string;
  /** The whole run, ms. */
  readonly elapsedMs: number;
  /** One step on each backend that was measured, ms. */
  readonly stepMs: Readonly<Partial<Record<KernelBackend, number>>>;
  /** Inputs and outputs on the device, bytes. */
  readonly bytes: number;
  readonly crossCheck: {
    /** Cells computed a second time on the CPU. */
    readonly cells: number;
    /** Largest difference between the two, over the range of the output's values. */
    readonly largestDifference: number;
  };
}
