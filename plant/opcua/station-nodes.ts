import { type AddressSpace, DataType, StatusCodes, type UAVariable } from "node-opcua";
import type { BodyStation } from "../body/body-station.ts";
import { STATION_TAGS, type StationTag } from "../body/station-tags.ts";
import { type StationValue, stationValues } from "../body/station-values.ts";
import { NodeTree, TAG_DATA_TYPES } from "./node-tree.ts";

/** The station's variables, and what keeps them up to date. */
export class StationNodes {
  readonly #station: BodyStation;
  readonly #variables: { readonly tag: StationTag; readonly variable: UAVariable }[] = [];
  readonly #shown = new Map<string, StationValue>();
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
    const values = stationValues(this.#station);
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
