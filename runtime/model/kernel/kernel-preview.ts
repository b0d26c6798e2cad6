import type { Compute } from "../../compute/compute.ts";
import type { KernelResult } from "../../compute/gpujs/kernel-result.ts";
import { runKernel } from "../../compute/gpujs/run-kernel.ts";
import { cellsOf, type KernelSpec } from "../../compute/kernel-language/kernel-spec.ts";
import { PRIORITIES } from "../../compute/priorities.ts";
import { RungError } from "../../core/errors.ts";
import { type BackendComparison, compareBackends } from "./backend-comparison.ts";
import { type KernelPicture, pictureOf } from "./kernel-picture.ts";
import { type PortValue, shapeInWords } from "./port-values.ts";
import { type PreviewInputs, previewInputs } from "./sample-inputs.ts";

/** A larger field is not looked at: filling, comparing and drawing it would hold up the host. */
const MOST_CELLS = 2 ** 20;

export interface KernelPreview {
  readonly result: KernelResult;
  readonly picture: KernelPicture;
  readonly comparison: BackendComparison;
  readonly deployed: PreviewInputs["deployed"];
  readonly sampled: PreviewInputs["sampled"];
}

/**
 * Runs a kernel once as it is being written: all its steps on the backend it asks for, and one step on every backend
 * there is, for their times and for how far they agree.
 * @param last what the ports of the deployed node last held
 * @param options.deadlineMs for each run
 * @throws RungError `preview-too-large`, those of the kernel and of the compute process
 */
export async function previewKernel(
  compute: Compute,
  spec: KernelSpec,
  last: Readonly<Record<string, PortValue>>,
  options: { readonly deadlineMs: number; readonly signal?: AbortSignal },
): Promise<KernelPreview> {
  for (const { name, shape } of [spec.output, ...spec.inputs]) {
    if (cellsOf(shape) <= MOST_CELLS) continue;
    throw new RungError({
      code: "preview-too-large",
      where: `${spec.name}, port ${name}`,
      what: `${shapeInWords(shape)} is more than the ${MOST_CELLS.toLocaleString("en")} cells of a preview`,
      advice: "make the fields smaller to look at them; deployed they may be larger",
    });
  }
  const { inputs, deployed, sampled } = previewInputs(spec, last);
  const awaited = { ...options, priority: PRIORITIES.awaited };
  const result = await runKernel(compute, spec, inputs, awaited);
  const comparison = await compareBackends(compute, spec, inputs, awaited);
  return { result, picture: pictureOf(result.values, result.shape), comparison, deployed, sampled };
}
