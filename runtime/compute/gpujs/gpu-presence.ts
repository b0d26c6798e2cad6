import { messageOf } from "../../core/errors.ts";
import { siblingModule } from "../../core/sibling-module.ts";
import { monotonicMs } from "../../core/time.ts";
import type { Compute } from "../compute.ts";
import type { Kernel } from "../kernel.ts";
import { PRIORITIES } from "../priorities.ts";
import type { GpuQuestion } from "./gpu-probe.ts";

/** Where kernels run. A software adapter counts as a GPU only where it says so. */
export type KernelPlace = Pick<Compute, "submit"> & { readonly softwareGpu?: boolean };

const GPU_PROBE: Kernel<GpuQuestion, string | undefined> = {
  name: "look for a GPU",
  module: siblingModule(import.meta.url, "./gpu-probe").href,
  runsOn: "gpu",
};
/** Longest time for the look, ms: whatever chooses its backend waits for it. */
const PROBE_MS = 10_000;
/** A GPU that was not there, or too busy to tell, is looked for again after this time, ms. */
const AGAIN_MS = 60_000;

interface Look {
  readonly found: Promise<string | undefined>;
  readonly atMs: number;
}
const looks = new WeakMap<KernelPlace, Look>();

/**
 * Why what chooses its own backend need not go to the GPU child; undefined where there is a GPU. One that was found
 * counts as there from then on: if it is lost, the child says so and answers by another backend.
 */
export async function whyNoGpu(place: KernelPlace): Promise<string | undefined> {
  const known = looks.get(place);
  if (known !== undefined) {
    const reason = await known.found;
    if (reason === undefined || monotonicMs() - known.atMs < AGAIN_MS) return reason;
  }
  // Another may have begun to look while this one waited.
  let look = looks.get(place);
  if (look === undefined || look === known) {
    look = { found: lookFor(place), atMs: monotonicMs() };
    looks.set(place, look);
  }
  return look.found;
}

async function lookFor(place: KernelPlace): Promise<string | undefined> {
  try {
    return await place.submit({
      kernel: GPU_PROBE,
      input: { softwareGpu: place.softwareGpu === true },
      priority: PRIORITIES.plant,
      deadlineMs: PROBE_MS,
    });
  } catch (fault) {
    return `the GPU process does not answer: ${messageOf(fault).split("\n")[0]}`;
  }
}
