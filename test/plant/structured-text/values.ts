import { StructuredTextError } from "./tokens.ts";

/** The elementary types of IEC 61131-3 that docs/plc uses. TIME is whole milliseconds. */
export const TYPES = ["BOOL", "DINT", "UDINT", "REAL", "LREAL", "TIME"] as const;
export type Type = (typeof TYPES)[number];
export type Value = number | boolean;

/** A TIME may be a signed 32-bit number of milliseconds: what a vendor with 64 bits would allow is refused. */
const LONGEST_TIME_MS = 2 ** 31 - 1;

const RANGES: Partial<Record<Type, readonly [number, number]>> = {
  DINT: [-(2 ** 31), 2 ** 31 - 1],
  UDINT: [0, 2 ** 32 - 1],
};

export const zeroOf = (type: Type): Value => (type === "BOOL" ? false : 0);

/** What a variable of the type holds, for a value from outside. @throws RangeError for one it cannot hold */
export function held(type: Type, value: Value): Value {
  if ((type === "BOOL") !== (typeof value === "boolean")) throw new RangeError(`${value} is no ${type}`);
  if (type === "REAL") return Math.fround(value as number);
  const range = type === "TIME" ? ([0, LONGEST_TIME_MS] as const) : RANGES[type];
  if (range === undefined) return value;
  const number = value as number;
  if (Number.isInteger(number) && number >= range[0] && number <= range[1]) return number;
  throw new RangeError(`${number} is no ${type}`);
}

/** The conversions and functions that are known, by name and type of what they are given. */
export function functionOf(
  name: string,
  type: Type,
  line: number,
): { readonly gives: Type; readonly of: (value: number) => number } {
  if (name === "ABS" && (type === "REAL" || type === "LREAL")) return { gives: type, of: Math.abs };
  if (name === "REAL_TO_LREAL" && type === "REAL") return { gives: "LREAL", of: (value) => value };
  if (name === "LREAL_TO_REAL" && type === "LREAL") return { gives: "REAL", of: Math.fround };
  if (name === "UDINT_TO_TIME" && type === "UDINT") {
    return { gives: "TIME", of: (value) => held("TIME", value) as number };
  }
  throw new StructuredTextError(line, `${name} of ${type} is not known`);
}
