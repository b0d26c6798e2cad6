import { homedir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkFault, type ShopFaultRequest } from "../faults/shop-faults.ts";
import { messageOf, PlantError } from "./plant-error.ts";

/** A fault of the schedule: after `at` plant seconds, or after `atWall` wall seconds, both from the start. */
export type ScheduledFault = ShopFaultRequest & {
  readonly at?: number;
  readonly atWall?: number;
};

export interface PlantOptions {
  readonly home: string;
  /** Where the processes find each other. */
  readonly run: string;
  /** OPC UA port; 0 takes any free one. */
  readonly port: number;
  /** Broker's port; 0: the one the host announces. */
  readonly mqttPort: number;
  /** Plant seconds per wall second. */
  readonly speed: number;
  readonly seed: number;
  readonly schedule: readonly ScheduledFault[];
  /** Wall seconds for which plant time may stand still until the twin watches; 0: it never does. */
  readonly waitForReaderS: number;
  /** CSV to write the past into; the process ends then. */
  readonly prehistory?: string;
  /** CSV to write an incident of the oven into, and plant seconds of it; the process ends then. */
  readonly incident?: { readonly file: string; readonly lengthS: number };
}

/** Faster than this the OPC UA server would fall behind. */
export const MOST_SPEED = 600;

export const USAGE = `plant/main.ts: the virtual paint shop

  --speed <n>            plant seconds per wall second (60)
  --seed <n>             of everything random (1)
  --schedule <json>      faults to come: [{"at": 3600, "fault": "fouled-nozzle", "zone": 3}]
                         at: plant seconds, or atWall: wall seconds, after the start
  --wait-for-reader <s>  plant time stands still until the user twin watches a tag, so long at most (0)
  --prehistory <file>    writes the past up to the start as CSV, and ends
  --incident <file>      writes --length <s> plant seconds of the oven with the scheduled faults as CSV, and ends: no port,
                         no login, no home (36000)

Environment: RUNG_HOME (~/.rung), RUNG_RUN (run/ in it), RUNG_PLANT_PORT, RUNG_MQTT_PORT (0: any free, the host's)
`;

/** @throws PlantError naming the argument or variable */
export function readOptions(argv: readonly string[], env: NodeJS.ProcessEnv): PlantOptions {
  let given: {
    speed?: string;
    seed?: string;
    schedule?: string;
    prehistory?: string;
    incident?: string;
    length?: string;
    "wait-for-reader"?: string;
  };
  try {
    given = parseArgs({
      args: [...argv],
      options: {
        speed: { type: "string" },
        seed: { type: "string" },
        schedule: { type: "string" },
        prehistory: { type: "string" },
        incident: { type: "string" },
        length: { type: "string" },
        "wait-for-reader": { type: "string" },
      },
    }).values;
  } catch (thrown) {
    throw new PlantError("plant", messageOf(thrown), "see plant/README.md", thrown);
  }
  const speed = numberIn("--speed", given.speed ?? "60", 0.1, MOST_SPEED);
  const seed = numberIn("--seed", given.seed ?? "1", 0, 2 ** 32 - 1, true);
  const home = env.RUNG_HOME || join(homedir(), ".rung");
  return {
    home,
    run: env.RUNG_RUN || join(home, "run"),
    port: numberIn("RUNG_PLANT_PORT", env.RUNG_PLANT_PORT || "0", 0, 65535, true),
    mqttPort: numberIn("RUNG_MQTT_PORT", env.RUNG_MQTT_PORT || "0", 0, 65535, true),
    speed,
    seed,
    schedule: readSchedule(given.schedule ?? "[]"),
    waitForReaderS: numberIn("--wait-for-reader", given["wait-for-reader"] ?? "0", 0, 600),
    ...(given.prehistory === undefined ? {} : { prehistory: given.prehistory }),
    ...(given.incident === undefined
      ? {}
      : {
          incident: {
            file: given.incident,
            lengthS: numberIn("--length", given.length ?? "36000", 60, 7 * 86_400, true),
          },
        }),
  };
}

function readSchedule(text: string): ScheduledFault[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (thrown) {
    throw new PlantError("--schedule", `is no JSON: ${messageOf(thrown)}`, "", thrown);
  }
  if (!Array.isArray(parsed)) throw new PlantError("--schedule", "expected a list of faults");
  return parsed.map((entry: ScheduledFault, i) => {
    const where = `--schedule, entry ${i + 1}`;
    try {
      checkFault(entry);
    } catch (thrown) {
      throw new PlantError(where, messageOf(thrown));
    }
    const times = [entry.at, entry.atWall].filter((time) => time !== undefined);
    if (times.length !== 1 || !(Number.isFinite(times[0]) && times[0]! >= 0)) {
      throw new PlantError(where, "expected one of at (plant seconds) and atWall (wall seconds), 0 or more");
    }
    return entry;
  });
}

function numberIn(where: string, text: string, low: number, high: number, whole = false): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= low && value <= high) || (whole && !Number.isInteger(value))) {
    const kind = whole ? "a whole number" : "a number";
    throw new PlantError(where, `expected ${kind} from ${low} to ${high}, got ${JSON.stringify(text)}`);
  }
  return value;
}
