import type { Random } from "../../../../runtime/core/random.ts";
import type { Duration } from "../../../../runtime/model/line/duration.ts";
import type { SerialLine } from "../../../../runtime/model/line/serial/serial-line.ts";

/** A law of any kind with a mean of roughly `aboutS`. */
function randomLaw(random: Random, aboutS: number): Duration {
  const laws: (() => Duration)[] = [
    () => ({ kind: "fixed", valueS: aboutS }),
    () => ({ kind: "exponential", meanS: aboutS }),
    () => ({ kind: "uniform", lowS: aboutS * 0.5, highS: aboutS * 1.5 }),
    () => ({ kind: "triangular", lowS: aboutS * 0.5, modeS: aboutS * 0.8, highS: aboutS * 1.7 }),
    () => ({ kind: "normal", meanS: aboutS, sdS: aboutS * 0.4 }),
    () => ({ kind: "lognormal", meanS: aboutS, sdS: aboutS * 0.4 }),
    () => ({ kind: "gamma", scaleS: aboutS / 0.7, shape: 0.7 }),
    () => ({ kind: "gamma", scaleS: aboutS / 4, shape: 4 }),
    () => ({ kind: "weibull", scaleS: aboutS, shape: 1.5 }),
    () => ({ kind: "geometric", meanS: aboutS, stepS: aboutS / 5 }),
    () => ({ kind: "erlang", stages: 3, meanS: aboutS }),
  ];
  return laws[random.integer(laws.length)]!();
}

/** Two to eight stations with laws, failures, buffers and arrivals of every kind. */
export function randomLine(random: Random): SerialLine {
  const stations = 2 + random.integer(7);
  const failure = () => ({
    by: random.uniform() < 0.5 ? ("time" as const) : ("operation" as const),
    meanBetween: randomLaw(random, 30 + 60 * random.uniform()),
    repair: randomLaw(random, 2 + 6 * random.uniform()),
  });
  return {
    name: "random",
    ...(random.uniform() < 0.4 ? { arrivals: randomLaw(random, 1.6) } : {}),
    stations: Array.from({ length: stations }, (_, i) => ({
      id: `s${i}`,
      process: randomLaw(random, 0.8 + 0.4 * random.uniform()),
      ...(random.uniform() < 0.6 ? { failure: failure() } : {}),
    })),
    placesBehind: Array.from({ length: stations - 1 }, () =>
      random.uniform() < 0.1 ? Number.POSITIVE_INFINITY : random.integer(6),
    ),
  };
}
