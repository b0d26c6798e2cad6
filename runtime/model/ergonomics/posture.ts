import { InputReader } from "./input-reader.ts";

/** How a load or force acts: held now and then, held for long, again and again, or with a jerk. */
export type LoadPattern = "intermittent" | "static" | "repeated" | "shock";
export type HandCoupling = "good" | "fair" | "poor" | "unacceptable";

/**
 * A working posture by its angles, in degrees; flexion is forward and positive, extension negative. It serves RULA and
 * REBA, each of which reads what it rates.
 */
export interface Posture {
  readonly name: string;
  /** Against the trunk. */
  readonly upperArm: {
    readonly flexionDeg: number;
    readonly abducted: boolean;
    readonly rotated: boolean;
    readonly shoulderRaised: boolean;
    /** Leans on something, or is held by gravity. */
    readonly supported: boolean;
  };
  /** Of the elbow: 0 is the straight arm. */
  readonly lowerArm: {
    readonly flexionDeg: number;
    /** Works across the midline of the body, or out to its side. */
    readonly outOfLine: boolean;
  };
  readonly wrist: {
    readonly flexionDeg: number;
    /** Bent sideways. */
    readonly deviated: boolean;
    /** Turned to the end of its range or near it. */
    readonly twisted: boolean;
  };
  /** Against the trunk. */
  readonly neck: { readonly flexionDeg: number; readonly twisted: boolean; readonly sideBent: boolean };
  /** Against the vertical. */
  readonly trunk: {
    readonly flexionDeg: number;
    readonly twisted: boolean;
    readonly sideBent: boolean;
    /** Sits well supported. */
    readonly supported: boolean;
  };
  readonly legs: {
    /** Weight on both feet, or sitting with the feet supported. */
    readonly balanced: boolean;
    readonly kneeFlexionDeg: number;
    readonly sitting: boolean;
  };
  readonly load: { readonly kg: number; readonly pattern: LoadPattern };
  readonly coupling: HandCoupling;
  readonly activity: {
    /** One or more parts of the body are held for longer than a minute. */
    readonly held: boolean;
    /** Small movements more than four times a minute. */
    readonly repeated: boolean;
    /** Large changes of posture in quick succession, or an unstable base. */
    readonly rapid: boolean;
  };
  /** Angles within this of 0 count as neutral, as an instrument's noise is no bent wrist. 0 takes them as they are. */
  readonly neutralWithinDeg: number;
}

/** How far the joints of people go; more is an instrument that is off, or a sign that is turned. */
const RANGES = {
  upperArm: { least: -90, most: 180, unit: "°" },
  lowerArm: { least: 0, most: 160, unit: "°" },
  wrist: { least: -90, most: 90, unit: "°" },
  neck: { least: -90, most: 90, unit: "°" },
  trunk: { least: -60, most: 150, unit: "°" },
  knee: { least: 0, most: 160, unit: "°", byDefault: 0 },
} as const;

/**
 * A posture as a person or a camera writes it: the five angles, and of the rest what differs from a neutral one.
 * @throws RungError `ergonomics-input` with every field that is wrong, its value and limits
 */
export function readPosture(value: unknown, where: string): Posture {
  const reader = new InputReader(value, where);
  reader.onlyKnows(
    "method",
    "name",
    "upperArm",
    "lowerArm",
    "wrist",
    "neck",
    "trunk",
    "legs",
    "load",
    "coupling",
    "activity",
    "neutralWithinDeg",
  );
  const flags = (part: InputReader, ...keys: readonly string[]): void =>
    part.onlyKnows("flexionDeg", ...keys);
  const upperArm = reader.part("upperArm");
  flags(upperArm, "abducted", "rotated", "shoulderRaised", "supported");
  const lowerArm = reader.part("lowerArm");
  flags(lowerArm, "outOfLine");
  const wrist = reader.part("wrist");
  flags(wrist, "deviated", "twisted");
  const neck = reader.part("neck");
  flags(neck, "twisted", "sideBent");
  const trunk = reader.part("trunk");
  flags(trunk, "twisted", "sideBent", "supported");
  const legs = reader.optionalPart("legs");
  legs.onlyKnows("balanced", "kneeFlexionDeg", "sitting");
  const load = reader.optionalPart("load");
  load.onlyKnows("kg", "pattern");
  const activity = reader.optionalPart("activity");
  activity.onlyKnows("held", "repeated", "rapid");
  const posture: Posture = {
    name: reader.text("name", "posture"),
    upperArm: {
      flexionDeg: upperArm.number("flexionDeg", RANGES.upperArm),
      abducted: upperArm.flag("abducted"),
      rotated: upperArm.flag("rotated"),
      shoulderRaised: upperArm.flag("shoulderRaised"),
      supported: upperArm.flag("supported"),
    },
    lowerArm: {
      flexionDeg: lowerArm.number("flexionDeg", RANGES.lowerArm),
      outOfLine: lowerArm.flag("outOfLine"),
    },
    wrist: {
      flexionDeg: wrist.number("flexionDeg", RANGES.wrist),
      deviated: wrist.flag("deviated"),
      twisted: wrist.flag("twisted"),
    },
    neck: {
      flexionDeg: neck.number("flexionDeg", RANGES.neck),
      twisted: neck.flag("twisted"),
      sideBent: neck.flag("sideBent"),
    },
    trunk: {
      flexionDeg: trunk.number("flexionDeg", RANGES.trunk),
      twisted: trunk.flag("twisted"),
      sideBent: trunk.flag("sideBent"),
      supported: trunk.flag("supported"),
    },
    legs: {
      balanced: legs.flag("balanced", true),
      kneeFlexionDeg: legs.number("kneeFlexionDeg", RANGES.knee),
      sitting: legs.flag("sitting"),
    },
    load: {
      kg: load.number("kg", { least: 0, most: 500, unit: "kg", byDefault: 0 }),
      pattern: load.choice("pattern", ["intermittent", "static", "repeated", "shock"], "intermittent"),
    },
    coupling: reader.choice("coupling", ["good", "fair", "poor", "unacceptable"], "good"),
    activity: {
      held: activity.flag("held"),
      repeated: activity.flag("repeated"),
      rapid: activity.flag("rapid"),
    },
    neutralWithinDeg: reader.number("neutralWithinDeg", { least: 0, most: 15, unit: "°", byDefault: 0 }),
  };
  reader.end();
  return posture;
}
