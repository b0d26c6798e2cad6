import { sampler } from "../duration.ts";
import type { WorkBlock } from "../line-model.ts";
import { SERVER_STATES } from "../line-run.ts";
import type { BlockState, ServerState } from "../line-state.ts";
import type { ActivePeriods } from "./active-periods.ts";
import { FlowBlock } from "./flow-block.ts";
import type { FlowSetting } from "./flow-setting.ts";
import type { Part } from "./part.ts";

/** One machine of a station, as the station sees it: see `Server`. */
export interface Machine {
  readonly part: Part | undefined;
  readonly isDown: boolean;
  /** Seconds in each of `SERVER_STATES`, up to the last change. */
  readonly timesS: Float64Array;
  /** Brings the times up to now. */
  countTimes(): void;
  /** Takes a part; it has none. */
  accept(part: Part): void;
  restore(state: ServerState): void;
  live(state: ServerState | undefined): void;
  state(): ServerState;
  onShift(isOn: boolean): void;
}

/** Makes a machine of one of the engines. */
export type MakeServer = (station: Station, index: number, setting: FlowSetting) => Machine;

/** States in which a server is active: it holds the line up rather than the line it. */
const ACTIVE: readonly boolean[] = SERVER_STATES.map((state) => ["setup", "busy", "down"].includes(state));

/** Servers side by side with what they have in common. */
export class Station extends FlowBlock {
  readonly block: WorkBlock;
  readonly servers: readonly Machine[];
  protected readonly setting: FlowSetting;
  /** Servers that have no part. */
  protected idle: number;
  readonly #drawWorkS: () => number;
  readonly #setups: readonly {
    readonly from: string | undefined;
    readonly to: string | undefined;
    readonly drawS: () => number;
  }[];
  readonly #reworks: (() => boolean) | undefined;
  readonly #drawReworkS: (() => number) | undefined;
  readonly #periods: ActivePeriods | undefined;
  #active = 0;

  constructor(
    block: WorkBlock,
    setting: FlowSetting,
    makeServer: MakeServer,
    periods: ActivePeriods | undefined,
  ) {
    super(block.id);
    this.block = block;
    this.setting = setting;
    this.#periods = periods;
    this.#drawWorkS = sampler(block.process, setting.random(block.id, "process"));
    const setupRandom = setting.random(block.id, "setup");
    this.#setups = (block.setup ?? []).map(({ from, to, time }) => ({
      from,
      to,
      drawS: sampler(time, setupRandom),
    }));
    if (block.rework !== undefined) {
      const { share, time } = block.rework;
      const random = setting.random(block.id, "rework");
      this.#reworks = () => random.uniform() < share;
      this.#drawReworkS = time && sampler(time, setting.random(block.id, "rework time"));
    }
    const count = block.servers ?? 1;
    this.idle = count;
    this.servers = Array.from({ length: count }, (_, i) => makeServer(this, i, setting));
  }

  override hasRoom(_part: Part): boolean {
    return this.idle > 0;
  }

  override take(part: Part): void {
    this.idle--;
    this.#idleServer().accept(part);
  }

  override restore(state: BlockState): void {
    for (const [i, one] of serverStates(state, this.servers.length).entries()) {
      if (one === undefined) continue;
      this.servers[i]!.restore(one);
      if (one.parts.length > 0) this.idle--;
    }
  }

  override begin(state: BlockState | undefined): void {
    const states = serverStates(state, this.servers.length);
    for (const [i, server] of this.servers.entries()) server.live(states[i]);
  }

  override state(): BlockState {
    const servers = this.servers.map((server) => server.state());
    const [first] = servers;
    return {
      id: this.id,
      parts: servers.flatMap(({ parts }) => parts),
      ...(first?.leftS === undefined ? {} : { workLeftS: first.leftS }),
      ...(first?.isDown ? { isDown: true } : {}),
      ...(first?.downLeftS === undefined ? {} : { downLeftS: first.downLeftS }),
      servers,
    };
  }

  override onShift(isOn: boolean): void {
    for (const server of this.servers) server.onShift(isOn);
  }

  /** A server has handed on what it had. */
  freed(): void {
    this.idle++;
    this.parts++;
    if (this.waiting.length > 0) this.roomFreed();
  }

  /** A server goes from one state to another. */
  turns(from: number, to: number): void {
    if (this.#periods === undefined || ACTIVE[from] === ACTIVE[to]) return;
    const all = this.servers.length;
    if (ACTIVE[to]) {
      if (++this.#active === all) this.#periods.begin(this.id, this.setting.calendar.nowS);
    } else if (this.#active-- === all) this.#periods.end(this.id, this.setting.calendar.nowS);
  }

  workS(part: Part): number {
    const factors = this.block.kindFactors;
    const drawn = this.#drawWorkS();
    return factors === undefined || part.kind === undefined ? drawn : drawn * (factors[part.kind] ?? 1);
  }

  /** Work that must be done again, s; 0 where it is right. */
  workAgainS(part: Part): number {
    if (this.#reworks === undefined || !this.#reworks()) return 0;
    return this.#drawReworkS === undefined ? this.workS(part) : this.#drawReworkS();
  }

  setupS(from: string, to: string | undefined): number {
    const rule = this.#setups.find(
      (one) => (one.from === undefined || one.from === from) && (one.to === undefined || one.to === to),
    );
    return rule === undefined ? 0 : rule.drawS();
  }

  /** What a part is after the work, the last first. @param into an empty list that may be filled */
  outputs(part: Part, into: Part[]): Part[] {
    into.push(part);
    return into;
  }

  /** A whole one before one that is down. */
  #idleServer(): Machine {
    const { servers } = this;
    if (servers.length === 1) return servers[0]!;
    return (
      servers.find((server) => server.part === undefined && !server.isDown) ??
      servers.find((server) => server.part === undefined)!
    );
  }
}

/** States of servers, from those or from what a plant tells of a station. */
function serverStates(state: BlockState | undefined, count: number): (ServerState | undefined)[] {
  if (state === undefined) return new Array<undefined>(count).fill(undefined);
  if (state.servers !== undefined) return Array.from({ length: count }, (_, i) => state.servers![i]);
  return Array.from({ length: count }, (_, i) => {
    const part = state.parts?.[i];
    const { workLeftS, isBlocked, isDown, downLeftS } = i === 0 ? state : {};
    return {
      phase: part === undefined ? "idle" : isBlocked ? "blocked" : workLeftS === undefined ? "idle" : "work",
      parts: part === undefined ? [] : [part],
      ...(workLeftS === undefined ? {} : { leftS: workLeftS }),
      ...(isDown || downLeftS !== undefined ? { isDown: true } : {}),
      ...(downLeftS === undefined ? {} : { downLeftS }),
    };
  });
}
