import { runJob } from "../../gpujs/kernel-lane.ts";
import { kernelJob } from "../../gpujs/run-kernel.ts";
import type { KernelArray, KernelControl } from "../../kernel.ts";
import { binScale, type Reduced, type Reduction, type ReductionAnswer } from "../reductions.ts";
import { reducePlain } from "../reductions-plain.ts";
import type { SolverPlace, SolverRun } from "../solver-backend.ts";
import { refuse } from "../solver-fault.ts";
import { binStep, stripStep } from "./reductions.ts";
import type { SolverStep } from "./solver-step.ts";

const CHECKED_CELLS = 64;

/**
 * A reduction in single precision: gpu.js takes the large part, what it leaves of each strip is taken here. A histogram
 * may count a value within a float's rounding of an edge on its other side.
 * @throws RungError `solver-input` for quantiles, which gpu.js cannot find (it neither sorts nor adds atomically), and for
 * an empty array; `kernel-input` for a value that is not finite; `kernel-backend`
 */
export async function reduceByGpujs(
  values: KernelArray,
  reduction: Reduction,
  { backend, softwareGpu = false }: SolverPlace,
  control: KernelControl,
): Promise<ReductionAnswer & SolverRun> {
  const floats = Float32Array.from(values);
  if (floats.length === 0) refuse("reduction", `is empty, which ${backend} does not take`, "ask wasm");
  let ran: SolverRun = { backend: "wasm", status: "" };
  const run = async ({ spec, inputs }: SolverStep): Promise<Float32Array> => {
    const asked = { ...spec, backend: backend as Exclude<typeof backend, "wasm"> };
    const { result } = await runJob(kernelJob(asked, inputs, CHECKED_CELLS, softwareGpu), control);
    ran = { backend: result.backend, status: result.status };
    return result.values;
  };
  const taken = async (of: "sum" | "min" | "max"): Promise<number> =>
    reducePlain(await run(stripStep(of, floats)), { of });
  const reduced = async (): Promise<Reduced> => {
    if ("quantiles" in reduction) {
      return refuse("reduction", `${backend} finds no quantiles`, "ask wasm");
    }
    if ("histogram" in reduction) {
      const bins = reduction.histogram;
      const low = await taken("min");
      const high = await taken("max");
      if (!Number.isFinite(Math.fround(high - low)))
        refuse("reduction", `spans ${high - low}, more than a float holds`, "ask wasm");
      const { perUnit } = binScale(low, high, bins);
      const found = await run(binStep(floats, low, perUnit, bins));
      const counts = new Float64Array(bins);
      for (const [at, count] of found.entries()) counts[at % bins]! += count;
      return { low, high, counts, leftOut: 0 };
    }
    return reduction.of === "mean" ? (await taken("sum")) / floats.length : taken(reduction.of);
  };
  return { reduced: await reduced(), ...ran };
}
