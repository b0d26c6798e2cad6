import { RungError } from "../../../core/errors.ts";

/**
 * How far from a robot people must be kept or seen. A planning aid, not safety-rated: it places fences, curtains and
 * scanners on paper. The safety of a real cell is proven by its risk assessment and by measured stopping times.
 */
export interface SeparationDistance {
  readonly distanceM: number;
  /** What it was computed from, term by term, for the report. */
  readonly terms: readonly { readonly name: string; readonly valueM: number }[];
  readonly source: string;
  readonly notice: typeof PLANNING_AID;
}

export const PLANNING_AID = "planning aid, not safety-rated";

/** ISO 13855:2010, 6.2.3: hand speed near the curtain, and walking speed where the first gives more than 500 mm. */
const HAND_SPEED_M_S = 2;
const WALKING_SPEED_M_S = 1.6;
const HAND_SPEED_UNTIL_M = 0.5;
/** Least distance of a curtain that sees fingers or hands. */
const LEAST_CURTAIN_M = 0.1;
/** Largest detection capability of a curtain that sees hands. */
const HAND_DETECTION_M = 0.04;
/** Length of an arm through a curtain that sees no hands. */
const ARM_M = 0.85;
/** Largest detection capability of a curtain that still sees a person's body. */
const BODY_DETECTION_M = 0.07;

/**
 * Least distance of a light curtain (people walk into it at a right angle) from the hazard: S = K T + C.
 * ISO 13855:2010, 6.2.3: up to 40 mm detection capability C = 8 (d - 14 mm), K = 2 m/s for S up to 500 mm, else
 * 1.6 m/s and not less than 500 mm; above 40 mm and up to 70 mm K = 1.6 m/s and C = 850 mm.
 * @param stoppingS T: from the sensor's trip to the robot's standstill, the sensor's own time included, s
 * @param detectionM d: smallest object the curtain sees, m
 */
export function curtainDistance(stoppingS: number, detectionM: number): SeparationDistance {
  atLeastZero("stopping time", stoppingS, "s");
  if (!(detectionM > 0 && detectionM <= BODY_DETECTION_M)) {
    throw fault(
      `a curtain's detection capability must be above 0 and at most 70 mm, got ${detectionM * 1000} mm`,
    );
  }
  const source = "ISO 13855:2010, 6.2.3";
  if (detectionM > HAND_DETECTION_M) {
    return sum(source, [
      { name: "K T at 1.6 m/s", valueM: WALKING_SPEED_M_S * stoppingS },
      { name: "C, reach of an arm", valueM: ARM_M },
    ]);
  }
  const intrusion = { name: "C = 8 (d - 14 mm)", valueM: Math.max(0, 8 * (detectionM - 0.014)) };
  const near = HAND_SPEED_M_S * stoppingS + intrusion.valueM;
  if (near <= HAND_SPEED_UNTIL_M) {
    const terms = [{ name: "K T at 2 m/s", valueM: HAND_SPEED_M_S * stoppingS }, intrusion];
    return sum(source, terms, LEAST_CURTAIN_M);
  }
  const terms = [{ name: "K T at 1.6 m/s", valueM: WALKING_SPEED_M_S * stoppingS }, intrusion];
  return sum(source, terms, HAND_SPEED_UNTIL_M);
}

/**
 * Least distance of a field parallel to the ground (a scanner, a mat) from the hazard: S = K T + C with K = 1.6 m/s
 * and C = 1200 mm - 0.4 H, not less than 850 mm. ISO 13855:2010, 6.3.
 * @param heightM H: height of the field above the floor, m; at least 15 (d - 50 mm) and at most 1 m
 * @param detectionM d: smallest object the field sees, m
 */
export function scannerDistance(stoppingS: number, heightM: number, detectionM: number): SeparationDistance {
  atLeastZero("stopping time", stoppingS, "s");
  atLeastZero("detection capability", detectionM, "m");
  const leastM = Math.max(0, 15 * (detectionM - 0.05));
  // A height in whole mm must not fail for the last digit of its value in m.
  if (!(heightM >= leastM - 1e-9 && heightM <= 1)) {
    throw fault(
      `a field that sees ${detectionM * 1000} mm must lie ${(leastM * 1000).toFixed(0)} to 1000 mm high, got ${heightM * 1000} mm`,
    );
  }
  return sum("ISO 13855:2010, 6.3", [
    { name: "K T at 1.6 m/s", valueM: WALKING_SPEED_M_S * stoppingS },
    { name: "C = 1200 mm - 0.4 H, at least 850 mm", valueM: Math.max(ARM_M, 1.2 - 0.4 * heightM) },
  ]);
}

/** What speed and separation monitoring is computed from. */
export interface SpeedAndSeparation {
  /** Speed of the robot towards the person, m/s. */
  readonly robotSpeedMS: number;
  /** Time until the robot begins to stop, s. */
  readonly reactionS: number;
  /** Time the robot then takes to stand, s. */
  readonly stoppingS: number;
  /** Way of the robot while it stops, m, at that speed, load and reach: from its data sheet (ISO 10218-1, annex B). */
  readonly stoppingWayM: number;
  /** C: how far a part of the body reaches into the field before it is seen, m. */
  readonly intrusionM: number;
  /** Z: uncertainty of the person's and of the robot's position, m. */
  readonly personUncertaintyM: number;
  readonly robotUncertaintyM: number;
  /** Speed of the person, m/s; 1.6 where it is not measured. */
  readonly personSpeedMS?: number;
}

/**
 * Protective separation distance of a robot that slows down for people:
 * S = v_h (T_r + T_s) + v_r T_r + B + C + Z_d + Z_r. ISO/TS 15066:2016, 5.5.4.2.3, with constant speeds
 * (the simplified form); ISO 10218-2:2025 takes it over.
 */
export function speedAndSeparation(plan: SpeedAndSeparation): SeparationDistance {
  const personSpeed = plan.personSpeedMS ?? WALKING_SPEED_M_S;
  atLeastZero("robot speed", plan.robotSpeedMS, "m/s");
  atLeastZero("person speed", personSpeed, "m/s");
  atLeastZero("reaction time", plan.reactionS, "s");
  atLeastZero("stopping time", plan.stoppingS, "s");
  atLeastZero("stopping way", plan.stoppingWayM, "m");
  atLeastZero("intrusion", plan.intrusionM, "m");
  atLeastZero("uncertainty of the person's position", plan.personUncertaintyM, "m");
  atLeastZero("uncertainty of the robot's position", plan.robotUncertaintyM, "m");
  return sum("ISO/TS 15066:2016, 5.5.4.2.3", [
    { name: "way of the person", valueM: personSpeed * (plan.reactionS + plan.stoppingS) },
    { name: "way of the robot until it brakes", valueM: plan.robotSpeedMS * plan.reactionS },
    { name: "way of the robot while it brakes", valueM: plan.stoppingWayM },
    { name: "C, intrusion", valueM: plan.intrusionM },
    { name: "Z, uncertainty of positions", valueM: plan.personUncertaintyM + plan.robotUncertaintyM },
  ]);
}

function sum(
  source: string,
  terms: readonly { readonly name: string; readonly valueM: number }[],
  leastM = 0,
): SeparationDistance {
  const total = terms.reduce((all, term) => all + term.valueM, 0);
  return { distanceM: Math.max(leastM, total), terms, source, notice: PLANNING_AID };
}

function atLeastZero(name: string, value: number, unit: string): void {
  if (!(value >= 0 && Number.isFinite(value))) throw fault(`${name} must be >= 0 ${unit}, got ${value}`);
}

function fault(what: string): RungError {
  return new RungError({
    code: "separation-distance",
    where: "separation distance",
    what,
    advice: "see the data sheets of the sensor and of the robot",
  });
}
