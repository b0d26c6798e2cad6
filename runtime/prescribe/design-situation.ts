import { RungError } from "../core/errors.ts";
import { airBiasIndex, beliefSize, nodeIndex, zoneFactorIndex } from "../model/oven/belief.ts";
import { arrheniusK } from "../model/oven/cure.ts";
import { modelVersion } from "../model/oven/model-version.ts";
import type { OvenConfig } from "../model/oven/oven-config.ts";
import { timeConstantS } from "../model/oven/ride.ts";
import type { OvenSituation } from "../predict/oven-situation.ts";
import { beyondClosedForm } from "./model-ride.ts";

/** How far the plant may be from the figures of its configuration: standard deviations. */
export interface DesignSpread {
  /** Of ln h of each node, each on its own. */
  readonly nodeLn: number;
  /** Of ln h of each zone for all its nodes, each zone on its own. */
  readonly zoneLn: number;
  /** Of the air against its setpoint, K, each zone on its own. */
  readonly airK: number;
}

export const DESIGN_SPREAD: DesignSpread = { nodeLn: 0.05, zoneLn: 0.05, airK: 0 };

/**
 * The sibling of an oven that is known from its configuration alone: nothing measured, nothing inside, the
 * configured air as setpoints, the oven's default body.
 * @throws RungError `design-spread`
 */
export function designSituation(config: OvenConfig, spread: Partial<DesignSpread> = {}): OvenSituation {
  const { nodeLn, zoneLn, airK } = { ...DESIGN_SPREAD, ...spread };
  for (const [key, value, most] of [
    ["nodeLn", nodeLn, 1],
    ["zoneLn", zoneLn, 1],
    ["airK", airK, 50],
  ] as const) {
    if (value >= 0 && value <= most) continue;
    throw new RungError({
      code: "design-spread",
      where: config.name,
      what: `${key} must lie between 0 and ${most}, got ${value}`,
      advice: `parameter ${key}`,
    });
  }
  const nodes = config.nodes.length;
  const zones = config.zones.length;
  const size = beliefSize(nodes, zones);
  const covariance = new Float64Array(size * size);
  const set = (i: number, deviation: number): void => {
    covariance[i * size + i] = deviation ** 2;
  };
  for (let n = 0; n < nodes; n++) set(nodeIndex(n), nodeLn);
  for (let z = 0; z < zones; z++) {
    set(zoneFactorIndex(nodes, z), zoneLn);
    set(airBiasIndex(nodes, zones, z), airK);
  }
  const airC = config.zones.map((zone) => zone.airTemperatureC);
  return {
    twin: config.name,
    timeUs: 0,
    modelVersion: modelVersion(config, undefined),
    zoneNames: config.zones.map((zone) => zone.name),
    nodeNames: config.nodes.map((node) => node.name),
    zoneLengthM: config.zones.map((zone) => zone.lengthM),
    speedMPerMin: config.conveyor.speedMPerMin,
    timeConstantS: config.nodes.map(timeConstantS),
    energyK: arrheniusK(config.cure.activationEnergyKJPerMol),
    mean: new Float64Array(size),
    covariance,
    zoneFactor: config.zones.map((zone) => zone.heatTransferFactor),
    // A list each: a flow that changes one of them means only that one.
    airC,
    setpointC: [...airC],
    observed: config.zones.map(() => false),
    learntAirC: [...airC],
    airDoubtPerK: 0,
    bodyStartC: config.bodyStartC,
    exitOffsetK: config.nodes.map(() => 0),
    exitDeviationK: config.nodes.map(() => 0),
    bodyLn: 0,
    cureLn: 0,
    energy: config.energy,
    gasRatio: 1,
    gasRatioDeviation: 0,
    ...(beyondClosedForm(config).length > 0 ? { model: config } : {}),
    bodies: [],
  };
}
