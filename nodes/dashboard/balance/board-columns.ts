import type { BalanceTask } from "../../../runtime/prescribe/balance/balance-problem.ts";
import { type LoadRow, loadRows } from "../../../runtime/prescribe/balance/load-rows.ts";
import type { BalanceWords } from "./balance-words.ts";
import { type BoardEdit, secondsText, stationOf, tasksOf } from "./board-edit.ts";

/** One task as it is drawn: a block of its time in the stack of its station. */
export interface TaskBlock {
  readonly id: string;
  /** From the floor of the stack, s. */
  readonly fromS: number;
  readonly timeS: number;
  /** Something of it is broken. */
  readonly broken: boolean;
  /** All there is to say of it, for the line below the board and for who cannot see it. */
  readonly says: string;
}

export interface StationColumn {
  readonly station: number;
  /** "Station 3", or the name of its place. */
  readonly title: string;
  readonly load: string;
  readonly loadS: number;
  readonly capacityS: number;
  readonly tasks: readonly TaskBlock[];
  /** What is broken of the station as a whole. */
  readonly broken: readonly string[];
}

/** Columns of a board, one per station and an empty one to begin another. */
export function stationColumns(edit: BoardEdit, words: BalanceWords): StationColumn[] {
  const { problem, cycleS, rules } = edit.balance;
  const rows = loadRows(problem, rules, cycleS);
  const index = new Map(problem.tasks.map((task, at) => [task.id, { task, at }]));
  const breaches = edit.breaches();
  const brokenTasks = new Set(breaches.flatMap(tasksOf));
  return Array.from({ length: edit.places }, (_, station) => {
    const { tasks: ids, loadS, capacityS } = edit.board.station(station);
    const tasks = ids.map((id) => index.get(id)!);
    const row = heaviest(rows, tasks);
    let fromS = 0;
    const blocks = tasks.map(({ task, at }): TaskBlock => {
      const timeS = row.seconds(row.ticks[at]!);
      const block = {
        id: task.id,
        fromS,
        timeS,
        broken: brokenTasks.has(task.id),
        says: taskText(task, timeS, words),
      };
      fromS += timeS;
      return block;
    });
    return {
      station,
      title: rules.stations?.[station]?.id ?? words.station(station + 1),
      load: ids.length === 0 ? words.none : words.load(secondsText(loadS), secondsText(capacityS)),
      loadS,
      capacityS,
      tasks: blocks,
      broken: breaches
        .filter((breach) => stationOf(breach) === station)
        .map((breach) => words.breach(breach)),
    };
  });
}

/** Of a line whose every model must fit: the model that its station has most work with. */
function heaviest(rows: readonly LoadRow[], tasks: readonly { readonly at: number }[]): LoadRow {
  const load = ({ ticks }: LoadRow): number => tasks.reduce((sum, { at }) => sum + ticks[at]!, 0);
  return rows.reduce((a, b) => (load(b) > load(a) ? b : a));
}

/** "Task 7 tighten seat · 12 s · after 3, 4 · needs torque tool" */
function taskText(
  { id, name, after, needs = [], zone, side }: BalanceTask,
  timeS: number,
  words: BalanceWords,
): string {
  const parts = [
    words.task(id, name ?? ""),
    `${secondsText(timeS)} s`,
    after.length === 0 ? "" : words.after(after.join(", ")),
    needs.length === 0 ? "" : words.needs(needs.join(", ")),
    zone === undefined ? "" : words.zone(zone),
    side === undefined ? "" : words.side(side),
  ];
  return parts.filter((part) => part !== "").join(" · ");
}

/** Heights that a board is drawn in, px. */
const SMALLEST_BLOCK = 24;
const LEAST_CYCLE = 220;
const MOST_CYCLE = 460;

/** Pixels of a second: so that the shortest task can be read, as far as a board of bearable height allows. */
export function pxPerSecond(columns: readonly StationColumn[]): number {
  const capacityS = Math.max(...columns.map((column) => column.capacityS));
  const times = columns.flatMap(({ tasks }) => tasks.map(({ timeS }) => timeS)).filter((timeS) => timeS > 0);
  const wanted = times.length === 0 ? 0 : SMALLEST_BLOCK / Math.min(...times);
  return Math.min(MOST_CYCLE / capacityS, Math.max(LEAST_CYCLE / capacityS, wanted));
}
