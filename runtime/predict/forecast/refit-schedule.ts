import type { Forecaster } from "./forecaster.ts";

/** Newest steps that a model is fitted to. */
export const MAX_KEPT = 8000;
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
  if (stepsSinceFit >= Math.min(fit.steps, MAX_KEPT / 2)) return true;
  if (driftedUs === undefined) return false;
  const needed = Math.max(LEAST_CHANGED, 2 * fit.task.horizon);
  return stepsSinceFit >= needed && nowUs - driftedUs >= needed * fit.task.stepUs;
}
