/** Three shifts a day on the plant's clock (UTC), every day, each with three breaks in which the line stands. */

const SHIFT_S = 8 * 3600;
/** The early shift begins at six. */
const FIRST_START_S = 6 * 3600;
const NAMES = ["early", "late", "night"] as const;
/** Seconds after the start of the shift. */
const BREAKS: readonly { readonly fromS: number; readonly toS: number }[] = [
  { fromS: 7200, toS: 8100 },
  { fromS: 14_400, toS: 16_200 },
  { fromS: 21_600, toS: 22_500 },
];

/** Planned operating time of one shift, s: breaks are no part of it. */
export const PLANNED_S_PER_SHIFT = SHIFT_S - BREAKS.reduce((sum, { fromS, toS }) => sum + toS - fromS, 0);

export interface ShiftNow {
  readonly name: (typeof NAMES)[number];
  /** Counts the shifts since 1970, so that two of the same name can be told apart. */
  readonly number: number;
  readonly startS: number;
  /** False in a break. */
  readonly planned: boolean;
  /** Planned operating time since its start and until its end, s. */
  readonly workedS: number;
  readonly workLeftS: number;
}

/** The shift at a plant time. @param timeS seconds since 1970 */
export function shiftAt(timeS: number): ShiftNow {
  const number = Math.floor((timeS - FIRST_START_S) / SHIFT_S);
  const startS = number * SHIFT_S + FIRST_START_S;
  const sinceS = timeS - startS;
  const inBreaksS = BREAKS.reduce(
    (sum, { fromS, toS }) => sum + Math.max(0, Math.min(sinceS, toS) - fromS),
    0,
  );
  const workedS = sinceS - inBreaksS;
  return {
    name: NAMES[((number % 3) + 3) % 3]!,
    number,
    startS,
    planned: !BREAKS.some(({ fromS, toS }) => sinceS >= fromS && sinceS < toS),
    workedS,
    workLeftS: PLANNED_S_PER_SHIFT - workedS,
  };
}
