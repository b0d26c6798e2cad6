import type { Raw } from "./config-reader.ts";
import type { OvenConfig } from "./oven-config.ts";

/**
 * A configuration with what a ride has told of it: each node's heat transfer and each zone's factor multiplied, each
 * zone's air moved by its bias. Everything else stays as it was written.
 * @param input the configuration as it stood in the file
 * @param config the same, read
 * @param type the body type that rode; its nodes are the ones that were calibrated
 * @param mean parameters in the order of belief.ts
 */
export function calibratedConfig(input: Raw, config: OvenConfig, type: string, mean: ArrayLike<number>): Raw {
  const rode = type === config.bodyType ? config.nodes : config.bodyTypes.find((t) => t.name === type)!.nodes;
  const nodes = rode.map((node, n) => ({
    ...node,
    heatTransferWPerM2K: node.heatTransferWPerM2K * Math.exp(mean[n]!),
  }));
  const zones = config.zones.map((zone, z) => ({
    ...zone,
    airTemperatureC: zone.airTemperatureC + mean[rode.length + config.zones.length + z]!,
    heatTransferFactor: zone.heatTransferFactor * Math.exp(mean[rode.length + z]!),
  }));
  if (type === config.bodyType) return { ...input, zones, nodes };
  const bodyTypes = config.bodyTypes.map((body) => (body.name === type ? { ...body, nodes } : body));
  return { ...input, zones, bodyTypes };
}

/** The oven with another of its body types as the default one. */
export function withDefaultBody(config: OvenConfig, type: string): OvenConfig {
  if (type === config.bodyType) return config;
  const body = config.bodyTypes.find((known) => known.name === type)!;
  return {
    ...config,
    bodyType: body.name,
    bodyStartC: body.startC,
    nodes: body.nodes,
    couplings: body.couplings,
    energy: { ...config.energy, bodyKg: body.bodyKg, skidKg: body.skidKg },
  };
}
