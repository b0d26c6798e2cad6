import { InputReader } from "./input-reader.ts";
import type { LicensedTable } from "./licensed-table.ts";

/** A task that an operator does in every cycle, or in a share of the cycles. */
export interface OperatorTask {
  readonly name: string;
  /** Of doing it once. */
  readonly timeS: number;
  /** Ergonomic points of doing it once, on the plant's own scale. */
  readonly points: number;
  /** How often in one cycle, on the mean: 0.3 for a variant of 30 %. */
  readonly perCycle: number;
}

export interface Operator {
  readonly name: string;
  readonly tasks: readonly OperatorTask[];
}

/** What the plant holds to be enough; a limit that is not given is not checked. */
export interface LoadLimits {
  readonly pointsPerShift?: number;
  readonly pointsPerWindow?: number;
  readonly strainPoints?: number;
  readonly workWithoutPauseS?: number;
}

export interface ShiftWork {
  readonly shiftS: number;
  readonly cycleS: number;
  /** In order, apart from one another, within the shift. */
  readonly breaks: readonly { readonly startS: number; readonly durationS: number }[];
  /** How many points a minute without work takes off the strain; 0 where the plant has no such figure. */
  readonly recoveryPointsPerMin: number;
  /** Length of the stretch whose points are looked for at their highest. */
  readonly windowS: number;
  /** A pause is at least this long. */
  readonly pauseS: number;
  readonly limits: LoadLimits;
  readonly operators: readonly Operator[];
}

const LIMITS = ["pointsPerShift", "pointsPerWindow", "strainPoints", "workWithoutPauseS"] as const;
const LONGEST_SHIFT_S = 24 * 3600;
/** Of all operators and cycles together, so that a rating takes a moment and not a host's breath. */
const MOST_STEPS = 500_000;
const ANY = { least: 0, most: Number.POSITIVE_INFINITY };

/**
 * The work of a shift: `shiftS`, `cycleS`, `tasks` (time and points, or `elements` with codes of the licensed table) and
 * `operators` with the names of their tasks, as a balance assigns them to stations.
 * @throws RungError `ergonomics-input` with every fault
 */
export function readShiftWork(value: unknown, where: string, table?: LicensedTable): ShiftWork {
  const reader = new InputReader(value, where);
  reader.onlyKnows(
    "method",
    "name",
    "shiftS",
    "cycleS",
    "breaks",
    "recoveryPointsPerMin",
    "windowS",
    "pauseS",
    "limits",
    "tasks",
    "operators",
  );
  const shiftS = reader.number("shiftS", {
    least: 60,
    most: LONGEST_SHIFT_S,
    unit: "s",
    byDefault: 8 * 3600,
  });
  const cycleS = reader.number("cycleS", { least: 1, most: shiftS, unit: "s" });
  const tasks = new Map<string, OperatorTask>();
  for (const entry of reader.list("tasks")) {
    const task = readTask(entry, table);
    if (tasks.has(task.name))
      entry.fault(`task ${task.name} stands twice`, "give each task a name of its own");
    tasks.set(task.name, task);
  }
  const operators = reader.list("operators").map((entry) => readOperator(entry, tasks, cycleS));
  const steps = (shiftS / cycleS) * operators.reduce((sum, operator) => sum + operator.tasks.length + 1, 0);
  if (steps > MOST_STEPS)
    reader.fault(
      `cycles times tasks are ${Math.round(steps)}, at most ${MOST_STEPS} are rated at once`,
      "rate fewer operators at a time",
    );
  const limits = reader.optionalPart("limits");
  limits.onlyKnows(...LIMITS);
  const given = LIMITS.filter((key) => limits.has(key)).map((key) => [
    key,
    limits.number(key, { ...ANY, unit: key.endsWith("S") ? "s" : "points" }),
  ]);
  const work: ShiftWork = {
    shiftS,
    cycleS,
    breaks: readBreaks(reader, shiftS),
    recoveryPointsPerMin: reader.number("recoveryPointsPerMin", { ...ANY, unit: "points/min", byDefault: 0 }),
    windowS: reader.number("windowS", { least: 1, most: LONGEST_SHIFT_S, unit: "s", byDefault: 3600 }),
    pauseS: reader.number("pauseS", { least: 1, most: LONGEST_SHIFT_S, unit: "s", byDefault: 60 }),
    limits: Object.fromEntries(given) as LoadLimits,
    operators,
  };
  reader.end();
  return work;
}

function readTask(reader: InputReader, table: LicensedTable | undefined): OperatorTask {
  reader.onlyKnows("name", "timeS", "points", "perCycle", "elements");
  const name = reader.text("name");
  const perCycle = reader.number("perCycle", { least: 0, most: 1000, unit: "", byDefault: 1 });
  if (!reader.has("elements"))
    return {
      name,
      timeS: reader.number("timeS", { ...ANY, unit: "s" }),
      points: reader.number("points", { ...ANY, unit: "points", byDefault: 0 }),
      perCycle,
    };
  if (reader.has("timeS") || reader.has("points"))
    reader.fault("has elements, so time and points come from the table", "leave out timeS and points");
  let timeS = 0;
  let points = 0;
  for (const entry of reader.list("elements")) {
    entry.onlyKnows("code", "times");
    const code = entry.text("code");
    const times = entry.number("times", { least: 0, most: 10_000, unit: "", byDefault: 1 });
    const element = table?.get(code);
    if (element === undefined)
      entry.fault(
        table === undefined
          ? `code ${code} needs the plant's licensed table`
          : `code ${code} is not in the table`,
        table === undefined ? "give it with the task list" : "correct the code",
      );
    timeS += times * (element?.timeS ?? 0);
    points += times * (element?.points ?? 0);
  }
  return { name, timeS, points, perCycle };
}

function readOperator(
  reader: InputReader,
  tasks: ReadonlyMap<string, OperatorTask>,
  cycleS: number,
): Operator {
  reader.onlyKnows("name", "tasks");
  const name = reader.text("name");
  const own = reader.texts("tasks").flatMap((task) => {
    const found = tasks.get(task);
    if (found === undefined) reader.fault(`task ${task} is not in the list`, "correct the name");
    return found === undefined ? [] : [found];
  });
  const timeS = own.reduce((sum, task) => sum + task.timeS * task.perCycle, 0);
  // A hair above the cycle is the rounding of a sum.
  if (timeS > cycleS * (1 + 1e-9))
    reader.fault(
      `tasks take ${Number(timeS.toFixed(3))} s of a cycle of ${cycleS} s`,
      "give a task to another operator",
    );
  return { name, tasks: own };
}

function readBreaks(reader: InputReader, shiftS: number): ShiftWork["breaks"] {
  if (!reader.has("breaks")) return [];
  let free = 0;
  return reader.list("breaks").map((entry) => {
    entry.onlyKnows("startS", "durationS");
    const startS = entry.number("startS", { least: free, most: shiftS, unit: "s" });
    const durationS = entry.number("durationS", { least: 0, most: shiftS - startS, unit: "s" });
    free = startS + durationS;
    return { startS, durationS };
  });
}
