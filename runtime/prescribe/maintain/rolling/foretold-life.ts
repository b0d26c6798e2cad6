import { RungError } from "../../../core/errors.ts";
import type { TimeUs } from "../../../core/time.ts";
import type { MaintainedComponent, MaintainedPlant } from "./maintained-plant.ts";

/** When a component is due, and how sure that is. */
export interface ForetoldLife {
  readonly dueUs: TimeUs;
  /** Its 90 % interval. */
  readonly lowUs: TimeUs;
  readonly highUs: TimeUs;
  /** Source time of what it was foretold from. */
  readonly atUs: TimeUs;
  readonly by: "model" | "use" | "calendar" | "finding";
  /** "820 of 3,000 cycles used, 54 an hour" */
  readonly because: string;
}

export const HOUR_US = 3_600_000_000;
const HOURS_OF: Readonly<Record<string, number>> = { h: 1, min: 1 / 60, s: 1 / 3600, d: 24 };
const CYCLES = new Set(["cycles", "cycle", "1"]);

/**
 * A message of a remaining-life model, as far as a plan reads it: of the life node, whose lives are in cycles and which tells
 * when they are used up at the pace of late, or of another with a unit of its own.
 */
export interface LifeMessage {
  readonly kind: "life";
  readonly component?: unknown;
  readonly asset?: unknown;
  readonly address?: unknown;
  readonly twin?: unknown;
  readonly rul?: unknown;
  readonly low?: unknown;
  readonly high?: unknown;
  readonly unit?: unknown;
  readonly timeUs?: unknown;
  /** Of the life node. */
  readonly madeAtUs?: unknown;
  readonly dueUs?: unknown;
  readonly reason?: unknown;
}

/**
 * The component that a remaining life is of, and when it is due by it. A life names its component, or the asset it is on
 * where that has one component alone. A life in cycles becomes hours by the component's planned cycles an hour.
 *
 * @throws RungError `bad-life` that says what is missing or no number: nothing is planned by half a life
 */
export function lifeOf(
  message: LifeMessage,
  plant: MaintainedPlant,
  where: string,
): { readonly component: MaintainedComponent; readonly life: ForetoldLife } {
  const refuse = (what: string, advice: string): never => {
    throw new RungError({ code: "bad-life", where, what, advice });
  };
  const names = [message.component, message.asset, message.address, message.twin].filter(
    (name) => typeof name === "string",
  );
  const component = componentNamed(plant, names, refuse);
  const made = { ...message, timeUs: message.timeUs ?? message.madeAtUs };
  const figure = (key: "rul" | "low" | "high" | "timeUs"): number => {
    const value = made[key];
    if (typeof value === "number" && Number.isFinite(value)) return value;
    return refuse(`the life of ${component.id} has no ${key}, got ${JSON.stringify(value)}`, "send a number");
  };
  const [rul, low, high, atUs] = [figure("rul"), figure("low"), figure("high"), figure("timeUs")];
  if (!(low <= rul && rul <= high))
    refuse(
      `the life of ${component.id} is ${rul}, outside its interval ${low} to ${high}`,
      "look at its model",
    );
  // The life node's `unit` is which of the asset's lives it is.
  const unit = typeof message.unit === "number" ? "cycles" : message.unit;
  const { dueUs } = message;
  const hoursEach =
    typeof dueUs === "number" && dueUs > atUs && rul > 0
      ? (dueUs - atUs) / rul / HOUR_US
      : hoursOfUnit(unit, component, refuse);
  const usOf = (value: number): TimeUs => Math.round(atUs + value * hoursEach * HOUR_US);
  const reason = typeof message.reason === "string" && message.reason !== "" ? message.reason : undefined;
  return {
    component,
    life: {
      dueUs: usOf(rul),
      lowUs: usOf(low),
      highUs: usOf(high),
      atUs,
      by: "model",
      because: reason ?? `${Math.round(rul)} ${String(unit)} left, ${Math.round(low)} to ${Math.round(high)}`,
    },
  };
}

type Refuse = (what: string, advice: string) => never;

function componentNamed(
  plant: MaintainedPlant,
  names: readonly unknown[],
  refuse: Refuse,
): MaintainedComponent {
  for (const name of names) {
    const named = plant.components.find(({ id }) => id === name);
    if (named !== undefined) return named;
  }
  for (const name of names) {
    const on = plant.components.filter(({ asset }) => asset === name);
    if (on.length === 1) return on[0]!;
    if (on.length > 1)
      return refuse(
        `a life of ${name} may be of ${on.map(({ id }) => id).join(" or ")}`,
        "name the component in the message",
      );
  }
  const known = plant.components.map(({ id }) => id).slice(0, 8);
  return refuse(
    names.length === 0
      ? "a life names nothing that it is of"
      : `a life is of ${names.join(", ")}, which is not maintained`,
    `known are ${known.join(", ")}`,
  );
}

function hoursOfUnit(unit: unknown, component: MaintainedComponent, refuse: Refuse): number {
  const hours = typeof unit === "string" ? HOURS_OF[unit] : undefined;
  if (hours !== undefined) return hours;
  if (typeof unit !== "string" || !CYCLES.has(unit))
    return refuse(`the life of ${component.id} is in ${JSON.stringify(unit)}`, "send h, min, s, d or cycles");
  if (component.usage?.by === "counter") return 1 / component.usage.cyclesPerH;
  return refuse(
    `the life of ${component.id} is in cycles, and nothing says how many it has an hour`,
    "give it a counter with cycles_per_h",
  );
}
