import { ShiftCalendar, type ShiftPattern, WEEKDAYS } from "../../../core/shift-calendar.ts";
import { FieldReader, type Raw } from "../field-reader.ts";

/** How the use of a component is counted. Paths are below the twin. */
export type Usage =
  | {
      readonly by: "counter";
      readonly path: string;
      readonly lifeCycles: number;
      readonly cyclesPerH: number;
    }
  | { readonly by: "running"; readonly path: string; readonly above: number; readonly lifeRunningH: number };

/** What wears on an asset and is renewed or looked after as a whole. */
export interface MaintainedComponent {
  readonly id: string;
  /** What people call it; its id where it has no other name. */
  readonly label: string;
  /** Address of the asset that it is a part of. */
  readonly asset: string;
  /** Class of the asset, by which its instruction is found: `robot`, `fan`. */
  readonly assetClass: string;
  readonly earlyCostPerH2: number;
  readonly lateCostPerH2: number;
  readonly durationH: number;
  readonly crew: number;
  /** Mean time from one renewal to the next by the calendar, h; undefined where its use is counted or its life foretold. */
  readonly mtbfH: number | undefined;
  readonly usage: Usage | undefined;
  /** Standard deviation of a life, as a share of its mean. */
  readonly lifeSpread: number;
  /** Share of its life that was used up when it was first seen, 0 to 1. */
  readonly usedAtStart: number;
  /** Spare part that each renewal takes; undefined: none. */
  readonly part: string | undefined;
  /** What a drawing of the cell calls the machine it is on: `R3`; undefined: in none. */
  readonly mark: string | undefined;
}

export interface SparePart {
  readonly id: string;
  readonly onHand: number;
  /** From ordering it until it is there, h. */
  readonly leadH: number;
}

/** All that a plan of maintenance rests on and that does not change by itself. */
export interface MaintainedPlant {
  readonly name: string;
  readonly setupCost: number;
  readonly downtimeCostPerH: number;
  readonly repairers: number;
  readonly horizonH: number;
  /** Work orders are opened so long before their work begins, h. */
  readonly openH: number;
  readonly components: readonly MaintainedComponent[];
  readonly parts: readonly SparePart[];
  /** The line works in these shifts and may stand between them; undefined: it may stand at any time. */
  readonly shifts: ShiftCalendar | undefined;
}

/** What the form of a node may set in place of the file. */
export interface PlantFigures {
  readonly setup_cost?: number;
  readonly downtime_cost_rate?: number;
  readonly repairmen?: number;
  readonly horizon_h?: number;
  /** As the file lists them. */
  readonly components?: readonly unknown[];
}

const PLANT_KEYS = [
  "name",
  "setup_cost",
  "downtime_cost_rate",
  "repairmen",
  "horizon_h",
  "open_orders_h",
  "components",
  "parts",
  "shifts",
];
const COMPONENT_KEYS = [
  "id",
  "label",
  "asset",
  "class",
  "alpha",
  "beta",
  "duration_h",
  "crew",
  "mtbf_h",
  "counter",
  "life_cycles",
  "cycles_per_h",
  "running",
  "running_above",
  "life_running_h",
  "life_spread",
  "used_at_start",
  "part",
  "mark",
];
/** Without a stated spread a life scatters by so much: between that of wear (Weibull shape 7) and of early failures. */
const LIFE_SPREAD = 0.15;
const COMPONENTS_MOST = 500;

/**
 * What is maintained, as its YAML or JSON file states it (docs/maintenance.md).
 * @param where what the errors call it: a file, a node
 * @param figures take the place of the file's
 * @throws RungError `maintained-plant` for the first thing that is wrong, `bad-time-zone`, `bad-shift`
 */
export function readMaintainedPlant(
  input: unknown,
  where: string,
  figures: PlantFigures = {},
): MaintainedPlant {
  const read = new FieldReader(where, "maintained-plant");
  const raw: Raw = { ...read.object(input, ""), ...figures };
  read.only(raw, "", PLANT_KEYS);
  const repairers = read.whole(raw.repairmen ?? 1, "repairmen");
  const parts = partsOf(read, raw.parts ?? []);
  const list = read.list(raw.components, "components");
  if (list.length === 0 || list.length > COMPONENTS_MOST)
    read.refuse("components", `there are ${list.length}`, `list 1 to ${COMPONENTS_MOST}`);
  const components = list.map((value, i) =>
    componentOf(read, value, `components/${i}`, { repairers, parts }),
  );
  refuseTwins(read, components, "components");
  return {
    name: read.maybeText(raw.name, "name") ?? where,
    setupCost: read.number(raw.setup_cost, "setup_cost", "", { least: 0 }),
    downtimeCostPerH: read.number(raw.downtime_cost_rate, "downtime_cost_rate", "per h", { least: 0 }),
    repairers,
    horizonH: read.number(raw.horizon_h ?? 168, "horizon_h", "h", { above: 0 }),
    openH: read.number(raw.open_orders_h ?? 24, "open_orders_h", "h", { least: 0 }),
    components,
    parts,
    shifts: raw.shifts === undefined ? undefined : calendarOf(read, raw.shifts),
  };
}

function componentOf(
  read: FieldReader,
  value: unknown,
  at: string,
  { repairers, parts }: { readonly repairers: number; readonly parts: readonly SparePart[] },
): MaintainedComponent {
  const raw = read.object(value, at);
  read.only(raw, at, COMPONENT_KEYS);
  const id = read.text(raw.id, `${at}/id`);
  const part = read.maybeText(raw.part, `${at}/part`);
  if (part !== undefined && !parts.some((one) => one.id === part))
    read.refuse(`${at}/part`, `${part} is no spare part`, "list it under parts");
  const mtbfH = read.maybe(raw.mtbf_h, `${at}/mtbf_h`, "h", { above: 0 });
  const usedAtStart = read.maybe(raw.used_at_start, `${at}/used_at_start`, "", { least: 0 }) ?? 0;
  if (usedAtStart > 1)
    read.refuse(`${at}/used_at_start`, `must be a share up to 1, got ${usedAtStart}`, "correct it");
  return {
    id,
    label: read.maybeText(raw.label, `${at}/label`) ?? id,
    asset: read.text(raw.asset, `${at}/asset`),
    assetClass: read.text(raw.class, `${at}/class`),
    earlyCostPerH2: read.number(raw.alpha, `${at}/alpha`, "per h²", { above: 0 }),
    lateCostPerH2: read.number(raw.beta, `${at}/beta`, "per h²", { above: 0 }),
    durationH: read.number(raw.duration_h, `${at}/duration_h`, "h", { above: 0 }),
    crew: read.crew(raw.crew, `${at}/crew`, repairers),
    mtbfH,
    usage: usageOf(read, raw, at),
    lifeSpread: read.maybe(raw.life_spread, `${at}/life_spread`, "", { above: 0 }) ?? LIFE_SPREAD,
    usedAtStart,
    part,
    mark: read.maybeText(raw.mark, `${at}/mark`),
  };
}

function usageOf(read: FieldReader, raw: Raw, at: string): Usage | undefined {
  if (raw.counter !== undefined && raw.running !== undefined)
    read.refuse(at, "has both a counter and a running signal", "leave one out");
  if (raw.counter !== undefined) {
    return {
      by: "counter",
      path: read.text(raw.counter, `${at}/counter`),
      lifeCycles: read.number(raw.life_cycles, `${at}/life_cycles`, "cycles", { above: 0 }),
      cyclesPerH: read.number(raw.cycles_per_h, `${at}/cycles_per_h`, "cycles/h", { above: 0 }),
    };
  }
  if (raw.running === undefined) return undefined;
  return {
    by: "running",
    path: read.text(raw.running, `${at}/running`),
    above: read.number(raw.running_above ?? 0, `${at}/running_above`, "", {}),
    lifeRunningH: read.number(raw.life_running_h, `${at}/life_running_h`, "h", { above: 0 }),
  };
}

function partsOf(read: FieldReader, value: unknown): SparePart[] {
  const parts = read.list(value, "parts").map((item, i) => {
    const at = `parts/${i}`;
    const raw = read.object(item, at);
    read.only(raw, at, ["id", "on_hand", "lead_h"]);
    const onHand = read.number(raw.on_hand, `${at}/on_hand`, "", { least: 0 });
    if (!Number.isInteger(onHand)) read.refuse(`${at}/on_hand`, `must be whole, got ${onHand}`, "correct it");
    return {
      id: read.text(raw.id, `${at}/id`),
      onHand,
      leadH: read.number(raw.lead_h, `${at}/lead_h`, "h", { least: 0 }),
    };
  });
  refuseTwins(read, parts, "parts");
  return parts;
}

function calendarOf(read: FieldReader, value: unknown): ShiftCalendar {
  const raw = read.object(value, "shifts");
  read.only(raw, "shifts", ["time_zone", "closed", "list"]);
  const shifts = read.list(raw.list, "shifts/list").map((item, i): ShiftPattern => {
    const at = `shifts/list/${i}`;
    const shift = read.object(item, at);
    return {
      name: read.text(shift.name, `${at}/name`),
      start: read.text(shift.start, `${at}/start`),
      end: read.text(shift.end, `${at}/end`),
      days: read.list(shift.days ?? WEEKDAYS, `${at}/days`) as ShiftPattern["days"],
    };
  });
  const closed = read
    .list(raw.closed ?? [], "shifts/closed")
    .map((day, i) => read.text(day, `shifts/closed/${i}`));
  return new ShiftCalendar({ timeZone: read.text(raw.time_zone, "shifts/time_zone"), shifts, closed });
}

function refuseTwins(read: FieldReader, items: readonly { readonly id: string }[], at: string): void {
  const seen = new Set<string>();
  for (const { id } of items) {
    if (seen.has(id)) read.refuse(at, `${id} stands twice`, "give each its own id");
    seen.add(id);
  }
}
