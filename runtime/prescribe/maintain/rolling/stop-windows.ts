import type { ShiftCalendar } from "../../../core/shift-calendar.ts";
import type { TimeUs } from "../../../core/time.ts";
import type { LineMessage } from "../../../predict/line/line-message.ts";
import type { MaintenanceWindow } from "../maintenance-instance.ts";
import { HOUR_US } from "./foretold-life.ts";

/** A time in which the line stands or may stand, and why. */
export interface StopWindow {
  readonly fromUs: TimeUs;
  readonly toUs: TimeUs;
  readonly why: string;
}

/** Boundaries that are looked at: no calendar has more within a year of quarter-hour shifts. */
const BOUNDARIES_MOST = 5000;

/** Times without a shift, from a moment on. */
export function betweenShifts(calendar: ShiftCalendar, fromUs: TimeUs, toUs: TimeUs): StopWindow[] {
  const windows: StopWindow[] = [];
  let at = fromUs;
  for (let i = 0; i < BOUNDARIES_MOST && at < toUs; i++) {
    const end = Math.min(toUs, calendar.nextBoundary(at) ?? toUs);
    if (calendar.shiftAt(at) === undefined) windows.push({ fromUs: at, toUs: end, why: "no shift" });
    at = end;
  }
  return joined(windows);
}

/**
 * When a line is foretold to stand before its shift is over, because its plan will have been made: the last part of the
 * shift's planned time that even a slow run (the lower 5 %) leaves. Breaks between now and then are not known here, so the
 * window begins no later than this says and may end later.
 *
 * @returns undefined where the plan is not reached early, or the line tells no plan
 */
export function foretoldIdle({ madeAtUs, name, forecast }: LineMessage): StopWindow | undefined {
  if (forecast?.plan === undefined) return undefined;
  const { made, low90, plan, workLeftS } = forecast;
  if (![made, low90, plan, workLeftS, madeAtUs].every(Number.isFinite)) return undefined;
  if (!(low90 > plan) || !(low90 > made) || !(workLeftS > 0)) return undefined;
  const spareS = workLeftS * Math.min(1, (low90 - plan) / (low90 - made));
  const toUs = madeAtUs + workLeftS * 1e6;
  return {
    fromUs: Math.round(toUs - spareS * 1e6),
    toUs: Math.round(toUs),
    why: `${name} is foretold to have made its ${plan} by then (at least ${Math.floor(low90)} by the end)`,
  };
}

/** In the order of their beginnings; what overlaps or touches becomes one. */
export function joined(windows: readonly StopWindow[]): StopWindow[] {
  const all: StopWindow[] = [];
  for (const window of windows.toSorted((a, b) => a.fromUs - b.fromUs)) {
    const last = all.at(-1);
    if (last === undefined || window.fromUs > last.toUs) all.push(window);
    else if (window.toUs > last.toUs || !last.why.includes(window.why)) {
      const why = last.why.includes(window.why) ? last.why : `${last.why}; ${window.why}`;
      all[all.length - 1] = { fromUs: last.fromUs, toUs: Math.max(last.toUs, window.toUs), why };
    }
  }
  return all;
}

/** As a plan takes them, h from now; what is past is cut off. */
export const windowsFrom = (nowUs: TimeUs, windows: readonly StopWindow[]): MaintenanceWindow[] =>
  windows
    .filter(({ toUs }) => toUs > nowUs)
    .map(({ fromUs, toUs }) => ({
      beginH: Math.max(0, (fromUs - nowUs) / HOUR_US),
      endH: (toUs - nowUs) / HOUR_US,
    }));
