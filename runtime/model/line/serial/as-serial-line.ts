import type { Connection, LineModel, SourceBlock, StationBlock } from "../line-model.ts";
import { streamOf } from "../streams.ts";
import type { SerialLine, SerialStation } from "./serial-line.ts";

/** A model that is a serial line. */
export interface SerialModel extends SerialLine {
  /** Numbers of the model's blocks: the source, of each station the buffer before it (-1 for none), the stations, the sink. */
  readonly blocks: {
    readonly source: number;
    readonly buffers: readonly number[];
    readonly stations: readonly number[];
    readonly sink: number;
  };
}

/**
 * A line model as a serial line, if it is one: a source, stations with one server each that work and break down and nothing
 * else, at most one buffer before each, a sink; no calendar, no operators, no crews, one way from each block to the next. A
 * source with times between arrivals stands before a buffer without limit, one without before the first station.
 * @returns undefined where it is not; draws come from the streams from which the event engine has them
 */
export function asSerialLine(model: LineModel): SerialModel | undefined {
  const way = onlyWay(model);
  if (way === undefined || model.calendar !== undefined) return undefined;
  const [source, ...rest] = way.map((i) => model.blocks[i]!);
  const sink = rest.pop();
  if (source?.kind !== "source" || source.orders !== undefined) return undefined;
  if (sink?.kind !== "sink" || sink.scrap === true) return undefined;
  const stations: SerialStation[] = [];
  const places: number[] = [];
  const blocks = { buffers: [] as number[], stations: [] as number[] };
  let buffer: { readonly at: number; readonly places: number } | undefined;
  for (const [i, block] of rest.entries()) {
    const at = way[i + 1]!;
    if (block.kind === "buffer" && buffer === undefined) {
      buffer = { at, places: block.places ?? Number.POSITIVE_INFINITY };
    } else if (block.kind === "station" && isPlain(block)) {
      stations.push(serialStation(block));
      places.push(buffer?.places ?? 0);
      blocks.stations.push(at);
      blocks.buffers.push(buffer?.at ?? -1);
      buffer = undefined;
    } else return undefined;
  }
  if (stations.length === 0 || buffer !== undefined) return undefined;
  if (!isFed(source, places[0]!, blocks.buffers[0]!)) return undefined;
  return {
    name: model.name,
    ...(source.interarrival === undefined ? {} : { arrivals: source.interarrival }),
    arrivalStream: streamOf(source.id, "arrival"),
    stations,
    placesBehind: places.slice(1),
    blocks: { ...blocks, source: way[0]!, sink: way.at(-1)! },
  };
}

/** All blocks in the one order in which parts can pass them; undefined where there is another way, or none. */
function onlyWay({ blocks, connections }: LineModel): number[] | undefined {
  if (connections.length !== blocks.length - 1) return undefined;
  const next = new Map<string, Connection>(connections.map((connection) => [connection.from, connection]));
  const indexOf = new Map(blocks.map(({ id }, i) => [id, i]));
  const way = [blocks.findIndex(({ kind }) => kind === "source")];
  while (way.length < blocks.length) {
    const connection = next.get(blocks[way.at(-1)!]?.id ?? "");
    const to = connection === undefined ? undefined : indexOf.get(connection.to);
    if (to === undefined || connection?.kinds !== undefined || way.includes(to)) return undefined;
    way.push(to);
  }
  return way;
}

function isPlain(block: StationBlock): boolean {
  return (
    (block.servers ?? 1) === 1 &&
    block.setup === undefined &&
    block.rework === undefined &&
    block.operators === undefined &&
    block.kindFactors === undefined &&
    block.failure?.crew === undefined
  );
}

function serialStation({ id, process, failure }: StationBlock): SerialStation {
  const server = `${id}/0`;
  return {
    id,
    process,
    ...(failure === undefined ? {} : { failure }),
    streams: {
      process: streamOf(id, "process"),
      between: streamOf(server, "failure"),
      repair: streamOf(server, "repair"),
    },
  };
}

function isFed({ interarrival }: SourceBlock, places: number, buffer: number): boolean {
  return interarrival === undefined ? buffer < 0 : places === Number.POSITIVE_INFINITY;
}
