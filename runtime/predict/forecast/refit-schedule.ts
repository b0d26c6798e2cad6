import { type ForecastTask, minimumSteps } from "./forecast-task.ts";
import type { Forecaster } from "./forecaster.ts";

const KEPT = 8000;

/** Newest steps that a model is fitted to: those of long seasons as many as they ask for, and as many again. */
export const keptSteps = (task: ForecastTask): number => Math.max(KEPT, 2 * minimumSteps(task));
/** Steps of a plant that has changed before a model is fitted to it: fewer would teach it the old one. */
const LEAST_CHANGED = 60;

/**
 * Whether a model is to be fitted anew: its data has doubled, then after every half of what is kept; or its errors have
 * changed and there is enough to learn from since.
 * @param stepsSinceFit steps taken since the last fit was begun
 * @param nowUs end of the newest step
 */
export function isRefitDue(forecaster: Forecaster, stepsSinceFit: number, nowUs: number): boolean {
  const { fit, driftedUs } = forecaster;
  if (stepsSinceFit >= Math.min(fit.steps, keptSteps(fit.task) / 2)) return true;
  if (driftedUs === undefined) return false;
  const needed = Math.max(LEAST_CHANGED, 2 * fit.task.horizon);
  return stepsSinceFit >= needed && nowUs - driftedUs >= needed * fit.task.stepUs;
}
