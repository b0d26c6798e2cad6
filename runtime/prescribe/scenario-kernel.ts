import type { Kernel, KernelControl } from "../compute/kernel.ts";
import { siblingModule } from "../core/sibling-module.ts";
import { type PlanRuns, runScenarios, type ScenarioInput } from "./oven-scenarios.ts";

/** Monte Carlo of oven plans, in the compute child. */
export const SCENARIO_KERNEL: Kernel<ScenarioInput, PlanRuns[]> = {
  name: "oven scenarios",
  module: siblingModule(import.meta.url, "./scenario-kernel").href,
};

export function run(input: ScenarioInput, control: KernelControl): Promise<PlanRuns[]> {
  return runScenarios(input, control);
}
