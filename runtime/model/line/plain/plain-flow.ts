import { Random } from "../../../core/random.ts";
import { EventHeap } from "../events/event-heap.ts";
import type { ActivePeriods } from "../flow/active-periods.ts";
import type { Tracer } from "../flow/flow-tally.ts";
import { SERVER_STATES } from "../line-run.ts";
import { replicationSeed, streamOf } from "../streams.ts";
import { DrawnAhead } from "./drawn-ahead.ts";
import { PartSlots } from "./part-slots.ts";
import { BUFFER, NO_LIMIT, type PlainLine, SINK, STATION } from "./plain-line.ts";
import { SlotQueue } from "./slot-queue.ts";
import { WaitingWays } from "./waiting-ways.ts";

/** What a server is at; the same numbers in `SERVER_STATES`. */
export const IDLE = 0;
export const WORK = 2;
export const BLOCKED = 3;
const DOWN = 5;
const STATES = SERVER_STATES.length;
/** States in which a server holds the line up rather than the line it: setup, busy, down. */
const ACTIVE = Uint8Array.from(SERVER_STATES, (state) => (["setup", "busy", "down"].includes(state) ? 1 : 0));

/** How a server breaks down. */
export const NEVER = 0;
export const BY_OPERATION = 1;
export const BY_TIME = 2;

export interface PlainOrder {
  readonly seed: number;
  readonly replication: number;
  readonly trace?: Tracer | undefined;
  readonly periods?: ActivePeriods | undefined;
}

/**
 * One replication of a plain line: how parts go from block to block, the same for both engines, and as `FlowBlock`, `Outlet`
 * and `Server` of the general line have it, move by move and in the same order, so that both tell the same trace. All that
 * changes lies in arrays, by number of the block, server, outlet, way or part. What a server and a source do one after another
 * stands in `PlainCallbacks` and `PlainProcesses`.
 *
 * Times go through arrays and fields and never from one method to another: a number that a call hands on and that is not
 * inlined would be put on the heap.
 */
export abstract class PlainFlow {
  readonly line: PlainLine;
  readonly heap: EventHeap;
  nowS = 0;
  happened = 0;
  letIn = 0;
  done = 0;
  scrapped = 0;
  leadS = 0;
  inside = 0;
  readonly parts = new PartSlots();
  /** By block: parts that left it. */
  readonly left: Float64Array;
  readonly waiting: WaitingWays;
  /** By outlet: the part that waits, -1 for none. */
  readonly held: Int32Array;
  /** By buffer. */
  readonly queue: readonly SlotQueue[];
  readonly contentPartS: Float64Array;
  /** By server: its part, -1 for none; what it is at; whether it is down. */
  readonly part: Int32Array;
  readonly phase: Uint8Array;
  readonly isDown: Uint8Array;
  readonly breaks: Uint8Array;
  /** By server: work that has not begun to run, s; by operation, work until the next breakdown. */
  readonly workLeftS: Float64Array;
  readonly upLeftS: Float64Array;
  /** By server: whether its work runs, or rests with so much left. */
  readonly isOn: Uint8Array;
  readonly restS: Float64Array;
  /** By server: seconds in each of `SERVER_STATES`, one server behind the other, up to the last change. */
  readonly timesS: Float64Array;
  /** By source: the part that stands before the line, -1 for none. */
  readonly outside: Int32Array;
  protected readonly trace: Tracer | undefined;
  protected readonly servers: number;
  protected readonly firstServerOutlet: number;
  protected readonly firstSourceOutlet: number;
  /** By source; left out where a part comes whenever there is room. */
  protected readonly arrivals: readonly (DrawnAhead | undefined)[];
  /** By server: times between its breakdowns, and its repairs. */
  protected readonly between: readonly (DrawnAhead | undefined)[];
  protected readonly repair: readonly (DrawnAhead | undefined)[];
  readonly #periods: ActivePeriods | undefined;
  readonly #kind: Uint8Array;
  readonly #index: Int32Array;
  /** By block: parts for which there is room. */
  readonly #room: Int32Array;
  /** By outlet: its one way and the block to which it leads, -1 where there are several; what draws one of them. */
  readonly #onlyWay: Int32Array;
  readonly #onlyTo: Int32Array;
  readonly #random: readonly (Random | undefined)[];
  readonly #isPassing: Uint8Array;
  readonly #contentSinceS: Float64Array;
  readonly #bufferBlock: Int32Array;
  /** By server: its station's block, its state as told, and since when. */
  readonly #stationBlock: Int32Array;
  readonly #state: Uint8Array;
  readonly #sinceS: Float64Array;
  /** By station. */
  readonly #firstServer: Int32Array;
  readonly #count: Int32Array;
  readonly #active: Int32Array;
  readonly #work: readonly DrawnAhead[];
  readonly #reworkShare: Float64Array;
  readonly #rework: readonly (Random | undefined)[];
  readonly #again: readonly (DrawnAhead | undefined)[];
  #insidePartS = 0;
  #insideSinceS = 0;

  constructor(line: PlainLine, order: PlainOrder) {
    this.line = line;
    this.trace = order.trace;
    this.#periods = order.periods;
    const { model, buffers, stations, sources, stationOf, wayFrom, wayTo, wayShare } = line;
    const seed = replicationSeed(order.seed, order.replication);
    const random = (name: string, purpose: string): Random => new Random(seed, streamOf(name, purpose));
    const blocks = model.blocks.length;
    const servers = stationOf.length;
    const outlets = line.outletBlock.length;
    this.servers = servers;
    this.firstServerOutlet = buffers.length;
    this.firstSourceOutlet = buffers.length + servers;
    // Work of each server, its breakdown, arrivals.
    this.heap = new EventHeap(2 * servers + sources.length);
    this.left = new Float64Array(blocks);
    this.waiting = new WaitingWays(blocks, wayTo);
    this.#kind = line.kind;
    this.#index = line.index;
    this.#room = new Int32Array(blocks).fill(NO_LIMIT);
    for (const { block, places } of buffers) this.#room[block] = places;
    for (const station of stations) this.#room[station.block] = station.servers;
    this.held = new Int32Array(outlets).fill(-1);
    this.#onlyWay = Int32Array.from({ length: outlets }, (_, outlet) =>
      wayFrom[outlet + 1]! - wayFrom[outlet]! === 1 ? wayFrom[outlet]! : -1,
    );
    this.#onlyTo = this.#onlyWay.map((way) => (way < 0 ? -1 : wayTo[way]!));
    this.#random = line.outletName.map((name, outlet) =>
      this.#onlyWay[outlet]! < 0 && !Number.isNaN(wayShare[wayFrom[outlet]!])
        ? random(name, "way")
        : undefined,
    );
    this.queue = buffers.map(() => new SlotQueue());
    this.contentPartS = new Float64Array(buffers.length);
    this.#contentSinceS = new Float64Array(buffers.length);
    this.#isPassing = new Uint8Array(buffers.length);
    this.#bufferBlock = Int32Array.from(buffers, ({ block }) => block);
    this.part = new Int32Array(servers).fill(-1);
    this.phase = new Uint8Array(servers);
    this.isDown = new Uint8Array(servers);
    this.workLeftS = new Float64Array(servers);
    this.upLeftS = new Float64Array(servers);
    this.isOn = new Uint8Array(servers);
    this.restS = new Float64Array(servers);
    this.timesS = new Float64Array(servers * STATES);
    this.#state = new Uint8Array(servers);
    this.#sinceS = new Float64Array(servers);
    this.#stationBlock = stationOf.map((station) => stations[station]!.block);
    const failures = Array.from(stationOf, (station) => stations[station]!.told.failure);
    this.breaks = Uint8Array.from(failures, (failure) =>
      failure === undefined ? NEVER : failure.by === "operation" ? BY_OPERATION : BY_TIME,
    );
    const serverName = (server: number): string => line.outletName[buffers.length + server]!;
    this.between = failures.map(
      (failure, server) =>
        failure && new DrawnAhead(failure.meanBetween, random(serverName(server), "failure")),
    );
    this.repair = failures.map(
      (failure, server) => failure && new DrawnAhead(failure.repair, random(serverName(server), "repair")),
    );
    this.#firstServer = Int32Array.from(stations, ({ firstServer }) => firstServer);
    this.#count = Int32Array.from(stations, (station) => station.servers);
    this.#active = new Int32Array(stations.length);
    this.#work = stations.map(({ told }) => new DrawnAhead(told.process, random(told.id, "process")));
    this.#reworkShare = Float64Array.from(stations, ({ told }) => told.rework?.share ?? 0);
    this.#rework = stations.map(({ told }) => told.rework && random(told.id, "rework"));
    this.#again = stations.map(
      ({ told }) => told.rework?.time && new DrawnAhead(told.rework.time, random(told.id, "rework time")),
    );
    this.outside = new Int32Array(sources.length).fill(-1);
    this.arrivals = sources.map(
      ({ told }) => told.interarrival && new DrawnAhead(told.interarrival, random(told.id, "arrival")),
    );
  }

  /** Begins, empty and whole. The servers first, since the sources begin with parts. */
  begin(): void {
    for (let server = 0; server < this.servers; server++) {
      if (this.breaks[server] === BY_OPERATION) this.upLeftS[server] = this.between[server]!.next();
      else if (this.breaks[server] === BY_TIME) this.startUp(server);
      this.serverBegins(server);
    }
    for (let source = 0; source < this.outside.length; source++) this.sourceBegins(source);
  }

  /**
   * Lets all events up to and including a time happen, and sets the clock there.
   * @param most events after which it stops all the same, at the time of the last one
   * @returns whether it got there
   */
  run(untilS: number, most = Number.POSITIVE_INFINITY): boolean {
    const stop = this.happened + most;
    const { heap } = this;
    while (heap.hasUntil(untilS)) {
      if (this.happened >= stop) return false;
      const activity = heap.take();
      this.nowS = heap.dueS[activity]!;
      this.happened++;
      this.happen(activity);
    }
    if (untilS > this.nowS && Number.isFinite(untilS)) this.nowS = untilS;
    return true;
  }

  /** Integral of the parts inside, part seconds up to now. */
  get insidePartS(): number {
    return this.#insidePartS + this.inside * (this.nowS - this.#insideSinceS);
  }

  /** Brings the times of servers and the contents of buffers up to now. */
  countTimes(): void {
    for (let server = 0; server < this.servers; server++) this.#countTime(server);
    for (let buffer = 0; buffer < this.queue.length; buffer++) this.#countContent(buffer);
  }

  protected abstract serverBegins(server: number): void;
  protected abstract sourceBegins(source: number): void;
  /** An event: by activity work of a server, its breakdown, an arrival. */
  protected abstract happen(activity: number): void;
  /** A server gets a part; it has none. */
  protected abstract accept(server: number, part: number): void;
  /** The part with which a server waited is gone. */
  protected abstract serverDelivered(server: number): void;
  protected abstract sourceDelivered(source: number): void;

  /** @returns whether the part is gone; else it waits at its outlet */
  protected send(outlet: number, part: number): boolean {
    const to = this.#onlyTo[outlet]!;
    if (to < 0) return this.#sendByWays(outlet, part);
    if (this.#room[to]! > 0) {
      if (outlet >= this.firstSourceOutlet) this.#letIn(outlet, part);
      this.#take(to, part);
      return true;
    }
    this.held[outlet] = part;
    this.waiting.add(this.#onlyWay[outlet]!);
    return false;
  }

  /** A server has handed on what it had. */
  protected serverFreed(server: number): void {
    const block = this.#stationBlock[server]!;
    this.#room[block]!++;
    this.left[block]!++;
    if (this.waiting.first[block]! >= 0) this.#roomFreed(block);
  }

  /** Draws the work on a server's part into `workLeftS`. */
  protected drawWork(server: number): void {
    this.workLeftS[server] = this.#work[this.line.stationOf[server]!]!.next();
  }

  /** Whether the work must be done again, for so long as is drawn into `workLeftS`. */
  protected worksAgain(server: number): boolean {
    const station = this.line.stationOf[server]!;
    const random = this.#rework[station];
    if (random === undefined || !(random.uniform() < this.#reworkShare[station]!)) return false;
    const again = this.#again[station];
    if (again === undefined) this.drawWork(server);
    else this.workLeftS[server] = again.next();
    return this.workLeftS[server]! > 0;
  }

  /** Lets the work of a server run: all that is left, by operation no more than up to the next breakdown. */
  protected runWork(server: number): void {
    let runS = this.workLeftS[server]!;
    if (this.breaks[server] === BY_OPERATION) {
      const upLeftS = this.upLeftS[server]!;
      if (upLeftS < runS) runS = upLeftS;
      this.upLeftS[server] = upLeftS - runS;
    }
    this.workLeftS[server]! -= runS;
    this.isOn[server] = 1;
    if (this.isDown[server] === 1) this.restS[server] = runS;
    else {
      this.heap.dueS[server] = this.nowS + runS;
      this.heap.put(server);
    }
  }

  protected enter(server: number, phase: number): void {
    this.phase[server] = phase;
    this.#show(server);
  }

  /** Begins the time until a server breaks down by time. */
  protected startUp(server: number): void {
    this.heap.dueS[this.servers + server] = this.nowS + this.between[server]!.next();
    this.heap.put(this.servers + server);
  }

  /** A server goes down, its work rests, the repair begins. */
  protected goDown(server: number): void {
    this.isDown[server] = 1;
    if (this.isOn[server] === 1) {
      this.restS[server] = this.heap.dueS[server]! - this.nowS;
      this.heap.cancel(server);
    }
    this.#show(server);
    this.heap.dueS[this.servers + server] = this.nowS + this.repair[server]!.next();
    this.heap.put(this.servers + server);
  }

  /** A server is mended, its work goes on. */
  protected comeUp(server: number): void {
    this.isDown[server] = 0;
    if (this.breaks[server] === BY_OPERATION) this.upLeftS[server] = this.between[server]!.next();
    if (this.isOn[server] === 1) {
      this.heap.dueS[server] = this.nowS + this.restS[server]!;
      this.heap.put(server);
    }
    this.#show(server);
  }

  /** @returns a part that stands before the line */
  protected arrive(source: number): number {
    const part = this.parts.make();
    this.parts.enteredS[part] = this.nowS;
    this.outside[source] = part;
    return part;
  }

  /** Begins the time until the next arrival. */
  protected awaitArrival(source: number): void {
    const activity = 2 * this.servers + source;
    this.heap.dueS[activity] = this.nowS + this.arrivals[source]!.next();
    this.heap.put(activity);
  }

  #letIn(outlet: number, part: number): void {
    const source = outlet - this.firstSourceOutlet;
    this.outside[source] = -1;
    this.left[this.line.outletBlock[outlet]!]!++;
    this.parts.enteredS[part] = this.nowS;
    this.letIn++;
    this.#countInside(1);
    if (this.trace !== undefined) this.#tell("in", part, this.line.outletBlock[outlet]!);
  }

  #take(block: number, part: number): void {
    const kind = this.#kind[block]!;
    if (kind === STATION) {
      this.#room[block]!--;
      this.accept(this.#idleServer(this.#index[block]!), part);
    } else if (kind === BUFFER) this.#takeIntoBuffer(block, part);
    else if (kind === SINK) this.#takeOut(block, part);
  }

  #takeIntoBuffer(block: number, part: number): void {
    const buffer = this.#index[block]!;
    this.#countContent(buffer);
    this.queue[buffer]!.push(part);
    this.#room[block]!--;
    // An outlet of a buffer has the buffer's number.
    if (this.held[buffer]! < 0 && this.#isPassing[buffer] === 0) {
      this.#pass(buffer);
      if (this.waiting.first[block]! >= 0) this.#roomFreed(block);
    }
  }

  #takeOut(block: number, part: number): void {
    this.left[block]!++;
    const told = this.line.model.blocks[block]!;
    const isScrap = told.kind === "sink" && told.scrap === true;
    if (isScrap) this.scrapped++;
    else {
      this.done++;
      this.leadS += this.nowS - this.parts.enteredS[part]!;
    }
    this.#countInside(-1);
    if (this.trace !== undefined) this.#tell(isScrap ? "scrapped" : "out", part, block);
    this.parts.drop(part);
  }

  #pass(buffer: number): void {
    const queue = this.queue[buffer]!;
    this.#isPassing[buffer] = 1;
    while (queue.length > 0 && this.send(buffer, queue.first)) this.#gone(buffer);
    this.#isPassing[buffer] = 0;
  }

  #gone(buffer: number): void {
    const block = this.#bufferBlock[buffer]!;
    this.#countContent(buffer);
    this.queue[buffer]!.shift();
    this.#room[block]!++;
    this.left[block]!++;
  }

  /** Calls those who wait at a block as long as it has room. */
  #roomFreed(block: number): void {
    const { first } = this.waiting;
    while (first[block]! >= 0 && this.#room[block]! > 0) {
      const way = first[block]!;
      this.waiting.remove(way);
      this.#handTo(block, this.line.wayOutlet[way]!);
    }
  }

  #handTo(block: number, outlet: number): void {
    const part = this.held[outlet]!;
    this.held[outlet] = -1;
    if (this.#onlyTo[outlet]! < 0) this.#withdraw(outlet);
    if (outlet >= this.firstSourceOutlet) this.#letIn(outlet, part);
    this.#take(block, part);
    if (outlet < this.firstServerOutlet) {
      this.#gone(outlet);
      this.#pass(outlet);
      this.#roomFreed(this.#bufferBlock[outlet]!);
    } else if (outlet < this.firstSourceOutlet) this.serverDelivered(outlet - this.firstServerOutlet);
    else this.sourceDelivered(outlet - this.firstSourceOutlet);
  }

  /** By one way drawn by share, or else by the first with room. */
  #sendByWays(outlet: number, part: number): boolean {
    const { wayFrom, wayTo } = this.line;
    let from = wayFrom[outlet]!;
    let behind = wayFrom[outlet + 1]!;
    const random = this.#random[outlet];
    if (random !== undefined) {
      from = this.#drawnWay(from, behind, random);
      behind = from + 1;
    }
    for (let way = from; way < behind; way++) {
      const to = wayTo[way]!;
      if (this.#room[to]! <= 0) continue;
      if (outlet >= this.firstSourceOutlet) this.#letIn(outlet, part);
      this.#take(to, part);
      return true;
    }
    this.held[outlet] = part;
    for (let way = from; way < behind; way++) this.waiting.add(way);
    return false;
  }

  #drawnWay(from: number, behind: number, random: Random): number {
    let draw = random.uniform();
    for (let way = from; way < behind; way++) {
      draw -= this.line.wayShare[way]!;
      if (draw < 0) return way;
    }
    return behind - 1;
  }

  #withdraw(outlet: number): void {
    const behind = this.line.wayFrom[outlet + 1]!;
    for (let way = this.line.wayFrom[outlet]!; way < behind; way++) this.waiting.remove(way);
  }

  /** A server without a part, a whole one before one that is down. */
  #idleServer(station: number): number {
    const first = this.#firstServer[station]!;
    const count = this.#count[station]!;
    if (count === 1) return first;
    let found = -1;
    for (let server = first; server < first + count; server++) {
      if (this.part[server]! >= 0) continue;
      if (this.isDown[server] === 0) return server;
      if (found < 0) found = server;
    }
    return found;
  }

  #show(server: number): void {
    const state = this.isDown[server] === 1 ? DOWN : this.phase[server]!;
    const before = this.#state[server]!;
    if (state !== before) {
      this.#countTime(server);
      if (this.#periods !== undefined) this.#turns(server, before, state);
      this.#state[server] = state;
    } else if (state !== WORK) return;
    if (this.trace !== undefined) this.#tellServer(server, state);
  }

  #turns(server: number, from: number, to: number): void {
    if (ACTIVE[from] === ACTIVE[to]) return;
    const station = this.line.stationOf[server]!;
    const id = this.line.stations[station]!.told.id;
    const all = this.#count[station]!;
    if (ACTIVE[to] === 1) {
      if (++this.#active[station]! === all) this.#periods!.begin(id, this.nowS);
    } else if (this.#active[station]!-- === all) this.#periods!.end(id, this.nowS);
  }

  #countTime(server: number): void {
    this.timesS[server * STATES + this.#state[server]!]! += this.nowS - this.#sinceS[server]!;
    this.#sinceS[server] = this.nowS;
  }

  #countContent(buffer: number): void {
    this.contentPartS[buffer]! += this.queue[buffer]!.length * (this.nowS - this.#contentSinceS[buffer]!);
    this.#contentSinceS[buffer] = this.nowS;
  }

  #countInside(by: number): void {
    this.#insidePartS += this.inside * (this.nowS - this.#insideSinceS);
    this.#insideSinceS = this.nowS;
    this.inside += by;
  }

  #tell(event: "in" | "out" | "scrapped", part: number, block: number): void {
    const number = this.parts.number[part]!;
    this.trace!({ atS: this.nowS, block: this.line.model.blocks[block]!.id, event, part: number });
  }

  #tellServer(server: number, state: number): void {
    const part = this.part[server]!;
    this.trace!({
      atS: this.nowS,
      block: this.line.model.blocks[this.#stationBlock[server]!]!.id,
      server: this.line.indexInStation[server]!,
      event: SERVER_STATES[state]!,
      ...(part < 0 ? {} : { part: this.parts.number[part]! }),
    });
  }
}
