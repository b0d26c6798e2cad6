import { RungError } from "../../core/errors.ts";
import { type ConfigReader, inside, type Place, type Raw } from "./config-reader.ts";
import { activationEnergyKJPerMol, CRITERION_MIN, type CurePoint, ECOAT_ACTIVATION_ENERGY } from "./cure.ts";

/** How the degree of cure follows from the temperature; E170 is always reckoned beside it. */
export type Kinetics = FirstOrder | NthOrder | KamalSourour;

/** da/dt = k (1 - a) with a = 0.90 after 10 min at 170 °C: the degree follows from E170. */
export interface FirstOrder {
  readonly kind: "first-order";
}

/** da/dt = k (1 - a)^n, k by the activation energy of the coat; `degreeAtCriterion` after `criterionMin` at 170 °C. */
export interface NthOrder {
  readonly kind: "nth-order";
  readonly order: number;
  readonly degreeAtCriterion: number;
}

/**
 * da/dt = (k1 + k2 a^m) (1 - a)^n, k = k(170 °C) exp[-(E/R)(1/T - 1/443.15 K)]: autocatalytic cure, with figures
 * from a supplier's DSC (Kamal and Sourour 1973; Sourour and Kamal 1976). Cured from `criterionDegree` on.
 */
export interface KamalSourour {
  readonly kind: "kamal-sourour";
  readonly k1PerS: number;
  readonly k2PerS: number;
  readonly energy1KJPerMol: number;
  readonly energy2KJPerMol: number;
  readonly m: number;
  readonly n: number;
  readonly criterionDegree: number;
}

export interface CureConfig {
  readonly activationEnergyKJPerMol: number;
  readonly criterionMin: number;
  readonly kinetics: Kinetics;
}

const KINDS = ["first-order", "nth-order", "kamal-sourour"] as const;
const DEGREE = { above: 0, byDefault: 0.9 };

export function readCure(read: ConfigReader, raw: Raw, oven: Place): CureConfig {
  const place = inside(oven, "cure", "cure");
  const cure = read.object(raw.cure ?? {}, place);
  return {
    activationEnergyKJPerMol: read.number(
      cure,
      "activationEnergyKJPerMol",
      place,
      "activation energy",
      "kJ/mol",
      { above: 0, byDefault: energyOfPoints(read, cure, place) },
    ),
    criterionMin: read.number(cure, "criterionMin", place, "criterion", "min at 170 °C", {
      above: 0,
      byDefault: CRITERION_MIN,
    }),
    kinetics: readKinetics(read, cure, place),
  };
}

function energyOfPoints(read: ConfigReader, cure: Raw, place: Place): number {
  if (!Array.isArray(cure.points)) return ECOAT_ACTIVATION_ENERGY;
  try {
    return activationEnergyKJPerMol(cure.points as CurePoint[], place.where);
  } catch (error) {
    if (!(error instanceof RungError)) throw error;
    read.faults.push({ path: [...place.path, "points"], error });
    return ECOAT_ACTIVATION_ENERGY;
  }
}

function readKinetics(read: ConfigReader, cure: Raw, above: Place): Kinetics {
  const place = inside(above, "kinetics", "kinetics");
  const raw = read.object(cure.kinetics ?? {}, place);
  const kind = raw.kind ?? "first-order";
  const degree = (key: string): number => {
    const value = read.number(raw, key, place, "degree of cure", "1", DEGREE);
    if (value >= 1) read.fault(place, key, `degree of cure must be < 1, got ${value}`, `parameter ${key}`);
    return value;
  };
  if (kind === "first-order") return { kind };
  if (kind === "nth-order") {
    return {
      kind,
      order: read.number(raw, "order", place, "order", "1", { above: 0 }),
      degreeAtCriterion: degree("degreeAtCriterion"),
    };
  }
  if (kind === "kamal-sourour") {
    return {
      kind,
      // Without the first term a coat that has not begun to cure never would.
      k1PerS: read.number(raw, "k1PerS", place, "k1 at 170 °C", "1/s", { above: 0 }),
      k2PerS: read.number(raw, "k2PerS", place, "k2 at 170 °C", "1/s", { least: 0 }),
      energy1KJPerMol: read.number(raw, "energy1KJPerMol", place, "activation energy of k1", "kJ/mol", {
        above: 0,
      }),
      energy2KJPerMol: read.number(raw, "energy2KJPerMol", place, "activation energy of k2", "kJ/mol", {
        above: 0,
      }),
      m: read.number(raw, "m", place, "m", "1", { least: 0 }),
      n: read.number(raw, "n", place, "n", "1", { above: 0 }),
      criterionDegree: degree("criterionDegree"),
    };
  }
  read.fault(place, "kind", `${JSON.stringify(kind)} is no kinetics`, `known are ${KINDS.join(", ")}`);
  return { kind: "first-order" };
}
