import { createRequire } from "node:module";
import { gpuDevice } from "../../../runtime/compute/gpujs/gpu-device.ts";

/** One kernel as gpu.js takes it, nothing of ours between. */
export interface RawRun {
  readonly mode: "cpu" | "webasm" | "webgpu";
  readonly source: string;
  readonly output: readonly number[];
  /** Arguments of each call. */
  readonly calls: readonly (readonly unknown[])[];
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface RawAnswer {
  /** What each call gave, flat. */
  readonly results: number[][];
  /** The arguments of the last call as they are afterwards. */
  readonly args: readonly unknown[];
}

/** Runs in a process of its own: what gpu.js does by itself. */
export async function run(raw: RawRun): Promise<RawAnswer> {
  const { GPU } = createRequire(import.meta.url)("gpu.js");
  // Makes WebGPU known to gpu.js, and nothing else.
  if (raw.mode === "webgpu") await gpuDevice(true);
  const gpu = new GPU({ mode: raw.mode });
  const kernel = gpu.createKernel(raw.source, { output: raw.output, ...raw.settings });
  const results: number[][] = [];
  for (const args of raw.calls) results.push(flatten(await kernel(...args)));
  await gpu.destroy();
  return { results, args: raw.calls.at(-1)! };
}

const flatten = (rows: unknown): number[] =>
  rows instanceof Float32Array ? [...rows] : (rows as unknown[]).flatMap(flatten);
