import { EventQueue } from "../events/event-queue.ts";
import type { ActivePeriods } from "../flow/active-periods.ts";
import type { Tracer } from "../flow/flow-tally.ts";
import { SERVER_STATES } from "../line-run.ts";
import { BUFFER, type PlainBlock, type PlainServer, SCRAP } from "./plain-block.ts";
import type { PlainLine } from "./plain-line.ts";
import type { PlainPart } from "./plain-part.ts";

/** What a server is at; the same numbers in `SERVER_STATES`. */
export const IDLE = 0;
export const WORK = 2;
export const BLOCKED = 3;
const DOWN = 5;
/** States in which a server holds the line up rather than the line it. */
const ACTIVE: readonly boolean[] = SERVER_STATES.map((state) => ["setup", "busy", "down"].includes(state));

export interface PlainOrder {
  readonly trace?: Tracer | undefined;
  readonly periods?: ActivePeriods | undefined;
}

/** The clock of a plain line and what is counted and told of it. */
export abstract class PlainTally {
  readonly line: PlainLine;
  readonly events: EventQueue;
  nowS = Number.NaN;
  happened = 0;
  done = 0;
  scrapped = 0;
  /** Seconds from in to out of all that were done. */
  leadS = Number.NaN;
  inside = 0;
  readonly #trace: Tracer | undefined;
  readonly #periods: ActivePeriods | undefined;
  #insidePartS = Number.NaN;
  #insideSinceS = Number.NaN;

  constructor(line: PlainLine, order: PlainOrder) {
    this.line = line;
    this.events = new EventQueue(line.activities);
    this.#trace = order.trace;
    this.#periods = order.periods;
    // Fields that will hold fractions are such from the beginning, and keep one form.
    this.nowS = 0;
    this.leadS = 0;
    this.#insidePartS = 0;
    this.#insideSinceS = 0;
  }

  /** Integral of the parts inside, part seconds up to now. */
  get insidePartS(): number {
    return this.#insidePartS + this.inside * (this.nowS - this.#insideSinceS);
  }

  /** Brings the times of servers and the contents of buffers up to now. */
  countTimes(): void {
    for (const server of this.line.servers) this.#countTime(server);
    for (const block of this.line.blocks) if (block.kind === BUFFER) this.countContent(block);
  }

  protected enter(server: PlainServer, phase: number): void {
    server.phase = phase;
    this.show(server);
  }

  protected countIn(source: PlainBlock, part: PlainPart): void {
    source.left++;
    part.enteredS = this.nowS;
    this.#countInside(1);
    if (this.#trace !== undefined) this.#tell("in", part, source);
  }

  protected countOut(sink: PlainBlock, part: PlainPart): void {
    sink.left++;
    const isScrap = sink.kind === SCRAP;
    if (isScrap) this.scrapped++;
    else {
      this.done++;
      this.leadS += this.nowS - part.enteredS;
    }
    this.#countInside(-1);
    if (this.#trace !== undefined) this.#tell(isScrap ? "scrapped" : "out", part, sink);
  }

  protected show(server: PlainServer): void {
    const state = server.isDown ? DOWN : server.phase;
    const before = server.state;
    if (state !== before) {
      this.#countTime(server);
      if (this.#periods !== undefined) this.#turns(server.station, before, state);
      server.state = state;
    } else if (state !== WORK) return;
    if (this.#trace !== undefined) this.#tellServer(server);
  }

  #turns(station: PlainBlock, from: number, to: number): void {
    if (ACTIVE[from] === ACTIVE[to]) return;
    const all = station.servers.length;
    if (ACTIVE[to]) {
      if (++station.active === all) this.#periods!.begin(station.id, this.nowS);
    } else if (station.active-- === all) this.#periods!.end(station.id, this.nowS);
  }

  #countTime(server: PlainServer): void {
    server.timesS[server.state]! += this.nowS - server.sinceS;
    server.sinceS = this.nowS;
  }

  protected countContent(buffer: PlainBlock): void {
    buffer.contentPartS += buffer.queue.length * (this.nowS - buffer.contentSinceS);
    buffer.contentSinceS = this.nowS;
  }

  #countInside(by: number): void {
    this.#insidePartS += this.inside * (this.nowS - this.#insideSinceS);
    this.#insideSinceS = this.nowS;
    this.inside += by;
  }

  #tell(event: "in" | "out" | "scrapped", { number }: PlainPart, { id }: PlainBlock): void {
    this.#trace!({ atS: this.nowS, block: id, event, part: number });
  }

  #tellServer({ station, index, state, part }: PlainServer): void {
    this.#trace!({
      atS: this.nowS,
      block: station.id,
      server: index,
      event: SERVER_STATES[state]!,
      ...(part === undefined ? {} : { part: part.number }),
    });
  }
}
