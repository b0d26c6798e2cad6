import type { KernelBackend } from "../kernel-language/kernel-spec.ts";

/** `wasm` is the fast lane; the others run the solver's step by gpu.js. */
export type SolverBackend = "wasm" | KernelBackend;

/** Where a request runs; `solve` puts it into the problem. Without one it runs in the fast lane. */
export interface SolverPlace {
  readonly backend: "auto" | SolverBackend;
  /** Whether a software adapter counts as a GPU. */
  readonly softwareGpu?: boolean;
  /** Why `auto` is not to look for a GPU. */
  readonly noGpu?: string;
}

/** What ran. */
export interface SolverRun {
  readonly backend: SolverBackend;
  /** `wasm x2`, `webgpu · <adapter>`, `cpu (asked for)`. */
  readonly status: string;
}
