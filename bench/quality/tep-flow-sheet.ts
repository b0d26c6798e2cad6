import { PlantStructure, readFeeds } from "../../runtime/diagnose/cause/plant-structure.ts";
import { TEP_NAMES } from "./tep-series.ts";

/** Where each variable stands, after the flow sheet of Downs and Vogel (1993, figure 1): M measured, V manipulated. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  stream1: ["M1", "V3"],
  stream2: ["M2", "V1"],
  stream3: ["M3", "V2"],
  stream4: ["M4", "V4"],
  recycle: ["M5", "M20", "V5"],
  feed: ["M6", "M23", "M24", "M25", "M26", "M27", "M28"],
  reactor: ["M7", "M8", "M9", "M21", "V10"],
  separator: ["M11", "M12", "M13", "M14", "M22", "V7", "V11"],
  purge: ["M10", "M29", "M30", "M31", "M32", "M33", "M34", "M35", "M36", "V6"],
  stripper: ["M15", "M16", "M17", "M18", "M19", "M37", "M38", "M39", "M40", "M41", "V8", "V9"],
};
const FEEDS = `stream1 > feed, stream2 > feed, stream3 > feed, stream4 > stripper,
  stripper > feed > reactor > separator > recycle > feed, separator > purge, separator > stripper`;

const nameOf = (short: string): string =>
  `${short.startsWith("M") ? "XMEAS" : "XMV"}(${Number(short.slice(1))})`;
const placeOf = new Map(
  Object.entries(PLACES).flatMap(([place, all]) => all.map((short) => [nameOf(short), place] as const)),
);

/** The plant as its flow sheet shows it, or with every variable at a place of its own and nothing known of the order. */
export function tepStructure(withFlowSheet: boolean): PlantStructure {
  const properties = TEP_NAMES.map((address) => ({ address }));
  return withFlowSheet
    ? new PlantStructure({
        twin: "",
        properties,
        placeOf: (address) => placeOf.get(address),
        feeds: readFeeds(FEEDS, "flow sheet"),
      })
    : new PlantStructure({ twin: "", properties, placeOf: (address) => address });
}
