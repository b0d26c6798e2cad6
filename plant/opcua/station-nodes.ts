import { type AddressSpace, DataType, StatusCodes, type UAVariable } from "node-opcua";
import type { BodyStation } from "../body/body-station.ts";
import { STATION_TAGS, type StationTag } from "../body/station-tags.ts";
import { AXES } from "../body/tcp.ts";
import { NodeTree, TAG_DATA_TYPES } from "./node-tree.ts";

/** OperationalModeEnumeration of OPC 40010-1: 3 is automatic. */
const AUTOMATIC = 3;

type Value = number | boolean | string;

/** The station's variables, and what keeps them up to date. */
export class StationNodes {
  readonly #station: BodyStation;
  readonly #variables: { readonly tag: StationTag; readonly variable: UAVariable }[] = [];
  readonly #shown = new Map<string, Value>();
  readonly #time: UAVariable;

  constructor(addressSpace: AddressSpace, station: BodyStation, now: Date) {
    this.#station = station;
    const tree = new NodeTree(addressSpace);
    for (const tag of STATION_TAGS) {
      const variable = tree.variable(tag.nodeId, TAG_DATA_TYPES[tag.type], tag.label, { unit: tag.unit });
      this.#variables.push({ tag, variable });
    }
    // A virtual link takes its time from these; this station runs with the wall clock.
    this.#time = tree.variable("Plant.Time", DataType.DateTime, "Clock of the station");
    const speed = tree.variable("Plant.Speed", DataType.Double, "Station seconds per wall second");
    speed.setValueFromSource({ dataType: DataType.Double, value: 1 }, StatusCodes.Good, now);
    this.tick(now);
  }

  /** Every cyclic tag gets its value, the others where it has changed. */
  tick(now: Date): void {
    const values = valuesOf(this.#station);
    for (const { tag, variable } of this.#variables) {
      const value = values[tag.path]!;
      if (!tag.cyclic && this.#shown.get(tag.path) === value) continue;
      const isKnown = !Number.isNaN(value);
      if (isKnown) this.#shown.set(tag.path, value);
      variable.setValueFromSource(
        { dataType: TAG_DATA_TYPES[tag.type], value: isKnown ? value : 0 },
        isKnown ? StatusCodes.Good : StatusCodes.BadWaitingForInitialData,
        now,
      );
    }
    this.#time.setValueFromSource({ dataType: DataType.DateTime, value: now }, StatusCodes.Good, now);
  }
}

/** What every tag says now, by path; NaN where nothing was measured yet. */
function valuesOf(station: BodyStation): Record<string, Value> {
  const values: Record<string, Value> = {
    "cycle/count": station.bodies,
    "safety/operationalMode": AUTOMATIC,
    "safety/emergencyStop": false,
    "safety/protectiveStop": false,
  };
  for (const robot of station.robots) {
    const path = robot.name.toLowerCase();
    for (let axis = 0; axis < AXES; axis++) {
      values[`${path}/axis${axis + 1}/position`] = robot.positionsDeg[axis]!;
      values[`${path}/axis${axis + 1}/speed`] = robot.speedsDegS[axis]!;
    }
    values[`${path}/inControl`] = true;
    values[`${path}/speedOverride`] = 100;
    values[`${path}/program`] = robot.program;
    values[`${path}/programLoaded`] = true;
    values[`${path}/cycle/time`] = robot.lastCycleS;
    for (const [i, axis] of ["x", "y", "z"].entries()) values[`${path}/check/${axis}`] = robot.checkedMm[i]!;
  }
  return values;
}
