import { readCsvTable } from "../../describe/csv-table.ts";
import { type BalanceProblem, type BalanceTask, SIDES, type Side } from "./balance-problem.ts";
import { checkProblem } from "./check-problem.ts";
import { decimal, malformed } from "./problem-text.ts";

const NEEDED = ["task", "time"];
const COLUMNS = [...NEEDED, "predecessors", "name", "equipment", "zone", "points", "side"];

/**
 * Reads tasks from a table with a header line, separated by comma, semicolon or tab: task, time in seconds, predecessors,
 * and what else a line asks: equipment that the station must have, zone, ergonomic points, and side (left, right, both).
 * Several predecessors or pieces of equipment stand in one cell with blanks, | or a separator of their own between them;
 * equipment is separated by | or comma alone, as its names may have blanks.
 * @throws RungError `malformed-table` or `balance-file`, naming file and line
 */
export function readBalanceCsv(text: string, name: string): BalanceProblem {
  if (text.trim() === "")
    throw malformed(name, "is empty", `begin with the header line ${COLUMNS.join(",")}`);
  const { records, problems } = readCsvTable(text, name, COLUMNS, NEEDED);
  const [problem] = problems;
  if (problem !== undefined) throw problem;
  const tasks = records.map(({ line, cells }): BalanceTask => {
    const where = `${name}, line ${line}`;
    const cell = (column: string): string => (cells[column] ?? "").trim();
    const id = cell("task");
    if (id === "") throw malformed(where, "has no task", "name each task in the column task");
    const needs = list(cell("equipment"), /[|,;]/);
    const side = cell("side").toLowerCase();
    if (side !== "" && side !== "either" && !SIDES.includes(side as Side)) {
      throw malformed(
        where,
        `the side of task ${id} is ${JSON.stringify(side)}`,
        "left, right, both or either",
      );
    }
    return {
      id,
      timeS: decimal(cell("time"), where, `the time of task ${id}`),
      after: list(cell("predecessors"), /[\s|,;]/),
      ...(cell("name") === "" ? {} : { name: cell("name") }),
      ...(needs.length === 0 ? {} : { needs }),
      ...(cell("zone") === "" ? {} : { zone: cell("zone") }),
      ...(cell("points") === ""
        ? {}
        : { ergonomicPoints: decimal(cell("points"), where, `the points of task ${id}`) }),
      ...(side === "" || side === "either" ? {} : { side: side as Side }),
    };
  });
  return checkProblem({ name, tasks });
}

function list(cell: string, between: RegExp): string[] {
  return cell
    .split(between)
    .map((part) => part.trim())
    .filter((part) => part !== "" && part !== "-");
}
