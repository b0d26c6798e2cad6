import type { Columns } from "./columns.ts";
import { calibrateDetector, type DetectorCalibration } from "./detector-calibration.ts";
import { DETECTOR_DEFAULTS, type DetectorOptions } from "./detector-options.ts";

/** Margins that are tried, from the keenest. */
const MARGINS = [1.75, 2, 2.5, 3, 4, 6, 8, 10];

/**
 * The keenest calibration whose alarms on held-out normal rows keep within a budget, the most cautious one where none
 * does: its `heldOut` says how many there were.
 * @param budget false alarms per 1,000 rows
 * @throws RungError as `calibrateDetector`
 */
export function calibrateWithinBudget(
  columns: Columns,
  budget: number,
  given: Partial<DetectorOptions> = {},
): DetectorCalibration {
  const keenest = given.margin ?? DETECTOR_DEFAULTS.margin;
  let calibration = calibrateDetector(columns, given);
  for (const margin of MARGINS) {
    if (heldOutRate(calibration) <= budget) break;
    if (margin > keenest) calibration = calibrateDetector(columns, { ...given, margin });
  }
  return calibration;
}

/** Windows with a false alarm per 1,000 held-out rows. */
export const heldOutRate = ({ heldOut }: Pick<DetectorCalibration, "heldOut">): number =>
  heldOut.ticks === 0 ? 0 : (1000 * heldOut.alarmWindows) / heldOut.ticks;
