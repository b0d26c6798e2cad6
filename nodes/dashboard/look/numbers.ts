/** How a screen writes numbers and times: rounded to what is known, a real minus sign, unit after a space. */

const MINUS = "\u2212";
/** Nobody reads so many digits: written with a power of ten, "1.00e300". */
const TOO_LONG = 1e9;
const THIN = "\u00a0";

/** "1,180", "−0.3"; "–" where there is no finite number. */
export function numberText(value: number | null | undefined, digits = 1): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (Math.abs(value) >= TOO_LONG) {
    const [digitsOf, power] = Math.abs(value).toExponential(2).split("e");
    return `${value < 0 ? MINUS : ""}${digitsOf}e${Number(power)}`;
  }
  const rounded = Math.abs(value) < 0.5 * 10 ** -digits ? 0 : value;
  const text = new Intl.NumberFormat("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(Math.abs(rounded));
  return (rounded < 0 ? MINUS : "") + text;
}

export function withUnit(value: number | null | undefined, unit: string | undefined, digits = 1): string {
  const text = numberText(value, digits);
  return unit === undefined || unit === "1" || text === "–" ? text : `${text}${THIN}${unit}`;
}

/** What a screen can write as a time of a day: null, words and times beyond all calendars are none. */
export const isTime = (timeUs: unknown): timeUs is number =>
  typeof timeUs === "number" && !Number.isNaN(new Date(timeUs / 1000).getTime());

/** "10:42:08" of a time in microseconds, in the browser's zone; "–" where it is none. */
export function clockText(timeUs: number): string {
  return isTime(timeUs) ? new Date(timeUs / 1000).toLocaleTimeString("en-GB") : "–";
}

/** An age in the words of a control room: "0.4 s", "12 min", "3 h". */
export function ageText(seconds: number): string {
  if (!Number.isFinite(seconds)) return "never";
  if (seconds < 10) return `${numberText(seconds, 1)}${THIN}s`;
  if (seconds < 100) return `${numberText(seconds, 0)}${THIN}s`;
  if (seconds < 6000) return `${numberText(seconds / 60, 0)}${THIN}min`;
  return `${numberText(seconds / 3600, 0)}${THIN}h`;
}
