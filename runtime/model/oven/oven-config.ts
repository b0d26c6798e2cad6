import { RungError } from "../../core/errors.ts";
import { activationEnergyKJPerMol, CRITERION_MIN, type CurePoint, ECOAT_ACTIVATION_ENERGY } from "./cure.ts";
import { DEFAULT_ENERGY, type OvenEnergy } from "./energy.ts";

export interface OvenZone {
  readonly name: string;
  readonly lengthM: number;
  readonly airTemperatureC: number;
  /** Multiplies the heat transfer of every node in this zone; 1 as built. */
  readonly heatTransferFactor: number;
}

/** One lump of the body: a panel of even thickness, heated by air from its sides. */
export interface OvenNode {
  readonly name: string;
  readonly densityKgPerM3: number;
  readonly specificHeatJPerKgK: number;
  readonly thicknessMm: number;
  /** Per side. */
  readonly heatTransferWPerM2K: number;
  readonly sides: 1 | 2;
}

/** A standstill, counted from the body's entry. */
export interface ConveyorStop {
  readonly atS: number;
  readonly durationS: number;
}

export interface OvenConfig {
  readonly name: string;
  readonly bodyStartC: number;
  readonly zones: readonly OvenZone[];
  readonly conveyor: { readonly speedMPerMin: number; readonly stops: readonly ConveyorStop[] };
  readonly nodes: readonly OvenNode[];
  readonly cure: { readonly activationEnergyKJPerMol: number; readonly criterionMin: number };
  readonly energy: OvenEnergy;
}

const DEFAULT_SPECIFIC_HEAT_J_PER_KG_K = 470;
const DEFAULT_DENSITY_KG_PER_M3 = 7850;

type Raw = Record<string, unknown>;

/** Collects every fault of a configuration, so that one pass names them all. */
class Reader {
  readonly faults: RungError[] = [];

  fault(where: string, what: string, advice: string): void {
    this.faults.push(new RungError({ code: "oven-config", where, what, advice }));
  }

  number(raw: Raw, key: string, where: string, label: string, unit: string, bounds: Bounds): number {
    const value = raw[key] ?? bounds.byDefault;
    const advice = `parameter ${key}`;
    const told = unit === "1" ? "" : ` ${unit}`;
    if (typeof value !== "number" || !Number.isFinite(value)) {
      this.fault(
        where,
        `${label} must be a number${told === "" ? "" : ` in${told}`}, got ${JSON.stringify(value)}`,
        advice,
      );
      return Number.NaN;
    }
    if (bounds.above !== undefined && !(value > bounds.above)) {
      this.fault(where, `${label} must be > ${bounds.above}${told}, got ${value}`, advice);
    } else if (bounds.least !== undefined && !(value >= bounds.least)) {
      this.fault(where, `${label} must be >= ${bounds.least}${told}, got ${value}`, advice);
    } else if (bounds.most !== undefined && !(value <= bounds.most)) {
      this.fault(where, `${label} must be <= ${bounds.most}${told}, got ${value}`, advice);
    }
    return value;
  }

  list(raw: Raw, key: string, where: string): Raw[] {
    const value = raw[key];
    if (!Array.isArray(value) || value.length === 0) {
      this.fault(where, `${key} must be a list with at least one entry`, `parameter ${key}`);
      return [];
    }
    return value.map((entry, i) => this.object(entry, `${where}/${key}[${i}]`));
  }

  object(value: unknown, where: string): Raw {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Raw;
    this.fault(where, `must be an object, got ${JSON.stringify(value)}`, "write it in braces");
    return {};
  }
}

interface Bounds {
  readonly above?: number;
  readonly least?: number;
  readonly most?: number;
  readonly byDefault?: number;
}

const TEMPERATURE: Bounds = { least: -50, most: 600 };

/**
 * Checks a configuration as it stands in a file or a node and fills the defaults.
 * @throws RungError `oven-config` that names every fault: where, what, which parameter
 */
export function ovenConfig(input: unknown): OvenConfig {
  const read = new Reader();
  const raw = read.object(input, "oven");
  const name = typeof raw.name === "string" && raw.name !== "" ? raw.name : "oven";
  const zones = read.list(raw, "zones", name).map((zone, i) => readZone(read, zone, name, i));
  const nodes = read.list(raw, "nodes", name).map((node, i) => readNode(read, node, name, i));
  for (const list of [zones, nodes]) {
    const names = list.map((entry) => entry.name);
    const twice = names.find((entry, i) => names.indexOf(entry) !== i);
    if (twice !== undefined) read.fault(`${name}/${twice}`, "stands twice", "give each one its own name");
  }
  const conveyorRaw = read.object(raw.conveyor ?? {}, `${name}/conveyor`);
  const where = `${name}/conveyor`;
  const stops = conveyorRaw.stops === undefined ? [] : readStops(read, conveyorRaw, where);
  const config: OvenConfig = {
    name,
    bodyStartC: read.number(raw, "bodyStartC", name, "start temperature of the body", "°C", {
      ...TEMPERATURE,
      byDefault: 25,
    }),
    zones,
    conveyor: {
      speedMPerMin: read.number(conveyorRaw, "speedMPerMin", where, "speed", "m/min", { above: 0 }),
      stops,
    },
    nodes,
    cure: readCure(read, read.object(raw.cure ?? {}, `${name}/cure`), `${name}/cure`),
    energy: readEnergy(read, read.object(raw.energy ?? {}, `${name}/energy`), `${name}/energy`),
  };
  const [first, ...others] = read.faults;
  if (first === undefined) return config;
  if (others.length === 0) throw first;
  throw new RungError({
    code: "oven-config",
    where: name,
    what: `${read.faults.length} faults: ${read.faults.map((fault) => fault.message).join("; ")}`,
  });
}

function readZone(read: Reader, raw: Raw, oven: string, index: number): OvenZone {
  const name = typeof raw.name === "string" && raw.name !== "" ? raw.name : `zone${index + 1}`;
  const where = `${oven}/${name}`;
  return {
    name,
    lengthM: read.number(raw, "lengthM", where, "length", "m", { above: 0 }),
    airTemperatureC: read.number(raw, "airTemperatureC", where, "air temperature", "°C", TEMPERATURE),
    heatTransferFactor: read.number(raw, "heatTransferFactor", where, "heat transfer factor", "1", {
      above: 0,
      byDefault: 1,
    }),
  };
}

function readNode(read: Reader, raw: Raw, oven: string, index: number): OvenNode {
  const name = typeof raw.name === "string" && raw.name !== "" ? raw.name : `node${index + 1}`;
  const where = `${oven}/${name}`;
  const sides = raw.sides ?? 2;
  if (sides !== 1 && sides !== 2) {
    read.fault(where, `sides must be 1 or 2, got ${JSON.stringify(sides)}`, "parameter sides");
  }
  return {
    name,
    densityKgPerM3: read.number(raw, "densityKgPerM3", where, "density", "kg/m³", {
      above: 0,
      byDefault: DEFAULT_DENSITY_KG_PER_M3,
    }),
    specificHeatJPerKgK: read.number(raw, "specificHeatJPerKgK", where, "specific heat", "J/kgK", {
      above: 0,
      byDefault: DEFAULT_SPECIFIC_HEAT_J_PER_KG_K,
    }),
    thicknessMm: read.number(raw, "thicknessMm", where, "thickness", "mm", { above: 0 }),
    heatTransferWPerM2K: read.number(raw, "heatTransferWPerM2K", where, "heat transfer", "W/m²K", {
      above: 0,
    }),
    sides: sides === 1 ? 1 : 2,
  };
}

function readStops(read: Reader, conveyor: Raw, where: string): ConveyorStop[] {
  if (!Array.isArray(conveyor.stops)) {
    read.fault(where, "stops must be a list of {atS, durationS}", "parameter stops");
    return [];
  }
  return conveyor.stops.map((entry, i) => {
    const at = `${where}/stops[${i}]`;
    const stop = read.object(entry, at);
    return {
      atS: read.number(stop, "atS", at, "time after entry", "s", { least: 0 }),
      durationS: read.number(stop, "durationS", at, "duration", "s", { above: 0 }),
    };
  });
}

function readCure(read: Reader, raw: Raw, where: string): OvenConfig["cure"] {
  let byDefault = ECOAT_ACTIVATION_ENERGY;
  if (Array.isArray(raw.points)) {
    try {
      byDefault = activationEnergyKJPerMol(raw.points as CurePoint[], where);
    } catch (fault) {
      if (!(fault instanceof RungError)) throw fault;
      read.faults.push(fault);
    }
  }
  return {
    activationEnergyKJPerMol: read.number(
      raw,
      "activationEnergyKJPerMol",
      where,
      "activation energy",
      "kJ/mol",
      { above: 0, byDefault },
    ),
    criterionMin: read.number(raw, "criterionMin", where, "criterion", "min at 170 °C", {
      above: 0,
      byDefault: CRITERION_MIN,
    }),
  };
}

function readEnergy(read: Reader, raw: Raw, where: string): OvenEnergy {
  const energy = { ...DEFAULT_ENERGY } as Record<keyof OvenEnergy, number>;
  for (const key of Object.keys(DEFAULT_ENERGY) as (keyof OvenEnergy)[]) {
    const bounds: Bounds =
      key === "hallC"
        ? TEMPERATURE
        : key === "bodiesPerHour"
          ? { above: 0 }
          : key === "burnerEfficiency"
            ? { above: 0, most: 1 }
            : { least: 0 };
    energy[key] = read.number(raw, key, where, key, ENERGY_UNITS[key], {
      ...bounds,
      byDefault: DEFAULT_ENERGY[key],
    });
  }
  return energy;
}

const ENERGY_UNITS: Record<keyof OvenEnergy, string> = {
  bodyKg: "kg",
  skidKg: "kg",
  exhaustNm3PerH: "Nm³/h",
  wallWPerK: "W/K",
  fanKW: "kW",
  hallC: "°C",
  bodiesPerHour: "1/h",
  burnerEfficiency: "1",
};
