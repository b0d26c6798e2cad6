import { arrheniusK, cureRate, degreeOfCure } from "./cure.ts";
import type { CureConfig, KamalSourour, NthOrder } from "./cure-config.ts";

/**
 * Degree of cure after equivalent minutes, where one activation energy rules: time at 170 °C is all that counts.
 * Kamal-Sourour is asked of `KamalTrack` instead.
 */
export function degreeAfter(e170Min: number, cure: CureConfig): number {
  const { kinetics } = cure;
  return kinetics.kind === "nth-order"
    ? nthOrderDegree(e170Min, kinetics, cure.criterionMin)
    : degreeOfCure(e170Min);
}

/**
 * da/dt = k (1 - a)^n, a(0) = 0: 1 - a = [1 + (n - 1) k t]^(-1 / (n - 1)), for n < 1 complete after 1 / ((1 - n) k).
 * @param criterionMin minutes at 170 °C after which the degree is `degreeAtCriterion`
 */
function nthOrderDegree(
  e170Min: number,
  { order, degreeAtCriterion }: NthOrder,
  criterionMin: number,
): number {
  const left = 1 - degreeAtCriterion;
  const share = e170Min / criterionMin;
  if (Math.abs(order - 1) < 1e-9) return -Math.expm1(Math.log(left) * share);
  const power = 1 - order;
  const base = 1 + (left ** power - 1) * share;
  return base <= 0 ? 1 : 1 - base ** (1 / power);
}

/** Longest step in units of the reaction's own time: the closed forms are met within 1e-7. */
const LONGEST_STEP = 0.05;
/** What is left when nothing more is reckoned. */
const COMPLETE = 1e-12;

/** The degree of cure of one node by Kamal and Sourour, carried along its temperature. */
export class KamalTrack {
  readonly #kinetics: KamalSourour;
  readonly #energy1K: number;
  readonly #energy2K: number;
  degree = 0;

  constructor(kinetics: KamalSourour) {
    this.#kinetics = kinetics;
    this.#energy1K = arrheniusK(kinetics.energy1KJPerMol);
    this.#energy2K = arrheniusK(kinetics.energy2KJPerMol);
  }

  /**
   * Carries the degree through a time (Runge-Kutta of fourth order).
   * @param temperatureC at a moment of that time, seconds from its beginning
   */
  through(durationS: number, temperatureC: (seconds: number) => number): void {
    const { k1PerS, k2PerS, n } = this.#kinetics;
    let doneS = 0;
    while (doneS < durationS && 1 - this.degree > COMPLETE) {
      const [rate1, rate2] = this.#factors(Math.max(temperatureC(doneS), temperatureC(durationS)));
      // Beyond the first order the reaction slows down as it ends.
      const slowing = (1 - this.degree) ** Math.max(0, n - 1);
      const longestS = LONGEST_STEP / ((k1PerS * rate1 + k2PerS * rate2) * slowing);
      const stepS = Math.min(durationS - doneS, longestS);
      this.#step(stepS, temperatureC(doneS), temperatureC(doneS + stepS / 2), temperatureC(doneS + stepS));
      doneS = stepS === durationS - doneS ? durationS : doneS + stepS;
    }
  }

  #factors(temperatureC: number): [number, number] {
    return [cureRate(temperatureC, this.#energy1K), cureRate(temperatureC, this.#energy2K)];
  }

  #step(stepS: number, beforeC: number, midC: number, afterC: number): void {
    const { k1PerS, k2PerS, m, n } = this.#kinetics;
    const pace = ([rate1, rate2]: [number, number], degree: number): number => {
      const a = Math.min(1, Math.max(0, degree));
      return (k1PerS * rate1 + k2PerS * rate2 * a ** m) * (1 - a) ** n;
    };
    const mid = this.#factors(midC);
    const s1 = pace(this.#factors(beforeC), this.degree);
    const s2 = pace(mid, this.degree + (stepS / 2) * s1);
    const s3 = pace(mid, this.degree + (stepS / 2) * s2);
    const s4 = pace(this.#factors(afterC), this.degree + stepS * s3);
    this.degree = Math.min(1, this.degree + (stepS / 6) * (s1 + 2 * s2 + 2 * s3 + s4));
  }
}
