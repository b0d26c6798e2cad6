import { FieldReader, type Raw } from "./field-reader.ts";

/** One piece of work on one component, wanted at `dueH`. */
export interface MaintenanceActivity {
  /** As its file has it. */
  readonly id: string | number;
  readonly component: string;
  /** Where it would be done by itself, h from the plan's start. */
  readonly dueH: number;
  readonly durationH: number;
  /** Cost of each squared hour before it is due: life that is given away. */
  readonly earlyCostPerH2: number;
  /** Cost of each squared hour after it is due: risk that is taken. */
  readonly lateCostPerH2: number;
  /** Before this its spare part is not there; minus infinity where it is in stock. */
  readonly partFromH: number;
  /** Repairers that it needs at once; one where left out. */
  readonly crew?: number;
}

/** A time in which the line may stand, h from the plan's start. */
export interface MaintenanceWindow {
  readonly beginH: number;
  readonly endH: number;
}

export interface MaintenanceInstance {
  readonly name: string;
  /** Of stopping the line once, whatever is then done. */
  readonly setupCost: number;
  readonly downtimeCostPerH: number;
  /** How many can work at once. */
  readonly repairers: number;
  readonly activities: readonly MaintenanceActivity[];
  /** Undefined where the line may stand at any time. Ordered, apart from each other. */
  readonly windows: readonly MaintenanceWindow[] | undefined;
  /** Two lives of one component never share a stop: changing a part twice at once saves nothing. False where left out. */
  readonly isOncePerStop?: boolean;
}

/**
 * Reads an instance as its JSON file has it: `setup_cost`, `downtime_cost_rate` (per h), `repairmen`, `components` (`id`,
 * `alpha`, `beta`, `duration_h`, `crew`, `mtbf_h`), `activities` (`id`, `component`, `time_h`, `part_from_h`), and `windows`
 * (`begin_h`, `end_h`). Without `activities` each component is due at every multiple of its `mtbf_h` within `window`
 * (`hours`, or `begin_h` and `end_h`).
 *
 * @param where what the errors call it: a file, a node
 * @throws RungError `maintenance-instance` for the first thing that is wrong
 */
export function readMaintenanceInstance(input: unknown, where: string): MaintenanceInstance {
  const read = new FieldReader(where, "maintenance-instance");
  const raw = read.object(input, "");
  const components = new Map<string, Raw>();
  for (const [i, value] of read.list(raw.components, "components").entries()) {
    const component = read.object(value, `components/${i}`);
    const id = read.id(component.id, `components/${i}/id`);
    if (components.has(id)) read.refuse(`components/${i}/id`, `${id} stands twice`, "give each its own");
    components.set(id, component);
  }
  const due = raw.activities === undefined ? everyLife(read, raw, components) : activitiesOf(read, raw);
  const repairers = read.whole(raw.repairmen ?? 1, "repairmen");
  const seen = new Set<string | number>();
  const activities = due.map(({ id, component, at, dueH, partFromH }): MaintenanceActivity => {
    if (seen.has(id)) read.refuse(`${at}/id`, `${id} stands twice`, "give each its own");
    seen.add(id);
    const of = components.get(component);
    if (of === undefined) {
      const known = [...components.keys()].join(", ");
      return read.refuse(`${at}/component`, `${component} is no component`, `known are ${known}`);
    }
    const from = `components/${component}`;
    const crew = read.crew(of.crew, `${from}/crew`, repairers);
    return {
      id,
      component,
      dueH,
      partFromH,
      durationH: read.number(of.duration_h, `${from}/duration_h`, "h", { above: 0 }),
      earlyCostPerH2: read.number(of.alpha, `${from}/alpha`, "per h²", { above: 0 }),
      lateCostPerH2: read.number(of.beta, `${from}/beta`, "per h²", { above: 0 }),
      ...(crew === 1 ? {} : { crew }),
    };
  });
  if (activities.length === 0) read.refuse("activities", "there is none", "list at least one");
  return {
    name: typeof raw.name === "string" && raw.name !== "" ? raw.name : where,
    setupCost: read.number(raw.setup_cost, "setup_cost", "", { least: 0 }),
    downtimeCostPerH: read.number(raw.downtime_cost_rate, "downtime_cost_rate", "per h", { least: 0 }),
    repairers,
    activities,
    windows: raw.windows === undefined ? undefined : windowsOf(read, raw.windows),
  };
}

interface Due {
  readonly id: string | number;
  readonly component: string;
  /** Where it stands in the file. */
  readonly at: string;
  readonly dueH: number;
  readonly partFromH: number;
}

function activitiesOf(read: FieldReader, raw: Raw): Due[] {
  return read.list(raw.activities, "activities").map((value, i) => {
    const at = `activities/${i}`;
    const activity = read.object(value, at);
    const part = activity.part_from_h;
    return {
      at,
      id: read.idAsGiven(activity.id, `${at}/id`),
      component: read.id(activity.component, `${at}/component`),
      dueH: read.number(activity.time_h, `${at}/time_h`, "h", {}),
      partFromH:
        part === undefined ? Number.NEGATIVE_INFINITY : read.number(part, `${at}/part_from_h`, "h", {}),
    };
  });
}

/** Lives of one component that are planned at most: more is a unit mistaken. */
const LIVES_MOST = 10_000;

function everyLife(read: FieldReader, raw: Raw, components: ReadonlyMap<string, Raw>): Due[] {
  const window = read.object(raw.window, "window");
  const beginH = window.begin_h === undefined ? 0 : read.number(window.begin_h, "window/begin_h", "h", {});
  const endH = read.number(window.end_h ?? window.hours, "window/end_h", "h", { above: beginH });
  const due: Due[] = [];
  for (const [component, of] of components) {
    const at = `components/${component}`;
    const lifeH = read.number(of.mtbf_h, `${at}/mtbf_h`, "h", { above: 0 });
    if ((endH - beginH) / lifeH > LIVES_MOST) {
      read.refuse(
        `${at}/mtbf_h`,
        `${lifeH} h are over ${LIVES_MOST} lives in the window`,
        "look at the unit",
      );
    }
    for (let k = 1; k * lifeH <= endH; k++) {
      if (k * lifeH < beginH) continue;
      due.push({
        id: `${component}.${k}`,
        component,
        at,
        dueH: k * lifeH,
        partFromH: Number.NEGATIVE_INFINITY,
      });
    }
  }
  return due;
}

function windowsOf(read: FieldReader, value: unknown): MaintenanceWindow[] {
  const windows = read.list(value, "windows").map((item, i) => {
    const window = read.object(item, `windows/${i}`);
    const beginH = read.number(window.begin_h, `windows/${i}/begin_h`, "h", {});
    return { beginH, endH: read.number(window.end_h, `windows/${i}/end_h`, "h", { above: beginH }) };
  });
  windows.sort((a, b) => a.beginH - b.beginH);
  for (const [i, window] of windows.entries()) {
    if (i > 0 && window.beginH < windows[i - 1]!.endH) {
      read.refuse("windows", `one begins at ${window.beginH} h, before another has ended`, "join the two");
    }
  }
  if (windows.length === 0) read.refuse("windows", "there is none", "leave it out where any time will do");
  return windows;
}
