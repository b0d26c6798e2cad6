import { PANELS } from "./physics/panels.ts";

/** The tags of the plant, in one order: the contract of docs/architecture.md, addresses of the example plant. */

export type TagType = "double" | "int32" | "boolean";

export interface Tag {
  /** Relative address: `oven1/zone3/airTemperature`. */
  readonly path: string;
  /** Identifier in namespace 1: `Oven1.Zone3.AirTemp`. */
  readonly nodeId: string;
  readonly type: TagType;
  /** As written in the contract; empty for a state or a sequence. */
  readonly unit: string;
  readonly low: number;
  readonly high: number;
  /** Cyclic tags get a value every tick, the others only when it changes. */
  readonly cyclic: boolean;
  /** Profile logger: a value every tick during a ride, none otherwise. */
  readonly duringRide: boolean;
  readonly label: string;
}

const tags: Tag[] = [];

function add(
  path: string,
  nodeId: string,
  unit: string,
  low: number,
  high: number,
  label: string,
  more: { type?: TagType; onChange?: true; duringRide?: true } = {},
): void {
  tags.push({
    path,
    nodeId,
    unit,
    low,
    high,
    label,
    type: more.type ?? "double",
    cyclic: !more.onChange,
    duringRide: more.duringRide === true,
  });
}

/** PascalCase of a panel: `aPillar` -> `APillar`. */
const pascal = (name: string): string => name[0]!.toUpperCase() + name.slice(1);

for (let z = 1; z <= 6; z++) {
  const path = `oven1/zone${z}`;
  const node = `Oven1.Zone${z}`;
  add(`${path}/airTemperature`, `${node}.AirTemp`, "°C", 0, 250, `Zone ${z} air`);
  add(`${path}/airTemperatureSetpoint`, `${node}.AirTempSP`, "°C", 110, 200, `Zone ${z} setpoint`, {
    onChange: true,
  });
  add(`${path}/burnerOutput`, `${node}.BurnerOutput`, "%", 0, 100, `Zone ${z} burner`);
  add(`${path}/fanFlow`, `${node}.FanFlow`, "m³/h", 0, 50_000, `Zone ${z} fan flow`);
  add(`${path}/fanPower`, `${node}.FanPower`, "kW", 0, 30, `Zone ${z} fan power`);
  add(`${path}/localMode`, `${node}.Local`, "", 0, 1, `Zone ${z} key on local`, {
    type: "boolean",
    onChange: true,
  });
}
add("oven1/conveyor/speed", "Oven1.Conveyor.Speed", "m/min", 0, 5, "Conveyor speed");
add("oven1/conveyor/bodies", "Oven1.Conveyor.Bodies", "1", 0, 28, "Bodies in the oven", { type: "int32" });
add("oven1/exhaust/flow", "Oven1.Exhaust.Flow", "Nm³/h", 0, 15_000, "Exhaust flow");
add("oven1/exhaust/temperature", "Oven1.Exhaust.Temp", "°C", 0, 250, "Exhaust temperature");
add("oven1/gas/flow", "Oven1.Gas.Flow", "Nm³/h", 0, 300, "Gas flow");
add("oven1/gas/total", "Oven1.Gas.Total", "Nm³", 0, 1e9, "Gas meter");
add("oven1/hall/temperature", "Oven1.Hall.Temp", "°C", -10, 50, "Hall temperature");
add("oven1/exit/body", "Oven1.Exit.Body", "", 0, 2147483647, "Body at the exit", {
  type: "int32",
  onChange: true,
});
for (const panel of PANELS) {
  add(`oven1/exit/${panel}`, `Oven1.Exit.${pascal(panel)}`, "°C", 0, 250, `Exit pyrometer, ${panel}`, {
    onChange: true,
  });
}
add("oven1/entry/body", "Oven1.Entry.Body", "", 0, 2147483647, "Body at the entry", {
  type: "int32",
  onChange: true,
});
for (const panel of PANELS) {
  add(`oven1/logger/${panel}`, `Oven1.Logger.${pascal(panel)}`, "°C", 0, 250, `Profile logger, ${panel}`, {
    onChange: true,
    duringRide: true,
  });
}
add("oven1/machine/state", "Oven1.State", "", 0, 17, "Oven state", { type: "int32", onChange: true });
add("booth1/air/temperature", "Booth1.AirTemp", "°C", 0, 50, "Booth air");
add("booth1/air/humidity", "Booth1.AirHumidity", "%", 0, 100, "Booth humidity");
add("booth1/air/temperatureSetpoint", "Booth1.AirTempSP", "°C", 18, 28, "Booth setpoint", { onChange: true });
add("booth1/supply/flow", "Booth1.SupplyFlow", "m³/h", 0, 150_000, "Booth supply air");
add("booth1/supply/fanPower", "Booth1.SupplyFanPower", "kW", 0, 150, "Booth supply fan");
add("booth1/heater/power", "Booth1.HeaterPower", "kW", 0, 800, "Booth heater");
add("booth1/outside/temperature", "Booth1.OutsideTemp", "°C", -30, 50, "Outside air");
add("booth1/machine/state", "Booth1.State", "", 0, 17, "Booth state", { type: "int32", onChange: true });

export const TAGS: readonly Tag[] = tags;

const index = new Map(tags.map((tag, i) => [tag.path, i]));

/** Index of a path in TAGS. @throws RangeError for an unknown path */
export function tagIndex(path: string): number {
  const i = index.get(path);
  if (i === undefined) throw new RangeError(`${path}: no tag of the virtual plant`);
  return i;
}
