import {
  type Bounds,
  type ConfigReader,
  inside,
  type Place,
  type Raw,
  TEMPERATURE,
} from "./config-reader.ts";

/** Emitters of a zone beside its air. */
export interface RadiantEmitters {
  readonly emitterC: number;
  /** Share of what the outer side of a node sees that is emitter, its emissivity included. */
  readonly viewFactor: number;
  /** Nodes that see another share, by name. */
  readonly viewFactors: Readonly<Record<string, number>>;
  /** What the emitters draw from the mains; 0 where gas heats them. */
  readonly electricKW: number;
}

export interface OvenZone {
  readonly name: string;
  readonly lengthM: number;
  readonly airTemperatureC: number;
  /** Multiplies the heat transfer of every node in this zone; 1 as built. */
  readonly heatTransferFactor: number;
  readonly radiant?: RadiantEmitters;
}

export function readZone(read: ConfigReader, raw: Raw, oven: Place, index: number): OvenZone {
  const name = read.text(raw, "name", `zone${index + 1}`);
  const place = inside(oven, name, "zones", index);
  const radiant =
    raw.radiant === undefined || raw.radiant === null ? undefined : readRadiant(read, raw, place);
  return {
    name,
    lengthM: read.number(raw, "lengthM", place, "length", "m", { above: 0 }),
    airTemperatureC: read.number(raw, "airTemperatureC", place, "air temperature", "°C", TEMPERATURE),
    heatTransferFactor: read.number(raw, "heatTransferFactor", place, "heat transfer factor", "1", {
      above: 0,
      byDefault: 1,
    }),
    ...(radiant === undefined ? {} : { radiant }),
  };
}

/** Infrared emitters of paint ovens: dark ones to 600 °C, quartz and gas to 1300 °C, halogen to 2200 °C. */
const EMITTER: Bounds = { least: 0, most: 2500 };

function readRadiant(read: ConfigReader, zone: Raw, above: Place): RadiantEmitters {
  const place = inside(above, "radiant", "radiant");
  const raw = read.object(zone.radiant, place);
  const share: Bounds = { least: 0, most: 1 };
  const others = inside(place, "viewFactors", "viewFactors");
  const byNode = read.object(raw.viewFactors ?? {}, others);
  return {
    emitterC: read.number(raw, "emitterC", place, "emitter temperature", "°C", EMITTER),
    viewFactor: read.number(raw, "viewFactor", place, "view factor", "1", share),
    viewFactors: Object.fromEntries(
      Object.keys(byNode).map((node) => [node, read.number(byNode, node, others, "view factor", "1", share)]),
    ),
    electricKW: read.number(raw, "electricKW", place, "electric power", "kW", { least: 0, byDefault: 0 }),
  };
}
