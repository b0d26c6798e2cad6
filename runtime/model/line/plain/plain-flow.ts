import type { Random } from "../../../core/random.ts";
import {
  BUFFER,
  BY_OPERATION,
  BY_TIME,
  type PlainBlock,
  type PlainOutlet,
  type PlainServer,
  type PlainWay,
  SOURCE,
  STATION,
} from "./plain-block.ts";
import type { PlainLine } from "./plain-line.ts";
import { PartPool, type PlainPart } from "./plain-part.ts";
import { type PlainOrder, PlainTally } from "./plain-tally.ts";
import { putInLine, takeOutOfLine } from "./waiting-line.ts";

/**
 * One replication of a plain line: how parts go from block to block, the same for both engines, and as `FlowBlock`, `Outlet`
 * and `Server` of the general line have it, move by move and in the same order, so that both tell the same trace. What a
 * server and a source do one after another stands in `PlainCallbacks` and `PlainProcesses`.
 *
 * Times go through fields and the array of the events, never from one method to another: a number that a call hands on and that is
 * not inlined would be put on JavaScript's heap.
 */
export abstract class PlainFlow extends PlainTally {
  protected readonly servers: readonly PlainServer[];
  /** Of events that are not a server's. */
  protected readonly firstBreakdown: number;
  protected readonly firstArrival: number;
  readonly #parts = new PartPool();

  constructor(line: PlainLine, order: PlainOrder) {
    super(line, order);
    this.servers = line.servers;
    this.firstBreakdown = line.servers.length;
    this.firstArrival = 2 * line.servers.length;
  }

  /** Begins, empty and whole. The servers first, since the sources begin with parts. */
  begin(): void {
    for (const server of this.servers) {
      if (server.breaks === BY_OPERATION) server.upLeftS = server.between!.next();
      else if (server.breaks === BY_TIME) this.startUp(server);
      this.serverBegins(server);
    }
    for (const source of this.line.sources) this.sourceBegins(source);
  }

  /**
   * Lets all events up to and including a time happen, and sets the clock there.
   * @param most events after which it stops all the same, at the time of the last one
   * @returns whether it got there
   */
  run(untilS: number, most = Number.POSITIVE_INFINITY): boolean {
    this.#runUntil(untilS, this.happened + most);
    if (this.events.hasUntil(untilS)) return false;
    if (untilS > this.nowS && Number.isFinite(untilS)) this.nowS = untilS;
    return true;
  }

  protected abstract serverBegins(server: PlainServer): void;
  protected abstract sourceBegins(source: PlainBlock): void;
  protected abstract happen(activity: number): void;
  /** A server gets a part; it has none. */
  protected abstract accept(server: PlainServer, part: PlainPart): void;
  /** The part with which a server waited is gone. */
  protected abstract serverDelivered(server: PlainServer): void;
  protected abstract sourceDelivered(source: PlainBlock): void;

  /** @returns whether the part is gone; else it waits at its outlet */
  protected send(outlet: PlainOutlet, part: PlainPart): boolean {
    const way = outlet.only;
    if (way === undefined) return this.#sendByWays(outlet, part);
    const { to } = way;
    if (to.room > 0) {
      if (outlet.block.kind === SOURCE) this.#letIn(outlet.block, part);
      this.#take(to, part);
      return true;
    }
    outlet.held = part;
    putInLine(way);
    return false;
  }

  /** A part comes to a source and goes in, if there is room. */
  protected sendNew(source: PlainBlock): boolean {
    const part = this.#parts.make();
    part.enteredS = this.nowS;
    source.outside = part;
    return this.send(source.outlet!, part);
  }

  /** A server has handed on what it had. */
  protected serverFreed({ station }: PlainServer): void {
    station.room++;
    station.left++;
    if (station.firstWaiting !== undefined) this.#roomFreed(station);
  }

  /** Draws the work on a server's part. */
  protected drawWork(server: PlainServer): void {
    server.workLeftS = server.station.work!.next();
  }

  /** Whether the work must be done again, for so long as is drawn. */
  protected worksAgain(server: PlainServer): boolean {
    const { rework } = server.station;
    if (rework === undefined || !(rework.random.uniform() < rework.share)) return false;
    if (rework.time === undefined) this.drawWork(server);
    else server.workLeftS = rework.time.next();
    return server.workLeftS > 0;
  }

  /** Lets the work of a server run: all that is left, by operation no more than up to the next breakdown. */
  protected runWork(server: PlainServer): void {
    const workS = server.workLeftS;
    let runS = workS;
    if (server.breaks === BY_OPERATION) {
      const { upLeftS } = server;
      if (upLeftS < workS) runS = upLeftS;
      server.upLeftS = upLeftS - runS;
    }
    server.workLeftS = workS - runS;
    server.isOn = true;
    if (server.isDown) server.restS = runS;
    else {
      this.events.dueS[server.workActivity] = this.nowS + runS;
      this.events.put(server.workActivity);
    }
  }

  /** Begins the time until a server breaks down by time. */
  protected startUp(server: PlainServer): void {
    this.events.dueS[server.breakdownActivity] = this.nowS + server.between!.next();
    this.events.put(server.breakdownActivity);
  }

  /** A server goes down, its work rests, the repair begins. */
  protected goDown(server: PlainServer): void {
    server.isDown = true;
    if (server.isOn) {
      server.restS = this.events.dueS[server.workActivity]! - this.nowS;
      this.events.cancel(server.workActivity);
    }
    this.show(server);
    this.events.dueS[server.breakdownActivity] = this.nowS + server.repair!.next();
    this.events.put(server.breakdownActivity);
  }

  /** A server is mended, its work goes on. */
  protected comeUp(server: PlainServer): void {
    server.isDown = false;
    if (server.breaks === BY_OPERATION) server.upLeftS = server.between!.next();
    if (server.isOn) {
      this.events.dueS[server.workActivity] = this.nowS + server.restS;
      this.events.put(server.workActivity);
    }
    this.show(server);
  }

  /** Begins the time until the next arrival. */
  protected awaitArrival(source: PlainBlock): void {
    this.events.dueS[source.activity] = this.nowS + source.arrivals!.next();
    this.events.put(source.activity);
  }

  #runUntil(untilS: number, stop: number): void {
    const { events } = this;
    while (this.happened < stop && events.hasUntil(untilS)) {
      const activity = events.take();
      this.nowS = events.dueS[activity]!;
      this.happened++;
      this.happen(activity);
    }
  }

  #letIn(source: PlainBlock, part: PlainPart): void {
    source.outside = undefined;
    this.countIn(source, part);
  }

  #take(block: PlainBlock, part: PlainPart): void {
    if (block.kind === STATION) {
      block.room--;
      this.accept(block.onlyServer ?? idleServer(block), part);
    } else if (block.kind === BUFFER) this.#takeIntoBuffer(block, part);
    else this.#takeOut(block, part);
  }

  #takeIntoBuffer(buffer: PlainBlock, part: PlainPart): void {
    this.countContent(buffer);
    buffer.queue.push(part);
    buffer.room--;
    if (buffer.outlet!.held === undefined && !buffer.isPassing) {
      this.#pass(buffer);
      if (buffer.firstWaiting !== undefined) this.#roomFreed(buffer);
    }
  }

  #takeOut(sink: PlainBlock, part: PlainPart): void {
    this.countOut(sink, part);
    this.#parts.drop(part);
  }

  #pass(buffer: PlainBlock): void {
    const { queue } = buffer;
    buffer.isPassing = true;
    while (queue.length > 0 && this.send(buffer.outlet!, queue.first!)) this.#gone(buffer);
    buffer.isPassing = false;
  }

  #gone(buffer: PlainBlock): void {
    this.countContent(buffer);
    buffer.queue.shift();
    buffer.room++;
    buffer.left++;
  }

  /** Calls those who wait at a block as long as it has room. */
  #roomFreed(block: PlainBlock): void {
    for (;;) {
      const way = block.firstWaiting;
      if (way === undefined || block.room <= 0) return;
      takeOutOfLine(way);
      this.#handTo(block, way.outlet);
    }
  }

  #handTo(block: PlainBlock, outlet: PlainOutlet): void {
    const part = outlet.held!;
    outlet.held = undefined;
    if (outlet.only === undefined) for (const way of outlet.ways) if (way.isWaiting) takeOutOfLine(way);
    if (outlet.block.kind === SOURCE) this.#letIn(outlet.block, part);
    this.#take(block, part);
    const { server } = outlet;
    if (server !== undefined) this.serverDelivered(server);
    else if (outlet.block.kind === BUFFER) {
      this.#gone(outlet.block);
      this.#pass(outlet.block);
      this.#roomFreed(outlet.block);
    } else this.sourceDelivered(outlet.block);
  }

  /** By one way drawn by share, or else by the first with room. */
  #sendByWays(outlet: PlainOutlet, part: PlainPart): boolean {
    const { random } = outlet;
    const ways = random === undefined ? outlet.ways : [drawnWay(outlet.ways, random)];
    for (const { to } of ways) {
      if (to.room <= 0) continue;
      if (outlet.block.kind === SOURCE) this.#letIn(outlet.block, part);
      this.#take(to, part);
      return true;
    }
    outlet.held = part;
    for (const way of ways) putInLine(way);
    return false;
  }
}

/** A server without a part, a whole one before one that is down. */
function idleServer({ servers }: PlainBlock): PlainServer {
  let down: PlainServer | undefined;
  for (const server of servers) {
    if (server.part !== undefined) continue;
    if (!server.isDown) return server;
    down ??= server;
  }
  return down!;
}

function drawnWay(ways: readonly PlainWay[], random: Random): PlainWay {
  let draw = random.uniform();
  for (const way of ways) {
    draw -= way.share;
    if (draw < 0) return way;
  }
  return ways.at(-1)!;
}
