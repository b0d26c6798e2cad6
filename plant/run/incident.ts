import { closeSync, openSync, writeSync } from "node:fs";
import { Plant } from "../physics/plant.ts";
import { TAGS } from "../tags.ts";
import type { ScheduledFault } from "./options.ts";
import { PlantError } from "./plant-error.ts";

/** A Monday, 06:00 UTC: the early shift. The same seed and schedule give the same file on every day. */
const START_US = Date.UTC(2026, 0, 5, 6) * 1000;
const OVEN = "oven1/";
/** As the flows bind the oven's tags. */
const ROW_S = 15;
/** What has a value at every moment; a logger rides only now and then. */
const OWN_TAGS = TAGS.map((tag, at) => ({ ...tag, at })).filter(
  ({ path, duringRide }) => path.startsWith(OVEN) && !duringRide,
);

export interface IncidentOptions {
  readonly seed: number;
  /** Plant seconds from the first row to the last. */
  readonly lengthS: number;
  /** Faults of the paint shop, `at` plant seconds after the first row. */
  readonly schedule: readonly ScheduledFault[];
}

/**
 * Runs the cure oven for a while with faults and writes what it tells: `timeUs` and one column per tag by its path below
 * the oven, a row every 15 plant seconds with every value in force. Beside it, in `<file>.map.csv`, what the columns are.
 * It opens no port, reads no login and touches no home: nobody can be talking to this plant.
 * @returns rows written, without the header
 * @throws PlantError for a fault of another shop
 */
export function writeIncident(file: string, { seed, lengthS, schedule }: IncidentOptions): number {
  const plant = new Plant({ seed, startTimeUs: START_US });
  for (const { at = 0, atWall, ...request } of schedule) {
    if (!("zone" in request) || atWall !== undefined)
      throw new PlantError("--schedule", "an incident is of a zone of the oven, at plant seconds");
    plant.schedule(request as Parameters<Plant["schedule"]>[0], START_US + at * 1e6);
  }
  const out = openSync(file, "wx", 0o600);
  try {
    writeSync(out, `timeUs,${OWN_TAGS.map(({ path }) => path.slice(OVEN.length)).join(",")}\n`);
    let rows = 0;
    for (let s = 0; s < lengthS; s += ROW_S) {
      plant.step(ROW_S);
      writeSync(out, `${plant.timeUs},${OWN_TAGS.map(({ at }) => valueText(plant.values[at]!)).join(",")}\n`);
      rows++;
    }
    writeMap(`${file}.map.csv`);
    return rows;
  } finally {
    closeSync(out);
  }
}

const valueText = (value: number): string => (Number.isNaN(value) ? "" : String(value));

function writeMap(file: string): void {
  const out = openSync(file, "wx", 0o600);
  const rows = OWN_TAGS.map(({ path, unit, type, cyclic, label }) => {
    const own = path.slice(OVEN.length);
    const kind = own.endsWith("Setpoint") ? "setpoint" : "measurement";
    const wordOf = { double: "number", int32: "integer", boolean: "boolean" } as const;
    return [own, own, unit, wordOf[type], kind, cyclic ? ROW_S * 1000 : 0, `"${label}"`].join(",");
  });
  writeSync(out, `column,address,unit,type,kind,periodMs,label\n${rows.join("\n")}\n`);
  closeSync(out);
}
