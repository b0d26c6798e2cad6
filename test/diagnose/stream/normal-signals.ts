import type { Random } from "../../../runtime/core/random.ts";

const ROWS = 4000;

/** First-order autoregressive noise of spread 1. */
function autoregressive(random: Random, coefficient: number): Float64Array {
  const step = Math.sqrt(1 - coefficient ** 2);
  let x = 0;
  return Float64Array.from({ length: ROWS }, () => {
    x = coefficient * x + step * random.normal();
    return x;
  });
}

const cycle = (row: number): number => Math.sin((2 * Math.PI * row) / 288);

/** Kinds of normal operation: what plants and servers send when nothing is wrong. 4,000 rows each. */
export const NORMAL_SIGNALS: Readonly<Record<string, (random: Random) => Float64Array>> = {
  white: (random) => autoregressive(random, 0).map((x) => 50 + 5 * x),
  slow: (random) => autoregressive(random, 0.99).map((x) => 50 + 5 * x),
  daily: (random) => autoregressive(random, 0.5).map((x, row) => 50 + 20 * cycle(row) + 2 * x),
  plateau: (random) =>
    Float64Array.from(
      { length: ROWS },
      (_, row) => (row % 288 > 108 && row % 288 < 216 ? 80 : 20) + 8 * random.uniform(),
    ),
  quantised: (random) => autoregressive(random, 0.7).map((x) => Math.round(3 + 0.8 * x)),
  counts: (random) => autoregressive(random, 0.9).map((x) => Math.round(Math.exp(2.5 + 0.5 * x))),
  bursts: (random) => {
    let left = 0;
    return Float64Array.from({ length: ROWS }, () => {
      if (left > 0) left--;
      else if (random.uniform() < 0.01) left = 1 + Math.floor(20 * random.uniform());
      return 5 + 0.5 * random.normal() + (left > 0 ? 20 + 5 * random.normal() : 0);
    });
  },
  "every hour": (random) =>
    Float64Array.from({ length: ROWS }, (_, row) => 40 + 0.7 * random.normal() + (row % 60 === 7 ? 15 : 0)),
  wandering: (random) => autoregressive(random, 0.998).map((x) => 100 + 10 * x),
};
