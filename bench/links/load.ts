import type { Tally } from "./tally.ts";

/** What a client has to read. */
export interface Load {
  readonly endpoint: string;
  readonly tags: number;
  readonly periodMs: number;
  /** A folder of its own for whatever it keeps. */
  readonly home: string;
}

/** Asked of the server by every client that can be told, ms. */
export const PUBLISHING_MS = 100;
/** Samples the server shall hold per tag: an outage of half a minute, as a link asks by default. */
export const SURVIVE_MS = 30_000;

export const nodeIdOf = (tag: number): string => `ns=1;s=T${tag}`;

/** One of the clients that are measured. */
export interface Client {
  /** Whether all it was given is where it belongs; values that are still under way to a disk are not. */
  isSettled?(): boolean;
  /** The ledger's intervals by tag, where the client has a ledger. */
  ledger?(): ReadonlyMap<number, readonly { readonly fromUs: number; readonly toUs: number }[]>;
}

/** Opens a client that hands every value to the tally. */
export type OpenClient = (load: Load, tally: Tally) => Promise<Client>;
