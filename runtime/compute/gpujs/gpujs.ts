import { createRequire } from "node:module";
import type { KernelBackend } from "../kernel-language/kernel-spec.ts";

/** What of gpu.js is used here. Its own types take kernels for functions of the program that loads it. */
export interface Gpujs {
  readonly GPU: new (settings: { mode: KernelBackend }) => GpujsInstance;
  /** A flat array with its shape, x first. */
  input(values: Float32Array, shape: readonly number[]): GpujsInput;
}

export interface GpujsInput {
  readonly value: Float32Array;
}

export interface GpujsInstance {
  createKernel(source: string, settings: GpujsSettings): GpujsKernel;
  createPipeline(
    orchestrate: (...handles: unknown[]) => unknown,
    settings: { threads: boolean },
  ): GpujsPipeline;
  destroy(): Promise<void>;
}

export interface GpujsSettings {
  readonly output: readonly number[];
  readonly argumentTypes: readonly ("Input" | "Float")[];
  readonly loopMaxIterations: number;
  readonly precision: "single";
  readonly pipeline?: boolean;
  readonly functions?: readonly {
    readonly source: string;
    readonly settings: {
      readonly argumentTypes: Readonly<Record<string, "Float">>;
      readonly returnType: "Float";
    };
  }[];
}

/** Rows of rows of a field: one array on one axis, nested on more. */
export type Rows = Float32Array | readonly Rows[];

/** A field that stays on the device. */
export interface DeviceField {
  toArray(): Promise<Rows>;
}

export type GpujsArgument = GpujsInput | number | DeviceField;

/** On webgpu what it returns is awaited. */
export type GpujsKernel = (...args: GpujsArgument[]) => Rows | Promise<Rows | DeviceField>;

export interface GpujsPipeline {
  (...args: GpujsArgument[]): Promise<Rows>;
  readonly executorKind: "generic" | "fused-sync" | "fused-threaded" | "fused-encoder";
  readonly fallbackReason: string | null;
}

/** Loaded at first use: it is large, and most children never need it. It is a CommonJS package. */
export const gpujs = (): Gpujs => createRequire(import.meta.url)("gpu.js") as Gpujs;

/** A field in one piece, x fastest. */
export function flat(rows: Rows, cells: number): Float32Array {
  const values = new Float32Array(cells);
  let at = 0;
  const copy = (part: Rows): void => {
    if (part instanceof Float32Array) {
      values.set(part, at);
      at += part.length;
    } else for (const row of part) copy(row);
  };
  copy(rows);
  return values;
}
