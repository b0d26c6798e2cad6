import { RungError } from "../../../core/errors.ts";
import type { TimeUs } from "../../../core/time.ts";
import type { DueWork } from "./due-work.ts";
import { type ForetoldLife, HOUR_US } from "./foretold-life.ts";
import type { MaintainedPlant } from "./maintained-plant.ts";
import type { PlanAnswer } from "./maintenance-thread.ts";
import type { PlanEffect } from "./plan-effect.ts";
import type { StopWindow } from "./stop-windows.ts";

/** One work of a plan. */
export interface PlannedWork extends ForetoldLife {
  readonly id: string;
  readonly component: string;
  readonly label: string;
  readonly asset: string;
  readonly durationH: number;
  readonly crew: number;
  readonly part: string | null;
  /** Null: the part is there, or none is needed. */
  readonly partFromUs: TimeUs | null;
}

/** Works that are done in one stop of the line. */
export interface PlannedStop {
  readonly fromUs: TimeUs;
  readonly toUs: TimeUs;
  /** What doing them together is worth. */
  readonly value: number;
  readonly works: readonly PlannedWork[];
  /** Why the line may stand then; empty where it may at any time. */
  readonly why: string;
}

/** What is otherwise than in the plan before, and why. */
export interface PlanChange {
  readonly work: string;
  /** "R1 caps 6 h earlier" */
  readonly what: string;
  readonly why: string;
}

/** A plan of maintenance as it stands. Travels as `msg.payload`; plain data. */
export interface MaintenancePlanMessage {
  readonly kind: "maintenance-plan";
  /** Empty where the plan has no twin. */
  readonly twin: string;
  readonly name: string;
  /** On the twin's clock. */
  readonly madeAtUs: TimeUs;
  readonly horizonH: number;
  readonly repairers: number;
  readonly setupCost: number;
  readonly downtimeCostPerH: number;
  readonly stops: readonly PlannedStop[];
  /** Null where nothing falls due. */
  readonly effect: PlanEffect | null;
  readonly proven: boolean;
  /** Against the plan before, each with its reason. */
  readonly changes: readonly PlanChange[];
  /** Components that nothing tells of yet. */
  readonly unknown: readonly string[];
  /** When the line may stand; null: at any time. */
  readonly windows: readonly StopWindow[] | null;
}

export interface PlanParts {
  readonly twin: string;
  readonly plant: MaintainedPlant;
  readonly nowUs: TimeUs;
  readonly works: readonly DueWork[];
  readonly windows: readonly StopWindow[] | undefined;
  readonly unknown: readonly string[];
  /** Undefined where nothing falls due. */
  readonly answer: PlanAnswer | undefined;
}

/** A plan as it is told, before it is compared with the one before. */
export function planMessage(parts: PlanParts): MaintenancePlanMessage {
  const { twin, plant, nowUs, works, windows, unknown, answer } = parts;
  const byId = new Map(works.map((work) => [work.id, work]));
  const stops = (answer?.plan.groups ?? []).map((group): PlannedStop => {
    const fromUs = Math.round(nowUs + group.timeH * HOUR_US);
    const toUs = Math.round(fromUs + group.makespanH * HOUR_US);
    const window = windows?.find((one) => one.fromUs <= fromUs + 1 && toUs <= one.toUs + 1);
    return {
      fromUs,
      toUs,
      value: group.value,
      works: group.activities.map(({ id }) => workOf(byId.get(String(id))!)),
      why: window?.why ?? "",
    };
  });
  return {
    kind: "maintenance-plan",
    twin,
    name: plant.name,
    madeAtUs: nowUs,
    horizonH: plant.horizonH,
    repairers: plant.repairers,
    setupCost: plant.setupCost,
    downtimeCostPerH: plant.downtimeCostPerH,
    stops,
    effect: answer?.effect ?? null,
    proven: answer?.plan.proven ?? true,
    changes: [],
    unknown,
    windows: windows ?? null,
  };
}

function workOf({ id, component, life, partFromUs }: DueWork): PlannedWork {
  const { label, asset, durationH, crew, part } = component;
  return {
    id,
    component: component.id,
    label,
    asset,
    durationH,
    crew,
    part: part ?? null,
    partFromUs: partFromUs ?? null,
    ...life,
  };
}

/** "3 stops for 7 works, the next in 5 h" */
export function planWords({ stops, madeAtUs, unknown }: MaintenancePlanMessage): string {
  const left = unknown.length === 0 ? "" : ` · ${unknown.length} not told of yet`;
  const [next] = stops;
  if (next === undefined) return `nothing due${left}`;
  const works = stops.reduce((sum, stop) => sum + stop.works.length, 0);
  const count = (n: number, what: string) => `${n} ${what}${n === 1 ? "" : "s"}`;
  const inH = (next.fromUs - madeAtUs) / HOUR_US;
  const when = inH < 1 ? `${Math.round(60 * inH)} min` : `${Math.round(inH)} h`;
  return `${count(stops.length, "stop")} for ${count(works, "work")}, the next in ${when}${left}`;
}

/** @throws RungError `not-a-maintenance-plan` */
export function takeMaintenancePlan(payload: unknown, where: string): MaintenancePlanMessage {
  const plan = payload as Partial<MaintenancePlanMessage> | null | undefined;
  if (plan?.kind === "maintenance-plan" && Array.isArray(plan.stops) && Array.isArray(plan.changes))
    return plan as MaintenancePlanMessage;
  throw new RungError({
    code: "not-a-maintenance-plan",
    where,
    what: `expected a plan of maintenance, got ${plan?.kind ?? (payload === null ? "null" : typeof payload)}`,
    advice: "wire a maintain node to it",
  });
}
