import type { Compute } from "../../compute/compute.ts";
import type { Kernel, KernelControl } from "../../compute/kernel.ts";
import { siblingModule } from "../../core/sibling-module.ts";
import type { LineModel } from "./line-model.ts";
import { type LineResult, lineResult } from "./line-result.ts";
import type { LineRun } from "./line-run.ts";
import { replicating, warmUpOf } from "./replicate.ts";
import type { Totals } from "./results/totals.ts";
import { checkRun } from "./simulate.ts";

/** A run without what cannot travel to another process. */
export type SentRun = Omit<LineRun, "onTrace">;

export interface ReplicationsOrder {
  readonly model: LineModel;
  readonly run: SentRun;
  /** Replications `from` up to and without `to`. */
  readonly from: number;
  readonly to: number;
}

/** Some replications of a line in a compute child. */
export const LINE_REPLICATIONS: Kernel<ReplicationsOrder, readonly Totals[]> = {
  name: "line simulation",
  module: siblingModule(import.meta.url, "./line-kernel").href,
};

export async function run(
  { model, run: sent, from, to }: ReplicationsOrder,
  control: KernelControl,
): Promise<readonly Totals[]> {
  const { engine } = checkRun(model, sent);
  const all: Totals[] = [];
  for (let i = from; i < to; i++) {
    const steps = replicating(model, sent, i, engine);
    for (let step = steps.next(); ; step = steps.next()) {
      await control.breathe();
      if (!step.done) continue;
      // The state at the end stays here.
      const { end: _, ...totals } = step.value;
      all.push(totals);
      break;
    }
    control.progress(i + 1 - from, to - from);
  }
  return all;
}

/**
 * `simulateLine` in the compute children, the replications shared among them: the same result.
 * @param options as of a compute request; `onProgress` counts replications; `parts` requests, default one per replication
 * up to 8
 * @throws RungError as `simulateLine` and as `Compute.submit`
 */
export async function simulateInChildren(
  compute: Compute,
  model: LineModel,
  sent: SentRun,
  options: {
    readonly parts?: number;
    readonly priority?: number;
    readonly deadlineMs?: number;
    readonly signal?: AbortSignal;
    readonly onProgress?: (done: number, of: number) => void;
  } = {},
): Promise<LineResult> {
  const { replications, engine } = checkRun(model, sent);
  const { parts = Math.min(8, replications), onProgress, ...request } = options;
  const done = new Array<number>(parts).fill(0);
  const bound = (part: number): number => Math.floor((part * replications) / parts);
  const all = await Promise.all(
    done.map((_, part) =>
      compute.submit({
        kernel: LINE_REPLICATIONS,
        input: { model, run: sent, from: bound(part), to: bound(part + 1) },
        ...request,
        onProgress: (count) => {
          done[part] = count;
          onProgress?.(
            done.reduce((sum, each) => sum + each, 0),
            replications,
          );
        },
      }),
    ),
  );
  return lineResult(model, engine, warmUpOf(sent), all.flat());
}
