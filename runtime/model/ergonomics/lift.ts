import { InputReader } from "./input-reader.ts";
import {
  asymmetryMultiplier,
  couplingMultiplier,
  distanceMultiplier,
  frequencyMultiplier,
  horizontalMultiplier,
  LIFT_CONSTANTS,
  type LiftCoupling,
  type LiftDuration,
  type LiftRounding,
  type LiftUnits,
  MOST_ASYMMETRY_DEG,
  MOST_LIFTS_PER_MIN,
  roundedTo,
  verticalMultiplier,
} from "./lift-multipliers.ts";

/** Where the hands are at one end of a lift. Lengths in cm or in. */
export interface LiftEnd {
  /** From the midpoint between the ankles. */
  readonly horizontal: number;
  /** Above the floor. */
  readonly vertical: number;
  /** How far the trunk is turned out of the plane of the body. */
  readonly asymmetryDeg: number;
}

/** One lifting task; weights in kg or lb. */
export interface LiftTask {
  readonly name: string;
  readonly load: number;
  /** Mean over the lifts, for the frequency-dependent index of several tasks. */
  readonly meanLoad: number;
  readonly origin: LiftEnd;
  readonly destination: LiftEnd;
  /** The load is placed with care: then the destination counts as well. */
  readonly significantControl: boolean;
  readonly liftsPerMin: number;
  readonly coupling: LiftCoupling;
}

export interface LiftJob {
  readonly units: LiftUnits;
  readonly rounding: LiftRounding;
  readonly duration: LiftDuration;
  readonly tasks: readonly LiftTask[];
}

export interface LiftMultipliers {
  readonly horizontal: number;
  readonly vertical: number;
  readonly distance: number;
  readonly asymmetry: number;
  readonly frequency: number;
  readonly coupling: number;
}

/** One end of a lift, rated. */
export interface RatedLiftEnd {
  readonly multipliers: LiftMultipliers;
  /** RWL. 0 where table 5 recommends no weight at this frequency. */
  readonly recommendedWeight: number;
  /** LI, load over RWL; null where RWL is 0. */
  readonly liftingIndex: number | null;
  /** RWL as if lifted seldom (FIRWL), and the load over it (FILI). */
  readonly frequencyFreeWeight: number;
  readonly frequencyFreeIndex: number;
  /** What lowers the limit, the strongest first: "horizontal 60 cm: x 0.42". */
  readonly because: readonly string[];
}

export interface RatedLift {
  readonly name: string;
  readonly origin: RatedLiftEnd;
  /** Only with significant control. */
  readonly destination?: RatedLiftEnd;
  /** LI of the lift: of its worse end; null where no weight is recommended. */
  readonly liftingIndex: number | null;
  readonly worseEnd: "origin" | "destination";
}

export interface LiftResult {
  readonly kind: "niosh";
  readonly units: { readonly length: "cm" | "in"; readonly weight: "kg" | "lb" };
  readonly rounding: LiftRounding;
  readonly lifts: readonly RatedLift[];
  /** CLI of all tasks together; the LI where there is one task; null where no weight is recommended. */
  readonly compositeIndex: number | null;
}

/**
 * RWL and LI of each task and the composite index of all, by the revised NIOSH lifting equation (94-110, sections 1.3, 1.4
 * and 2.4).
 */
export function rateLifts(job: LiftJob): LiftResult {
  const { length, weight } = LIFT_CONSTANTS[job.units];
  const lifts = job.tasks.map((task) => ratedLift(task, job));
  return {
    kind: "niosh",
    units: { length, weight },
    rounding: job.rounding,
    lifts,
    compositeIndex: compositeIndex(job, lifts),
  };
}

function ratedLift(task: LiftTask, job: LiftJob): RatedLift {
  const origin = ratedEnd(task, task.origin, job);
  if (!task.significantControl)
    return { name: task.name, origin, liftingIndex: origin.liftingIndex, worseEnd: "origin" };
  const destination = ratedEnd(task, task.destination, job);
  const destinationIsWorse = destination.recommendedWeight < origin.recommendedWeight;
  return {
    name: task.name,
    origin,
    destination,
    liftingIndex: (destinationIsWorse ? destination : origin).liftingIndex,
    worseEnd: destinationIsWorse ? "destination" : "origin",
  };
}

function ratedEnd(task: LiftTask, end: LiftEnd, { units, rounding, duration }: LiftJob): RatedLiftEnd {
  const { length, loadConstant } = LIFT_CONSTANTS[units];
  const travel = Math.abs(task.destination.vertical - task.origin.vertical);
  const multipliers: LiftMultipliers = {
    horizontal: horizontalMultiplier(end.horizontal, units, rounding),
    vertical: verticalMultiplier(end.vertical, units, rounding),
    distance: distanceMultiplier(travel, units, rounding),
    asymmetry: asymmetryMultiplier(end.asymmetryDeg, rounding),
    frequency: frequencyMultiplier(task.liftsPerMin, duration, end.vertical, units, rounding),
    coupling: couplingMultiplier(task.coupling, end.vertical, units),
  };
  const { horizontal, vertical, distance, asymmetry, frequency, coupling } = multipliers;
  const free = loadConstant * horizontal * vertical * distance * asymmetry * coupling;
  const asWorked = (value: number): number => (rounding === "manual" ? roundedTo(1, value) : value);
  const recommendedWeight = asWorked(free * frequency);
  const frequencyFreeWeight = asWorked(free);
  const measured: Readonly<Record<keyof LiftMultipliers, string>> = {
    horizontal: `horizontal ${end.horizontal} ${length}`,
    vertical: `height ${end.vertical} ${length}`,
    distance: `travel ${travel} ${length}`,
    asymmetry: `turned ${end.asymmetryDeg}°`,
    frequency: `${task.liftsPerMin} lifts/min, ${duration} duration`,
    coupling: `${task.coupling} coupling`,
  };
  return {
    multipliers,
    recommendedWeight,
    liftingIndex: recommendedWeight === 0 ? null : asWorked(task.load / recommendedWeight),
    frequencyFreeWeight,
    frequencyFreeIndex: asWorked(task.load / frequencyFreeWeight),
    because: (Object.keys(measured) as (keyof LiftMultipliers)[])
      .filter((key) => multipliers[key] < 1)
      .sort((a, b) => multipliers[a] - multipliers[b])
      .map((key) => `${measured[key]}: x ${multipliers[key].toFixed(2)}`),
  };
}

/**
 * CLI (section 2.4.5): tasks by their single-task index, the greatest first; each further one adds its frequency-free
 * index times what the frequencies together take more than those before it did. Each task counts with its worse end.
 */
function compositeIndex(
  { units, rounding, duration, tasks }: LiftJob,
  lifts: readonly RatedLift[],
): number | null {
  const asWorked = (value: number): number => (rounding === "manual" ? roundedTo(1, value) : value);
  const parts = lifts.map((lift, i) => {
    const task = tasks[i]!;
    const end = lift.worseEnd === "origin" ? lift.origin : lift.destination!;
    const { vertical } = task[lift.worseEnd];
    const single = end.recommendedWeight === 0 ? null : asWorked(task.meanLoad / end.recommendedWeight);
    return { task, vertical, single, free: end.frequencyFreeIndex };
  });
  const singles = parts.filter((part): part is typeof part & { single: number } => part.single !== null);
  if (singles.length < parts.length) return null;
  const [first, ...others] = singles.sort((a, b) => b.single - a.single);
  let index = first!.single;
  let liftsPerMin = first!.task.liftsPerMin;
  for (const { task, vertical, free } of others) {
    const before = frequencyMultiplier(liftsPerMin, duration, vertical, units, rounding);
    liftsPerMin += task.liftsPerMin;
    const together = frequencyMultiplier(liftsPerMin, duration, vertical, units, rounding);
    if (together === 0) return null;
    index += free * (1 / together - 1 / before);
  }
  return asWorked(index);
}

/**
 * A lifting job as a person writes it: `units`, `rounding`, `duration` and `tasks`, or one task beside them.
 * @throws RungError `ergonomics-input` with every value that is missing or outside what the equation is made for
 */
export function liftJob(value: unknown, where: string): LiftJob {
  const reader = new InputReader(value, where);
  const common = ["method", "name", "units", "rounding", "duration"];
  const isList = reader.has("tasks");
  const units = reader.choice("units", ["metric", "us"], "metric");
  const rounding = reader.choice("rounding", ["exact", "manual"], "exact");
  const duration = reader.choice("duration", ["short", "moderate", "long"]);
  if (isList) reader.onlyKnows(...common, "tasks");
  const tasks = isList
    ? reader.list("tasks").map((task, i) => readTask(task, units, `task ${i + 1}`, []))
    : [readTask(reader, units, where, common)];
  reader.end();
  return { units, rounding, duration, tasks };
}

function readTask(
  reader: InputReader,
  units: LiftUnits,
  name: string,
  alsoKnown: readonly string[],
): LiftTask {
  const { length, weight, mostHorizontal, mostVertical } = LIFT_CONSTANTS[units];
  reader.onlyKnows(
    ...alsoKnown,
    "name",
    "load",
    "meanLoad",
    "origin",
    "destination",
    "significantControl",
    "liftsPerMin",
    "coupling",
  );
  const readEnd = (key: "origin" | "destination"): LiftEnd => {
    const end = reader.part(key);
    end.onlyKnows("horizontal", "vertical", "asymmetryDeg");
    return {
      horizontal: end.number("horizontal", { least: 0, most: mostHorizontal, unit: length }),
      vertical: end.number("vertical", { least: 0, most: mostVertical, unit: length }),
      asymmetryDeg: end.number("asymmetryDeg", {
        least: 0,
        most: MOST_ASYMMETRY_DEG,
        unit: "°",
        byDefault: 0,
      }),
    };
  };
  // The equation is made for loads that two hands lift at all; half a ton is a slip of the pen.
  const load = reader.number("load", { least: 0, most: 500, unit: weight });
  const origin = readEnd("origin");
  const destination = readEnd("destination");
  return {
    name: reader.text("name", name),
    load,
    meanLoad: reader.number("meanLoad", { least: 0, most: load, unit: weight, byDefault: load }),
    origin,
    destination,
    significantControl: reader.flag("significantControl"),
    liftsPerMin: reader.number("liftsPerMin", { least: 0, most: MOST_LIFTS_PER_MIN, unit: "lifts/min" }),
    coupling: reader.choice("coupling", ["good", "fair", "poor"]),
  };
}
