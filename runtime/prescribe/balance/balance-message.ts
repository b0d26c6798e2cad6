import { RungError } from "../../core/errors.ts";
import type { TimeUs } from "../../core/time.ts";
import type { BalanceAnswer } from "./balance-answer.ts";
import type { Breach } from "./balance-breach.ts";
import type { Assignment, BalanceProblem, BalanceRules } from "./balance-problem.ts";
import { checkBalance } from "./check-balance.ts";
import { checkCycleTime, checkProblem } from "./check-problem.ts";

const ENDED = {
  proof: "searched through",
  time: "time was up",
  work: "work limit",
  memory: "memory was full",
} as const;

/** How good a balance is known to be. */
export type BalanceProof = Pick<BalanceAnswer, "kind" | "proven" | "bound" | "endedBy" | "solver">;

/**
 * A balance with all that a board needs to go on with it. Travels as `msg.payload`, from the balance node and from the
 * board; plain data.
 */
export interface BalanceMessage {
  readonly kind: "balance";
  /** Empty where the balance belongs to no twin. */
  readonly twin: string;
  readonly problem: BalanceProblem;
  readonly cycleS: number;
  readonly rules: BalanceRules;
  readonly assignment: Assignment;
  /** With work, copies that work in parallel counted each. */
  readonly stations: number;
  /** Of each station that works in parallel; absent: one of each. */
  readonly copies?: readonly number[];
  /** Absent where somebody edited the balance: what was proved was of another one. */
  readonly proof?: BalanceProof;
  /** Share of the paid time in which nobody works, 0 to 1. */
  readonly idleShare: number;
  /** What is broken; a balance that a solver gave breaks nothing. */
  readonly breaches: readonly Breach[];
  /** Name of the person who edited it. */
  readonly editedBy?: string;
  readonly madeAtUs: TimeUs;
}

/**
 * The balance that a solver found.
 * @throws RungError `no-balance` where it found none, saying whether there is none
 */
export function balanceOf(parts: {
  readonly twin: string;
  readonly problem: BalanceProblem;
  readonly rules: BalanceRules;
  readonly answer: BalanceAnswer;
  readonly madeAtUs: TimeUs;
}): BalanceMessage {
  const { problem, answer, ...rest } = parts;
  const { assignment, cycleS, stations, copies, kind, proven, bound, endedBy, solver, clash } = answer;
  if (assignment === undefined || cycleS === undefined || stations === undefined) {
    const clashes = clash === undefined ? "" : `: ${clash.join("; ")}`;
    throw new RungError({
      code: "no-balance",
      where: problem.name,
      what: proven ? `there is no such balance${clashes}` : `no balance was found (${ENDED[endedBy]})`,
      advice: proven ? "ask for less" : "give it more time",
    });
  }
  return {
    ...rest,
    kind: "balance",
    problem,
    cycleS,
    assignment,
    stations,
    ...(copies === undefined ? {} : { copies }),
    proof: { kind, proven, ...(bound === undefined ? {} : { bound }), endedBy, solver },
    idleShare: answer.idleShare ?? 0,
    breaches: checkBalance(problem, cycleS, assignment, parts.rules, copies),
  };
}

/**
 * Takes a balance off a wire; what it says of tasks is looked at again, for a flow may have changed it.
 * @throws RungError `not-a-balance`, and those of `checkProblem` and `checkCycleTime`
 */
export function takeBalance(payload: unknown, where: string): BalanceMessage {
  const balance = payload as Partial<BalanceMessage> | null | undefined;
  const refuse = (what: string): never => {
    const advice = "wire a balance node to it";
    throw new RungError({ code: "not-a-balance", where, what, advice });
  };
  if (balance?.kind !== "balance") return refuse(`expected a balance, got ${kindOf(payload, balance?.kind)}`);
  const { problem, assignment, cycleS, rules } = balance;
  const isWhole =
    typeof problem?.name === "string" &&
    Array.isArray(problem.tasks) &&
    problem.tasks.every((task) => typeof task?.id === "string" && Array.isArray(task.after)) &&
    typeof assignment === "object" &&
    assignment !== null &&
    typeof rules === "object" &&
    rules !== null &&
    typeof cycleS === "number" &&
    typeof balance.madeAtUs === "number";
  if (!isWhole) return refuse("the balance lacks its tasks, rules, cycle, assignment or time");
  checkProblem(problem);
  checkCycleTime({ ...problem, tasks: [] }, cycleS);
  return balance as BalanceMessage;
}

function kindOf(payload: unknown, kind: unknown): string {
  if (typeof kind === "string") return `a ${kind}`;
  return payload === null ? "null" : typeof payload;
}

/** "8 stations, proved to be the fewest", "cycle 55 s; none can be below 54 s (time was up)". */
export function proofText({ stations, cycleS, proof, editedBy }: BalanceMessage): string {
  if (proof === undefined) return `${stations} stations, edited by ${editedBy ?? "hand"}`;
  const said = {
    stations: { is: `${stations} stations`, best: "the fewest", unit: "stations" },
    cycle: { is: `cycle ${cycleS} s`, best: "the shortest", unit: "s" },
    efficiency: { is: `${stations} stations × ${cycleS} s`, best: "the least paid time", unit: "s" },
  }[proof.kind];
  if (proof.proven) return `${said.is}, proved to be ${said.best}`;
  const least = proof.bound === undefined ? "" : `; none can be below ${proof.bound} ${said.unit}`;
  return `${said.is}${least} (${ENDED[proof.endedBy]})`;
}

/** Stations with work of an assignment, copies counted each. */
export function stationsOf(assignment: Assignment, copies: readonly number[] = []): number {
  return [...new Set(Object.values(assignment))].reduce((sum, station) => sum + (copies[station] ?? 1), 0);
}
