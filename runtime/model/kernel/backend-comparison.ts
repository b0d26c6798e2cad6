import type { Compute } from "../../compute/compute.ts";
import { runKernel } from "../../compute/gpujs/run-kernel.ts";
import {
  KERNEL_BACKENDS,
  type KernelBackend,
  type KernelSpec,
} from "../../compute/kernel-language/kernel-spec.ts";
import { RungError } from "../../core/errors.ts";
import { reasonOf } from "./backends.ts";
import type { PortValue } from "./port-values.ts";

/** One backend's answer to the same single step. */
export interface BackendStep {
  readonly backend: KernelBackend;
  /** What ran it: `webgpu · <adapter>`, `wasm x2`, `cpu`. */
  readonly status?: string;
  readonly stepMs?: number;
  /** Why it did not run. */
  readonly problem?: string;
}

export interface BackendComparison {
  readonly steps: readonly BackendStep[];
  /** Cells that were compared, each on every backend that ran. */
  readonly cells: number;
  /** Largest difference between any of them and the CPU, over the range of the CPU's values. */
  readonly largestDifference: number;
}

export interface ComparisonOptions {
  readonly priority?: number;
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Runs one step of a kernel on every backend there is, on the same inputs, and compares all cells with the CPU's.
 * A backend that is not there, or refuses the kernel, says why.
 * @throws RungError `compute-cancelled`, `compute-closed`, and the kernel's own where the CPU refuses it too
 */
export async function compareBackends(
  compute: Compute,
  spec: KernelSpec,
  inputs: Record<string, PortValue>,
  options: ComparisonOptions,
): Promise<BackendComparison> {
  const steps: BackendStep[] = [];
  const results: Float32Array[] = [];
  // The CPU first: what it refuses, nothing else needs to try.
  for (const backend of [...KERNEL_BACKENDS].reverse()) {
    try {
      const result = await runKernel(compute, { ...spec, backend, steps: 1 }, inputs, options);
      const stepMs = result.stepMs[backend] ?? result.elapsedMs;
      if (result.backend === backend) {
        results.push(result.values);
        steps.unshift({ backend, status: result.status, stepMs });
      } else steps.unshift({ backend, problem: result.status });
    } catch (thrown) {
      if (backend === "cpu" || ended(thrown)) throw thrown;
      steps.unshift({ backend, problem: reasonOf(thrown) });
    }
  }
  const [cpu, ...others] = results;
  const largestDifference = Math.max(0, ...others.map((values) => differenceOver(cpu!, values)));
  return { steps, cells: cpu!.length, largestDifference };
}

/** The largest difference of two fields over the range of the first; both hold finite numbers only. */
export function differenceOver(first: Float32Array, second: Float32Array): number {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  let largest = 0;
  for (let cell = 0; cell < first.length; cell++) {
    const value = first[cell]!;
    least = Math.min(least, value);
    most = Math.max(most, value);
    largest = Math.max(largest, Math.abs(value - second[cell]!));
  }
  // A field of one value has no range: then the value itself is the measure.
  return largest === 0 ? 0 : largest / (most - least || Math.abs(most) || 1);
}

const ended = (thrown: unknown): boolean =>
  thrown instanceof RungError && ["compute-cancelled", "compute-closed"].includes(thrown.code);
