import type { Kernel } from "../compute/kernel.ts";
import { siblingModule } from "../core/sibling-module.ts";
import type { OvenSituation } from "../predict/oven-situation.ts";
import type { CureWindow } from "./cure-window.ts";
import { type RobustOptions, type RobustResult, robustSetpoints } from "./robust-setpoints.ts";
import type { RunControl } from "./run-control.ts";

export interface RobustKernelInput {
  readonly situation: OvenSituation;
  readonly window: CureWindow;
  readonly options: Partial<RobustOptions>;
}

/** Robust setpoints with their certificate, in the compute child. */
export const ROBUST_KERNEL: Kernel<RobustKernelInput, RobustResult> = {
  name: "robust setpoints",
  module: siblingModule(import.meta.url, "./robust-kernel").href,
};

export function run(input: RobustKernelInput, control: RunControl): Promise<RobustResult> {
  return robustSetpoints(input.situation, input.window, input.options, control);
}
