import { toExponential } from "../../../core/exponential.ts";
import type { Random } from "../../../core/random.ts";
import { type Duration, sampler } from "../duration.ts";

/**
 * What fills an array with draws of a law, s: those that `sampler` would give one by one. A stream that serves one use
 * alone may be drawn ahead.
 */
export function blockSampler(duration: Duration, random: Random): (out: Float64Array) => void {
  if (duration.kind === "fixed") return (out) => void out.fill(duration.valueS);
  if (duration.kind === "exponential") {
    const { meanS } = duration;
    return (out) => {
      random.fillUniform(out);
      toExponential(out, meanS);
    };
  }
  const draw = sampler(duration, random);
  return (out) => {
    for (let k = 0; k < out.length; k++) out[k] = draw();
  };
}
