import type { DrawnKind } from "../../plant/faults/drawn-schedule.ts";
import type { ShopFaultRequest } from "../../plant/faults/shop-faults.ts";

/**
 * What a finding must name first to be right, per kind of fault: set down from what each fault does to the plant, before
 * any ranking was looked at. The part must be that of the fault, a neighbour's is wrong.
 */
export const RIGHT_CAUSES: Record<DrawnKind, { readonly right: string; readonly why: string }> = {
  "fouled-nozzle": {
    right: "fan flow or fan power of the zone",
    why: "blocked nozzles throttle the fan: less flow, less power; the controller keeps the air's temperature",
  },
  "fan-loss": {
    right: "fan flow or fan power of the zone",
    why: "a slipping belt or a failing drive moves less air with less power",
  },
  "drifting-thermocouple": {
    right: "air temperature or burner of the zone",
    why: "the controller follows the reading: it lags behind while the sensor drifts, and the burner makes up for what is not there",
  },
  "stuck-sensor": {
    right: "air temperature or burner of the zone",
    why: "the reading repeats itself, and the controller runs away on it",
  },
  "sticking-valve": {
    right: "air temperature or burner of the zone",
    why: "the loop hunts: the output moves until the valve jumps, and the air follows",
  },
  "worn-gearbox": {
    right: "motor load or motor temperature of the axis",
    why: "friction takes torque, and torque heats the motor",
  },
  "worn-electrode": {
    right: "weld resistance of the robot's gun",
    why: "a larger face has less resistance; the timer keeps the current",
  },
  "worn-cable": {
    right: "weld current of the robot's gun",
    why: "the cable takes the voltage away that drives the current",
  },
  "slow-station": { right: "pace of the station", why: "its work takes longer than planned" },
  "dragging-conveyor": {
    right: "drive current of the conveyor behind the station",
    why: "friction takes current; what the stations beside it do depends on what lies in the buffers",
  },
  "drifting-tool": {
    right: "tightening angle or torque of the station",
    why: "the transducer reads too low, so that the tool turns on: angle is what shows it",
  },
};

/** Paths below the twin that name the part. */
function partOf(request: ShopFaultRequest): RegExp {
  switch (request.fault) {
    case "fouled-nozzle":
    case "fan-loss":
      return new RegExp(`/zone${request.zone}/fan(Flow|Power)$`);
    case "drifting-thermocouple":
    case "stuck-sensor":
    case "sticking-valve":
      return new RegExp(`/zone${request.zone}/(airTemperature|burnerOutput)$`);
    case "worn-gearbox":
      return new RegExp(`/${request.robot!.toLowerCase()}/axis${request.axis}/motor(Load|Temperature)$`);
    case "worn-electrode":
      return new RegExp(`/${request.robot!.toLowerCase()}/weld/resistance$`);
    case "worn-cable":
      return new RegExp(`/${request.robot!.toLowerCase()}/weld/current$`);
    case "slow-station":
      return new RegExp(`/${request.station}/pace$`);
    case "dragging-conveyor":
      return new RegExp(`/b${request.station!.slice(2)}/driveCurrent$`);
    case "drifting-tool":
      return new RegExp(`/${request.station}/tightening/(angle|torque)$`);
    default:
      // A cut network has no cause in the plant.
      return /(?!)/;
  }
}

/** @param address what the finding names first */
export const isRightCause = (request: ShopFaultRequest, address: string): boolean =>
  partOf(request).test(address);
