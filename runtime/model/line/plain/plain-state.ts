import type { BlockState, LineState, ServerState } from "../line-state.ts";
import { BLOCKED, BY_OPERATION, IDLE, NEVER, type PlainFlow, WORK } from "./plain-flow.ts";

/** Where a plain line stands, as `LineSimulation.state` tells it. */
export function plainState(flow: PlainFlow): LineState {
  const { line, heap, nowS } = flow;
  const { model } = line;
  return {
    atS: nowS,
    blocks: model.blocks.map((_, block) => {
      const waiting = flow.waiting.at(block).map((way) => line.outletName[line.wayOutlet[way]!]!);
      return { ...blockState(flow, block), ...(waiting.length === 0 ? {} : { waiting }) };
    }),
    timers: heap.ahead().map((activity) => timerName(flow, activity)),
  };
}

function blockState(flow: PlainFlow, block: number): BlockState {
  const { line } = flow;
  const { id, kind } = line.model.blocks[block]!;
  const index = line.index[block]!;
  if (kind === "buffer")
    return { id, parts: flow.queue[index]!.toArray().map((part) => partState(flow, part)) };
  if (kind === "station") return stationState(flow, id, index);
  if (kind === "source") return sourceState(flow, id, index);
  return { id };
}

function partState({ parts }: PlainFlow, part: number): { readonly enteredS: number } {
  return { enteredS: parts.enteredS[part]! };
}

function stationState(flow: PlainFlow, id: string, station: number): BlockState {
  const { firstServer, servers: count } = flow.line.stations[station]!;
  const servers = Array.from({ length: count }, (_, i) => serverState(flow, firstServer + i));
  const [first] = servers;
  return {
    id,
    parts: servers.flatMap(({ parts }) => parts),
    ...(first?.leftS === undefined ? {} : { workLeftS: first.leftS }),
    ...(first?.isDown ? { isDown: true } : {}),
    ...(first?.downLeftS === undefined ? {} : { downLeftS: first.downLeftS }),
    servers,
  };
}

const PHASES: Record<number, ServerState["phase"]> = { [IDLE]: "idle", [WORK]: "work", [BLOCKED]: "blocked" };

function serverState(flow: PlainFlow, server: number): ServerState {
  const { heap, nowS } = flow;
  const part = flow.part[server]!;
  const phase = flow.phase[server]!;
  const breaks = flow.breaks[server]!;
  const isOn = flow.isOn[server] === 1;
  const isDown = flow.isDown[server] === 1;
  const runLeftS = !isOn ? 0 : isDown ? flow.restS[server]! : heap.dueS[server]! - nowS;
  const leftS = phase === WORK && breaks === BY_OPERATION ? flow.workLeftS[server]! + runLeftS : runLeftS;
  const breakdown = flow.line.stationOf.length + server;
  const breakdownLeftS = heap.isAhead(breakdown) ? heap.dueS[breakdown]! - nowS : 0;
  const upLeftS =
    breaks === BY_OPERATION ? flow.upLeftS[server]! + (phase === WORK ? runLeftS : 0) : breakdownLeftS;
  return {
    phase: PHASES[phase]!,
    parts: part < 0 ? [] : [partState(flow, part)],
    ...(isOn || (phase === WORK && isDown) ? { leftS } : {}),
    ...(breaks === NEVER ? {} : isDown ? { isDown, downLeftS: breakdownLeftS } : { upLeftS }),
  };
}

function sourceState(flow: PlainFlow, id: string, source: number): BlockState {
  const { heap, nowS } = flow;
  const arrival = 2 * flow.line.stationOf.length + source;
  return {
    id,
    // A part that is not in has entered at no time, and no part of a plain line has a kind.
    ...(flow.outside[source]! < 0 ? {} : { parts: [{}] }),
    ...(heap.isAhead(arrival) ? { nextInS: heap.dueS[arrival]! - nowS } : {}),
  };
}

/** As a state names what is under way. */
function timerName({ line }: PlainFlow, activity: number): string {
  const servers = line.stationOf.length;
  if (activity >= 2 * servers) {
    const { block } = line.sources[activity - 2 * servers]!;
    return `${line.model.blocks[block]!.id}/arrival`;
  }
  const server = line.outletName[line.buffers.length + (activity % servers)]!;
  return `${server}/${activity < servers ? "work" : "breakdown"}`;
}
