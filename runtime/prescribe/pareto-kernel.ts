import type { Kernel } from "../compute/kernel.ts";
import { siblingModule } from "../core/sibling-module.ts";
import type { OvenSituation } from "../predict/oven-situation.ts";
import type { CureWindow } from "./cure-window.ts";
import { type ParetoOptions, type ParetoPlan, paretoFront } from "./pareto-front.ts";
import type { RunControl } from "./run-control.ts";

export interface ParetoKernelInput {
  readonly situation: OvenSituation;
  readonly window: CureWindow;
  readonly options: Partial<ParetoOptions>;
}

/** Plans of energy, risk and throughput, in the compute child. */
export const PARETO_KERNEL: Kernel<ParetoKernelInput, ParetoPlan[]> = {
  name: "oven plans",
  module: siblingModule(import.meta.url, "./pareto-kernel").href,
};

export function run(input: ParetoKernelInput, control: RunControl): Promise<ParetoPlan[]> {
  return paretoFront(input.situation, input.window, input.options, control);
}
