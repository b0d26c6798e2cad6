import type { Plant } from "../../plant/physics/plant.ts";
import { TAGS } from "../../plant/tags.ts";
import type { Signal } from "../../runtime/diagnose/signal.ts";

/** Plant time at which recordings start. */
export const START_US = 1_790_000_000e6;
const TICK_US = 5e6;
const TICKS_PER_HOUR = 720;

export interface Recording {
  readonly plant: Plant;
  readonly names: readonly string[];
  readonly values: readonly Float64Array[];
  readonly timeUs: Float64Array;
}

/** The cyclic numbers of one machine of the virtual plant over some hours; air temperatures as distance from their setpoint. */
export function record(hours: number, plant: Plant, machine = "oven1"): Recording {
  const chosen = TAGS.flatMap((tag, index) =>
    tag.path.startsWith(`${machine}/`) && tag.cyclic && tag.type === "double" && !tag.duringRide
      ? [{ tag, index, zone: Number(/zone(\d)\/airTemperature$/.exec(tag.path)?.[1] ?? 0) }]
      : [],
  );
  const rows = hours * TICKS_PER_HOUR;
  const values = chosen.map(() => new Float64Array(rows).fill(Number.NaN));
  const timeUs = new Float64Array(rows);
  let row = 0;
  plant.onTick = (atUs) => {
    if (row === rows) return;
    timeUs[row] = atUs;
    for (const [c, { index, zone }] of chosen.entries()) {
      if (plant.fresh[index] === 1)
        values[c]![row] = plant.values[index]! - (zone > 0 ? plant.setpoint(zone) : 0);
    }
    row++;
  };
  plant.step((rows * TICK_US) / 1e6);
  plant.onTick = undefined;
  return {
    plant,
    names: chosen.map(({ tag }) => tag.path),
    values: values.map((v) => v.subarray(0, row)),
    timeUs: timeUs.subarray(0, row),
  };
}

/** The same names as signals of a detector. */
export const signalsOf = (names: readonly string[]): Signal[] =>
  names.map((name) => {
    const tag = TAGS.find(({ path }) => path === name)!;
    return {
      property: {
        address: name,
        kind: "measurement",
        type: "number",
        unit: tag.unit,
        label: tag.label,
        limits: { low: tag.low, high: tag.high },
        update: { mode: "cyclic", periodMs: 5000 },
      },
      ...(name.endsWith("/airTemperature") && name.includes("zone") && { reference: `${name}Setpoint` }),
    };
  });
