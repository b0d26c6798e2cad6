import type { RungError } from "../core/errors.ts";

export type LinkPhase = "idle" | "connecting" | "connected" | "waits-for-trust" | "retrying";

/** Where a link stands. One place sets it, and all users of the link show it. */
export interface LinkState {
  readonly phase: LinkPhase;
  /** Why it is not connected. */
  readonly error?: RungError;
  /** On the monotonic clock. */
  readonly sinceMs: number;
}
