import { Random } from "../../../runtime/core/random.ts";
import type { Duration } from "../../../runtime/model/line/duration.ts";
import type { Connection, LineBlock, LineModel } from "../../../runtime/model/line/line-model.ts";

/**
 * A network of sources, buffers, stations and sinks alone, drawn from a seed: stations side by side, breakdowns by time and by
 * operation, rework, ways by order and by share, a branch that joins again, a loop back, scrap.
 */
export function randomPlainLine(seed: number): LineModel {
  const random = new Random(seed, 78);
  const isIt = (share: number): boolean => random.uniform() < share;
  const about = (meanS: number): Duration => {
    const laws: Duration[] = [
      { kind: "fixed", valueS: meanS },
      { kind: "fixed", valueS: Math.round(meanS) },
      { kind: "exponential", meanS },
      { kind: "uniform", lowS: 0, highS: 2 * meanS },
      { kind: "normal", meanS, sdS: meanS / 4 },
      { kind: "lognormal", meanS, sdS: meanS / 3 },
      { kind: "gamma", scaleS: meanS / 3, shape: 3 },
      { kind: "empirical", valuesS: [meanS / 2, meanS, 2 * meanS] },
    ];
    return laws[random.integer(laws.length)]!;
  };
  const station = (id: string): LineBlock => ({
    id,
    kind: "station",
    process: about(10),
    ...(isIt(0.3) ? { rework: { share: 0.15, ...(isIt(0.5) ? { time: about(4) } : {}) } } : {}),
    ...(isIt(0.7)
      ? {
          failure: {
            by: isIt(0.5) ? ("time" as const) : ("operation" as const),
            meanBetween: about(90),
            repair: about(20),
          },
        }
      : {}),
    ...(isIt(0.4) ? { servers: 2 + random.integer(2) } : {}),
  });
  const buffer = (id: string): LineBlock => ({
    id,
    kind: "buffer",
    ...(isIt(0.2) ? {} : { places: 1 + random.integer(5) }),
  });
  const chain = (...ids: string[]): Connection[] => ids.slice(1).map((to, i) => ({ from: ids[i]!, to }));
  const isByShare = isIt(0.5);
  const split = (from: string, ways: readonly (readonly [string, number])[]): Connection[] =>
    ways.map(([to, share]) => ({ from, to, ...(isByShare ? { share } : {}) }));
  return {
    name: `plain ${seed}`,
    blocks: [
      // The first buffer is full whenever the source has no times of its own.
      { id: "in", kind: "source", ...(isIt(0.5) ? { interarrival: about(8) } : {}) },
      { id: "b1", kind: "buffer", places: 1 + random.integer(4) },
      station("s1"),
      buffer("b2"),
      station("s2"),
      station("s3"),
      buffer("b3"),
      { id: "side", kind: "source", interarrival: about(12) },
      station("s4"),
      { id: "b4", kind: "buffer", places: 200 },
      station("s5"),
      { id: "out", kind: "sink" },
      { id: "waste", kind: "sink", scrap: true },
    ],
    connections: [
      ...chain("in", "b1", "s1", "b2"),
      ...split("b2", [
        ["s2", 0.7],
        ["s3", 0.3],
      ]),
      ...chain("s2", "b3"),
      ...chain("s3", "b3"),
      ...chain("side", "b3", "s4"),
      { from: "s4", to: "out", share: 0.8 },
      { from: "s4", to: "b4", share: 0.15 },
      { from: "s4", to: "waste", share: 0.05 },
      ...chain("b4", "s5", "b3"),
    ],
  };
}
