import type { Kernel } from "../compute/kernel.ts";
import { siblingModule } from "../core/sibling-module.ts";
import type { OvenSituation } from "../predict/oven-situation.ts";
import type { CureWindow } from "./cure-window.ts";
import { type OvenPlan, runScenarios } from "./oven-scenarios.ts";
import type { RunControl } from "./run-control.ts";
import { type ScenarioFigures, scenarioFigures } from "./scenario-figures.ts";

export interface ScenarioKernelInput {
  readonly situation: OvenSituation;
  readonly window: CureWindow;
  /** Baseline, then the scenario. */
  readonly plans: readonly [OvenPlan, OvenPlan];
  readonly runs: number;
  readonly seed: number;
}

/** Monte Carlo of two oven plans, in the compute child, where the runs stay: only what they come to is sent back. */
export const SCENARIO_KERNEL: Kernel<ScenarioKernelInput, ScenarioFigures> = {
  name: "oven scenarios",
  module: siblingModule(import.meta.url, "./scenario-kernel").href,
};

export async function run(input: ScenarioKernelInput, control: RunControl): Promise<ScenarioFigures> {
  const { situation, window, plans } = input;
  const [before, after] = await runScenarios(input, control);
  control.progress?.(input.runs, input.runs);
  return scenarioFigures(situation, window, plans, [before!, after!], control);
}
