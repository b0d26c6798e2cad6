import type { ComputeRequest } from "../../compute/compute-options.ts";
import { RungError } from "../../core/errors.ts";
import type { TimeUs } from "../../core/time.ts";
import type { LineModel } from "../../model/line/line-model.ts";
import { type CountOutlook, outlookOf } from "./count-outlook.ts";
import { inPlannedTime, lineStateOf } from "./line-state-of.ts";
import { OUTLOOK_KERNEL, type OutlookCounts, type OutlookInput } from "./outlook-kernel.ts";
import type { LineNow } from "./plant-line.ts";

/** Parts by the end of the shift, as the line is and with what is assumed, on a copy of its state. Never a proposal. */
export interface ShiftWhatIf {
  readonly kind: "line-what-if";
  readonly twin: string;
  readonly edits: unknown;
  /** Source time of the state. */
  readonly madeAtUs: TimeUs;
  readonly workLeftS: number;
  /** Parts of the shift: those made, and those to come. */
  readonly baseline: CountOutlook;
  readonly scenario: CountOutlook;
  /** Of the same draws, replication by replication: narrower than the two apart. */
  readonly difference: CountOutlook;
  readonly replications: number;
  readonly seed: number;
}

/**
 * @throws RungError `line-shift-over` where no planned time is left
 */
export async function shiftWhatIf(parts: {
  readonly twin: string;
  readonly now: LineNow;
  readonly model: LineModel;
  readonly edited: LineModel;
  readonly edits: unknown;
  readonly replications: number;
  readonly seed: number;
  readonly submit: (
    input: Omit<ComputeRequest<OutlookInput, OutlookCounts>, "signal">,
  ) => Promise<OutlookCounts>;
}): Promise<ShiftWhatIf> {
  const { twin, now, model, edited, edits, replications, seed, submit } = parts;
  const { workLeftS, timeUs: madeAtUs } = now;
  if (!(workLeftS > 0)) {
    throw new RungError({
      code: "line-shift-over",
      where: model.name,
      what: "no planned time of the shift is left",
      advice: "ask again in the next shift",
    });
  }
  const run = async (assumed: LineModel): Promise<readonly number[]> => {
    const state = lineStateOf(assumed, now);
    const { absent = 0 } = now;
    const input = { model: inPlannedTime(assumed), state, atS: [workLeftS], replications, seed, absent };
    const [counts] = await submit({ kernel: OUTLOOK_KERNEL, input, deadlineMs: 120_000 });
    return counts!.map((count) => count + (now.shiftMade ?? 0));
  };
  const [baseline, scenario] = [await run(model), await run(edited)];
  return {
    kind: "line-what-if",
    twin,
    edits,
    madeAtUs,
    workLeftS,
    baseline: outlookOf(baseline),
    scenario: outlookOf(scenario),
    difference: outlookOf(scenario.map((count, i) => count - baseline[i]!)),
    replications,
    seed,
  };
}
