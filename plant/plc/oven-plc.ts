import { BASE_SETPOINTS_C, SETPOINT_HIGH_C, SETPOINT_LOW_C, ZONES } from "../physics/oven-air.ts";
import type { Plant } from "../physics/plant.ts";
import {
  freshRequestState,
  type RequestInputs,
  type RequestLimits,
  type RequestState,
  scanRequest,
  setByHand,
} from "./request-block.ts";

export const REQUEST_LIMITS: RequestLimits = { low: SETPOINT_LOW_C, high: SETPOINT_HIGH_C };

/** The part of the oven's PLC that decides on setpoints: six request blocks and six keys. */
export class OvenPlc {
  readonly #plant: Plant;
  /** What clients have written, by zone - 1. Changed in place by the server. */
  readonly inputs: { -readonly [K in keyof RequestInputs]: RequestInputs[K] }[];
  readonly #states: RequestState[];
  /** Ends every request and refuses new ones; it does not stop the simulated oven. */
  emergencyStop = false;

  /** Starts on the safe setpoints, whatever was in force before: a request does not outlive a restart. */
  constructor(plant: Plant) {
    this.#plant = plant;
    this.inputs = Array.from({ length: ZONES }, (_, z) => ({
      value: BASE_SETPOINTS_C[z]!,
      expected: BASE_SETPOINTS_C[z]!,
      ttlMs: 0,
      heartbeat: 0,
      sequence: 0,
    }));
    this.#states = this.inputs.map((inputs, z) => freshRequestState(BASE_SETPOINTS_C[z]!, inputs));
    for (let zone = 1; zone <= ZONES; zone++) plant.setSetpoint(zone, BASE_SETPOINTS_C[zone - 1]!);
  }

  /** @param zone 1 to 6 */
  state(zone: number): RequestState {
    return this.#states[zone - 1]!;
  }

  /** One scan of all zones, at least once a plant second. */
  scan(): void {
    for (let z = 0; z < ZONES; z++) {
      const switches = { local: this.#plant.local[z] === 1, emergencyStop: this.emergencyStop };
      this.#enforce(
        z,
        scanRequest(this.#states[z]!, this.inputs[z]!, REQUEST_LIMITS, this.#plant.timeUs, switches),
      );
    }
  }

  /** A person at the panel. @throws RangeError for a zone or a value that is none */
  setByHand(zone: number, valueC: number): void {
    checkZone(zone);
    if (!Number.isFinite(valueC))
      throw new RangeError(`value: expected a setpoint in °C, got ${String(valueC)}`);
    this.#enforce(zone - 1, setByHand(this.#states[zone - 1]!, valueC, REQUEST_LIMITS));
  }

  /** @throws RangeError for a zone that is none */
  turnKey(zone: number, local: boolean): void {
    checkZone(zone);
    this.#plant.local[zone - 1] = local ? 1 : 0;
  }

  #enforce(z: number, next: RequestState): void {
    if (next.setpointC !== this.#states[z]!.setpointC) this.#plant.setSetpoint(z + 1, next.setpointC);
    this.#states[z] = next;
  }
}

function checkZone(zone: unknown): void {
  if (typeof zone !== "number" || !Number.isInteger(zone) || zone < 1 || zone > ZONES) {
    throw new RangeError(`zone: expected 1 to 6, got ${String(zone)}`);
  }
}
