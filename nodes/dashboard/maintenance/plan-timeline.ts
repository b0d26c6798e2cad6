import type {
  Instruction,
  MarkedPart,
  Text,
} from "../../../runtime/prescribe/maintain/instructions/instruction.ts";
import type { WorkOrder } from "../../../runtime/prescribe/maintain/orders/work-order.ts";
import type { MaintenancePlanMessage } from "../../../runtime/prescribe/maintain/rolling/plan-message.ts";
import { ageText, isTime, numberText } from "../look/numbers.ts";
import { MAINTENANCE_WORDS, type MaintenanceWords } from "./maintenance-words.ts";

/** A stretch of the time line, in percent of its width. */
export interface Stretch {
  readonly leftPercent: number;
  readonly widthPercent: number;
  readonly says: string;
}

const HOUR_US = 3_600_000_000;
/** Of the time line's width: a stop of minutes in a plan of weeks can still be seen. */
const NARROWEST_PERCENT = 0.8;

/** What is done to one part over the plan. */
export interface Lane {
  readonly label: string;
  readonly stops: readonly Stretch[];
}

/**
 * Stops, and times in which the line may stand, from the plan's making to the end of its horizon or of its last stop.
 * A lane for each part, the one that is due first above.
 */
export function timeline(
  plan: MaintenancePlanMessage,
  words: MaintenanceWords = MAINTENANCE_WORDS.en,
): {
  readonly lanes: readonly Lane[];
  readonly windows: readonly Stretch[];
  readonly hours: number;
} {
  const { madeAtUs, horizonH, stops, windows } = plan;
  const endUs = Math.max(madeAtUs + horizonH * HOUR_US, ...stops.map(({ toUs }) => toUs));
  const at = (timeUs: number): number =>
    (100 * (Math.min(endUs, Math.max(madeAtUs, timeUs)) - madeAtUs)) / (endUs - madeAtUs);
  const stretch = (fromUs: number, toUs: number, says: string, least = 0): Stretch => ({
    leftPercent: Math.min(at(fromUs), 100 - least),
    widthPercent: Math.max(least, at(toUs) - at(fromUs)),
    says,
  });
  const labels = new Set(stops.flatMap(({ works }) => works.map(({ label }) => label)));
  return {
    lanes: [...labels].map((label) => ({
      label,
      stops: stops
        .filter(({ works }) => works.some((work) => work.label === label))
        .map(({ fromUs, toUs }) =>
          stretch(fromUs, toUs, `${momentText(fromUs, words)}: ${label}`, NARROWEST_PERCENT),
        ),
    })),
    windows: (windows ?? [])
      .filter(({ fromUs }) => fromUs < endUs)
      .map(({ fromUs, toUs, why }) => stretch(fromUs, toUs, why)),
    hours: (endUs - madeAtUs) / HOUR_US,
  };
}

/** "Mon 24 Nov, 03:10", in the browser's zone. */
export function momentText(timeUs: number, words: MaintenanceWords = MAINTENANCE_WORDS.en): string {
  if (!isTime(timeUs)) return "–";
  return new Date(timeUs / 1000).toLocaleString(words.locale, {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
}

/** "in 7 h", "now", "2 h ago" */
export function untilText(
  timeUs: number,
  nowUs: number,
  words: MaintenanceWords = MAINTENANCE_WORDS.en,
): string {
  const seconds = (timeUs - nowUs) / 1e6;
  if (Math.abs(seconds) < 60) return words.now;
  return seconds > 0 ? words.in(ageText(seconds)) : words.ago(ageText(-seconds));
}

/** "saves 451 (380 to 520)" */
export function savedText(
  { effect }: MaintenancePlanMessage,
  words: MaintenanceWords = MAINTENANCE_WORDS.en,
): string {
  if (effect === null) return "";
  const { value, low, high } = effect.saved;
  return words.saves(numberText(value, 0), numberText(low, 0), numberText(high, 0));
}

/** "3 stops instead of 7; the line stands 4.2 h instead of 6.0 h" */
export function effectText(
  { effect }: MaintenancePlanMessage,
  words: MaintenanceWords = MAINTENANCE_WORDS.en,
): string {
  if (effect === null) return "";
  const { stops, downtimeH } = effect;
  return words.effect(
    numberText(stops.planned, 0),
    numberText(stops.alone, 0),
    numberText(downtimeH.planned, 1),
    numberText(downtimeH.alone, 1),
  );
}

/** A text in the reader's language, where it is written in it. */
export const inLanguage = (text: Text, language: string): string =>
  language.toLowerCase().startsWith("de") ? (text.de ?? text.en) : text.en;

/** The part that the next step of an order is about: its own, or the whole work's. */
export function markedPart({ ticks, instruction }: WorkOrder): MarkedPart | null {
  if (instruction === null) return null;
  return instruction.steps[ticks.length]?.part ?? instruction.part;
}

/** Points as SVG draws them. */
export const pointsText = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y]) => `${x},${y}`).join(" ");

export const minutesText = ({ steps }: Instruction): string =>
  `${steps.reduce((sum, { minutes }) => sum + minutes, 0)} min`;
