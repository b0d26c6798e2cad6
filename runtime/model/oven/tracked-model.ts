import type { OvenConfig } from "./oven-config.ts";

/**
 * What a configuration says and the tracker of runtime/predict does not follow: it takes every body for the default
 * type, and each of its nodes for a lump of its own in the air.
 * @returns words for a person; empty where nothing is left out
 */
export function leftOutByTracker(config: OvenConfig): string[] {
  const radiant = config.zones.filter((zone) => zone.radiant !== undefined).map((zone) => zone.name);
  return [
    ...(config.couplings.length > 0 ? ["couplings between panels"] : []),
    ...(radiant.length > 0 ? [`emitters of ${radiant.join(", ")}`] : []),
    ...(config.cure.kinetics.kind === "first-order" ? [] : [`kinetics ${config.cure.kinetics.kind}`]),
    ...(config.bodyTypes.length > 0 ? [`body types other than ${config.bodyType}`] : []),
  ];
}
