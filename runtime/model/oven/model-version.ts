import { canonicalHash } from "../../core/canonical-json.ts";
import type { OvenConfig } from "./oven-config.ts";

/**
 * Names the figures of an oven's model: the same configuration with the same calibration has the same version.
 * @param calibrated parameters of the last calibration, in the order of belief.ts; undefined before one
 */
export function modelVersion(config: OvenConfig, calibrated: ArrayLike<number> | undefined): string {
  const figures = { config, calibrated: calibrated === undefined ? null : Array.from(calibrated) };
  return canonicalHash(figures).slice(0, 12);
}
