import { BUFFER_PLACES, STATIONS, TIGHTENING } from "../assembly/line-design.ts";
import { STATION_PROGRAMS } from "../body/station-programs.ts";
import { AXES } from "../body/tcp.ts";
import { ZONES } from "../physics/oven-air.ts";
import { RandomStream } from "../physics/random-stream.ts";
import { type Shop, type ShopFaultRequest, shopOf } from "./shop-faults.ts";

/** Apart from every stream of the plant. */
const STREAM = 60;

/** Kinds that a drawn schedule plants. A fan that stops holds the oven, which needs no detector: half of it here. */
export const DRAWN_KINDS = [
  "fouled-nozzle",
  "drifting-thermocouple",
  "stuck-sensor",
  "fan-loss",
  "sticking-valve",
  "worn-gearbox",
  "worn-electrode",
  "worn-cable",
  "slow-station",
  "dragging-conveyor",
  "drifting-tool",
] as const;
export type DrawnKind = (typeof DRAWN_KINDS)[number];

/** Full at the end of its ramp, and there for so long after it. */
const FULL_S = 2 * 3600;
const LEAST_RAMP_S = 120;
const MOST_RAMP_S = 1800;
const LEAST_SEVERITY = 0.6;
const MOST_SEVERITY = 1;
/** Of a fan that loses flow: the rest of its range is for one that stops. */
const FAN_SEVERITY = 0.3;
/** Between the end of a fault and the next of the same shop at least. */
const REST_S = 5400;

const MOST_FAULTS = 500;
const MOST_HOURS = 31 * 24;

export interface DrawnFault {
  readonly shop: Shop;
  /** From the start of the schedule. */
  readonly inS: number;
  readonly request: ShopFaultRequest & { readonly rampS: number; readonly durationS: number };
}

/**
 * A schedule of faults from a seed: every kind before any comes again, and in each shop one after another with a rest
 * between. In order of time.
 * @param hours the faults' begins and ends lie within
 * @throws RangeError for a number that makes no sense, and where so many faults do not fit
 */
export function drawSchedule(seed: number, count: number, hours: number): DrawnFault[] {
  if (!(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32))
    throw new RangeError(`seed: expected a whole number from 0 to 4294967295, got ${seed}`);
  if (!(Number.isInteger(count) && count >= 1 && count <= MOST_FAULTS))
    throw new RangeError(`count: expected 1 to ${MOST_FAULTS} faults, got ${count}`);
  if (!(hours > 0 && hours <= MOST_HOURS))
    throw new RangeError(`hours: expected above 0 and up to ${MOST_HOURS}, got ${hours}`);
  const random = new RandomStream(seed, STREAM);
  const kinds: DrawnKind[] = [];
  while (kinds.length < count) kinds.push(...shuffled(DRAWN_KINDS, random));
  kinds.length = count;
  const faults: DrawnFault[] = [];
  for (const shop of ["paint", "body", "assembly"] as const) {
    const own = shuffled(
      kinds.filter((kind) => shopOf(kind) === shop),
      random,
    );
    const slotS = (hours * 3600) / own.length;
    for (const [i, kind] of own.entries()) {
      const rampS = kind === "stuck-sensor" ? 0 : Math.round(between(LEAST_RAMP_S, MOST_RAMP_S, random));
      const durationS = rampS + FULL_S;
      const slackS = slotS - durationS - REST_S;
      if (slackS < 0)
        throw new RangeError(`faults: expected fewer in ${hours} h, got ${own.length} in the ${shop} shop`);
      const inS = Math.round(i * slotS + slackS * random.uniform());
      faults.push({ shop, inS, request: drawOne(kind, rampS, durationS, random) });
    }
  }
  return faults.sort((a, b) => a.inS - b.inS);
}

function drawOne(
  fault: DrawnKind,
  rampS: number,
  durationS: number,
  random: RandomStream,
): DrawnFault["request"] {
  const drawn = between(LEAST_SEVERITY, MOST_SEVERITY, random);
  const at = random.uniform();
  const axis = 1 + Math.floor(AXES * random.uniform());
  const severity = Math.round(1000 * (fault === "fan-loss" ? FAN_SEVERITY * drawn : drawn)) / 1000;
  const timing = { severity, rampS, durationS };
  const pick = <T>(list: readonly T[]): T => list[Math.floor(at * list.length)]!;
  switch (fault) {
    case "worn-gearbox":
      return { fault, robot: pick(STATION_PROGRAMS).robot, axis, ...timing };
    case "worn-electrode":
    case "worn-cable":
      return { fault, robot: pick(STATION_PROGRAMS).robot, ...timing };
    case "slow-station":
      return { fault, station: pick(STATIONS).name, ...timing };
    case "dragging-conveyor":
      return { fault, station: pick(STATIONS.slice(0, BUFFER_PLACES.length)).name, ...timing };
    case "drifting-tool":
      return { fault, station: pick(TIGHTENING).name, ...timing };
    default:
      return { fault, zone: 1 + Math.floor(at * ZONES), ...timing };
  }
}

const between = (least: number, most: number, random: RandomStream): number =>
  least + (most - least) * random.uniform();

/** Fisher and Yates. */
function shuffled<T>(list: readonly T[], random: RandomStream): T[] {
  const out = [...list];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor((i + 1) * random.uniform());
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}
