/**
 * Steps that a zone is cut into: equal ones, none longer than `stepS`. A stay that is a multiple of `stepS` but for
 * rounding takes exactly that many.
 */
export function zoneSteps(zoneS: ArrayLike<number>, stepS: number): Int32Array {
  return Int32Array.from(zoneS, (stayS) => Math.ceil(stayS / stepS - 1e-9));
}
