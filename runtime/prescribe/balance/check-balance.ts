import type { Breach } from "./balance-breach.ts";
import type { Assignment, BalanceProblem, BalanceRules } from "./balance-problem.ts";
import { loadRows, POINTS_ROUNDING } from "./load-rows.ts";

/**
 * Checks a balance by its definition alone, without anything of what solved it: each task once, precedence, loads, and
 * every rule, each by a plain look at all tasks.
 * @param copies of each station that works in parallel; default 1
 * @returns what is broken, nothing where the balance holds
 */
export function checkBalance(
  problem: BalanceProblem,
  cycleS: number,
  assignment: Assignment,
  rules: BalanceRules = {},
  copies: readonly number[] = [],
): Breach[] {
  const breaches: Breach[] = [];
  const places = rules.stations?.length ?? Number.POSITIVE_INFINITY;
  /** A number that no station of the line has is no station. */
  const at = (id: string): number | undefined => {
    const station = Object.hasOwn(assignment, id) ? assignment[id]! : -1;
    return Number.isInteger(station) && station >= 0 && station < places ? station : undefined;
  };
  for (const task of problem.tasks) {
    const station = at(task.id);
    if (station === undefined) {
      breaches.push({ kind: "unassigned", task: task.id });
      continue;
    }
    for (const before of task.after) {
      const earlier = at(before);
      if (earlier !== undefined && earlier > station) {
        breaches.push({ kind: "precedence", before, task: task.id });
      }
    }
    if (rules.stations === undefined) continue;
    const { equipment = [], side = "both" } = rules.stations[station] ?? {};
    const missing = (task.needs ?? []).filter((need) => !equipment.includes(need));
    if (missing.length > 0) breaches.push({ kind: "equipment", task: task.id, station, missing });
    if (task.side !== undefined && side !== "both" && side !== task.side) {
      breaches.push({ kind: "side", task: task.id, station, wants: task.side });
    }
  }
  for (const kind of ["together", "apart"] as const) {
    for (const tasks of (rules[kind] ?? []).flatMap(pairs)) {
      const [one, other] = [at(tasks[0]), at(tasks[1])];
      if (one === undefined || other === undefined) continue;
      if (kind === "together" && one !== other) breaches.push({ kind, tasks });
      if (kind === "apart" && one === other) breaches.push({ kind, station: one, tasks });
    }
  }
  const rows = loadRows(problem, rules, cycleS);
  for (const station of new Set(Object.values(assignment))) {
    const here = problem.tasks.filter(({ id }) => at(id) === station);
    const zones = [...new Set(here.flatMap(({ zone }) => zone ?? []))];
    if (zones.length > 1) breaches.push({ kind: "zone", station, zones });
    const points = here.reduce((sum, { ergonomicPoints = 0 }) => sum + ergonomicPoints, 0);
    const most = rules.mostErgonomicPoints ?? Number.POSITIVE_INFINITY;
    if (points - most > POINTS_ROUNDING) breaches.push({ kind: "ergonomics", station, points, most });
    const parallel = copies[station] ?? 1;
    for (const { model, ticks, capacityTicks, seconds } of rows) {
      const load = problem.tasks.reduce((sum, { id }, i) => (at(id) === station ? sum + ticks[i]! : sum), 0);
      if (load <= capacityTicks * parallel) continue;
      const of = model === undefined ? {} : { model };
      breaches.push({ kind: "overload", station, loadS: seconds(load), capacityS: cycleS * parallel, ...of });
    }
  }
  return breaches;
}

/** Each two of a group, once. */
function pairs(group: readonly string[]): [string, string][] {
  return group.flatMap((one, i) => group.slice(i + 1).map((other): [string, string] => [one, other]));
}
