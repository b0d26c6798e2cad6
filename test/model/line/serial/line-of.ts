import type { LineBlock, LineModel } from "../../../../runtime/model/line/line-model.ts";
import type { SerialLine } from "../../../../runtime/model/line/serial/serial-line.ts";

/** The line model of a serial line: source, a buffer where arrivals wait or places are, stations, sink. */
export function lineOf({ name, arrivals, stations, placesBehind }: SerialLine): LineModel {
  const blocks: LineBlock[] = [{ id: "in", kind: "source", ...(arrivals ? { interarrival: arrivals } : {}) }];
  if (arrivals !== undefined) blocks.push({ id: "queue", kind: "buffer" });
  for (const [i, { id, process, failure }] of stations.entries()) {
    blocks.push({ id, kind: "station", process, ...(failure ? { failure } : {}) });
    const places = placesBehind[i] ?? 0;
    if (places > 0)
      blocks.push({ id: `b${i}`, kind: "buffer", ...(Number.isFinite(places) ? { places } : {}) });
  }
  blocks.push({ id: "out", kind: "sink" });
  const connections = blocks.slice(1).map(({ id }, i) => ({ from: blocks[i]!.id, to: id }));
  return { name, blocks, connections };
}
