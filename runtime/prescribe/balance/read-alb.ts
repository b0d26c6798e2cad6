import type { BalanceProblem } from "./balance-problem.ts";
import { checkProblem } from "./check-problem.ts";
import { decimal, filledLines, malformed, NumberedPrecedence, type TextLine } from "./problem-text.ts";

/**
 * Reads an .alb file, the form of assembly-line-balancing.de (Otto, Otto and Scholl 2013): sections in angle brackets, of
 * which task times and precedence relations are read, and the cycle time where there is one. Numbers may have a decimal
 * comma. Other sections are left alone.
 * @throws RungError naming file and line
 */
export function readAlb(text: string, name: string): BalanceProblem {
  const sections = new Map<string, TextLine[]>();
  let section: TextLine[] = [];
  for (const line of filledLines(text)) {
    const title = /^<(.+)>$/.exec(line.text)?.[1];
    if (title === undefined) section.push(line);
    else if (title === "end") break;
    else {
      section = [];
      sections.set(title.toLowerCase(), section);
    }
  }
  const times = sections.get("task times");
  if (times === undefined)
    throw malformed(name, "has no section <task times>", "list each task with its time there");
  const [count] = sections.get("number of tasks") ?? [];
  if (count !== undefined && Number(count.text) !== times.length) {
    const what = `${times.length} times for ${count.text} tasks`;
    throw malformed(`${name}, line ${count.line}`, what, "give as many tasks as there are times");
  }
  const timesS = times.map(({ line, text: row }, i) => {
    const [task, time, ...more] = row.split(/\s+/);
    const where = `${name}, line ${line}`;
    if (task !== String(i + 1) || time === undefined || more.length > 0) {
      throw malformed(
        where,
        `${JSON.stringify(row)} is not the time of task ${i + 1}`,
        "number and time, such as 3 12.5",
      );
    }
    return decimal(time, where, `the time of task ${task}`);
  });
  const precedence = new NumberedPrecedence(timesS.length);
  for (const { line, text: pair } of sections.get("precedence relations") ?? []) {
    precedence.add(pair, `${name}, line ${line}`);
  }
  const [cycle] = sections.get("cycle time") ?? [];
  const cycleS = cycle && decimal(cycle.text, `${name}, line ${cycle.line}`, "the cycle time");
  return checkProblem({
    name,
    tasks: timesS.map((timeS, i) => ({ id: String(i + 1), timeS, after: precedence.after(i) })),
    ...(cycleS === undefined ? {} : { cycleS }),
  });
}
