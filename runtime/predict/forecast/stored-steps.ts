import type { TimeUs } from "../../core/time.ts";
import { goodSamples, type HistoryReader } from "../../diagnose/history-columns.ts";
import { exogenousColumn } from "./exogenous-steps.ts";
import type { KeptStep } from "./kept-steps.ts";
import { stepsOf } from "./step-assembler.ts";

/** The steps of stored samples, in their order. */
export async function storedSteps(
  history: HistoryReader,
  asked: {
    readonly address: string;
    readonly inputs: readonly { readonly address: string; readonly onChange: boolean }[];
    readonly stepUs: number;
    readonly fromUs: TimeUs;
    readonly beforeUs: TimeUs;
  },
): Promise<KeptStep[]> {
  const { address, inputs, stepUs, fromUs, beforeUs } = asked;
  const samples = await goodSamples(history, address, fromUs, beforeUs);
  const { endUs, values } = stepsOf(samples.timeUs, samples.value, stepUs);
  const columns: Float64Array[] = [];
  for (const { address: input, onChange } of inputs) {
    const read = await goodSamples(history, input, fromUs, beforeUs);
    // What is told on change has a value before the first change.
    const before = onChange ? ((await history.at([input], fromUs)).value[0] ?? Number.NaN) : Number.NaN;
    const known = Number.isFinite(before);
    const timeUs = known ? [fromUs, ...read.timeUs] : read.timeUs;
    const value = known ? [before, ...read.value] : read.value;
    columns.push(exogenousColumn({ timeUs, value }, endUs, stepUs, onChange));
  }
  return Array.from(values, (value, i) => ({
    endUs: endUs[i]!,
    value,
    beside: columns.map((column) => column[i]!),
  }));
}
