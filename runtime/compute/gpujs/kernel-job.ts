import { cellsOf, type KernelBackend } from "../kernel-language/kernel-spec.ts";
import type { PreludeFunction } from "../kernel-language/prelude.ts";

/** One input of a job: values, or how the child makes them. */
export type JobInput =
  | {
      readonly name: string;
      readonly shape: readonly number[];
      readonly range?: readonly [number, number];
      readonly values: Float32Array;
    }
  | {
      readonly name: string;
      readonly shape: readonly number[];
      readonly range?: readonly [number, number];
      readonly value: number;
    }
  | {
      readonly name: string;
      readonly shape: readonly number[];
      readonly random: { readonly stream: number; readonly low: number; readonly high: number };
    };

/** A checked kernel with its values, as it travels to the compute child. Shapes of numbers are []. */
export interface KernelJob {
  readonly name: string;
  /** For gpu.js, made by `emitGpujs`. */
  readonly source: string;
  /** The same, for cells in one row from a first one on. */
  readonly blockSource: string;
  readonly functions: readonly PreludeFunction[];
  /** For plain JavaScript, made by `referenceSource`. */
  readonly reference: string;
  readonly inputs: readonly JobInput[];
  /** Which input is the kernel's own last result; -1 where none is. */
  readonly state: number;
  readonly output: { readonly name: string; readonly shape: readonly number[] };
  readonly steps: number;
  readonly loopMax: number;
  readonly seed: number;
  readonly backend: "auto" | KernelBackend;
  readonly crossCheckCells: number;
  /** Whether a software adapter counts as a GPU. */
  readonly softwareGpu: boolean;
  /** Why a job that chooses its backend is not to look for a GPU; absent: it looks. */
  readonly noGpu?: string;
}

/** What a kernel takes on a device, bytes: its inputs, and the output twice, since a state goes to and fro. */
export function bytesOf(of: {
  readonly inputs: readonly { readonly shape: readonly number[] }[];
  readonly output: { readonly shape: readonly number[] };
}): number {
  const inputs = of.inputs.reduce((cells, { shape }) => cells + cellsOf(shape), 0);
  return 4 * (inputs + 2 * cellsOf(of.output.shape));
}
