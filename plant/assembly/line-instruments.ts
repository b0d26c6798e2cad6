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

/** What conveyors and tightening tools measured of the last bodies, as moving means. Plain data. */
export interface LineReadings {
  /** By conveyor, A. */
  readonly currentA: number[];
  /** By tightening station, Nm and degrees. */
  readonly torqueNm: number[];
  readonly angleDeg: number[];
}

/** As built: no two drives or joints are alike. */
export function firstReadings(random: RandomStream): LineReadings {
  return {
    currentA: BUFFER_PLACES.map(() => CONVEYOR_CURRENT_A),
    torqueNm: TIGHTENING.map(({ torqueNm }) => torqueNm * (1 + (TORQUE_SCATTER * random.normal()) / 3)),
    angleDeg: TIGHTENING.map(({ angleDeg }) => angleDeg * (1 + (ANGLE_SCATTER * random.normal()) / 3)),
  };
}

/** A conveyor has taken a body on. @param drag share by which it draws more */
export function bodyMoved(
  readings: LineReadings,
  conveyor: number,
  drag: number,
  random: RandomStream,
): void {
  const currentA = CONVEYOR_CURRENT_A * (1 + drag) * (1 + CURRENT_SCATTER * random.normal());
  readings.currentA[conveyor]! += INSTRUMENT_WEIGHT * (currentA - readings.currentA[conveyor]!);
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
  readings.torqueNm[tool]! += INSTRUMENT_WEIGHT * (torqueNm - readings.torqueNm[tool]!);
  readings.angleDeg[tool]! += INSTRUMENT_WEIGHT * (angleDeg - readings.angleDeg[tool]!);
}
