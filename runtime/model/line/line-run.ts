import type { LineState } from "./line-state.ts";

export interface LineRun {
  /** Simulated time, warm-up included, s. */
  readonly lengthS: number;
  /** Not counted at the beginning, s; "auto" (default) finds it by MSER-5. */
  readonly warmUpS?: number | "auto";
  readonly seed: number;
  /** Default 10. */
  readonly replications?: number;
  /**
   * "auto" (default): the recursion for a serial line whose warm-up is given and of which neither trace nor state is
   * asked, else callbacks. "generators" does the same as "callbacks", written as processes, and takes longer.
   */
  readonly engine?: "auto" | "generators" | "callbacks" | "recursion";
  /** Where every replication begins; left out: empty and whole. */
  readonly initial?: LineState;
  /** False leaves the shifting bottleneck out, for many short runs. */
  readonly bottleneck?: boolean;
  /** Told of every replication, one after another. */
  readonly onTrace?: (event: TraceEvent) => void;
}

/** What a server is at. "down" and "off shift" hide what it was at before and will be at again. */
export const SERVER_STATES = [
  "starved",
  "setup",
  "busy",
  "blocked",
  "waiting for operator",
  "down",
  "off shift",
] as const;
export type ServerStateName = (typeof SERVER_STATES)[number];

export interface TraceEvent {
  readonly atS: number;
  /** Counted from 0. */
  readonly replication: number;
  readonly block: string;
  /** Counted from 0; left out where a part gets in or out. */
  readonly server?: number;
  /** The state a server turns to, or a part that is let in, made by disassembly, joined to another, done, or scrapped. */
  readonly event: ServerStateName | "in" | "made" | "joined" | "out" | "scrapped";
  /** Counted from 1 in each replication. */
  readonly part?: number;
  readonly kind?: string;
  readonly order?: string;
}
