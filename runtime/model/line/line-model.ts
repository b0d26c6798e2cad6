import type { Duration } from "./duration.ts";

export type { Duration } from "./duration.ts";

/** A line as it is simulated: blocks that parts pass, and what serves them. Times in seconds. */
export interface LineModel {
  readonly name: string;
  readonly blocks: readonly LineBlock[];
  readonly connections: readonly Connection[];
  readonly operators?: OperatorCrew;
  readonly crews?: readonly RepairCrew[];
  readonly calendar?: LineCalendar;
  /** Taken one after another by the sources that say `orders`. */
  readonly orders?: readonly LineOrder[];
}

export type LineBlock =
  | SourceBlock
  | StationBlock
  | AssemblyBlock
  | DisassemblyBlock
  | BufferBlock
  | ConveyorBlock
  | GateBlock
  | SinkBlock;

/** A way from one block to another. */
export interface Connection {
  readonly from: string;
  readonly to: string;
  /** Part of what leaves `from`; the shares of its ways are 1 together. Without shares: the first way with room. */
  readonly share?: number;
  /** Kinds that go this way and no other. */
  readonly kinds?: readonly string[];
}

interface Block {
  readonly id: string;
  /** Shifts of the calendar in which it runs: names, or "always". Left out: all shifts, where there is a calendar. */
  readonly shifts?: readonly string[] | "always";
}

/** Lets parts in. */
export interface SourceBlock extends Block {
  readonly kind: "source";
  /** Left out: a part whenever there is room. A part that finds none waits, and the next comes so long after it got in. */
  readonly interarrival?: Duration;
  /** Kinds of parts that are drawn, with shares that are 1 together. Left out: parts without a kind. */
  readonly kinds?: readonly { readonly kind: string; readonly share: number }[];
  /** Takes the kinds from the model's orders; "repeat" begins again when they are all done. */
  readonly orders?: "once" | "repeat";
}

/** Work on one part at a time per server. A part that is done stays until there is room for it: blocking after service. */
export interface StationBlock extends Block {
  readonly kind: "station";
  readonly process: Duration;
  /** Times as long for a kind; 1 for one that is not named. */
  readonly kindFactors?: Readonly<Record<string, number>>;
  /** Before a part of another kind than the last one; the first rule that fits. */
  readonly setup?: readonly { readonly from?: string; readonly to?: string; readonly time: Duration }[];
  /** Part of the work that is found wrong at once and done again, for so long; left out: as long as the first time. */
  readonly rework?: { readonly share: number; readonly time?: Duration };
  readonly failure?: Failure;
  /** People it needs while it sets up and works, all of one skill. */
  readonly operators?: { readonly skill: string; readonly count: number };
  /** Electric power, kW. Waiting and blocked are idle; setting up is busy; off shift is 0 unless given. */
  readonly energyKw?: {
    readonly busy: number;
    readonly idle: number;
    readonly down: number;
    readonly off?: number;
  };
  /** Machines side by side that share one queue, each with its own breakdowns. Default 1. */
  readonly servers?: number;
  /** Where it stands, m, for the operators' ways. */
  readonly positionM?: readonly [number, number];
}

/**
 * Joins parts. The first of the kit goes on, as `makes` where that is given; the others become part of it. The next kit
 * is gathered while it works.
 */
export interface AssemblyBlock extends Omit<StationBlock, "kind"> {
  readonly kind: "assembly";
  readonly kit: readonly KitEntry[];
  readonly makes?: string;
}

/** Takes a part apart into others, in the order given. */
export interface DisassemblyBlock extends Omit<StationBlock, "kind"> {
  readonly kind: "disassembly";
  readonly makes: readonly KitEntry[];
}

export interface KitEntry {
  readonly kind: string;
  readonly quantity: number;
}

export type WorkBlock = StationBlock | AssemblyBlock | DisassemblyBlock;

/**
 * By time: up and down take turns from the beginning whatever the station does. By operation: `meanBetween` counts
 * seconds of work, so that a station that waits does not break down. Both rest off shift.
 */
export interface Failure {
  readonly by: "time" | "operation";
  readonly meanBetween: Duration;
  readonly repair: Duration;
  /** Who mends it; left out: a repair begins at once. */
  readonly crew?: string;
}

/** First in, first out, without any time. */
export interface BufferBlock extends Block {
  readonly kind: "buffer";
  /** Left out: no limit. */
  readonly places?: number;
}

/** A belt. It has room for `lengthM / pitchM` parts, rounded down. */
export interface ConveyorBlock extends Block {
  readonly kind: "conveyor";
  readonly lengthM: number;
  readonly speedMPerS: number;
  /** Length that one part takes. */
  readonly pitchM: number;
  /** Parts close up behind one that waits at the end; else the whole belt stops. */
  readonly accumulating: boolean;
}

/** Tests parts and sends those that it rejects elsewhere; the first entry that a draw meets. It takes no time. */
export interface GateBlock extends Block {
  readonly kind: "gate";
  readonly rejects: readonly {
    readonly to: string;
    readonly share: number;
    /** Left out: all kinds. */
    readonly kinds?: readonly string[];
  }[];
}

/** Where parts leave. */
export interface SinkBlock extends Block {
  readonly kind: "sink";
  /** What leaves here is not counted as made. */
  readonly scrap?: boolean;
}

/** People. A free one who has the skill comes, the nearest first. */
export interface OperatorCrew {
  readonly groups: readonly {
    readonly id: string;
    readonly count: number;
    readonly skills: readonly string[];
  }[];
  /** Left out: ways take no time. */
  readonly walkingMPerS?: number;
}

export interface RepairCrew {
  readonly id: string;
  readonly count: number;
}

/** Repeats itself. Seconds from the beginning of a period; a run begins at `startsAtS` of one. */
export interface LineCalendar {
  readonly periodS: number;
  readonly startsAtS: number;
  readonly shifts: readonly LineShift[];
}

export interface LineShift {
  readonly name: string;
  readonly fromS: number;
  readonly toS: number;
  readonly breaks: readonly { readonly fromS: number; readonly toS: number }[];
}

export interface LineOrder {
  readonly id: string;
  readonly kind: string;
  readonly quantity: number;
}
