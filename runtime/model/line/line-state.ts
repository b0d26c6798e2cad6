/**
 * Where a line stands: what a run can begin with, and what it ends in. From a plant, give what is known: parts, the
 * work left, who is down. What is left out is drawn.
 */
export interface LineState {
  /** Time of the state; a run that begins with it goes on from there, in calendar and trace. */
  readonly atS: number;
  readonly blocks: readonly BlockState[];
  /** Places of the operators, by their name `group/0`: the block where each stands. */
  readonly operators?: Readonly<Record<string, string>>;
  /** Names of what waits, first come first: for operators, and for each crew. */
  readonly queues?: Readonly<Record<string, readonly string[]>>;
  /** Timers in the order in which those of one moment run out. */
  readonly timers?: readonly string[];
}

export interface PartState {
  readonly kind?: string;
  readonly order?: string;
  /** When it was let in; left out: at the time of the state. */
  readonly enteredS?: number;
}

export interface BlockState {
  readonly id: string;
  /** A buffer or conveyor: the first to leave first. A station: one for each server that has one. */
  readonly parts?: readonly PartState[];
  /** Of the first server, as `servers[0]` would say. */
  readonly workLeftS?: number;
  readonly isBlocked?: boolean;
  readonly isDown?: boolean;
  readonly downLeftS?: number;
  /** A station in full; it goes before the three above. */
  readonly servers?: readonly ServerState[];
  /** Parts of the kit that is gathered. */
  readonly kit?: readonly PartState[];
  /** A conveyor: seconds of running since each of the parts came on, in their order, and until the first reaches the end. */
  readonly onBeltS?: readonly number[];
  readonly endInS?: number;
  /** And until the last of them has moved far enough for another. */
  readonly gapInS?: number;
  /** A source: seconds to the next part, the order it is at, and how many of that are in. */
  readonly nextInS?: number;
  readonly order?: number;
  readonly ofOrder?: number;
  /** Blocks whose part waits for room here, first come first. */
  readonly waiting?: readonly string[];
}

/** Of one server. */
export interface ServerState {
  readonly phase: "idle" | "waiting" | "walking" | "setup" | "work" | "blocked";
  /** The part it is at; what a disassembly has still to hand on. */
  readonly parts: readonly PartState[];
  /** Of the walk, setup or work it is at. */
  readonly leftS?: number;
  /** Kind it is set up for. */
  readonly setFor?: string;
  /** Until it breaks down, on the clock of its failures. */
  readonly upLeftS?: number;
  readonly isDown?: boolean;
  /** Of the repair that is under way; left out: it waits for a crew, or is drawn. */
  readonly downLeftS?: number;
  /** Operators who are at it. */
  readonly operators?: readonly string[];
}
