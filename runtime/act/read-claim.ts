import { converter, isUnit, sameDimension } from "../core/unit.ts";
import type { Interval } from "../prescribe/recommendation.ts";
import type { Envelope, ProjectedMeasurement } from "./envelope.ts";
import type { ProjectionClaim } from "./observed-decision.ts";
import { untrustedText } from "./untrusted-text.ts";

const DAY_US = 86_400e6;

/** A claim that can be judged, with the measurement it is judged by. */
export interface JudgeableClaim {
  readonly claim: ProjectionClaim;
  readonly measurement: ProjectedMeasurement;
}

/**
 * The projection a host claims, where the envelope lets it count: on a measurement that was commissioned, no wider and
 * no shorter than was commissioned. A baseline that is too wide is left out.
 * @returns why it cannot be judged, in words, where it cannot
 */
export function readClaim(thing: unknown, envelope: Envelope): JudgeableClaim | string {
  const given = thing !== null && typeof thing === "object" ? (thing as Partial<ProjectionClaim>) : undefined;
  if (given === undefined) return "the proposal projects nothing";
  const { address, unit, afterUs } = given;
  const measurement = envelope.projections?.find((one) => one.address === address);
  if (measurement === undefined) return `the envelope names no measurement ${untrustedText(address)}`;
  if (typeof unit !== "string" || !isUnit(unit) || !sameDimension(unit, measurement.unit)) {
    return `${measurement.address} is measured in ${measurement.unit}`;
  }
  if (typeof afterUs !== "number" || !(afterUs >= measurement.leastAfterMs * 1000 && afterUs <= DAY_US)) {
    return `${measurement.address} must be projected ${measurement.leastAfterMs / 1000} s to 24 h ahead`;
  }
  const convert = converter(unit, measurement.unit, measurement.address);
  const fits = (interval: unknown): interval is Interval => {
    const { value, low, high } = (interval ?? {}) as Partial<Interval>;
    return (
      [value, low, high].every((one) => typeof one === "number" && Number.isFinite(one)) &&
      low! <= high! &&
      convert(high!) - convert(low!) <= measurement.widest
    );
  };
  const { interval, baseline } = given;
  if (!fits(interval)) {
    return `the interval of ${measurement.address} is wider than ${measurement.widest} ${measurement.unit}, or none`;
  }
  const claim = {
    address: measurement.address,
    unit,
    interval: plain(interval),
    afterUs,
    ...(given.countsOnLater === undefined ? {} : { countsOnLater: given.countsOnLater !== false }),
  };
  return { claim: fits(baseline) ? { ...claim, baseline: plain(baseline) } : claim, measurement };
}

/** Nothing else that a host may have put there goes into the audit. */
const plain = ({ value, low, high }: Interval): Interval => ({ value, low, high });
