import type { RandomStream } from "../physics/random-stream.ts";
import {
  ANGLE_SCATTER,
  BUFFER_PLACES,
  CONVEYOR_CURRENT_A,
  CURRENT_SCATTER,
  INSTRUMENT_WEIGHT,
  TIGHTENING,
  TORQUE_SCATTER,
} from "./line-design.ts";

/** What conveyors and tightening tools measured of the last bodies, as moving means like a station's pace. Plain data. */
export interface LineReadings {
  /** By conveyor, A. */
  readonly currentA: number[];
  /** By tightening station, Nm and degrees. */
  readonly torqueNm: number[];
  readonly angleDeg: number[];
}

/** Before the first body. */
export function firstReadings(): LineReadings {
  return {
    currentA: BUFFER_PLACES.map(() => CONVEYOR_CURRENT_A),
    torqueNm: TIGHTENING.map((joint) => joint.torqueNm),
    angleDeg: TIGHTENING.map((joint) => joint.angleDeg),
  };
}

/** A conveyor takes a body on. @param drag share by which it draws more */
export function bodyMoved(
  readings: LineReadings,
  conveyor: number,
  drag: number,
  random: RandomStream,
): void {
  const currentA = CONVEYOR_CURRENT_A * (1 + drag) * (1 + CURRENT_SCATTER * random.normal());
  readings.currentA[conveyor] = towards(readings.currentA[conveyor]!, currentA);
}

/** The joints of a body are tight. @param drift share by which the angle is larger than it should be */
export function bodyTightened(
  readings: LineReadings,
  tool: number,
  drift: number,
  random: RandomStream,
): void {
  const joint = TIGHTENING[tool]!;
  const torqueNm = joint.torqueNm * (1 + TORQUE_SCATTER * random.normal());
  const angleDeg = joint.angleDeg * (1 + drift) * (1 + ANGLE_SCATTER * random.normal());
  readings.torqueNm[tool] = towards(readings.torqueNm[tool]!, torqueNm);
  readings.angleDeg[tool] = towards(readings.angleDeg[tool]!, angleDeg);
}

const towards = (mean: number, newest: number): number => mean + INSTRUMENT_WEIGHT * (newest - mean);
