import type { OvenConfig } from "../model/oven/oven-config.ts";
import type { RideOutcome } from "./oven-tracker.ts";
import { e170Error } from "./ride-check.ts";

/** What became of a ride of the logger, in one sentence. */
export function rideWords({ check, recalibrated, problem }: RideOutcome, config: OvenConfig): string {
  if (check === undefined) return `the logger's ride could not be used: ${problem}`;
  const errors = check.nodes.map((node) => Math.abs(node.rmseK));
  const worst = errors.indexOf(Math.max(...errors));
  const node = check.nodes[worst]!;
  const figures = `metal of ${config.nodes[worst]!.name} within ${node.rmseK.toFixed(1)} K, E170 within ${Math.max(...check.nodes.map((each) => 100 * Math.abs(e170Error(each)))).toFixed(0)} %`;
  return recalibrated
    ? `calibrated by the logger's ride: ${figures}`
    : `the logger's ride confirms the model: ${figures}`;
}
