import { RungError } from "../../core/errors.ts";
import type { BalanceQuestion } from "./balance-answer.ts";
import { takeBalance } from "./balance-message.ts";
import type { Assignment, BalanceProblem } from "./balance-problem.ts";
import { checkProblem } from "./check-problem.ts";
import { readBalance } from "./read-balance.ts";

/** What a form asks for; empty where it leaves something open. */
export interface BalanceForm {
  readonly question: BalanceQuestion["kind"];
  readonly cycleS?: number;
  readonly stations?: number;
  readonly timeS: number;
}

/** What is to be balanced: the form with what a message replaces. */
export interface BalanceRequest {
  /** Undefined: the file of the form. */
  readonly problem?: BalanceProblem;
  /** As a message states them, not looked at yet; undefined: those of the form. */
  readonly rules?: unknown;
  /** Where the tasks are now, if that is known. */
  readonly current?: Assignment;
  readonly form: BalanceForm;
}

const KEYS = ["question", "cycleS", "stations", "timeS", "problem", "rules", "current"] as const;
const QUESTIONS = ["stations", "cycle", "efficiency"] as const;

/**
 * What a message asks. A text with a file's name is tasks in that form; a balance, as a board sends it, is the line as it
 * is now; an object replaces parts of the form; anything else asks what the form says.
 * @throws RungError `balance-request` that names the entry, and those of the readers
 */
export function balanceRequest(
  message: { readonly payload?: unknown; readonly filename?: unknown },
  form: BalanceForm,
  where: string,
): BalanceRequest {
  const { payload, filename } = message;
  const refuse = (what: string, advice: string): never => {
    throw new RungError({ code: "balance-request", where, what, advice });
  };
  if (typeof payload === "string" && typeof filename === "string") {
    return { form, problem: readBalance(payload, filename) };
  }
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) return { form };
  if ((payload as { kind?: unknown }).kind === "balance") {
    const { problem, rules, assignment, cycleS } = takeBalance(payload, where);
    return { problem, rules, current: assignment, form: { ...form, cycleS } };
  }
  const asked = payload as Readonly<Record<string, unknown>>;
  const stranger = Object.keys(asked).find((key) => !(KEYS as readonly string[]).includes(key));
  if (stranger !== undefined)
    return refuse(`${stranger} is no part of a balance's order`, `it may have ${KEYS.join(", ")}`);
  const number = (key: "cycleS" | "stations" | "timeS"): Partial<BalanceForm> => {
    const value = asked[key];
    if (value === undefined) return {};
    if (typeof value === "number" && Number.isFinite(value) && value > 0) return { [key]: value };
    return refuse(`${key} must be a number above 0, got ${JSON.stringify(value)}`, "correct the message");
  };
  const { question, problem, rules, current } = asked;
  if (question !== undefined && !QUESTIONS.includes(question as BalanceQuestion["kind"]))
    return refuse(`question must be one of ${QUESTIONS.join(", ")}`, "correct the message");
  return {
    form: {
      ...form,
      ...(question === undefined ? {} : { question: question as BalanceQuestion["kind"] }),
      ...number("cycleS"),
      ...number("stations"),
      ...number("timeS"),
    },
    ...(problem === undefined ? {} : { problem: problemOf(problem, where) }),
    ...(rules === undefined ? {} : { rules }),
    ...(current === undefined ? {} : { current: assignmentOf(current, where) }),
  };
}

/** The question of a form. @throws RungError `balance-request` where a figure that it needs is missing */
export function questionOf(form: BalanceForm, problem: BalanceProblem, where: string): BalanceQuestion {
  const missing = (what: string): never => {
    const advice = "give it in the form or in the message";
    throw new RungError({ code: "balance-request", where, what, advice });
  };
  const { question, stations } = form;
  const cycleS = form.cycleS ?? problem.cycleS;
  if (question === "stations")
    return cycleS === undefined ? missing("has no cycle time") : { kind: question, cycleS };
  if (question === "cycle")
    return stations === undefined ? missing("has no number of stations") : { kind: question, stations };
  return {
    kind: question,
    ...(stations === undefined ? {} : { mostStations: stations }),
    ...(cycleS === undefined ? {} : { longestCycleS: cycleS }),
  };
}

function problemOf(given: unknown, where: string): BalanceProblem {
  const { name, tasks, cycleS } = given as Partial<BalanceProblem>;
  const isList =
    Array.isArray(tasks) &&
    tasks.every(
      (task) =>
        typeof task?.id === "string" &&
        typeof task.timeS === "number" &&
        Array.isArray(task.after) &&
        task.after.every((id: unknown) => typeof id === "string"),
    );
  if (!isList) {
    throw new RungError({
      code: "balance-request",
      where,
      what: "problem.tasks must be a list of tasks",
      advice: 'write each as {"id": "1", "timeS": 12, "after": []}',
    });
  }
  const more = typeof cycleS === "number" ? { cycleS } : {};
  return checkProblem({ name: typeof name === "string" ? name : where, tasks: tasks!, ...more });
}

function assignmentOf(given: unknown, where: string): Assignment {
  const isAssignment =
    typeof given === "object" &&
    given !== null &&
    Object.values(given).every((station) => Number.isInteger(station) && (station as number) >= 0);
  if (isAssignment) return given as Assignment;
  throw new RungError({
    code: "balance-request",
    where,
    what: "current must name a station, from 0, for each task",
    advice: 'write {"1": 0, "2": 0, "3": 1}',
  });
}
