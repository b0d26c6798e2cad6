import { OVEN, type RecordingPlant } from "./recording-plant.ts";

/** Something in the plant that forbids every write to zone 1, or to all; undone by what it returns. */
export type PlantTrouble = (plant: RecordingPlant) => () => void;

const set =
  (name: string, value: number): PlantTrouble =>
  (plant) => {
    const node = plant.node(`${OVEN}.${name}`);
    const before = node.value;
    node.value = value;
    return () => {
      node.value = before;
    };
  };

const spoil =
  (name: string): PlantTrouble =>
  (plant) => {
    const node = plant.node(`${OVEN}.${name}`);
    node.good = false;
    return () => {
      node.good = true;
    };
  };

/** @param byUs how much later than now its source time is */
const shift =
  (name: string, byUs: number): PlantTrouble =>
  (plant) => {
    const node = plant.node(`${OVEN}.${name}`);
    node.atUs = plant.nowUs + byUs;
    return () => {
      node.atUs = undefined;
    };
  };

/** PackML states but 6, Execute. */
const WRONG_STATES = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17];

export const PLANT_TROUBLES: readonly (readonly [name: string, trouble: PlantTrouble])[] = [
  ...WRONG_STATES.map((state) => ["wrong machine state", set("State", state)] as const),
  ["key on local", set("Zone1.Local", 1)],
  ["emergency stop", set("EmergencyStop", 1)],
  ["emergency stop", set("EmergencyStop", 1)],
  ["protective stop", set("ProtectiveStop", 1)],
  ["manual mode", set("Mode", 1)],
  ["unknown mode", set("Mode", 99)],
  ["interlock", set("SupplyFan", 3999.9)],
  ["interlock no number", set("SupplyFan", Number.NaN)],
  ["PLC's own limit", set("Zone1.Request.High", 149)],
  ["input no number", set("Zone1.AirTemp", Number.NaN)],
  ["bad input", spoil("Zone1.AirTemp")],
  ["bad setpoint", spoil("Zone1.AirTempSP")],
  ["bad emergency stop", spoil("EmergencyStop")],
  ["bad key", spoil("Zone1.Local")],
  ["bad machine state", spoil("State")],
  ["bad interlock", spoil("SupplyFan")],
  ["bad PLC limit", spoil("Zone1.Request.Low")],
  ["stale input", shift("Zone1.AirTemp", -61e6)],
  ["stale interlock", shift("SupplyFan", -61e6)],
  ["stale emergency stop", shift("EmergencyStop", -61e6)],
  ["stale key", shift("Zone1.Local", -61e6)],
  ["input from the future", shift("Zone1.AirTemp", 61e6)],
];
