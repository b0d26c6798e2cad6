import { exponential } from "../../core/exponential.ts";
import type { Random } from "../../core/random.ts";

/** A time that is drawn, seconds. What is drawn is never negative. */
export type Duration =
  | { readonly kind: "fixed"; readonly valueS: number }
  | { readonly kind: "exponential"; readonly meanS: number }
  /** Whole steps, one at least: trials until the first success. */
  | { readonly kind: "geometric"; readonly meanS: number; readonly stepS: number }
  | { readonly kind: "uniform"; readonly lowS: number; readonly highS: number }
  | { readonly kind: "triangular"; readonly lowS: number; readonly modeS: number; readonly highS: number }
  /** What falls below 0 is drawn again, so the mean is a little above `meanS` where `sdS` is large. */
  | { readonly kind: "normal"; readonly meanS: number; readonly sdS: number }
  /** Mean and standard deviation of the time itself, not of its logarithm. */
  | { readonly kind: "lognormal"; readonly meanS: number; readonly sdS: number }
  | { readonly kind: "weibull"; readonly scaleS: number; readonly shape: number }
  | { readonly kind: "gamma"; readonly scaleS: number; readonly shape: number }
  | { readonly kind: "erlang"; readonly stages: number; readonly meanS: number }
  /** One of the values, each as likely as the others. */
  | { readonly kind: "empirical"; readonly valuesS: readonly number[] };

/** The same law with every time so many times as long. */
export function scaled(duration: Duration, factor: number): Duration {
  const times: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(duration)) {
    if (typeof value === "number" && key.endsWith("S")) times[key] = value * factor;
    if (Array.isArray(value)) times[key] = value.map((each: number) => each * factor);
  }
  return { ...duration, ...times };
}

/** @returns what draws the law from a stream, s */
export function sampler(duration: Duration, random: Random): () => number {
  switch (duration.kind) {
    case "fixed": {
      const { valueS } = duration;
      return () => valueS;
    }
    case "exponential": {
      const { meanS } = duration;
      return () => exponential(random.uniform(), meanS);
    }
    case "geometric": {
      const { meanS, stepS } = duration;
      const failsLog = Math.log(1 - stepS / meanS);
      return () => stepS * Math.max(1, Math.ceil(Math.log(1 - random.uniform()) / failsLog));
    }
    case "uniform": {
      const { lowS, highS } = duration;
      return () => lowS + (highS - lowS) * random.uniform();
    }
    case "triangular": {
      const { lowS, modeS, highS } = duration;
      const below = highS > lowS ? (modeS - lowS) / (highS - lowS) : 0;
      return () => {
        const u = random.uniform();
        return u < below
          ? lowS + Math.sqrt(u * (highS - lowS) * (modeS - lowS))
          : highS - Math.sqrt((1 - u) * (highS - lowS) * (highS - modeS));
      };
    }
    case "normal": {
      const { meanS, sdS } = duration;
      return () => {
        for (;;) {
          const drawn = meanS + sdS * random.normal();
          if (drawn >= 0) return drawn;
        }
      };
    }
    case "lognormal": {
      const variance = Math.log(1 + (duration.sdS / duration.meanS) ** 2);
      const [mu, sigma] = [Math.log(duration.meanS) - variance / 2, Math.sqrt(variance)];
      return () => Math.exp(mu + sigma * random.normal());
    }
    case "weibull": {
      const { scaleS, shape } = duration;
      return () => scaleS * (-Math.log(1 - random.uniform())) ** (1 / shape);
    }
    case "gamma": {
      const { scaleS, shape } = duration;
      return () => scaleS * standardGamma(shape, random);
    }
    case "erlang": {
      const { stages, meanS } = duration;
      return () => {
        let sum = 0;
        for (let stage = 0; stage < stages; stage++) sum -= Math.log(1 - random.uniform());
        return (meanS / stages) * sum;
      };
    }
    case "empirical": {
      const { valuesS } = duration;
      return () => valuesS[random.integer(valuesS.length)]!;
    }
  }
}

/** Marsaglia and Tsang, ACM Transactions on Mathematical Software 26, 3 (2000), 363-372. */
function standardGamma(shape: number, random: Random): number {
  if (shape < 1) return standardGamma(shape + 1, random) * (1 - random.uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < x * x * 0.5 + d - d * v + d * Math.log(v)) return d * v;
  }
}
