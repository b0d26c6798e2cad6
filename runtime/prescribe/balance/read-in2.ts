import type { BalanceProblem } from "./balance-problem.ts";
import { checkProblem } from "./check-problem.ts";
import { decimal, filledLines, malformed, NumberedPrecedence } from "./problem-text.ts";

/**
 * Reads an .IN2 file, the form of Scholl's collection (1993): how many tasks, a time a line, then a pair of tasks
 * "before,after" a line, to the line -1,-1. What stands after it is remarks.
 * @throws RungError naming file and line
 */
export function readIn2(text: string, name: string): BalanceProblem {
  const lines = filledLines(text);
  const [head, ...rest] = lines;
  if (head === undefined) throw malformed(name, "is empty", "begin with the number of tasks");
  if (!/^\d+$/.test(head.text)) {
    throw malformed(
      `${name}, line ${head.line}`,
      `the number of tasks is ${JSON.stringify(head.text)}`,
      "a whole number",
    );
  }
  const tasks = Number(head.text);
  const last = lines.at(-1)!.line;
  if (rest.length < tasks) {
    throw malformed(
      `${name}, line ${last}`,
      `${rest.length} times for ${tasks} tasks`,
      "a time for each task, one a line",
    );
  }
  const timesS = rest
    .slice(0, tasks)
    .map(({ line, text: time }, i) => decimal(time, `${name}, line ${line}`, `the time of task ${i + 1}`));
  const end = rest.findIndex(({ text: pair }) => /^-1\s*,\s*-1$/.test(pair));
  if (end < tasks)
    throw malformed(`${name}, line ${last}`, "the precedences do not end", "close them with -1,-1");
  const precedence = new NumberedPrecedence(tasks);
  for (const { line, text: pair } of rest.slice(tasks, end)) precedence.add(pair, `${name}, line ${line}`);
  return checkProblem({
    name,
    tasks: timesS.map((timeS, i) => ({ id: String(i + 1), timeS, after: precedence.after(i) })),
  });
}
