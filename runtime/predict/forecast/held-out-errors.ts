import { BOUNDS, type Bound, type Outlook } from "./forecast-model.ts";

const MAX_RESIDUALS = 400;

/** First step whose forecasts are asked for. */
export const newestOrigins = (length: number, horizon: number): number => length - MAX_RESIDUALS - horizon;

/** What intervals start from: errors on data that took no part in the fit that made them. */
export interface HeldOutErrors {
  /** Per step ahead, about the forecast. */
  readonly residuals: readonly Float64Array[];
  /** About the model's own bounds, where it has any. */
  readonly boundResiduals?: Readonly<Record<Bound, readonly Float64Array[]>>;
}

/** @param tell the forecast made at a step by a model that was fitted to what stands before `from` */
export function heldOutErrors(
  values: Float64Array,
  from: number,
  horizon: number,
  tell: (t: number) => Outlook | undefined,
): HeldOutErrors {
  const mean: number[][] = Array.from({ length: horizon }, () => []);
  const bounds = Object.fromEntries(
    BOUNDS.map((bound) => [bound, Array.from({ length: horizon }, (): number[] => [])]),
  ) as Record<Bound, number[][]>;
  let hasBounds = false;
  for (let t = Math.max(from - 1, newestOrigins(values.length, horizon)); t + 1 < values.length; t++) {
    const told = tell(t);
    if (told === undefined) continue;
    hasBounds ||= told.bounds !== undefined;
    for (let k = 0; k < horizon && t + 1 + k < values.length; k++) {
      const value = values[t + 1 + k]!;
      if (!Number.isFinite(value)) continue;
      mean[k]!.push(value - told.mean[k]!);
      if (told.bounds !== undefined)
        for (const bound of BOUNDS) bounds[bound][k]!.push(value - told.bounds[bound][k]!);
    }
  }
  const newestOf = (errors: readonly number[][]): Float64Array[] =>
    errors.map((ofStep) => Float64Array.from(ofStep.slice(-MAX_RESIDUALS)));
  return {
    residuals: newestOf(mean),
    ...(hasBounds && {
      boundResiduals: Object.fromEntries(
        BOUNDS.map((bound) => [bound, newestOf(bounds[bound])]),
      ) as unknown as Record<Bound, Float64Array[]>,
    }),
  };
}
