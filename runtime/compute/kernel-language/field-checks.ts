/** Notes one fault: what field, and what it must be. */
export type Fault = (at: string, what: string) => void;

export function checkFloat(value: unknown, at: string, fault: Fault): boolean {
  const fits = typeof value === "number" && Number.isFinite(Math.fround(value));
  if (!fits) fault(at, `must be a number that a 32-bit float holds, got ${show(value)}`);
  return fits;
}

export function checkWhole(value: unknown, least: number, most: number, at: string, fault: Fault): void {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > most)
    fault(at, `must be a whole number from ${least} to ${most}, got ${show(value)}`);
}

export function checkNames(
  record: Record<string, unknown>,
  known: readonly string[],
  at: string,
  fault: Fault,
): void {
  for (const name of Object.keys(record))
    if (!known.includes(name))
      fault(`${at}${name.slice(0, 64)}`, `is no field; known are ${known.join(", ")}`);
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const kindOf = (value: unknown): string =>
  value === null
    ? "null"
    : Array.isArray(value)
      ? "a list"
      : value === undefined
        ? "nothing"
        : `a ${typeof value}`;

export function show(value: unknown): string {
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? "nothing");
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
