import { RungError } from "../core/errors.ts";

/** What a recommendation must keep: the cure window, the zones' limits, and how far one proposal may go. */
export interface CureWindow {
  /** Every node of every body reaches this many equivalent minutes at 170 °C... */
  readonly e170LeastMin: number;
  /** ...but for this share. */
  readonly underCureShare: number;
  readonly e170MostMin: number;
  readonly peakMostC: number;
  /** Share that may exceed the upper limits. */
  readonly overBakeShare: number;
  readonly zoneLowC: number;
  readonly zoneHighC: number;
  /** Largest step between neighbouring zones, K: beyond it the air of one spoils the other. */
  readonly neighbourStepK: number;
  /** Furthest a setpoint may go from where the model was learnt, K. */
  readonly learntReachK: number;
  /** Largest change of one setpoint in one proposal, K. */
  readonly maxStepK: number;
}

export const DEFAULT_WINDOW: CureWindow = {
  e170LeastMin: 10,
  underCureShare: 1e-3,
  e170MostMin: 50,
  peakMostC: 200,
  overBakeShare: 0.05,
  zoneLowC: 110,
  zoneHighC: 200,
  neighbourStepK: 40,
  learntReachK: 25,
  maxStepK: 8,
};

const POSITIVE = ["e170LeastMin", "neighbourStepK", "learntReachK", "maxStepK"] as const;

/** Fills the defaults. @throws RungError `cure-window` that names the parameter */
export function cureWindow(input: Partial<CureWindow>, where = "optimise"): CureWindow {
  const window = { ...DEFAULT_WINDOW, ...input };
  const refuse = (what: string, key: string): never => {
    throw new RungError({ code: "cure-window", where, what, advice: `parameter ${key}` });
  };
  for (const [key, value] of Object.entries(window)) {
    if (typeof value !== "number" || !Number.isFinite(value))
      refuse(`${key} must be a number, got ${value}`, key);
  }
  for (const key of POSITIVE) if (!(window[key] > 0)) refuse(`${key} must be > 0, got ${window[key]}`, key);
  for (const key of ["underCureShare", "overBakeShare"] as const) {
    if (!(window[key] > 0 && window[key] < 0.5))
      refuse(`${key} must lie between 0 and 0.5, got ${window[key]}`, key);
  }
  if (!(window.e170MostMin > window.e170LeastMin)) {
    refuse(`e170MostMin must be > e170LeastMin, got ${window.e170MostMin}`, "e170MostMin");
  }
  if (!(window.zoneHighC > window.zoneLowC)) {
    refuse(`zoneHighC must be > zoneLowC, got ${window.zoneHighC}`, "zoneHighC");
  }
  return window;
}
