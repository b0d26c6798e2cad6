import type { BlockState, LineState, ServerState } from "../line-state.ts";
import {
  BUFFER,
  BY_OPERATION,
  NEVER,
  type PlainBlock,
  type PlainServer,
  SOURCE,
  STATION,
} from "./plain-block.ts";
import type { PlainPart } from "./plain-part.ts";
import { BLOCKED, IDLE, type PlainTally, WORK } from "./plain-tally.ts";
import { waitingAt } from "./waiting-line.ts";

/** Where a plain line stands, as `LineSimulation.state` tells it. */
export function plainState(flow: PlainTally): LineState {
  return {
    atS: flow.nowS,
    blocks: flow.line.blocks.map((block) => {
      const waiting = [...waitingAt(block.firstWaiting)].map(({ outlet }) => outlet.name);
      return { ...blockState(flow, block), ...(waiting.length === 0 ? {} : { waiting }) };
    }),
    timers: flow.events.ahead().map((activity) => timerName(flow, activity)),
  };
}

function blockState(flow: PlainTally, block: PlainBlock): BlockState {
  const { id, kind } = block;
  if (kind === BUFFER) return { id, parts: block.queue.toArray().map(partState) };
  if (kind === STATION) return stationState(flow, block);
  return kind === SOURCE ? sourceState(flow, block) : { id };
}

function partState({ enteredS }: PlainPart): { readonly enteredS: number } {
  return { enteredS };
}

function stationState(flow: PlainTally, station: PlainBlock): BlockState {
  const servers = station.servers.map((server) => serverState(flow, server));
  const [first] = servers;
  return {
    id: station.id,
    parts: servers.flatMap(({ parts }) => parts),
    ...(first?.leftS === undefined ? {} : { workLeftS: first.leftS }),
    ...(first?.isDown ? { isDown: true } : {}),
    ...(first?.downLeftS === undefined ? {} : { downLeftS: first.downLeftS }),
    servers,
  };
}

const PHASES: Record<number, ServerState["phase"]> = { [IDLE]: "idle", [WORK]: "work", [BLOCKED]: "blocked" };

function serverState(flow: PlainTally, server: PlainServer): ServerState {
  const { part, phase, isOn, isDown, breaks } = server;
  const isByOperation = breaks === BY_OPERATION;
  const runLeftS = isDown && isOn ? server.restS : dueInS(flow, server.workActivity);
  const breakdownInS = dueInS(flow, server.breakdownActivity);
  const leftS = phase === WORK && isByOperation ? server.workLeftS + runLeftS : runLeftS;
  const upLeftS = isByOperation ? server.upLeftS + (phase === WORK ? runLeftS : 0) : breakdownInS;
  return {
    phase: PHASES[phase]!,
    parts: part === undefined ? [] : [partState(part)],
    ...(isOn || (phase === WORK && isDown) ? { leftS } : {}),
    ...(breaks === NEVER ? {} : isDown ? { isDown, downLeftS: breakdownInS } : { upLeftS }),
  };
}

function sourceState(flow: PlainTally, { id, outside, activity }: PlainBlock): BlockState {
  return {
    id,
    // What is not in has entered at no time, and no part of a plain line has a kind.
    ...(outside === undefined ? {} : { parts: [{}] }),
    ...(flow.events.isAhead(activity) ? { nextInS: dueInS(flow, activity) } : {}),
  };
}

/** Seconds until an event; 0 where it is not ahead. */
function dueInS({ events, nowS }: PlainTally, activity: number): number {
  return events.isAhead(activity) ? events.dueS[activity]! - nowS : 0;
}

/** As a state names what is under way. */
function timerName({ line }: PlainTally, activity: number): string {
  const servers = line.servers.length;
  if (activity >= 2 * servers) return `${line.sources[activity - 2 * servers]!.id}/arrival`;
  const { outlet } = line.servers[activity % servers]!;
  return `${outlet.name}/${activity < servers ? "work" : "breakdown"}`;
}
