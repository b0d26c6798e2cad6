import { Random } from "../../../core/random.ts";
import type { BalanceProblem, BalanceRules } from "../balance-problem.ts";
import { type LoadRow, POINTS_ROUNDING } from "../load-rows.ts";
import { copiesFor } from "./placed.ts";
import { taskUnits } from "./task-units.ts";

const MOST_ATTEMPTS = 400;
/** An attempt asks about each two tasks some times over; so many pairs take a fraction of a second. */
const MOST_PAIRS = 4e6;

/**
 * A balance that keeps all rules, if some of up to four hundred lines filled by chance do: station after station takes one of
 * the units that may stand there, long ones more often, until none fits. The same at every run.
 * @returns the place of each task in the best of them
 */
export function greedyStart(
  problem: BalanceProblem,
  rules: BalanceRules,
  loads: readonly LoadRow[],
): readonly number[] | undefined {
  const { tasks: units, before } = taskUnits(problem, rules);
  const random = new Random(1);
  const mostCopies = rules.mostCopies ?? 1;
  const mostPlaces = rules.stations?.length ?? problem.tasks.length;
  const apart = (rules.apart ?? []).map((group) => new Set(group));
  const longest = units.map((tasks) => tasks.reduce((sum, task) => sum + loads[0]!.ticks[task]!, 0));

  /** Whether tasks may share a place, with so many copies. */
  function fits(tasks: readonly number[], place: number, copies: number): boolean {
    if (copiesFor(loads, tasks) > copies) return false;
    const there = tasks.map((task) => problem.tasks[task]!);
    if (new Set(there.flatMap(({ zone }) => zone ?? [])).size > 1) return false;
    const points = there.reduce((sum, { ergonomicPoints = 0 }) => sum + ergonomicPoints, 0);
    if (points - (rules.mostErgonomicPoints ?? Number.POSITIVE_INFINITY) > POINTS_ROUNDING) return false;
    if (apart.some((group) => there.filter(({ id }) => group.has(id)).length > 1)) return false;
    const type = rules.stations?.[place];
    return (
      type === undefined ||
      there.every(({ needs = [], side }) => {
        const sided = side === undefined || (type.side ?? "both") === "both" || type.side === side;
        return sided && needs.every((need) => type.equipment?.includes(need));
      })
    );
  }

  function attempt(): { readonly places: readonly number[]; readonly stations: number } | undefined {
    const places = problem.tasks.map(() => -1);
    const waiting = new Set(units.keys());
    let stations = 0;
    for (let place = 0; place < mostPlaces && waiting.size > 0; place++) {
      // A station of several copies is filled to them by chance, and otherwise only made for what is too long for one.
      const generous = random.uniform() < 0.3 ? mostCopies : 1;
      let here: number[] = [];
      for (;;) {
        const allowed = here.length === 0 ? mostCopies : Math.max(generous, copiesFor(loads, here));
        const ready = [...waiting].filter(
          (unit) =>
            [...before[unit]!].every((earlier) => !waiting.has(earlier)) &&
            fits([...here, ...units[unit]!], place, allowed),
        );
        if (ready.length === 0) break;
        const weights = ready.map((unit) => (1 + longest[unit]!) * random.uniform());
        const chosen = ready[weights.indexOf(Math.max(...weights))]!;
        waiting.delete(chosen);
        here = [...here, ...units[chosen]!];
        for (const task of units[chosen]!) places[task] = place;
      }
      if (here.length > 0) stations += copiesFor(loads, here);
    }
    return waiting.size === 0 ? { places, stations } : undefined;
  }

  let best: { readonly places: readonly number[]; readonly stations: number } | undefined;
  const attempts = Math.min(MOST_ATTEMPTS, Math.ceil(MOST_PAIRS / problem.tasks.length ** 2));
  for (let i = 0; i < attempts; i++) {
    const next = attempt();
    if (next !== undefined && next.stations < (best?.stations ?? Number.POSITIVE_INFINITY)) best = next;
  }
  return best?.places;
}
