import { Random } from "../../../core/random.ts";
import type { Connection, LineBlock, LineModel, StationBlock } from "../line-model.ts";
import { replicationSeed, streamOf } from "../streams.ts";
import { DrawnAhead } from "./drawn-ahead.ts";
import {
  BUFFER,
  BY_OPERATION,
  BY_TIME,
  NEVER,
  PlainBlock,
  PlainOutlet,
  PlainServer,
  PlainWay,
  SCRAP,
  SINK,
  SOURCE,
  STATION,
} from "./plain-block.ts";

/** More parts than there can be: the room of what has no limit. */
const NO_LIMIT = 0x7fffffff;

/** A line of sources, buffers, stations and sinks alone, empty and whole. */
export interface PlainLine {
  readonly name: string;
  /** In the model's order. */
  readonly blocks: readonly PlainBlock[];
  readonly servers: readonly PlainServer[];
  readonly sources: readonly PlainBlock[];
  /** Numbers of events: of each server work, of each its breakdown, of each source an arrival. */
  readonly activities: number;
}

/**
 * Whether a model is plain: sources of parts without kinds, buffers, stations that work, break down and work again on what
 * was wrong, sinks; ways by order or by share. No people, crews, shifts, belts, gates or assemblies; setups are of kinds, and
 * no part has one.
 * @param model one that `checkLine` has passed
 */
export function isPlainLine({ blocks, connections, calendar }: LineModel): boolean {
  return (
    calendar === undefined &&
    blocks.every(isPlain) &&
    connections.every(({ kinds }) => kinds === undefined) &&
    new Set(connections.map(({ from, to }) => `${from}/${to}`)).size === connections.length
  );
}

function isPlain(block: LineBlock): boolean {
  switch (block.kind) {
    case "buffer":
    case "sink":
      return true;
    case "source":
      return block.orders === undefined && (block.kinds ?? []).length === 0;
    case "station":
      return block.operators === undefined && block.failure?.crew === undefined;
    default:
      return false;
  }
}

/**
 * Makes the blocks of one replication, with the streams that the general line has.
 * @param model a plain one
 */
export function plainLine(
  model: LineModel,
  order: { readonly seed: number; readonly replication: number },
): PlainLine {
  const seed = replicationSeed(order.seed, order.replication);
  const random: RandomOf = (name, purpose) => new Random(seed, streamOf(name, purpose));
  const blocks = model.blocks.map((told) => new PlainBlock(told.id, kindOf(told), roomOf(told)));
  const count = model.blocks.reduce((sum, told) => sum + serversOf(told), 0);
  const servers: PlainServer[] = [];
  const sources: PlainBlock[] = [];
  for (const [i, told] of model.blocks.entries()) {
    const block = blocks[i]!;
    if (told.kind === "buffer") block.outlet = new PlainOutlet(told.id, block, undefined);
    else if (told.kind === "station") {
      equip(block, told, random);
      block.servers = Array.from({ length: serversOf(told) }, (_, k) => {
        const server = servers.length;
        const failure = failureOf(told, `${told.id}/${k}`, random);
        servers.push(new PlainServer(block, k, server, count + server, failure));
        return servers[server]!;
      });
      if (block.servers.length === 1) block.onlyServer = block.servers[0];
    } else if (told.kind === "source") {
      block.outlet = new PlainOutlet(told.id, block, undefined);
      block.activity = 2 * count + sources.length;
      block.arrivals = told.interarrival && new DrawnAhead(told.interarrival, random(told.id, "arrival"));
      sources.push(block);
    }
  }
  const blockOf = new Map(blocks.map((block) => [block.id, block]));
  for (const block of blocks) {
    const own = model.connections.filter(({ from }) => from === block.id);
    const outlets = block.outlet === undefined ? block.servers.map(({ outlet }) => outlet) : [block.outlet];
    for (const outlet of outlets) connect(outlet, own, blockOf, random);
  }
  return { name: model.name, blocks, servers, sources, activities: 2 * count + sources.length };
}

type RandomOf = (name: string, purpose: string) => Random;

function kindOf(block: LineBlock): number {
  if (block.kind === "buffer") return BUFFER;
  if (block.kind === "station") return STATION;
  if (block.kind === "source") return SOURCE;
  return block.kind === "sink" && block.scrap === true ? SCRAP : SINK;
}

const serversOf = (block: LineBlock): number => (block.kind === "station" ? (block.servers ?? 1) : 0);

function roomOf(block: LineBlock): number {
  if (block.kind === "station") return serversOf(block);
  if (block.kind === "source") return 0;
  return block.kind === "buffer" ? Math.min(Math.ceil(block.places ?? NO_LIMIT), NO_LIMIT) : NO_LIMIT;
}

function equip(block: PlainBlock, { id, process, rework }: StationBlock, random: RandomOf): void {
  block.work = new DrawnAhead(process, random(id, "process"));
  if (rework === undefined) return;
  const time = rework.time && new DrawnAhead(rework.time, random(id, "rework time"));
  block.rework = { share: rework.share, random: random(id, "rework"), time };
}

function failureOf({ failure }: StationBlock, server: string, random: RandomOf) {
  if (failure === undefined) return { breaks: NEVER };
  return {
    breaks: failure.by === "operation" ? BY_OPERATION : BY_TIME,
    between: new DrawnAhead(failure.meanBetween, random(server, "failure")),
    repair: new DrawnAhead(failure.repair, random(server, "repair")),
  };
}

function connect(
  outlet: PlainOutlet,
  connections: readonly Connection[],
  blockOf: ReadonlyMap<string, PlainBlock>,
  random: RandomOf,
): void {
  outlet.ways = connections.map(
    ({ to, share }) => new PlainWay(outlet, blockOf.get(to)!, share ?? Number.NaN),
  );
  if (outlet.ways.length === 1) outlet.only = outlet.ways[0];
  else if (connections[0]?.share !== undefined) outlet.random = random(outlet.name, "way");
}
