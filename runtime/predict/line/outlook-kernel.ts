import type { Kernel, KernelControl } from "../../compute/kernel.ts";
import { Random } from "../../core/random.ts";
import { siblingModule } from "../../core/sibling-module.ts";
import type { LineModel } from "../../model/line/line-model.ts";
import type { TraceEvent } from "../../model/line/line-run.ts";
import type { LineState } from "../../model/line/line-state.ts";
import { replicating } from "../../model/line/replicate.ts";
import { withAbsent } from "./absent-operators.ts";

export interface OutlookInput {
  /** Without a calendar: seconds are those of planned operating time. */
  readonly model: LineModel;
  readonly state: LineState;
  /** When parts are counted, s after the state, ascending and above 0. */
  readonly atS: readonly number[];
  readonly replications: number;
  readonly seed: number;
  /** Operators who are not there, drawn anew for each replication: a plant tells how many, not who. */
  readonly absent?: number;
}

/** Parts that left up to each of the times, one list per time with an entry per replication. */
export type OutlookCounts = readonly (readonly number[])[];

/** Runs a line on from where it stands, many times, in the compute child. */
export const OUTLOOK_KERNEL: Kernel<OutlookInput, OutlookCounts> = {
  name: "line outlook",
  module: siblingModule(import.meta.url, "./outlook-kernel").href,
};

export async function run(input: OutlookInput, control: KernelControl): Promise<OutlookCounts> {
  const { model, state, atS, replications, seed, absent = 0 } = input;
  const counts = atS.map(() => new Array<number>(replications).fill(0));
  for (let i = 0; i < replications; i++) {
    const onTrace = ({ event, atS: leftS }: TraceEvent): void => {
      if (event !== "out") return;
      for (const [t, untilS] of atS.entries()) if (leftS - state.atS <= untilS) counts[t]![i]!++;
    };
    const order = { lengthS: atS.at(-1)!, seed, initial: state, bottleneck: false, onTrace };
    const steps = replicating(withAbsent(model, absent, new Random(seed + i)), order, i, "callbacks");
    while (!steps.next().done) await control.breathe();
    control.progress(i + 1, replications);
    await control.breathe();
  }
  return counts;
}
