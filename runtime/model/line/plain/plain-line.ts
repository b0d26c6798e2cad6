import type { Connection, LineBlock, LineModel, StationBlock } from "../line-model.ts";

export const BUFFER = 0;
export const STATION = 1;
export const SINK = 2;
export const SOURCE = 3;

/** More parts than there can be: the places of a buffer without limit. */
export const NO_LIMIT = 0x7fffffff;

/**
 * A line of sources, buffers, stations and sinks alone, in arrays. Blocks have the model's numbers; buffers, stations,
 * servers and sources are numbered among themselves as well, in the model's order. An outlet is what hands parts on: those
 * of the buffers first, then of the servers, then of the sources. A way leads from an outlet to a block.
 */
export interface PlainLine {
  readonly model: LineModel;
  /** By block. */
  readonly kind: Uint8Array;
  /** By block: which of its kind it is. */
  readonly index: Int32Array;
  readonly buffers: readonly PlainBuffer[];
  readonly stations: readonly PlainStation[];
  readonly sources: readonly PlainSource[];
  /** By server: its station, and which server of it. */
  readonly stationOf: Int32Array;
  readonly indexInStation: Int32Array;
  /** By outlet: where its ways begin among all ways, and behind the last of it; block at which it is. */
  readonly wayFrom: Int32Array;
  readonly outletBlock: Int32Array;
  /** By outlet, as a state tells it. */
  readonly outletName: readonly string[];
  /** By way: the block to which it leads, its outlet, and its share, NaN for none. */
  readonly wayTo: Int32Array;
  readonly wayOutlet: Int32Array;
  readonly wayShare: Float64Array;
}

export interface PlainBuffer {
  readonly block: number;
  readonly places: number;
}

export interface PlainStation {
  readonly block: number;
  readonly told: StationBlock;
  readonly firstServer: number;
  readonly servers: number;
}

export interface PlainSource {
  readonly block: number;
  readonly told: Extract<LineBlock, { kind: "source" }>;
}

/**
 * A model in arrays, if it is plain: sources of parts without kinds, buffers, stations that work, break down and work again
 * on what was wrong, sinks; ways by order or by share. No people, crews, shifts, setups, belts, gates or assemblies.
 * @param model one that `checkLine` has passed
 * @returns undefined where it is not
 */
export function asPlainLine(model: LineModel): PlainLine | undefined {
  const { blocks, connections } = model;
  if (model.calendar !== undefined || !blocks.every(isPlain)) return undefined;
  if (connections.some(({ kinds }) => kinds !== undefined) || !areDistinct(connections)) return undefined;
  const index = new Int32Array(blocks.length);
  const kind = Uint8Array.from(blocks, (block) => KINDS[block.kind as keyof typeof KINDS]);
  const buffers: PlainBuffer[] = [];
  const stations: PlainStation[] = [];
  const sources: PlainSource[] = [];
  const stationOf: number[] = [];
  const indexInStation: number[] = [];
  for (const [block, told] of blocks.entries()) {
    if (told.kind === "buffer") {
      index[block] = buffers.length;
      buffers.push({ block, places: Math.min(Math.ceil(told.places ?? NO_LIMIT), NO_LIMIT) });
    } else if (told.kind === "station") {
      index[block] = stations.length;
      const servers = told.servers ?? 1;
      stations.push({ block, told, firstServer: stationOf.length, servers });
      for (let i = 0; i < servers; i++) {
        stationOf.push(index[block]!);
        indexInStation.push(i);
      }
    } else if (told.kind === "source") {
      index[block] = sources.length;
      sources.push({ block, told });
    }
  }
  const outletBlock = [
    ...buffers.map(({ block }) => block),
    ...stationOf.map((station) => stations[station]!.block),
    ...sources.map(({ block }) => block),
  ];
  const numberOf = new Map(blocks.map(({ id }, block) => [id, block]));
  const wayFrom = new Int32Array(outletBlock.length + 1);
  const ways = outletBlock.flatMap((block, outlet) => {
    const own = connections.filter(({ from }) => from === blocks[block]!.id);
    wayFrom[outlet + 1] = wayFrom[outlet]! + own.length;
    return own.map(({ to, share }) => ({ outlet, to: numberOf.get(to)!, share }));
  });
  return {
    model,
    kind,
    index,
    buffers,
    stations,
    sources,
    stationOf: Int32Array.from(stationOf),
    indexInStation: Int32Array.from(indexInStation),
    wayFrom,
    outletBlock: Int32Array.from(outletBlock),
    outletName: outletBlock.map((block, outlet) => {
      const server = outlet - buffers.length;
      const isServer = server >= 0 && server < stationOf.length;
      return isServer ? `${blocks[block]!.id}/${indexInStation[server]}` : blocks[block]!.id;
    }),
    wayTo: Int32Array.from(ways, ({ to }) => to),
    wayOutlet: Int32Array.from(ways, ({ outlet }) => outlet),
    wayShare: Float64Array.from(ways, ({ share }) => share ?? Number.NaN),
  };
}

const KINDS = { buffer: BUFFER, station: STATION, sink: SINK, source: SOURCE } as const;

function isPlain(block: LineBlock): boolean {
  switch (block.kind) {
    case "buffer":
    case "sink":
      return true;
    case "source":
      return block.orders === undefined && (block.kinds ?? []).length === 0;
    case "station":
      // Setups and factors are of kinds, and no part has one.
      return block.operators === undefined && block.failure?.crew === undefined;
    default:
      return false;
  }
}

function areDistinct(connections: readonly Connection[]): boolean {
  return new Set(connections.map(({ from, to }) => `${from}/${to}`)).size === connections.length;
}
