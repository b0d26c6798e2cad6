import { RungError } from "../../core/errors.ts";
import {
  type BodyRun,
  type BodyType,
  type NodeCoupling,
  type OvenNode,
  readBodyTypes,
  readPanels,
  readSequence,
} from "./body-type.ts";
import {
  type Bounds,
  type ConfigFault,
  ConfigReader,
  inside,
  type Place,
  type Raw,
  SHARE,
  TEMPERATURE,
} from "./config-reader.ts";
import { bodiesPerHour, type Conveyor, readConveyor } from "./conveyor.ts";
import { type CureConfig, readCure } from "./cure-config.ts";
import { DEFAULT_ENERGY, type OvenEnergy } from "./energy.ts";
import { type OvenZone, readZone } from "./oven-zone.ts";
import { type ExitPyrometer, readPyrometer } from "./pyrometer.ts";

export type { OvenNode } from "./body-type.ts";
export type { ConveyorStop } from "./conveyor.ts";
export type { OvenZone } from "./oven-zone.ts";

export interface OvenConfig {
  readonly name: string;
  /** Name of the default body type, which `bodyStartC`, `nodes`, `couplings` and `energy` describe. */
  readonly bodyType: string;
  readonly bodyStartC: number;
  readonly zones: readonly OvenZone[];
  readonly conveyor: Conveyor;
  readonly nodes: readonly OvenNode[];
  readonly couplings: readonly NodeCoupling[];
  /** The others. */
  readonly bodyTypes: readonly BodyType[];
  readonly sequence: readonly BodyRun[];
  readonly cure: CureConfig;
  readonly energy: OvenEnergy;
  readonly pyrometer?: ExitPyrometer;
}

/** A configuration as a form asks about it: all its faults, or what it means. */
export interface CheckedConfig {
  /** Absent where there is a fault. */
  readonly config?: OvenConfig;
  readonly faults: readonly ConfigFault[];
}

/**
 * Checks a configuration as it stands in a file or a node and fills the defaults.
 * @throws RungError `oven-config` that names every fault: where, what, which parameter
 */
export function ovenConfig(input: unknown): OvenConfig {
  const { config, faults } = checkOvenConfig(input);
  if (config !== undefined) return config;
  const errors = faults.map((fault) => fault.error);
  if (errors.length === 1) throw errors[0];
  throw new RungError({
    code: "oven-config",
    where: nameOf(input),
    what: `${errors.length} faults: ${errors.map((error) => error.message).join("; ")}`,
  });
}

/** As `ovenConfig`, with the faults as values. */
export function checkOvenConfig(input: unknown): CheckedConfig {
  const read = new ConfigReader();
  const raw = read.object(input, { where: "oven", path: [] });
  const name = nameOf(raw);
  const oven: Place = { where: name, path: [] };
  const zones = read.list(raw, "zones", oven).map((zone, i) => readZone(read, zone, oven, i));
  const { nodes, couplings } = readPanels(read, raw, oven);
  read.distinct(
    zones.map((zone) => zone.name),
    oven,
    "zones",
  );
  const conveyor = readConveyor(read, raw, oven);
  const bodyStartC = read.number(raw, "bodyStartC", oven, "start temperature of the body", "°C", {
    ...TEMPERATURE,
    byDefault: 25,
  });
  const energy = readEnergy(read, raw, oven, conveyor);
  const own: BodyType = {
    name: read.text(raw, "bodyType", "body"),
    startC: bodyStartC,
    bodyKg: energy.bodyKg,
    skidKg: energy.skidKg,
    nodes,
    couplings,
  };
  const bodyTypes = readBodyTypes(read, raw, oven, own);
  const pyrometer = readPyrometer(read, raw, oven);
  const config: OvenConfig = {
    name,
    bodyType: own.name,
    bodyStartC,
    zones,
    conveyor,
    nodes,
    couplings,
    bodyTypes,
    sequence: readSequence(read, raw, oven, [own, ...bodyTypes]),
    cure: readCure(read, raw, oven),
    energy,
    ...(pyrometer === undefined ? {} : { pyrometer }),
  };
  checkViewFactors(read, oven, config);
  return read.faults.length === 0 ? { config, faults: [] } : { faults: read.faults };
}

/** Every body type of the oven, the default first. */
export function bodyTypesOf(config: OvenConfig): readonly BodyType[] {
  const own: BodyType = {
    name: config.bodyType,
    startC: config.bodyStartC,
    bodyKg: config.energy.bodyKg,
    skidKg: config.energy.skidKg,
    nodes: config.nodes,
    couplings: config.couplings,
  };
  return [own, ...config.bodyTypes];
}

function nameOf(input: unknown): string {
  const name = typeof input === "object" && input !== null ? (input as Raw).name : undefined;
  return typeof name === "string" && name !== "" ? name : "oven";
}

/** A view factor of a node that no body has would be left out silently. */
function checkViewFactors(read: ConfigReader, oven: Place, config: OvenConfig): void {
  const known = new Set(bodyTypesOf(config).flatMap((type) => type.nodes.map((node) => node.name)));
  for (const [z, zone] of config.zones.entries()) {
    const place = inside(oven, `${zone.name}/radiant/viewFactors`, "zones", z, "radiant", "viewFactors");
    for (const node of Object.keys(zone.radiant?.viewFactors ?? {})) {
      if (!known.has(node))
        read.fault(place, node, `${node} is no node`, `its nodes are ${[...known].join(", ")}`);
    }
  }
}

const ENERGY_UNITS: Readonly<Record<keyof typeof DEFAULT_ENERGY, string>> = {
  bodyKg: "kg",
  skidKg: "kg",
  exhaustNm3PerH: "Nm³/h",
  wallWPerK: "W/K",
  fanKW: "kW",
  hallC: "°C",
  bodiesPerHour: "1/h",
  burnerEfficiency: "1",
};

function energyBounds(key: keyof typeof DEFAULT_ENERGY): Bounds {
  if (key === "hallC") return TEMPERATURE;
  if (key === "bodiesPerHour") return { above: 0 };
  return key === "burnerEfficiency" ? SHARE : { least: 0 };
}

function readEnergy(read: ConfigReader, oven: Raw, above: Place, conveyor: Conveyor): OvenEnergy {
  const place = inside(above, "energy", "energy");
  const raw = read.object(oven.energy ?? {}, place);
  const energy = { ...DEFAULT_ENERGY } as Record<keyof typeof DEFAULT_ENERGY, number>;
  for (const key of Object.keys(DEFAULT_ENERGY) as (keyof typeof DEFAULT_ENERGY)[]) {
    const bounds = { ...energyBounds(key), byDefault: DEFAULT_ENERGY[key] };
    energy[key] = read.number(raw, key, place, key, ENERGY_UNITS[key], bounds);
  }
  const { speedMPerMin, pitchM, gaps } = conveyor;
  if (pitchM !== undefined) energy.bodiesPerHour = bodiesPerHour(speedMPerMin, pitchM, gaps);
  const electricity = read.optional(raw, "electricityCo2KgPerKWh", place, "CO2 of electricity", "kg/kWh", {
    least: 0,
  });
  return { ...energy, ...(electricity === undefined ? {} : { electricityCo2KgPerKWh: electricity }) };
}
