/** Numbers, times and names as the pages write them. */

/** Rounded to a tenth, thousands with a comma, a real minus sign; "no value" where there is none. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "no value";
  const rounded = Math.round(value * 10) / 10;
  return rounded.toLocaleString("en-US", { maximumFractionDigits: 1 }).replace("-", "\u2212");
}

/** Never broken between number and unit. */
export const withUnit = (value: number | null | undefined, unit: string): string =>
  value === null || value === undefined ? "no value" : `${figure(value)}\u00a0${unit}`.trim();

export const signed = (value: number): string => (value > 0 ? `+${figure(value)}` : figure(value));

const two = (number: number): string => String(number).padStart(2, "0");

/** "4:05", or "1:04:05" from an hour on. */
export function timeLeft(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  const minutes = Math.floor(s / 60);
  return minutes < 60
    ? `${minutes}:${two(s % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(s % 60)}`;
}

/** "17:05" on this device's clock. */
export function wallClock(ms: number): string {
  const time = new Date(ms);
  return `${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** "06:12:40" on the plant's clock. */
export const plantClock = (timeUs: number): string => new Date(timeUs / 1000).toISOString().slice(11, 19);

/** The path below the twin in words: "zone 3 air temperature". */
export function shortName(address: string, twin: string): string {
  const path = twin !== "" && address.startsWith(`${twin}/`) ? address.slice(twin.length + 1) : address;
  return path
    .replace(/Setpoint$/, "")
    .replace(/([a-z])(\d)/g, "$1 $2")
    .replace(/([a-z])([A-Z])/g, (_all, a: string, b: string) => `${a} ${b.toLowerCase()}`)
    .replaceAll("/", " ");
}

/** A sentence of the actuator about a twin, without the twin's path before every address. */
export const inWords = (text: string, twin: string): string =>
  twin === "" ? text : text.replaceAll(`${twin}/`, "");
