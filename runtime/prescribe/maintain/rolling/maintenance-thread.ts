import type { MaintenanceInstance } from "../maintenance-instance.ts";
import { type MaintenancePlan, planMaintenance } from "../maintenance-plan.ts";
import { type DueInterval, type PlanEffect, planEffect } from "./plan-effect.ts";

export interface PlanOrder {
  readonly instance: MaintenanceInstance;
  readonly due: readonly DueInterval[];
  readonly seed: number;
}

export interface PlanAnswer {
  readonly plan: MaintenancePlan;
  readonly effect: PlanEffect;
}

const TRIALS = 20_000;

/** What the thread of `planInBackground` runs. */
export function run({ instance, due, seed }: PlanOrder): PlanAnswer {
  const plan = planMaintenance(instance, { seed, trials: TRIALS });
  return { plan, effect: planEffect(instance, plan.groups, due, seed) };
}
