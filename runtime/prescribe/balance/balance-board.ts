import { RungError } from "../../core/errors.ts";
import type { Breach } from "./balance-breach.ts";
import type { Assignment, BalanceProblem, BalanceRules, BalanceTask } from "./balance-problem.ts";
import { type LoadRow, loadRows, POINTS_ROUNDING } from "./load-rows.ts";

/** One station as a board shows it. */
export interface BoardStation {
  /** From 0. */
  readonly station: number;
  /** In the order of the problem's tasks. */
  readonly tasks: readonly string[];
  /** Work of each piece; of a line whose every model must fit, that of its longest model. */
  readonly loadS: number;
  readonly capacityS: number;
  readonly ergonomicPoints: number;
}

/** What one move changed. */
export interface BoardChange {
  readonly task: string;
  readonly from?: number;
  readonly to?: number;
  /** The stations that lost or got the task. */
  readonly stations: readonly BoardStation[];
  /** Breaches that the move brought, and those that it ended. */
  readonly appeared: readonly Breach[];
  readonly gone: readonly Breach[];
}

/**
 * A balance that a person edits: after every move it knows the loads and what is broken. A move looks only at the task,
 * its direct neighbours in the precedence graph, its zoning groups and the two stations. Runs in a browser as it is.
 */
export class BalanceBoard {
  readonly problem: BalanceProblem;
  readonly cycleS: number;
  readonly rules: BalanceRules;
  readonly #rows: readonly LoadRow[];
  readonly #index: ReadonlyMap<string, number>;
  readonly #followers: readonly (readonly number[])[];
  readonly #together: ReadonlyMap<number, readonly (readonly number[])[]>;
  readonly #apart: ReadonlyMap<number, readonly (readonly number[])[]>;
  /** Station of each task, -1 where it is at none. */
  readonly #at: number[];
  readonly #stations: Set<number>[] = [];
  readonly #copies: readonly number[];
  readonly #breaches = new Map<string, Breach>();

  /**
   * @param start tasks that it leaves out are at no station
   * @param copies of each station that works in parallel; default 1
   * @param stations least number to show; the places of `rules.stations` are all there are
   * @throws RungError `balance-board` for an unknown task or station, `times-too-fine`
   */
  constructor(
    problem: BalanceProblem,
    cycleS: number,
    rules: BalanceRules = {},
    start: Assignment = {},
    { stations = 0, copies = [] }: { readonly stations?: number; readonly copies?: readonly number[] } = {},
  ) {
    this.problem = problem;
    this.cycleS = cycleS;
    this.rules = rules;
    this.#rows = loadRows(problem, rules, cycleS);
    this.#index = new Map(problem.tasks.map(({ id }, task) => [id, task]));
    const followers: number[][] = problem.tasks.map(() => []);
    problem.tasks.forEach(({ after }, task) => {
      for (const before of after) followers[this.#taskOf(before)]!.push(task);
    });
    this.#followers = followers;
    this.#together = this.#groupsByTask(rules.together ?? []);
    this.#apart = this.#groupsByTask(rules.apart ?? []);
    this.#at = problem.tasks.map(() => -1);
    this.#copies = copies;
    this.#widen(rules.stations?.length ?? stations);
    for (const [id, station] of Object.entries(start)) this.#put(this.#taskOf(id), this.#checked(station));
    for (const task of this.#at.keys()) this.#judge(this.#keysOfTask(task));
    for (const station of this.#stations.keys()) this.#judge(this.#keysOfStation(station));
  }

  /** How many stations there are, empty ones among them. */
  get stations(): number {
    return this.#stations.length;
  }

  /** @returns one station; a number beyond the last is an empty one */
  station(station: number): BoardStation {
    const tasks = [...(this.#stations[station] ?? [])].sort((a, b) => a - b);
    const capacity = this.#copies[station] ?? 1;
    const loadsS = this.#rows.map((row) => row.seconds(loadTicks(row, tasks)));
    return {
      station,
      tasks: tasks.map((task) => this.problem.tasks[task]!.id),
      loadS: Math.max(...loadsS),
      capacityS: this.cycleS * capacity,
      ergonomicPoints: points(tasks.map((task) => this.problem.tasks[task]!)),
    };
  }

  /** Everything that is broken now. */
  breaches(): Breach[] {
    return [...this.#breaches.values()];
  }

  assignment(): Assignment {
    return Object.fromEntries(
      this.problem.tasks.flatMap(({ id }, task) => (this.#at[task]! < 0 ? [] : [[id, this.#at[task]!]])),
    );
  }

  /** Share of the paid time, over stations with work, in which nobody works; 0 without any. */
  idleShare(): number {
    let [workS, paidS] = [0, 0];
    for (const station of this.#stations.keys()) {
      const { tasks, loadS, capacityS } = this.station(station);
      if (tasks.length === 0) continue;
      workS += loadS;
      paidS += capacityS;
    }
    return paidS === 0 ? 0 : 1 - workS / paidS;
  }

  /**
   * Moves a task, whatever that breaks: a person may pass through a forbidden balance on the way to a better one.
   * @param station from 0; undefined takes the task off the line
   * @throws RungError `balance-board` for an unknown task or station
   */
  move(task: string, station: number | undefined): BoardChange {
    const moved = this.#taskOf(task);
    const from = this.#at[moved]!;
    const to = station === undefined ? -1 : this.#checked(station);
    const touched = [...new Set([from, to])].filter((at) => at >= 0);
    const keys = [...this.#keysOfTask(moved), ...touched.flatMap((at) => this.#keysOfStation(at))];
    const before = new Map(keys.map((key) => [key.name, this.#breaches.get(key.name)]));
    if (from >= 0) this.#stations[from]!.delete(moved);
    this.#put(moved, to);
    this.#judge(keys);
    const changed = [...before].map(([key, was]) => ({ was, is: this.#breaches.get(key) }));
    const different = changed.filter(({ was, is }) => JSON.stringify(was) !== JSON.stringify(is));
    return {
      task,
      ...(from < 0 ? {} : { from }),
      ...(to < 0 ? {} : { to }),
      stations: touched.map((at) => this.station(at)),
      appeared: different.flatMap(({ is }) => (is === undefined ? [] : [is])),
      gone: different.flatMap(({ was }) => (was === undefined ? [] : [was])),
    };
  }

  #judge(keys: readonly BreachKey[]): void {
    for (const { name, breach } of keys) {
      const found = breach();
      if (found === undefined) this.#breaches.delete(name);
      else this.#breaches.set(name, found);
    }
  }

  /** Every rule that looks at where this one task is. */
  #keysOfTask(task: number): BreachKey[] {
    const { id, after, needs = [], side } = this.problem.tasks[task]!;
    const keys: BreachKey[] = [
      {
        name: `unassigned ${id}`,
        breach: () => (this.#at[task]! < 0 ? { kind: "unassigned", task: id } : undefined),
      },
    ];
    for (const before of after) keys.push(this.#precedence(this.#taskOf(before), task));
    for (const follower of this.#followers[task]!) keys.push(this.#precedence(task, follower));
    for (const group of this.#together.get(task) ?? []) {
      for (const other of group) if (other !== task) keys.push(this.#pair("together", task, other));
    }
    for (const group of this.#apart.get(task) ?? []) {
      for (const other of group) if (other !== task) keys.push(this.#pair("apart", task, other));
    }
    if (needs.length > 0) {
      keys.push({
        name: `equipment ${id}`,
        breach: () => {
          const station = this.#at[task]!;
          const has = this.rules.stations?.[station]?.equipment ?? [];
          const missing = needs.filter((need) => !has.includes(need));
          const known = this.rules.stations !== undefined && station >= 0;
          return known && missing.length > 0 ? { kind: "equipment", task: id, station, missing } : undefined;
        },
      });
    }
    if (side !== undefined) {
      keys.push({
        name: `side ${id}`,
        breach: () => {
          const station = this.#at[task]!;
          const has = this.rules.stations?.[station]?.side ?? "both";
          return station >= 0 && has !== "both" && has !== side
            ? { kind: "side", task: id, station, wants: side }
            : undefined;
        },
      });
    }
    return keys;
  }

  /** Every rule that looks at all tasks of one station. */
  #keysOfStation(station: number): BreachKey[] {
    const tasks = (): BalanceTask[] =>
      [...this.#stations[station]!].sort((a, b) => a - b).map((task) => this.problem.tasks[task]!);
    const keys: BreachKey[] = this.#rows.map((row) => ({
      name: `overload ${station} ${row.model ?? ""}`,
      breach: () => {
        const load = loadTicks(row, this.#stations[station]!);
        const copies = this.#copies[station] ?? 1;
        if (load <= row.capacityTicks * copies) return undefined;
        const model = row.model === undefined ? {} : { model: row.model };
        return {
          kind: "overload",
          station,
          loadS: row.seconds(load),
          capacityS: this.cycleS * copies,
          ...model,
        };
      },
    }));
    keys.push({
      name: `zone ${station}`,
      breach: () => {
        const zones = [...new Set(tasks().flatMap(({ zone }) => zone ?? []))];
        return zones.length > 1 ? { kind: "zone", station, zones } : undefined;
      },
    });
    const most = this.rules.mostErgonomicPoints;
    if (most !== undefined) {
      keys.push({
        name: `ergonomics ${station}`,
        breach: () => {
          const sum = points(tasks());
          return sum - most > POINTS_ROUNDING
            ? { kind: "ergonomics", station, points: sum, most }
            : undefined;
        },
      });
    }
    return keys;
  }

  #precedence(before: number, task: number): BreachKey {
    const ids = { before: this.problem.tasks[before]!.id, task: this.problem.tasks[task]!.id };
    return {
      name: `precedence ${before} ${task}`,
      breach: () => {
        const broken = this.#at[task]! >= 0 && this.#at[before]! > this.#at[task]!;
        return broken ? { kind: "precedence", ...ids } : undefined;
      },
    };
  }

  #pair(kind: "together" | "apart", one: number, other: number): BreachKey {
    const [a, b] = one < other ? [one, other] : [other, one];
    const tasks = [this.problem.tasks[a]!.id, this.problem.tasks[b]!.id] as const;
    return {
      name: `${kind} ${a} ${b}`,
      breach: () => {
        const [first, second] = [this.#at[a]!, this.#at[b]!];
        if (first < 0 || second < 0) return undefined;
        if (kind === "together") return first === second ? undefined : { kind, tasks };
        return first === second ? { kind, station: first, tasks } : undefined;
      },
    };
  }

  #put(task: number, station: number): void {
    this.#at[task] = station;
    if (station < 0) return;
    this.#widen(station + 1);
    this.#stations[station]!.add(task);
  }

  #widen(stations: number): void {
    while (this.#stations.length < stations) this.#stations.push(new Set());
  }

  #taskOf(id: string): number {
    const task = this.#index.get(id);
    if (task === undefined) throw this.#fault(`${id} is no task`, "name a task of the problem");
    return task;
  }

  #checked(station: number): number {
    const most = this.rules.stations?.length ?? this.problem.tasks.length;
    if (Number.isInteger(station) && station >= 0 && station < most) {
      this.#widen(station + 1);
      return station;
    }
    throw this.#fault(`there is no station ${station}`, `stations are numbered 0 to ${most - 1}`);
  }

  #fault(what: string, advice: string): RungError {
    return new RungError({ code: "balance-board", where: this.problem.name, what, advice });
  }

  #groupsByTask(groups: readonly (readonly string[])[]): Map<number, number[][]> {
    const byTask = new Map<number, number[][]>();
    for (const group of groups) {
      const tasks = group.map((id) => this.#taskOf(id));
      for (const task of tasks) byTask.set(task, [...(byTask.get(task) ?? []), tasks]);
    }
    return byTask;
  }
}

/** One rule: the name that its breach is held by, and the breach as things stand. */
interface BreachKey {
  readonly name: string;
  readonly breach: () => Breach | undefined;
}

function loadTicks(row: LoadRow, tasks: Iterable<number>): number {
  let sum = 0;
  for (const task of tasks) sum += row.ticks[task]!;
  return sum;
}

function points(tasks: readonly BalanceTask[]): number {
  return tasks.reduce((sum, { ergonomicPoints = 0 }) => sum + ergonomicPoints, 0);
}
