import { Random } from "../../../runtime/core/random.ts";
import type { Duration } from "../../../runtime/model/line/duration.ts";
import type { Connection, LineBlock, LineModel } from "../../../runtime/model/line/line-model.ts";

/** A network with everything in it, drawn from a seed: feeders, an assembly, a gate with rework and scrap, shifts. */
export function randomLine(seed: number, times: "drawn" | "whole seconds" = "drawn"): LineModel {
  const random = new Random(seed, 77);
  const isIt = (share: number): boolean => random.uniform() < share;
  const hasCalendar = isIt(0.6);
  const about = (meanS: number): Duration => {
    if (times === "whole seconds") return { kind: "fixed", valueS: 1 + random.integer(2 * meanS) };
    const laws: Duration[] = [
      { kind: "fixed", valueS: meanS },
      { kind: "exponential", meanS },
      { kind: "uniform", lowS: 0, highS: 2 * meanS },
      { kind: "triangular", lowS: 0, modeS: meanS, highS: 2 * meanS },
      { kind: "normal", meanS, sdS: meanS / 4 },
      { kind: "lognormal", meanS, sdS: meanS / 3 },
      { kind: "weibull", scaleS: meanS, shape: 2 },
      { kind: "gamma", scaleS: meanS / 3, shape: 3 },
      { kind: "erlang", meanS, stages: 3 },
      { kind: "empirical", valuesS: [meanS / 2, meanS, 2 * meanS] },
    ];
    return laws[random.integer(laws.length)]!;
  };
  const work = () => ({
    process: about(10),
    ...(isIt(0.5) ? { kindFactors: { A: 1, B: 2 } } : {}),
    ...(isIt(0.4) ? { setup: [{ from: "A", time: about(3) }, { time: about(5) }] } : {}),
    ...(isIt(0.4) && times === "drawn"
      ? { rework: { share: 0.1, ...(isIt(0.5) ? { time: about(4) } : {}) } }
      : {}),
    ...(isIt(0.6)
      ? {
          failure: {
            by: isIt(0.5) ? ("time" as const) : ("operation" as const),
            meanBetween: about(90),
            repair: about(20),
            ...(isIt(0.6) ? { crew: "menders" } : {}),
          },
        }
      : {}),
    ...(isIt(0.5)
      ? { operators: { skill: isIt(0.5) ? "left" : "right", count: 1 + random.integer(2) } }
      : {}),
    ...(isIt(0.3) ? { servers: 2 } : {}),
    ...(isIt(0.7) ? { positionM: [random.integer(20), 0] as [number, number] } : {}),
    ...(isIt(0.3) ? { shifts: "always" as const } : hasCalendar && isIt(0.3) ? { shifts: ["early"] } : {}),
  });
  const buffer = (id: string): LineBlock => ({ id, kind: "buffer", places: 1 + random.integer(4) });
  const belt = (id: string): LineBlock => ({
    id,
    kind: "conveyor",
    lengthM: 4 + random.integer(6),
    speedMPerS: 0.5,
    pitchM: 1 + random.integer(2),
    accumulating: isIt(0.5),
  });
  const blocks: LineBlock[] = [
    {
      id: "in",
      kind: "source",
      ...(isIt(0.5) ? { interarrival: about(8) } : {}),
      ...(times === "drawn" && isIt(0.5)
        ? {
            kinds: [
              { kind: "A", share: 0.6 },
              { kind: "B", share: 0.4 },
            ],
          }
        : { orders: "repeat" as const }),
    },
    belt("b1"),
    { id: "s1", kind: "station", ...work() },
    buffer("b2"),
    { id: "s2", kind: "station", ...work() },
    { id: "s3", kind: "station", ...work() },
    buffer("b3"),
    { id: "small", kind: "source", kinds: [{ kind: "C", share: 1 }], interarrival: about(6) },
    {
      id: "split",
      kind: "disassembly",
      ...work(),
      makes: [
        { kind: "D", quantity: 2 },
        { kind: "E", quantity: 1 },
      ],
    },
    buffer("b4"),
    {
      id: "sort",
      kind: "gate",
      rejects: times === "drawn" ? [{ to: "waste", share: 0.2, kinds: ["D"] }] : [],
    },
    {
      id: "join",
      kind: "assembly",
      ...work(),
      kit: [
        { kind: "F", quantity: 1 },
        { kind: "D", quantity: 2 },
      ],
      makes: "G",
    },
    { id: "frame", kind: "source", kinds: [{ kind: "F", share: 1 }] },
    {
      id: "test",
      kind: "gate",
      rejects:
        times === "drawn"
          ? [
              { to: "b5", share: 0.15 },
              { to: "waste", share: 0.05 },
            ]
          : [],
    },
    { id: "b5", kind: "buffer", places: 200 },
    { id: "s5", kind: "station", ...work() },
    { id: "out", kind: "sink" },
    { id: "waste", kind: "sink", scrap: true },
  ];
  const chain = (...ids: string[]): Connection[] => ids.slice(1).map((to, i) => ({ from: ids[i]!, to }));
  return {
    name: `random ${seed}`,
    blocks,
    connections: [
      ...chain("in", "b1", "s1", "b2", "s2", "b3"),
      ...chain("b2", "s3", "b3", "test", "out"),
      ...chain("b5", "s5", "test"),
      ...chain("small", "split", "b4", "sort", "join", "test"),
      { from: "b4", to: "out", kinds: ["E"] },
      { from: "frame", to: "join" },
    ],
    operators: {
      groups: [
        { id: "team", count: 2, skills: ["left", "right"] },
        { id: "right", count: 1, skills: ["right"] },
        { id: "left", count: 1, skills: ["left"] },
      ],
      ...(isIt(0.7) ? { walkingMPerS: 1 } : {}),
    },
    crews: [{ id: "menders", count: 1 }],
    ...(hasCalendar
      ? {
          calendar: {
            periodS: 1000,
            startsAtS: random.integer(500),
            shifts: [
              { name: "early", fromS: 100, toS: 600, breaks: [{ fromS: 300, toS: 340 }] },
              { name: "late", fromS: 600, toS: 1050, breaks: [] },
            ],
          },
        }
      : {}),
    orders: [
      { id: "o1", kind: "A", quantity: 3 },
      { id: "o2", kind: "B", quantity: 2 },
    ],
  };
}
