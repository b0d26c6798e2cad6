import type { LiftResult, RatedLift, RatedLiftEnd } from "../model/ergonomics/lift.ts";
import { type ErgonomicResult, resultWords } from "../model/ergonomics/rate.ts";
import type { PostureScore } from "../model/ergonomics/score.ts";
import type { ShiftLoad } from "../model/ergonomics/shift-load.ts";
import { textTable } from "./text-table.ts";

/** What a person reads of a rating: the result first, then what gave it. */
export function ergonomicLines(result: ErgonomicResult): string[] {
  if (result.kind === "niosh") return liftLines(result);
  if (result.kind === "load") return loadLines(result);
  return postureLines(result);
}

function liftLines(result: LiftResult): string[] {
  const ends = (lift: RatedLift): [string, RatedLiftEnd][] => [
    ["origin", lift.origin],
    ...(lift.destination === undefined ? [] : [["destination", lift.destination] as [string, RatedLiftEnd]]),
  ];
  return [
    `${resultWords(result)} (${result.rounding === "manual" ? "rounded as in the manual" : "unrounded"})`,
    ...textTable(
      ["lift", "end", `RWL ${result.units.weight}`, "LI", "HM", "VM", "DM", "AM", "FM", "CM"],
      result.lifts.flatMap((lift) =>
        ends(lift).map(([end, { recommendedWeight, liftingIndex, multipliers: m }]) => [
          lift.name,
          end,
          recommendedWeight.toFixed(1),
          liftingIndex === null ? "none" : liftingIndex.toFixed(2),
          ...[m.horizontal, m.vertical, m.distance, m.asymmetry, m.frequency, m.coupling].map((value) =>
            value.toFixed(2),
          ),
        ]),
      ),
      2,
    ),
    ...result.lifts.flatMap((lift) =>
      ends(lift).flatMap(([end, { because }]) =>
        because.length === 0 ? [] : [`${lift.name}, ${end}: ${because.join("; ")}`],
      ),
    ),
  ];
}

function postureLines(result: PostureScore): string[] {
  return [
    `${result.name}: ${resultWords(result)} (action level ${result.actionLevel})`,
    ...textTable(
      ["part", "score", "because"],
      result.parts.map(({ part, score, because }) => [part, String(score), because.join(", ")]),
      3,
    ),
    ...result.tables.map(({ table, score, at }) => `table ${table}: ${score} (${at})`),
  ];
}

function loadLines(result: ShiftLoad): string[] {
  return [
    `${resultWords(result)} in ${result.cycles} cycles`,
    ...textTable(
      ["operator", "busy %", "points", "peak strain", "at s", "peak window", "from s", "without pause s"],
      result.operators.map((operator) => [
        operator.name,
        (100 * operator.busyShare).toFixed(0),
        operator.points.toFixed(1),
        operator.peakStrain.points.toFixed(1),
        operator.peakStrain.atS.toFixed(0),
        operator.peakWindow.points.toFixed(1),
        operator.peakWindow.fromS.toFixed(0),
        operator.longestWithoutPauseS.toFixed(0),
      ]),
      1,
    ),
    ...result.operators.flatMap(({ name, breaches }) =>
      breaches.map(
        ({ limit, allowed, found, atS }) =>
          `! ${name}: ${limit} ${Number(found.toFixed(1))}, allowed ${allowed}, at ${atS.toFixed(0)} s`,
      ),
    ),
  ];
}
