import { canonicalHash } from "../core/canonical-json.ts";
import { RungError } from "../core/errors.ts";
import type { TimeUs } from "../core/time.ts";
import type { Snapshot } from "../describe/snapshot.ts";
import { beliefSize } from "../model/oven/belief.ts";
import { DEFAULT_ENERGY } from "../model/oven/energy.ts";
import { checkOvenConfig } from "../model/oven/oven-config.ts";
import type { OvenSituation } from "../predict/oven-situation.ts";

/** A value of the twin at the moment of the fork. */
export interface SiblingValue {
  readonly value: number;
  readonly unit?: string;
  /** OPC UA status. */
  readonly quality: number;
}

/**
 * A fork of a twin's state and model at one moment. Travels as `msg.payload`: plain data that may be changed at will,
 * with no link and no way back. It is no recommendation, and nothing that acts takes it.
 */
export interface Sibling {
  readonly kind: "sibling";
  readonly twin: string;
  readonly madeAtUs: TimeUs;
  /** What the model rests on: what was measured, or the configuration alone. */
  readonly basis: "estimate" | "configuration";
  readonly situation: OvenSituation;
  /** Check sum of the model's figures at the fork: a flow that changes them has another model. */
  readonly figures: string;
  /** By path below the twin; what is no number is left out. */
  readonly values: Readonly<Record<string, SiblingValue>>;
}

/** Forks. The copy shares nothing with what it is made of. */
export function forkSibling(
  situation: OvenSituation,
  basis: Sibling["basis"],
  snapshot: Snapshot | undefined,
): Sibling {
  const { twin } = situation;
  const values: Record<string, SiblingValue> = {};
  for (const { address, value, unit, quality } of Object.values(snapshot?.values ?? {})) {
    if (!Number.isFinite(value)) continue;
    const path = address.startsWith(`${twin}/`) ? address.slice(twin.length + 1) : address;
    values[path] = { value, ...(unit === undefined ? {} : { unit }), quality };
  }
  return {
    kind: "sibling",
    twin,
    madeAtUs: situation.timeUs,
    basis,
    situation: structuredClone(situation),
    figures: modelFigures(situation),
    values,
  };
}

/** What makes the model another one; setpoints, speed and the like are how it is run. */
function modelFigures(situation: OvenSituation): string {
  const { zoneLengthM, timeConstantS, energyK, zoneFactor, learntAirC, airDoubtPerK, bodyLn } = situation;
  const { mean, covariance, energy, gasRatio, gasRatioDeviation } = situation;
  const belief = [Array.from(mean), Array.from(covariance)];
  const air = [learntAirC, airDoubtPerK ?? null];
  const gas = [energy, gasRatio, gasRatioDeviation];
  const model = situation.model ?? null;
  return canonicalHash([zoneLengthM, timeConstantS, energyK, zoneFactor, bodyLn, belief, air, gas, model]);
}

export const isSibling = (payload: unknown): payload is { readonly kind: "sibling" } =>
  typeof payload === "object" && payload !== null && (payload as { kind?: unknown }).kind === "sibling";

/**
 * What a sibling that came off a wire says of the oven. A flow may have changed it, so it is looked at again.
 * @throws RungError `sibling` that names the entry
 */
export function situationOf(sibling: { readonly kind: "sibling" }, where: string): OvenSituation {
  const situation = (sibling as Partial<Sibling>).situation as Partial<OvenSituation> | undefined;
  const refuse = (what: string): never => {
    const advice = "take the sibling as a sibling node sends it, and change its numbers only";
    throw new RungError({ code: "sibling", where, what, advice });
  };
  if (typeof situation !== "object" || situation === null) return refuse("the sibling has no situation");
  const names = (key: "zoneNames" | "nodeNames"): number => {
    const list = situation[key];
    const isFine = Array.isArray(list) && list.length > 0 && list.every((name) => typeof name === "string");
    return isFine ? list.length : refuse(`situation.${key} must be names`);
  };
  const zones = names("zoneNames");
  const nodes = names("nodeNames");
  const size = beliefSize(nodes, zones);
  const lengths = {
    zoneLengthM: zones,
    timeConstantS: nodes,
    mean: size,
    covariance: size * size,
    zoneFactor: zones,
    airC: zones,
    setpointC: zones,
    learntAirC: zones,
    exitOffsetK: nodes,
    exitDeviationK: nodes,
  } as const;
  for (const [key, length] of Object.entries(lengths) as [keyof typeof lengths, number][]) {
    const list = situation[key];
    const isList = Array.isArray(list) || list instanceof Float64Array;
    if (!isList || list.length !== length || !Array.from(list).every(Number.isFinite))
      refuse(`situation.${key} must be ${length} numbers`);
  }
  if (!Array.isArray(situation.observed) || situation.observed.length !== zones)
    refuse(`situation.observed must be ${zones} times true or false`);
  for (const key of ["zoneLengthM", "timeConstantS", "zoneFactor"] as const)
    if (!Array.from(situation[key]!).every((value) => value > 0)) refuse(`situation.${key} must be > 0`);
  for (const key of ["speedMPerMin", "energyK"] as const)
    if (!(Number.isFinite(situation[key]) && situation[key]! > 0)) refuse(`situation.${key} must be > 0`);
  for (const key of ["timeUs", "bodyStartC", "bodyLn", "cureLn", "gasRatio", "gasRatioDeviation"] as const)
    if (!Number.isFinite(situation[key])) refuse(`situation.${key} must be a number`);
  const { energy, airDoubtPerK = 0 } = situation;
  const figures = Object.keys(DEFAULT_ENERGY) as (keyof typeof DEFAULT_ENERGY)[];
  if (typeof energy !== "object" || energy === null || !figures.every((key) => Number.isFinite(energy[key])))
    return refuse(`situation.energy must be numbers: ${figures.join(", ")}`);
  for (const key of ["bodiesPerHour", "burnerEfficiency"] as const)
    if (!(energy[key] > 0)) refuse(`situation.energy.${key} must be > 0`);
  if (!(Number.isFinite(airDoubtPerK) && airDoubtPerK >= 0))
    refuse("situation.airDoubtPerK must be a number >= 0");
  if (situation.model !== undefined) {
    const { config, faults } = checkOvenConfig(situation.model);
    if (config === undefined) return refuse(`situation.model: ${faults[0]!.error.message}`);
    if (config.zones.length !== zones || config.nodes.length !== nodes)
      refuse("situation.model must have the zones and nodes of the situation");
  }
  if (!Array.isArray(situation.bodies)) refuse("situation.bodies must be a list");
  const twin = typeof situation.twin === "string" && situation.twin !== "" ? situation.twin : "sibling";
  const version = typeof situation.modelVersion === "string" ? situation.modelVersion : "unknown";
  const isUntouched = (sibling as Partial<Sibling>).figures === modelFigures(situation as OvenSituation);
  // Scenarios are of bodies to come; those inside stay behind, with all that a flow may have made of them.
  return {
    ...(situation as OvenSituation),
    twin,
    modelVersion: isUntouched ? version : `${version}, changed`,
    mean: Float64Array.from(situation.mean!),
    covariance: Float64Array.from(situation.covariance!),
    bodies: [],
  };
}
