import type { Kernel } from "../compute/kernel.ts";
import { siblingModule } from "../core/sibling-module.ts";
import type { OvenSituation } from "../predict/oven-situation.ts";
import type { CureWindow } from "./cure-window.ts";
import type { OvenPlan } from "./oven-plan.ts";
import { type PlanRuns, runScenarios } from "./oven-scenarios.ts";
import type { RunControl } from "./run-control.ts";
import { type ScenarioFigures, scenarioFigures } from "./scenario-figures.ts";
import { steadyRuns } from "./steady-runs.ts";

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
  const { situation, window, plans, runs } = input;
  const isSteady = situation.model === undefined && plans.every((plan) => plan.stopMin === 0);
  const [before, after] = isSteady ? await steadyPair(input, control) : await runScenarios(input, control);
  control.progress?.(runs, runs);
  return scenarioFigures(situation, window, plans, [before!, after!], control);
}

/** Both plans by the fast lane, one after the other: the same seed makes the same draws of each. */
async function steadyPair(
  { situation, plans, runs, seed }: ScenarioKernelInput,
  control: RunControl,
): Promise<PlanRuns[]> {
  const results: PlanRuns[] = [];
  for (const [p, plan] of plans.entries()) {
    const part: RunControl = {
      breathe: () => control.breathe(),
      progress: (done) => control.progress?.(Math.floor((p * runs + done) / plans.length), runs),
    };
    results.push(await steadyRuns(situation, plan, runs, seed, part));
  }
  return results;
}
