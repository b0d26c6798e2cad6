import type { BalanceAnswer } from "../prescribe/balance/balance-answer.ts";
import { BalanceBoard } from "../prescribe/balance/balance-board.ts";
import type { BalanceProblem, BalanceRules } from "../prescribe/balance/balance-problem.ts";
import { textTable } from "./text-table.ts";

/** An answer as text: what was found and how sure that is, then a line for each station. */
export function balanceTable(
  problem: BalanceProblem,
  answer: BalanceAnswer,
  rules: BalanceRules = {},
): string {
  const lines = [verdict(problem, answer), ...stations(problem, answer, rules), ...sequence(answer)];
  return `${lines.join("\n")}\n`;
}

function sequence({ sequence: found }: BalanceAnswer): string[] {
  if (found === undefined) return [];
  const late =
    found.lateS === 0 ? "none late" : `the latest ${round(found.lateS)} s late, which no sequence betters`;
  const overload = `${round(found.overloadS)} s of overload, at least ${round(found.overloadBoundS)} s`;
  return [`sequence: ${found.orders.join(" ")}`, `${late}, ${overload}`];
}

function verdict(problem: BalanceProblem, answer: BalanceAnswer): string {
  const { stations, cycleS, proven, bound, kind, endedBy, clash } = answer;
  if (stations === undefined || cycleS === undefined) {
    if (!proven) return `${problem.name}: no balance found; ended by ${endedBy}`;
    const why = clash === undefined ? "" : `; these clash:\n${clash.map((rule) => `  ${rule}`).join("\n")}`;
    return `${problem.name}: proved that there is no such balance${why}`;
  }
  const units = { stations: "stations", cycle: "s of cycle", efficiency: "s paid a piece" };
  const sure = proven
    ? "proved best"
    : `not proved best: no better than ${round(bound!)} ${units[kind]}, ended by ${endedBy}`;
  const idle = answer.idleShare === undefined ? "" : `, ${(100 * answer.idleShare).toFixed(1)} % idle`;
  return `${problem.name}: ${stations} stations in ${round(cycleS)} s${idle}, ${sure} (${answer.solver})`;
}

function stations(problem: BalanceProblem, answer: BalanceAnswer, rules: BalanceRules): string[] {
  if (answer.assignment === undefined) return [];
  const { copies = [] } = answer;
  const board = new BalanceBoard(problem, answer.cycleS!, rules, answer.assignment, { copies });
  const rows = Array.from({ length: board.stations }, (_, i) => {
    const { loadS, capacityS, tasks } = board.station(i);
    const name = rules.stations?.[i]?.id ?? String(i + 1);
    const many = copies.length > 0 ? [String(copies[i] ?? 1)] : [];
    return { cells: [name, ...many, round(loadS), round(capacityS - loadS)], tasks: tasks.join(" ") };
  });
  const head = ["station", ...(copies.length > 0 ? ["copies"] : []), "load s", "idle s"];
  const lines = textTable(
    head,
    rows.map(({ cells }) => cells),
    1,
  );
  return lines.map((line, i) => `${line}  ${i === 0 ? "tasks" : rows[i - 1]!.tasks}`.trimEnd());
}

/** At most six decimals, which is how finely times are counted. */
function round(value: number): string {
  return String(Math.round(value * 1e6) / 1e6);
}
