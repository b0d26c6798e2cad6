import type { AssemblyLine } from "./assembly-line.ts";
import { BUFFER_PLACES, STATIONS, TAKT_S, TIGHTENING } from "./line-design.ts";
import { PACKML_STATES } from "./packml.ts";

/** The tags of the assembly line: the contract of docs/architecture.md, paths below `acme/leipzig/assembly/line1`. */

export type AssemblyValue = number | boolean | string;

export interface AssemblyTag {
  /** `st07/state`. */
  readonly path: string;
  /** Identifier in namespace 1: `Line1.ST07.Status.StateCurrent`. */
  readonly nodeId: string;
  readonly type: "double" | "int32" | "boolean" | "string";
  readonly unit: string;
  readonly label: string;
  /** Cyclic tags get a value every 30 plant seconds, the others when it changes. */
  readonly cyclic: boolean;
  /** Names of the codes from 0 on, where the values are codes. */
  readonly codes?: readonly string[];
  /** NaN where there is no value yet. */
  readonly read: (line: AssemblyLine) => AssemblyValue;
}

const tags: AssemblyTag[] = [];

/** Told in steps of 1/`per`. */
const rounded = (value: number, per: number): number => Math.round(value * per) / per;

function add(
  path: string,
  nodeId: string,
  type: AssemblyTag["type"],
  unit: string,
  label: string,
  read: AssemblyTag["read"],
  more: { cyclic?: true; codes?: readonly string[] } = {},
): void {
  tags.push({ path, nodeId: `Line1.${nodeId}`, type, unit, label, cyclic: false, read, ...more });
}

for (const [i, { name, label, workS }] of STATIONS.entries()) {
  const node = name.toUpperCase();
  const one = `${node} ${label.toLowerCase()}`;
  add(
    `${name}/state`,
    `${node}.Status.StateCurrent`,
    "int32",
    "",
    `${one}, state`,
    (line) => line.stations[i]!.state,
    {
      codes: PACKML_STATES,
    },
  );
  // The counters' names are those of OPC 30050.
  add(
    `${name}/made`,
    `${node}.Admin.ProdProcessedCount`,
    "int32",
    "1",
    `${one}, made`,
    (line) => line.stations[i]!.made,
  );
  add(
    `${name}/good`,
    `${node}.Admin.ProdGoodCount`,
    "int32",
    "1",
    `${one}, good`,
    (line) => line.stations[i]!.good,
  );
  add(
    `${name}/rejected`,
    `${node}.Admin.ProdDefectiveCount`,
    "int32",
    "1",
    `${one}, rejected`,
    (line) => line.stations[i]!.rejected,
  );
  add(`${name}/body`, `${node}.Body`, "int32", "", `${one}, body`, (line) => line.stations[i]!.body?.id ?? 0);
  add(
    `${name}/order`,
    `${node}.Order`,
    "string",
    "",
    `${one}, order`,
    (line) => line.stations[i]!.body?.order ?? "",
  );
  add(
    `${name}/variant`,
    `${node}.Variant`,
    "string",
    "",
    `${one}, variant`,
    (line) => line.stations[i]!.body?.variant ?? "",
  );
  add(
    `${name}/cycleTime`,
    `${node}.CycleTime`,
    "double",
    "s",
    `${one}, last cycle`,
    (line) => line.stations[i]!.lastCycleS || Number.NaN,
  );
  add(`${name}/plannedCycle`, `${node}.PlannedCycle`, "double", "s", `${one}, planned cycle`, () => workS);
  add(
    `${name}/blocked`,
    `${node}.Blocked`,
    "boolean",
    "",
    `${one}, blocked`,
    (line) => line.stations[i]!.blocked,
  );
  add(
    `${name}/starved`,
    `${node}.Starved`,
    "boolean",
    "",
    `${one}, starved`,
    (line) => line.stations[i]!.starved,
  );
  add(
    `${name}/pace`,
    `${node}.Pace`,
    "double",
    "%",
    `${one}, work against plan`,
    (line) => 100 * line.stations[i]!.pace,
    {
      cyclic: true,
    },
  );
  add(`${name}/power`, `${node}.Power`, "double", "kW", `${one}, power`, (line) => line.powerKw[i]!, {
    cyclic: true,
  });
}
for (const [i, places] of BUFFER_PLACES.entries()) {
  const number = String(i + 1).padStart(2, "0");
  add(`b${number}/fill`, `B${number}.Fill`, "int32", "1", `Buffer ${number}`, (line) => line.fills[i]!);
  add(`b${number}/places`, `B${number}.Places`, "int32", "1", `Buffer ${number}, places`, () => places);
  add(
    `b${number}/driveCurrent`,
    `B${number}.DriveCurrent`,
    "double",
    "A",
    `Conveyor ${number}, drive current`,
    (line) => rounded(line.readings.currentA[i]!, 1000),
    { cyclic: true },
  );
}
for (const [i, { name }] of TIGHTENING.entries()) {
  const node = `${name.toUpperCase()}.Tightening`;
  add(
    `${name}/tightening/torque`,
    `${node}.Torque`,
    "double",
    "Nm",
    `${name.toUpperCase()} tightening torque`,
    (line) => rounded(line.readings.torqueNm[i]!, 1000),
    { cyclic: true },
  );
  add(
    `${name}/tightening/angle`,
    `${node}.Angle`,
    "double",
    "°",
    `${name.toUpperCase()} tightening angle`,
    (line) => rounded(line.readings.angleDeg[i]!, 1000),
    { cyclic: true },
  );
}
add("shift/name", "Shift.Name", "string", "", "Shift", (line) => line.shift.name);
add("shift/planned", "Shift.Planned", "boolean", "", "Planned operating time", (line) => line.shift.planned);
add("shift/workLeft", "Shift.WorkLeft", "double", "s", "Planned time left", (line) => line.shift.workLeftS, {
  cyclic: true,
});
add("shift/plan", "Shift.Plan", "int32", "1", "Plan of the shift", (line) => line.shiftPlan);
add("shift/planNow", "Shift.PlanNow", "int32", "1", "Plan by now", (line) => line.planNow);
add("shift/good", "Shift.Good", "int32", "1", "Bodies off line", (line) => line.shiftGood);
add("takt/target", "Takt.Target", "double", "s", "Takt, target", () => TAKT_S);
add("takt/actual", "Takt.Actual", "double", "s", "Takt", (line) => line.taktS);
add(
  "operators/present",
  "Operators.Present",
  "int32",
  "1",
  "Operators present",
  (line) => line.operatorsPresent,
);
add(
  "operators/planned",
  "Operators.Planned",
  "int32",
  "1",
  "Operators planned",
  (line) => line.operatorsPlanned,
);
add("orders/current", "Orders.Current", "string", "", "Order let in", (line) => line.order.id);
add("orders/variant", "Orders.Variant", "string", "", "Its variant", (line) => line.order.variant);
add("orders/left", "Orders.Left", "int32", "1", "Bodies of it to come", (line) => line.order.left);
add("bodies/released", "Bodies.Released", "int32", "1", "Bodies let in", (line) => line.released);
add("bodies/good", "Bodies.Good", "int32", "1", "Good bodies", (line) => line.good);
add("bodies/inLine", "Bodies.InLine", "int32", "1", "Bodies on the line", (line) => line.bodies);
add("bodies/reworking", "Bodies.Reworking", "int32", "1", "Bodies in rework", (line) => line.reworking);
add("power", "Power", "double", "kW", "Power", (line) => line.powerKw.reduce((sum, kw) => sum + kw, 0), {
  cyclic: true,
});
add("energy/total", "Energy.Total", "double", "kWh", "Energy", (line) => line.energyKwh, { cyclic: true });

export const ASSEMBLY_TAGS: readonly AssemblyTag[] = tags;
