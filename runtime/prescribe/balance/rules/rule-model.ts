import type { BalanceProblem, BalanceRules, BalanceTask } from "../balance-problem.ts";
import type { LoadRow } from "../load-rows.ts";
import type { FeasibilityModel } from "./highs-question.ts";
import { placeWindow } from "./place-window.ts";

/** One rule of a line, with the rows by which a balance keeps it. */
export interface ModelRule {
  /** For a person: "press for task 7", "apart 3, 4". */
  readonly name: string;
  readonly rows: readonly string[];
  /** Variables of 0 or 1 that the rule has of its own. */
  readonly binaries: readonly string[];
}

const CYCLE_TIME = "the cycle time";
const PRECEDENCE = "precedence";

/** Variable: task `task` is at place `place`. */
export function atPlace(task: number, place: number): string {
  return `x${task}_${place}`;
}

/** Variable: stations that work in parallel at a place. */
export function copiesAt(place: number): string {
  return `r${place}`;
}

/** What a model is asked for. */
export interface ModelSize {
  readonly places: number;
  /** Stations in all, copies counted each. */
  readonly budget: number;
}

/**
 * The rules of a line as rows of a mixed integer programme over which task is at which place, after the formulations that
 * Scholl 1999 and Becker and Scholl 2006 gather.
 */
export function modelRules(
  problem: BalanceProblem,
  rules: BalanceRules,
  loads: readonly LoadRow[],
  { places }: ModelSize,
): ModelRule[] {
  const { tasks } = problem;
  const index = new Map(tasks.map(({ id }, i) => [id, i]));
  const everyPlace = Array.from({ length: places }, (_, place) => place);
  const named = (name: string, rows: readonly string[], binaries: readonly string[] = []): ModelRule => ({
    name,
    rows,
    binaries,
  });
  const groupRows = (group: readonly string[], rows: (numbers: number[]) => string[]): string[] =>
    rows(group.map((id) => index.get(id)!));

  const precedence = tasks.flatMap(({ after }, task) =>
    after.flatMap((id) => {
      const before = index.get(id)!;
      // By each place where the later task is done, the earlier one is.
      return everyPlace.slice(0, -1).map((last) => {
        const until = everyPlace.slice(0, last + 1);
        const later = until.map((place) => atPlace(task, place)).join(" + ");
        const earlier = until.map((place) => atPlace(before, place)).join(" - ");
        return `${later} - ${earlier} <= 0`;
      });
    }),
  );
  const load = loads.flatMap(({ ticks, capacityTicks }) => {
    const divisor = [...ticks, capacityTicks].reduce(greatestCommonDivisor, 0) || 1;
    return everyPlace.map((place) => {
      const sum = terms(tasks, (_, task) => ticks[task]! / divisor, place);
      if (sum === "") return [];
      // Follows from the sum in whole numbers, and tells it to a solver that begins with fractions.
      const long = [...tasks.keys()]
        .filter((task) => ticks[task]! > capacityTicks)
        .map(
          (task) =>
            `${Math.ceil(ticks[task]! / capacityTicks)} ${atPlace(task, place)} - ${copiesAt(place)} <= 0`,
        );
      return [`${sum} - ${capacityTicks / divisor} ${copiesAt(place)} <= 0`, ...long];
    });
  });
  const zones = [...new Set(tasks.flatMap(({ zone }) => zone ?? []))];
  const zoneRows = everyPlace.flatMap((place) => [
    ...tasks.flatMap(({ zone }, task) =>
      zone === undefined ? [] : [`${atPlace(task, place)} - ${zoneAt(zones.indexOf(zone), place)} <= 0`],
    ),
    `${zones.map((_, zone) => zoneAt(zone, place)).join(" + ")} <= 1`,
  ]);
  const most = rules.mostErgonomicPoints;
  const points = everyPlace.flatMap((place) => {
    const sum = terms(tasks, ({ ergonomicPoints = 0 }) => ergonomicPoints, place);
    return most === undefined || sum === "" ? [] : [`${sum} <= ${most}`];
  });
  return [
    named(CYCLE_TIME, load.flat()),
    named(PRECEDENCE, precedence),
    named(
      "one zone at each station",
      zones.length > 1 ? zoneRows : [],
      zones.flatMap((_, zone) => everyPlace.map((place) => zoneAt(zone, place))),
    ),
    named(`at most ${most} ergonomic points`, points),
    ...(rules.together ?? []).map((group) =>
      named(
        `together ${group.join(", ")}`,
        groupRows(group, ([first, ...others]) =>
          others.flatMap((other) =>
            everyPlace.map((place) => `${atPlace(first!, place)} - ${atPlace(other, place)} = 0`),
          ),
        ),
      ),
    ),
    ...(rules.apart ?? []).map((group) =>
      named(
        `apart ${group.join(", ")}`,
        groupRows(group, (numbers) =>
          everyPlace.map((place) => `${numbers.map((task) => atPlace(task, place)).join(" + ")} <= 1`),
        ),
      ),
    ),
    ...tasks.flatMap((task, i) => placeRules(task, i, rules).map(({ name, rows }) => named(name, rows))),
  ].filter(({ rows }) => rows.length > 0);
}

/** @param kept the rules that a balance must keep */
export function feasibilityModel(
  problem: BalanceProblem,
  rules: BalanceRules,
  loads: readonly LoadRow[],
  { places, budget }: ModelSize,
  kept: readonly ModelRule[],
): FeasibilityModel {
  const everyPlace = Array.from({ length: places }, (_, place) => place);
  const once = problem.tasks.map(
    (_, task) => `${everyPlace.map((place) => atPlace(task, place)).join(" + ")} = 1`,
  );
  const all = `${everyPlace.map(copiesAt).join(" + ")} <= ${budget}`;
  /** Places that a task cannot stand at follow from cycle time and precedence, and from these two only together. */
  const outside = (): string[] => {
    if (![CYCLE_TIME, PRECEDENCE].every((name) => kept.some((rule) => rule.name === name))) return [];
    const { first, last } = placeWindow(problem, loads, rules.mostCopies ?? 1, places);
    return problem.tasks.flatMap((_, task) =>
      everyPlace
        .filter((place) => place < first[task]! || place > last[task]!)
        .map((place) => `${atPlace(task, place)} = 0`),
    );
  };
  return {
    rows: [
      ...once,
      all,
      ...kept.flatMap(({ rows }) => rows),
      ...used(problem, rules, everyPlace),
      ...outside(),
    ],
    binaries: [
      ...problem.tasks.flatMap((_, task) => everyPlace.map((place) => atPlace(task, place))),
      ...kept.flatMap(({ binaries }) => binaries),
    ],
    counts: everyPlace.map((place) => ({ name: copiesAt(place), most: rules.mostCopies ?? 1 })),
  };
}

/**
 * A place with a task is a station, even if its tasks take no time. Places that nobody named are used one after another,
 * which leaves out balances that differ by empty places alone.
 */
function used({ tasks }: BalanceProblem, rules: BalanceRules, everyPlace: readonly number[]): string[] {
  const station = everyPlace.flatMap((place) =>
    tasks.map((_, task) => `${atPlace(task, place)} - ${copiesAt(place)} <= 0`),
  );
  if (rules.stations !== undefined) return station;
  const most = rules.mostCopies ?? 1;
  const inTurn = everyPlace
    .slice(1)
    .map((place) => `${copiesAt(place)} - ${most} ${copiesAt(place - 1)} <= 0`);
  return [...station, ...inTurn];
}

/** Places where a task cannot stand, as they lack its equipment or its side. */
function placeRules(
  { id, needs = [], side }: BalanceTask,
  task: number,
  rules: BalanceRules,
): Pick<ModelRule, "name" | "rows">[] {
  const places = rules.stations ?? [];
  const barred = (bars: (place: (typeof places)[number]) => boolean): string[] =>
    places.flatMap((place, i) => (bars(place) ? [`${atPlace(task, i)} = 0`] : []));
  return [
    ...needs.map((need) => ({
      name: `${need} for task ${id}`,
      rows: barred(({ equipment = [] }) => !equipment.includes(need)),
    })),
    ...(side === undefined
      ? []
      : [
          {
            name: `${side === "both" ? "both sides" : `the ${side} side`} for task ${id}`,
            rows: barred((place) => (place.side ?? "both") !== "both" && place.side !== side),
          },
        ]),
  ];
}

function zoneAt(zone: number, place: number): string {
  return `z${zone}_${place}`;
}

function terms(
  tasks: readonly BalanceTask[],
  weight: (task: BalanceTask, number: number) => number,
  place: number,
): string {
  return tasks
    .flatMap((task, i) => (weight(task, i) === 0 ? [] : [`${weight(task, i)} ${atPlace(i, place)}`]))
    .join(" + ");
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
