import { RungError } from "../../core/errors.ts";

/** Refuses a solver's input: what is wrong with it and what to do. */
export function refuse(where: string, what: string, advice: string): never {
  throw new RungError({ code: "solver-input", where, what, advice });
}

/** @throws RungError unless every value lies in [low, high]; NaN does not */
export function checkEach(
  where: string,
  name: string,
  values: ArrayLike<number>,
  low: number,
  high: number,
  advice: string,
): void {
  const at = values instanceof Float32Array ? outsideF32(values, low, high) : outside(values, low, high);
  // The name is put together for a fault only: an array may have millions of values.
  if (at !== undefined) refuse(where, `${name}[${at}] is ${values[at]}`, advice);
}

function outside(values: ArrayLike<number>, low: number, high: number): number | undefined {
  for (let i = 0; i < values.length; i++) if (!(values[i]! >= low && values[i]! <= high)) return i;
  return undefined;
}

/** The same for the one kind that has millions of values: a loop that meets one kind only runs five times as fast. */
function outsideF32(values: Float32Array, low: number, high: number): number | undefined {
  for (let i = 0; i < values.length; i++) if (!(values[i]! >= low && values[i]! <= high)) return i;
  return undefined;
}

/** @throws RungError unless the value lies in [low, high]; NaN does not */
export function checkWithin(
  where: string,
  name: string,
  value: number,
  low: number,
  high: number,
  advice: string,
): void {
  if (!(value >= low && value <= high)) refuse(where, `${name} is ${value}`, advice);
}

/** @throws RungError unless the array has that length */
export function checkLength(where: string, name: string, values: ArrayLike<number>, length: number): void {
  if (values.length !== length)
    refuse(
      where,
      `${name} has ${values.length} values, ${length} are needed`,
      `give ${name} ${length} values`,
    );
}

/** @throws RungError unless it is a whole number of at least `least` */
export function checkCount(where: string, name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    refuse(where, `${name} is ${value}`, `give a whole number of at least ${least}`);
}
