import { type ConfigReader, inside, type Place, type Raw, SHARE, TEMPERATURE } from "./config-reader.ts";

/** One lump of the body: a panel of even thickness, heated by air from its sides. */
export interface OvenNode {
  readonly name: string;
  readonly densityKgPerM3: number;
  readonly specificHeatJPerKgK: number;
  readonly thicknessMm: number;
  /** Per side. */
  readonly heatTransferWPerM2K: number;
  readonly sides: 1 | 2;
  /** What a coupling needs to know of a node; a node by itself does not depend on it. */
  readonly areaM2?: number;
  /** Of the outer side, which faces the emitters of a radiant zone. */
  readonly emissivity: number;
}

/** Heat conducted from node to node where they are welded together, W per K of difference. */
export interface NodeCoupling {
  readonly between: readonly [string, string];
  readonly conductanceWPerK: number;
}

/** A body as the oven sees it. */
export interface BodyType {
  readonly name: string;
  /** Metal at the entry. */
  readonly startC: number;
  readonly bodyKg: number;
  readonly skidKg: number;
  readonly nodes: readonly OvenNode[];
  readonly couplings: readonly NodeCoupling[];
}

/** Bodies of one type that follow each other; the list of runs repeats. */
export interface BodyRun {
  readonly type: string;
  readonly bodies: number;
}

/** Mild steel. */
const SPECIFIC_HEAT_J_PER_KG_K = 470;
const DENSITY_KG_PER_M3 = 7850;
/** Paint of any colour in the infrared (Incropera, table A.11: 0.90 to 0.98). */
const EMISSIVITY = 0.9;

/** Beyond it two panels are one. */
const MOST_CONDUCTANCE_W_PER_K = 1e6;

/** Panels and the couplings between them. @param raw what holds `nodes` and `couplings` */
export function readPanels(
  read: ConfigReader,
  raw: Raw,
  place: Place,
): { nodes: OvenNode[]; couplings: NodeCoupling[] } {
  const nodes = read.list(raw, "nodes", place).map((node, i) => readNode(read, node, place, i));
  const names = nodes.map((node) => node.name);
  read.distinct(names, place, "nodes");
  return { nodes, couplings: readCouplings(read, raw, place, nodes) };
}

function readNode(read: ConfigReader, raw: Raw, body: Place, index: number): OvenNode {
  const name = read.text(raw, "name", `node${index + 1}`);
  const place = inside(body, name, "nodes", index);
  const sides = raw.sides ?? 2;
  if (sides !== 1 && sides !== 2) {
    read.fault(place, "sides", `sides must be 1 or 2, got ${JSON.stringify(sides)}`, "parameter sides");
  }
  const areaM2 = read.optional(raw, "areaM2", place, "area", "m²", { above: 0 });
  return {
    name,
    densityKgPerM3: read.number(raw, "densityKgPerM3", place, "density", "kg/m³", {
      above: 0,
      byDefault: DENSITY_KG_PER_M3,
    }),
    specificHeatJPerKgK: read.number(raw, "specificHeatJPerKgK", place, "specific heat", "J/kgK", {
      above: 0,
      byDefault: SPECIFIC_HEAT_J_PER_KG_K,
    }),
    thicknessMm: read.number(raw, "thicknessMm", place, "thickness", "mm", { above: 0 }),
    heatTransferWPerM2K: read.number(raw, "heatTransferWPerM2K", place, "heat transfer", "W/m²K", {
      above: 0,
    }),
    sides: sides === 1 ? 1 : 2,
    ...(areaM2 === undefined ? {} : { areaM2 }),
    emissivity: read.number(raw, "emissivity", place, "emissivity", "1", {
      ...SHARE,
      byDefault: EMISSIVITY,
    }),
  };
}

function readCouplings(
  read: ConfigReader,
  raw: Raw,
  body: Place,
  nodes: readonly OvenNode[],
): NodeCoupling[] {
  const form = "{between: [node, node], conductanceWPerK}";
  return read.optionalList(raw, "couplings", body, form).map(({ entry, at }) => {
    const between = Array.isArray(entry.between) ? entry.between.map(String) : [];
    const [one = "", two = ""] = between;
    if (between.length !== 2 || one === two) {
      read.fault(at, "between", "between must name two different nodes", "parameter between");
    }
    for (const name of new Set(between)) {
      const node = nodes.find((known) => known.name === name);
      if (node === undefined) {
        const known = nodes.map((each) => each.name).join(", ");
        read.fault(at, "between", `${name} is no node of this body`, `its nodes are ${known}`);
      } else if (node.areaM2 === undefined) {
        const what = `${name} needs an area to be coupled`;
        read.fault(at, "between", what, `parameter areaM2 of ${name}`);
      }
    }
    return {
      between: [one, two] as const,
      conductanceWPerK: read.number(entry, "conductanceWPerK", at, "conductance", "W/K", {
        least: 0,
        most: MOST_CONDUCTANCE_W_PER_K,
      }),
    };
  });
}

/** The further body types of an oven; what one leaves out it has of the default type. */
export function readBodyTypes(read: ConfigReader, raw: Raw, oven: Place, byDefault: BodyType): BodyType[] {
  const list = read.optionalList(raw, "bodyTypes", oven, "{name, nodes, ...}");
  const types = list.map(({ entry, at }, i): BodyType => {
    const name = read.text(entry, "name", `type${i + 2}`);
    const place: Place = { where: `${oven.where}/${name}`, path: at.path };
    const own = entry.nodes === undefined ? byDefault : readPanels(read, entry, place);
    if (entry.nodes === undefined && entry.couplings !== undefined) {
      read.fault(place, "couplings", "couplings need nodes of this type", "parameter nodes");
    }
    return {
      name,
      startC: read.number(entry, "startC", place, "start temperature of the body", "°C", {
        ...TEMPERATURE,
        byDefault: byDefault.startC,
      }),
      bodyKg: read.number(entry, "bodyKg", place, "bodyKg", "kg", { least: 0, byDefault: byDefault.bodyKg }),
      skidKg: read.number(entry, "skidKg", place, "skidKg", "kg", { least: 0, byDefault: byDefault.skidKg }),
      nodes: own.nodes,
      couplings: own.couplings,
    };
  });
  read.distinct([byDefault.name, ...types.map((type) => type.name)], oven, "bodyTypes", 1);
  return types;
}

/** The order in which body types come; without one every body is of the default type. */
export function readSequence(
  read: ConfigReader,
  raw: Raw,
  oven: Place,
  types: readonly BodyType[],
): BodyRun[] {
  return read.optionalList(raw, "sequence", oven, "{type, bodies}").map(({ entry, at }) => {
    const type = read.text(entry, "type", "");
    if (!types.some((known) => known.name === type)) {
      const known = types.map((each) => each.name).join(", ");
      read.fault(at, "type", `${JSON.stringify(type)} is no body type`, `known are ${known}`);
    }
    return { type, bodies: read.whole(entry, "bodies", at, "bodies", 1) };
  });
}
