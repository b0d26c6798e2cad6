import type { Random } from "../../../core/random.ts";
import { PartQueue } from "../flow/part.ts";
import { SERVER_STATES } from "../line-run.ts";
import type { DrawnAhead } from "./drawn-ahead.ts";
import type { PlainPart } from "./plain-part.ts";

/*
 * What a plain line is made of. One class stands for all kinds of block and one for all kinds of outlet: so each place of the
 * program that reads a field meets objects of one shape, which the compiler turns into one load.
 */

export const BUFFER = 0;
export const STATION = 1;
export const SINK = 2;
export const SCRAP = 3;
export const SOURCE = 4;

/** How a server breaks down. */
export const NEVER = 0;
export const BY_OPERATION = 1;
export const BY_TIME = 2;

export class PlainBlock {
  readonly id: string;
  readonly kind: number;
  /** Parts for which there is room. */
  room: number;
  /** Parts that left it. */
  left = 0;
  /** Ways that wait for room here, first come first. */
  firstWaiting: PlainWay | undefined = undefined;
  lastWaiting: PlainWay | undefined = undefined;
  /** Of a buffer and a source. */
  outlet: PlainOutlet | undefined = undefined;
  /** Of a buffer: its queue, whether it is handing on, and the integral of its content, part seconds. */
  readonly queue = new PartQueue<PlainPart>();
  isPassing = false;
  contentPartS = Number.NaN;
  contentSinceS = Number.NaN;
  /** Of a station, and the one where there is no other. */
  servers: readonly PlainServer[] = [];
  onlyServer: PlainServer | undefined = undefined;
  /** Servers that are active. */
  active = 0;
  work: DrawnAhead | undefined = undefined;
  rework: PlainRework | undefined = undefined;
  /** Of a source: its event's activity, times between arrivals, and the part that stands before the line. */
  activity = -1;
  arrivals: DrawnAhead | undefined = undefined;
  outside: PlainPart | undefined = undefined;

  constructor(id: string, kind: number, room: number) {
    this.id = id;
    this.kind = kind;
    this.room = room;
    // Fields that will hold fractions are such from the beginning, and keep one form.
    this.contentPartS = 0;
    this.contentSinceS = 0;
  }
}

export interface PlainRework {
  readonly share: number;
  readonly random: Random;
  /** Left out: as long as the first time. */
  readonly time: DrawnAhead | undefined;
}

/** What hands parts on: of a buffer, a server or a source. */
export class PlainOutlet {
  /** As a state tells it. */
  readonly name: string;
  readonly block: PlainBlock;
  readonly server: PlainServer | undefined;
  ways: readonly PlainWay[] = [];
  /** The way where there is no other. */
  only: PlainWay | undefined = undefined;
  /** What draws one of the ways; left out: the first with room. */
  random: Random | undefined = undefined;
  /** The part that waits. */
  held: PlainPart | undefined = undefined;

  constructor(name: string, block: PlainBlock, server: PlainServer | undefined) {
    this.name = name;
    this.block = block;
    this.server = server;
  }
}

/** From an outlet to a block. It stands in the line of that block while it waits. */
export class PlainWay {
  readonly outlet: PlainOutlet;
  readonly to: PlainBlock;
  readonly share: number;
  isWaiting = false;
  next: PlainWay | undefined = undefined;
  previous: PlainWay | undefined = undefined;

  constructor(outlet: PlainOutlet, to: PlainBlock, share: number) {
    this.outlet = outlet;
    this.to = to;
    this.share = share;
  }
}

export class PlainServer {
  readonly station: PlainBlock;
  readonly index: number;
  /** Numbers of its events. */
  readonly workActivity: number;
  readonly breakdownActivity: number;
  readonly outlet: PlainOutlet;
  readonly breaks: number;
  readonly between: DrawnAhead | undefined;
  readonly repair: DrawnAhead | undefined;
  part: PlainPart | undefined = undefined;
  /** What it is at, and that as told: down goes before. */
  phase = 0;
  state = 0;
  isDown = false;
  /** It runs or calls the next part at this moment, so that it need not be told of one. */
  isBusy = false;
  /** Its work runs, or rests with so much left, s. */
  isOn = false;
  restS = Number.NaN;
  /** Work that has not begun to run; by operation, work until the next breakdown, s. */
  workLeftS = Number.NaN;
  upLeftS = Number.NaN;
  /** Seconds in each of `SERVER_STATES`, up to the last change. */
  readonly timesS = new Float64Array(SERVER_STATES.length);
  sinceS = Number.NaN;

  constructor(
    station: PlainBlock,
    index: number,
    workActivity: number,
    breakdownActivity: number,
    failure: { readonly breaks: number; readonly between?: DrawnAhead; readonly repair?: DrawnAhead },
  ) {
    this.station = station;
    this.index = index;
    this.workActivity = workActivity;
    this.breakdownActivity = breakdownActivity;
    this.outlet = new PlainOutlet(`${station.id}/${index}`, station, this);
    this.breaks = failure.breaks;
    this.between = failure.between;
    this.repair = failure.repair;
    this.restS = 0;
    this.workLeftS = 0;
    this.upLeftS = 0;
    this.sinceS = 0;
  }
}
