import { type DriftReference, driftReference } from "./drift-watch.ts";
import { BOUNDS, type Bound, type Outlook } from "./forecast-model.ts";

const MAX_RESIDUALS = 400;

/** First step whose forecasts are taken with all their steps ahead; of earlier ones only the first step is asked. */
export const newestOrigins = (length: number, horizon: number): number => length - MAX_RESIDUALS - horizon;

/** What intervals and the watch for drift start from: errors on data that took no part in the fit that made them. */
export interface HeldOutErrors {
  /** Per step ahead, about the forecast. */
  readonly residuals: readonly Float64Array[];
  /** About the model's own bounds, where it has any. */
  readonly boundResiduals?: Readonly<Record<Bound, readonly Float64Array[]>>;
  /** Of the errors one step ahead; undefined where they are too few. */
  readonly drift?: DriftReference;
}

/** @param tell forecasts of so many steps at a step, of a model fitted to what stands before `from` */
export function heldOutErrors(
  values: Float64Array,
  from: number,
  horizon: number,
  tell: (t: number, steps: number) => Outlook | undefined,
): HeldOutErrors {
  const mean: number[][] = Array.from({ length: horizon }, () => []);
  const bounds = Object.fromEntries(
    BOUNDS.map((bound) => [bound, Array.from({ length: horizon }, (): number[] => [])]),
  ) as Record<Bound, number[][]>;
  const oneAhead: number[] = [];
  let hasBounds = false;
  const newest = newestOrigins(values.length, horizon);
  for (let t = from - 1; t + 1 < values.length; t++) {
    const told = tell(t, t < newest ? 1 : horizon);
    if (told === undefined) continue;
    const first = values[t + 1]! - told.mean[0]!;
    if (Number.isFinite(first)) oneAhead.push(first);
    if (t < newest) continue;
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
  const drift = driftReference(Float64Array.from(oneAhead));
  return {
    residuals: newestOf(mean),
    ...(hasBounds && {
      boundResiduals: Object.fromEntries(
        BOUNDS.map((bound) => [bound, newestOf(bounds[bound])]),
      ) as unknown as Record<Bound, Float64Array[]>,
    }),
    ...(drift !== undefined && { drift }),
  };
}
