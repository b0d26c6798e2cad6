import type { EventCalendar } from "../events/event-calendar.ts";
import type { TraceEvent } from "../line-run.ts";
import type { Part } from "./part.ts";

/** Told of each event of one replication. */
export type Tracer = (event: Omit<TraceEvent, "replication">) => void;

/** Counts parts in and out of a line: let in + made - joined = done + scrapped + inside, always. */
export class FlowTally {
  readonly calendar: EventCalendar;
  readonly trace: Tracer | undefined;
  letIn = 0;
  /** Parts that disassembly made beyond the one it took apart. */
  made = 0;
  /** Parts that became part of another. */
  joined = 0;
  done = 0;
  scrapped = 0;
  /** Seconds from in to out of all that were done. */
  leadS = 0;
  #inside = 0;
  #sinceS: number;
  #insidePartS = 0;
  #lastPart = 0;

  constructor(calendar: EventCalendar, trace: Tracer | undefined) {
    this.calendar = calendar;
    this.trace = trace;
    this.#sinceS = calendar.nowS;
  }

  get inside(): number {
    return this.#inside;
  }

  /** Integral of the parts inside, part seconds up to now. */
  get insidePartS(): number {
    return this.#insidePartS + this.#inside * (this.calendar.nowS - this.#sinceS);
  }

  newPart(kind: string | undefined, order: string | undefined, enteredS: number): Part {
    return { id: ++this.#lastPart, kind, order, enteredS };
  }

  partIn(part: Part, block: string): void {
    part.enteredS = this.calendar.nowS;
    this.letIn++;
    this.#change(1);
    if (this.trace !== undefined) this.#tell("in", part, block);
  }

  /** A part that is inside when the run begins. */
  partWasIn(): void {
    this.letIn++;
    this.#change(1);
  }

  partMade(part: Part, block: string): void {
    this.made++;
    this.#change(1);
    if (this.trace !== undefined) this.#tell("made", part, block);
  }

  partJoined(part: Part, block: string): void {
    this.joined++;
    this.#change(-1);
    if (this.trace !== undefined) this.#tell("joined", part, block);
  }

  partDone(part: Part, block: string): void {
    this.done++;
    this.leadS += this.calendar.nowS - part.enteredS;
    this.#change(-1);
    if (this.trace !== undefined) this.#tell("out", part, block);
  }

  partScrapped(part: Part, block: string): void {
    this.scrapped++;
    this.#change(-1);
    if (this.trace !== undefined) this.#tell("scrapped", part, block);
  }

  #change(by: number): void {
    const nowS = this.calendar.nowS;
    this.#insidePartS += this.#inside * (nowS - this.#sinceS);
    this.#sinceS = nowS;
    this.#inside += by;
  }

  #tell(event: TraceEvent["event"], part: Part, block: string): void {
    this.trace?.({ atS: this.calendar.nowS, block, event, ...told(part) });
  }
}

export function told(part: Part): Pick<TraceEvent, "part" | "kind" | "order"> {
  return {
    part: part.id,
    ...(part.kind === undefined ? {} : { kind: part.kind }),
    ...(part.order === undefined ? {} : { order: part.order }),
  };
}
