import { segmentFromText } from "../../../core/address.ts";
import { canonicalHash } from "../../../core/canonical-json.ts";
import type { Comparison, Constraint, Interval, Recommendation } from "../../recommendation.ts";
import { HOUR_US } from "./foretold-life.ts";
import { stopFaults } from "./plan-evidence.ts";
import { type MaintenancePlanMessage, planWords } from "./plan-message.ts";

/** A plan is made anew well before; a work order that nobody has answered after a shift is asked for again. */
const SHIFT_US = 8 * HOUR_US;

/**
 * The plan's next stop as a recommendation to people: which works are moved from their due times to when. Its targets are
 * no setpoints of any plant, so an envelope refuses it.
 * @returns undefined where nothing is due or the plan has no twin
 */
export function planRecommendation(plan: MaintenancePlanMessage): Recommendation | undefined {
  const { twin, madeAtUs, effect, stops, horizonH } = plan;
  const [next] = stops;
  if (twin === "" || next === undefined || effect === null) return undefined;
  const hours = (timeUs: number): number => (timeUs - madeAtUs) / HOUR_US;
  const faults = stops.flatMap((stop) => stopFaults(plan, stop));
  const crew = Math.max(...stops.flatMap(({ works }) => works.map((work) => work.crew)));
  return {
    kind: "recommendation",
    id: `${twin}/maintenance/${madeAtUs}`,
    twin,
    title: `Work orders: ${planWords(plan)}`,
    changes: next.works.map(({ component, dueUs }) => ({
      target: `${twin}/maintenance/${segmentFromText(component)}/start`,
      from: hours(dueUs),
      to: hours(next.fromUs),
      unit: "h",
    })),
    comparisons: [
      row("stops of the line", "1", exactly(effect.stops.alone), exactly(effect.stops.planned)),
      row("the line stands", "h", exactly(effect.downtimeH.alone), exactly(effect.downtimeH.planned)),
      row("cost of early and late work", "1", effect.shift.alone, effect.shift.planned),
      { ...row("saved", "1", exactly(0), effect.saved), difference: effect.saved },
    ],
    constraints: [
      limit("windows, parts and intervals broken", faults.length, 0, "1"),
      limit("repairers at once", crew, plan.repairers, "1"),
    ],
    projected: {
      address: `${twin}/maintenance/saved`,
      unit: "1",
      interval: widened(effect.saved),
      baseline: exactly(0),
      afterUs: horizonH * HOUR_US,
    },
    evidence: [plan.proven ? "proved the best grouping" : "the best grouping that was found, not proved"],
    modelVersion: canonicalHash(stops.flatMap(({ works }) => works.map(({ id, by }) => [id, by]))).slice(
      0,
      12,
    ),
    madeAtUs,
    expiresUs: Math.min(madeAtUs + SHIFT_US, Math.max(next.fromUs, madeAtUs + HOUR_US)),
  };
}

const exactly = (value: number): Interval => ({ value, low: value, high: value });

/** An outcome cannot be judged by an interval without a width: what rounds to a whole unit of cost is as good. */
const widened = ({ value, low, high }: Interval): Interval =>
  low < high ? { value, low, high } : { value, low: low - 0.5, high: high + 0.5 };

function row(what: string, unit: string, baseline: Interval, scenario: Interval): Comparison {
  const difference = {
    value: scenario.value - baseline.value,
    low: scenario.low - baseline.high,
    high: scenario.high - baseline.low,
  };
  return { what, unit, baseline, scenario, difference };
}

function limit(name: string, value: number, most: number, unit: string): Constraint {
  const verdict = value > most ? "violated" : value === most ? "at limit" : "free";
  return { name, value, limit: most, unit, verdict, hard: true };
}
