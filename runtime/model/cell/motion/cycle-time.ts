import { RungError } from "../../../core/errors.ts";
import { type AxisLimits, MoveLaw } from "./time-law.ts";

/** One point a robot stops at. */
export interface TimedPoint {
  readonly name: string;
  /** Joint values, rad. */
  readonly q: ArrayLike<number>;
  /** Share of the axes' velocities on the way to this point; full speed where left out. */
  readonly speed?: number;
  /** How long the robot stands here, s: the weld's time, or 0. */
  readonly dwellS: number;
}

/** One stretch of a cycle. */
export interface CycleStretch {
  readonly kind: "move" | "dwell";
  /** The point moved to or stood at. */
  readonly point: string;
  readonly startS: number;
  readonly endS: number;
}

/**
 * A program over time: from its first point to its last, each move a synchronised trapezoid from standstill to
 * standstill, each dwell as stated. No blending, so it errs on the slow side against a robot that rounds its points.
 */
export class ProgramTiming {
  readonly stretches: readonly CycleStretch[];
  readonly durationS: number;
  readonly moveS: number;
  readonly dwellS: number;
  readonly #points: readonly TimedPoint[];
  readonly #moves: readonly MoveLaw[];
  readonly #arriveS: readonly number[];
  readonly #leaveS: readonly number[];

  /** @throws RungError `motion` for fewer than one point, a dwell below 0, points of different axes, or a bad limit */
  constructor(points: readonly TimedPoint[], limits: AxisLimits, where: string) {
    checkPoints(points, limits, where);
    const stretches: CycleStretch[] = [];
    const moves: MoveLaw[] = [];
    const arrive: number[] = [];
    const leave: number[] = [];
    let now = 0;
    let moving = 0;
    for (const [i, point] of points.entries()) {
      if (i > 0) {
        const law = new MoveLaw(
          points[i - 1]!.q,
          point.q,
          limits,
          point.speed ?? 1,
          `${where}/${point.name}`,
        );
        moves.push(law);
        stretches.push({ kind: "move", point: point.name, startS: now, endS: now + law.durationS });
        now += law.durationS;
        moving += law.durationS;
      }
      arrive.push(now);
      if (point.dwellS > 0) {
        stretches.push({ kind: "dwell", point: point.name, startS: now, endS: now + point.dwellS });
        now += point.dwellS;
      }
      leave.push(now);
    }
    this.stretches = stretches;
    this.durationS = now;
    this.moveS = moving;
    this.dwellS = now - moving;
    this.#points = points;
    this.#moves = moves;
    this.#arriveS = arrive;
    this.#leaveS = leave;
  }

  /** How many points; places on the path run from 0 to one less, whole at the points. */
  get points(): number {
    return this.#points.length;
  }

  /** Duration of the move from point `index` to the next, s. */
  moveDurationS(index: number): number {
    return this.#moves[index]!.durationS;
  }

  /** How long the robot stands at point `index`, s. */
  dwellDurationS(index: number): number {
    return this.#points[index]!.dwellS;
  }

  /** Place on the path at a time: 2.5 is half the way from point 2 to point 3. Held at the ends. */
  placeAt(timeS: number): number {
    // The last point arrived at by now.
    let low = 0;
    let high = this.#arriveS.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#arriveS[middle]! <= timeS) low = middle;
      else high = middle - 1;
    }
    const move = this.#moves[low];
    return move === undefined ? low : low + move.shareAt(timeS - this.#leaveS[low]!);
  }

  /** When the robot is first at a place of the path, s. */
  timeAt(place: number): number {
    const point = Math.max(0, Math.min(Math.floor(place), this.#points.length - 1));
    const move = this.#moves[point];
    if (move === undefined || place <= point) return this.#arriveS[point]!;
    return this.#leaveS[point]! + move.timeAt(place - point);
  }

  /** Joint values at a time, rad: what a scrubbed screen shows. */
  jointsAt(timeS: number, out: Float64Array): void {
    jointsAtPlace(this.#points, this.placeAt(timeS), out);
  }
}

/** Joint values at a place of a path of joint-linear moves, rad; held at the ends. */
export function jointsAtPlace(
  points: readonly { readonly q: ArrayLike<number> }[],
  place: number,
  out: Float64Array,
): void {
  const last = points.length - 1;
  const point = Math.max(0, Math.min(Math.floor(place), last));
  const from = points[point]!.q;
  const to = points[Math.min(point + 1, last)]!.q;
  const share = Math.max(0, Math.min(place - point, 1));
  for (let i = 0; i < out.length; i++) out[i] = from[i]! + share * (to[i]! - from[i]!);
}

/**
 * The factor on all accelerations with which a program takes as long as was measured, and the duration it gives.
 * Found by bisection on the logarithm: the duration falls with the acceleration.
 * @throws RungError `motion` where no acceleration gives that cycle: the dwells, the speeds or the path differ then
 */
export function fitAccelerationFactor(
  points: readonly TimedPoint[],
  limits: AxisLimits,
  measuredS: number,
  where: string,
): { readonly factor: number; readonly durationS: number } {
  const timed = (factor: number): number => {
    const accelerationRadS2 = limits.accelerationRadS2.map((value) => value * factor);
    return new ProgramTiming(points, { ...limits, accelerationRadS2 }, where).durationS;
  };
  const [least, most] = [timed(MOST_FACTOR), timed(1 / MOST_FACTOR)];
  if (!(measuredS > least && measuredS < most)) {
    throw new RungError({
      code: "motion",
      where,
      what: `no acceleration makes the cycle ${measuredS} s: it would lie between ${least.toFixed(2)} s and ${most.toFixed(2)} s`,
      advice: "compare the weld times, the speeds and the points with the robot's program",
    });
  }
  let low = -Math.log(MOST_FACTOR);
  let high = Math.log(MOST_FACTOR);
  while (high - low > 1e-12) {
    const middle = (low + high) / 2;
    if (timed(Math.exp(middle)) > measuredS) low = middle;
    else high = middle;
  }
  const factor = Math.exp((low + high) / 2);
  return { factor, durationS: timed(factor) };
}

/** Accelerations a hundred times off are no calibration, but a wrong unit. */
const MOST_FACTOR = 100;

function checkPoints(points: readonly TimedPoint[], limits: AxisLimits, where: string): void {
  if (points.length === 0) {
    throw new RungError({
      code: "motion",
      where,
      what: "a program has no points",
      advice: "give one at least",
    });
  }
  for (const point of points) {
    const at = `${where}/${point.name}`;
    if (point.q.length !== limits.velocityRadS.length || point.q.length !== limits.accelerationRadS2.length) {
      throw new RungError({
        code: "motion",
        where: at,
        what: `has ${point.q.length} joint values where the robot has ${limits.velocityRadS.length} velocities and ${limits.accelerationRadS2.length} accelerations`,
        advice: "give one of each per joint",
      });
    }
    if (!(point.dwellS >= 0 && Number.isFinite(point.dwellS))) {
      throw new RungError({ code: "motion", where: at, what: `dwell must be >= 0 s, got ${point.dwellS}` });
    }
  }
}
