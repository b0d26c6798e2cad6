import type { Compute } from "../../compute/compute.ts";
import { runKernel } from "../../compute/gpujs/run-kernel.ts";
import {
  KERNEL_BACKENDS,
  type KernelBackend,
  type KernelSpec,
} from "../../compute/kernel-language/kernel-spec.ts";
import { PRIORITIES } from "../../compute/priorities.ts";
import { messageOf } from "../../core/errors.ts";

export interface BackendState {
  readonly backend: KernelBackend;
  readonly isThere: boolean;
  /** What runs there, `webgpu · <adapter>`, or why nothing does. */
  readonly text: string;
}

const PROBE_MS = 20_000;
/** The smallest kernel there is. */
const PROBE: KernelSpec = {
  version: 1,
  name: "probe",
  source: "function probe(one) {\n  return one;\n}",
  inputs: [{ name: "one", holds: "number", unit: "1", shape: [], from: { constant: 1 } }],
  output: { name: "same", unit: "1", shape: [4] },
  constants: {},
  steps: 1,
  loopMax: 1,
  seed: 1,
  backend: "auto",
};

/** Which backends run on this machine, found by running the smallest kernel on each. */
export async function backendsOf(compute: Compute): Promise<readonly BackendState[]> {
  const states: BackendState[] = [];
  for (const backend of KERNEL_BACKENDS) {
    try {
      const options = { deadlineMs: PROBE_MS, priority: PRIORITIES.awaited };
      const result = await runKernel(compute, { ...PROBE, backend }, { one: 1 }, options);
      states.push({ backend, isThere: result.backend === backend, text: result.status });
    } catch (thrown) {
      states.push({ backend, isThere: false, text: reasonOf(thrown) });
    }
  }
  return states;
}

/** Why a backend does not run a kernel, without what the dialog says anyway: which kernel, and that it may choose. */
export function reasonOf(thrown: unknown): string {
  return messageOf(thrown)
    .replace(/^.* does not compute this kernel: /s, "")
    .replace(/ \(choose another backend.*$/s, "");
}
