import type { LineBlock, LineModel } from "../../runtime/model/line/line-model.ts";

/** The models of bench/line/simpy_line.py, as Rung has them; in each the figure that all engines are compared by. */
export interface BenchModel {
  readonly name: "mm1" | "line";
  readonly model: LineModel;
  /** One replication, s. */
  readonly lengthS: number;
}

function chain(name: string, blocks: readonly LineBlock[]): LineModel {
  const connections = blocks.slice(1).map(({ id }, i) => ({ from: blocks[i]!.id, to: id }));
  return { name, blocks, connections };
}

const STATIONS = 20;
const PLACES = 10;

export const BENCH_MODELS: readonly BenchModel[] = [
  {
    name: "mm1",
    lengthS: 50_000,
    model: chain("M/M/1, utilisation 0.9", [
      { id: "in", kind: "source", interarrival: { kind: "exponential", meanS: 1 / 0.9 } },
      { id: "queue", kind: "buffer" },
      { id: "server", kind: "station", process: { kind: "exponential", meanS: 1 } },
      { id: "out", kind: "sink" },
    ]),
  },
  {
    name: "line",
    lengthS: 10_000,
    model: chain("20 stations of 1 s, MTBF 100 s, MTTR 10 s, buffers of 10", [
      { id: "in", kind: "source" },
      ...Array.from({ length: STATIONS }, (_, i): LineBlock[] => [
        ...(i === 0 ? [] : [{ id: `b${i}`, kind: "buffer", places: PLACES } as const]),
        {
          id: `s${i}`,
          kind: "station",
          process: { kind: "fixed", valueS: 1 },
          failure: {
            by: "operation",
            meanBetween: { kind: "exponential", meanS: 100 },
            repair: { kind: "exponential", meanS: 10 },
          },
        },
      ]).flat(),
      { id: "out", kind: "sink" },
    ]),
  },
];
