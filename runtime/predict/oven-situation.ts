import type { TimeUs } from "../core/time.ts";
import type { OvenEnergy } from "../model/oven/energy.ts";
import type { OvenConfig } from "../model/oven/oven-config.ts";

/** A body inside, as plain data: what its metal is and how that depends on the parameters (metal-track.ts). */
export interface SituatedBody {
  readonly id: number;
  readonly positionM: number;
  readonly temperatureC: Float64Array;
  readonly e170Min: Float64Array;
  readonly peakC: Float64Array;
  readonly temperatureBy: Float64Array;
  readonly e170By: Float64Array;
}

/**
 * Everything a sibling needs of an oven at one moment, as plain data that can be copied to another process. It holds
 * no link and no function, so nothing made of it can reach the plant.
 */
export interface OvenSituation {
  readonly twin: string;
  readonly timeUs: TimeUs;
  /** Of the model with its calibration (model-version.ts). */
  readonly modelVersion: string;
  readonly zoneNames: readonly string[];
  readonly nodeNames: readonly string[];
  readonly zoneLengthM: readonly number[];
  readonly speedMPerMin: number;
  /** Time constants with all multipliers 1, s. */
  readonly timeConstantS: readonly number[];
  /** Ea/R, K. */
  readonly energyK: number;
  /** Mean and covariance of the parameter vector (belief.ts). */
  readonly mean: Float64Array;
  readonly covariance: Float64Array;
  /** Heat transfer of each zone by its fan flow, against normal; as-built factors included. */
  readonly zoneFactor: readonly number[];
  /** Thermocouples now, and setpoints in force, °C. */
  readonly airC: readonly number[];
  readonly setpointC: readonly number[];
  /** Zones whose fan flow has just changed: their setpoint is left alone, so that the burner can tell why. */
  readonly observed: readonly boolean[];
  /** Thermocouples while the model was learnt, °C: it is valid about them. */
  readonly learntAirC: readonly number[];
  /** Doubt of a zone's air per kelvin away from there; left out, that of a model learnt from a running plant. */
  readonly airDoubtPerK?: number;
  readonly bodyStartC: number;
  /** Pyrometer minus model at the exit, K, and its standard deviation per body, K. */
  readonly exitOffsetK: readonly number[];
  readonly exitDeviationK: readonly number[];
  /** Standard deviation of a body's ln multiplier about the mean body's. */
  readonly bodyLn: number;
  /** Standard deviation of ln E170 of each node by what its one lump of metal leaves out; temperatures are told without it. */
  readonly cureLn: number;
  readonly energy: OvenEnergy;
  /** Gas by the meter over gas by the balance: mean and standard deviation. */
  readonly gasRatio: number;
  readonly gasRatioDeviation: number;
  /** Where scenarios are rides of the oven's own model, since it has what their closed form does not know. */
  readonly model?: OvenConfig;
  readonly bodies: readonly SituatedBody[];
}
