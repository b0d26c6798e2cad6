import { Random } from "../../core/random.ts";
import { type Duration, sampler } from "../../model/line/duration.ts";
import type { LineBlock, LineModel } from "../../model/line/line-model.ts";
import type { BlockState, LineState } from "../../model/line/line-state.ts";
import type { LineNow, StationNow, WatchedBlocks } from "./plant-line.ts";

type WorkBlock = Extract<LineBlock, { kind: "station" | "assembly" | "disassembly" }>;

/** A part is never done the moment the plant was looked at, s. */
const LEAST_WORK_S = 1;

const isWork = (block: LineBlock): block is WorkBlock =>
  block.kind === "station" || block.kind === "assembly" || block.kind === "disassembly";

/** Stations with one server and buffers with places: the blocks of a model that a plant tells of, in the model's order. */
export function watchedBlocks({ blocks }: LineModel): WatchedBlocks {
  return {
    stations: blocks.filter((block) => isWork(block) && (block.servers ?? 1) === 1).map(({ id }) => id),
    buffers: blocks
      .filter((block) => block.kind === "buffer" && block.places !== undefined)
      .map(({ id }) => id),
  };
}

/**
 * Where a simulation begins that goes on where the plant stands: parts, work under way, failures under way, blocked
 * stations. Of a repair under way the rest is drawn, as of everything that the plant does not tell; of the work on a part
 * what is left of its mean.
 */
export function lineStateOf(model: LineModel, now: LineNow): LineState {
  const blocks = new Map(model.blocks.map((block) => [block.id, block]));
  /** What a what-if assumes to be smaller begins full. */
  const placesOf = (id: string): number => {
    const block = blocks.get(id);
    return block?.kind === "buffer" ? (block.places ?? Number.POSITIVE_INFINITY) : 0;
  };
  const fills = new Map(now.buffers.map(({ id, fill }) => [id, Math.min(Math.round(fill), placesOf(id))]));
  /** The full buffer that holds a blocked station up. */
  const fullBehind = (station: string): string | undefined => {
    const next = blocks.get(model.connections.find(({ from }) => from === station)?.to ?? "");
    const isFull =
      next?.kind === "buffer" && (fills.get(next.id) ?? 0) >= (next.places ?? Number.POSITIVE_INFINITY);
    return isFull ? next.id : undefined;
  };
  const waiting = new Map<string, string[]>();
  const stations = now.stations.flatMap((station): BlockState[] => {
    const block = blocks.get(station.id);
    if (block === undefined || !isWork(block)) return [];
    const behind = station.state === "blocked" && station.hasPart ? fullBehind(station.id) : undefined;
    if (behind !== undefined) waiting.set(behind, [...(waiting.get(behind) ?? []), `${station.id}/0`]);
    return [stationState(block, station, behind !== undefined)];
  });
  const buffers = [...fills].map(([id, fill]): BlockState => {
    const waits = waiting.get(id);
    return {
      id,
      parts: Array.from({ length: fill }, () => ({})),
      ...(waits === undefined ? {} : { waiting: waits }),
    };
  });
  return { atS: 0, blocks: [...stations, ...buffers], operators: ownPlaces(model) };
}

/** Each operator at the first station of their first skill: who came to help elsewhere is not told. */
function ownPlaces({ blocks, operators }: LineModel): Record<string, string> {
  const places = (operators?.groups ?? []).flatMap(({ id, count, skills }) => {
    const own = blocks.find((block) => isWork(block) && block.operators?.skill === skills[0])?.id;
    return own === undefined ? [] : Array.from({ length: count }, (_, i) => [`${id}/${i}`, own] as const);
  });
  return Object.fromEntries(places);
}

/** @param isHeldUp its part waits for room; a blocked one with room behind it, as samples cross, is about to hand on */
function stationState(block: WorkBlock, station: StationNow, isHeldUp: boolean): BlockState {
  const { id, state, hasPart, kind, workedS } = station;
  const isDown = state === "down" && block.failure !== undefined;
  if (!hasPart) return { id, ...(isDown ? { isDown } : {}) };
  const parts = [kind === undefined ? {} : { kind }];
  if (isHeldUp) return { id, parts, isBlocked: true };
  const factor = (kind === undefined ? undefined : block.kindFactors?.[kind]) ?? 1;
  const leftS = state === "blocked" ? 0 : factor * meanS(block.process) - workedS;
  return { id, parts, workLeftS: Math.max(LEAST_WORK_S, leftS), ...(isDown ? { isDown } : {}) };
}

/** The line without its calendar: its seconds are those of planned operating time, in which everything runs. */
export function inPlannedTime(model: LineModel): LineModel {
  const { calendar: _, ...planned } = model;
  return { ...planned, blocks: model.blocks.map(({ shifts: __, ...block }) => block) };
}

/** Draws that a mean is taken of: within a few percent of the law's, as near as a mean stands for one part. */
const DRAWS = 1000;
const means = new WeakMap<Duration, number>();

function meanS(law: Duration): number {
  const known = means.get(law);
  if (known !== undefined) return known;
  const draw = sampler(law, new Random(1));
  let sum = 0;
  for (let i = 0; i < DRAWS; i++) sum += draw();
  means.set(law, sum / DRAWS);
  return sum / DRAWS;
}
