import { isWithin } from "../core/address.ts";
import type { LinkClock } from "../core/clock.ts";
import { RungError } from "../core/errors.ts";
import type { FilledGap } from "./missing-intervals.ts";
import type { Gap } from "./source-signal.ts";
import { type TwinDescription, validateTwin } from "./twin-description.ts";
import { TwinState } from "./twin-state.ts";

/** A twin and its state. */
export interface Twin {
  readonly description: TwinDescription;
  readonly state: TwinState;
}

/** What changed in one twin since the listener was last told. */
export interface TwinChange {
  readonly twin: string;
  readonly state: TwinState;
  /** Addresses of the properties with a new sample. */
  readonly changed: readonly string[];
}

/** Screens are told at most this often. */
const SHORTEST_INTERVAL_MS = 500;

/** The twins of this process by address, and one place to hear of changes. */
export class TwinRegistry {
  readonly #clockOf: (source: string) => LinkClock | undefined;
  readonly #twins = new Map<string, Twin>();
  readonly #listeners = new Set<(change: TwinChange) => void>();
  #timer: NodeJS.Timeout | undefined;

  constructor(clockOf: (source: string) => LinkClock | undefined = () => undefined) {
    this.#clockOf = clockOf;
  }

  /**
   * Adds a twin with an empty state, or gives an existing twin a new description and keeps its state.
   * @throws RungError `bad-twin` with every fault of the description
   */
  define(description: TwinDescription): Twin {
    validateTwin(description);
    const state = this.#twins.get(description.address)?.state ?? this.#makeState(description.address);
    const twin: Twin = Object.freeze({ description: Object.freeze({ ...description }), state });
    this.#twins.set(description.address, twin);
    return twin;
  }

  /** Forgets a twin with its state. */
  remove(address: string): void {
    this.#twins.get(address)?.state.whenTouched(undefined);
    this.#twins.delete(address);
  }

  get(address: string): TwinState | undefined {
    return this.#twins.get(address)?.state;
  }

  /** @throws RungError `unknown-twin` */
  require(address: string): TwinState {
    const state = this.get(address);
    if (state !== undefined) return state;
    throw new RungError({
      code: "unknown-twin",
      where: address,
      what: "is no twin of this process",
      advice:
        this.#twins.size === 0
          ? "add a twin in the editor"
          : `known are ${[...this.#twins.keys()].sort().join(", ")}`,
    });
  }

  describe(address: string): TwinDescription | undefined {
    return this.#twins.get(address)?.description;
  }

  /** The twin a property belongs to: the one with the longest address that contains it. */
  ownerOf(address: string): TwinState | undefined {
    let owner: TwinState | undefined;
    for (const [twin, { state }] of this.#twins) {
      if (isWithin(address, twin) && twin.length > (owner?.address.length ?? -1)) owner = state;
    }
    return owner;
  }

  list(): Twin[] {
    return [...this.#twins.values()];
  }

  /** A source told of a gap: every twin that has samples of it takes it down. */
  noteGap(gap: Gap): void {
    for (const { state } of this.#twins.values()) if (state.hasSource(gap.source)) state.noteGap(gap);
  }

  /** A gap of a source was filled in: row 1 of its twins has nothing left to ask about it. */
  noteFilled(filled: FilledGap): void {
    for (const { state } of this.#twins.values())
      if (state.hasSource(filled.source)) state.noteFilled(filled);
  }

  /** A replay starts over in every twin that has samples of it. */
  rewind(source: string): void {
    for (const { state } of this.#twins.values()) state.rewind(source);
  }

  /** A source is there without sending a sample: a keep-alive, a heartbeat. */
  signOfLife(source: string): void {
    for (const { state } of this.#twins.values()) state.signOfLife(source);
  }

  /**
   * Tells of changed properties, at most twice a second, each twin on its own.
   * @returns a function that ends the subscription
   */
  onChange(listener: (change: TwinChange) => void): () => void {
    this.#listeners.add(listener);
    // What changed while nobody listened is told first.
    this.#wake();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.close();
    };
  }

  /** Ends the timer that tells listeners. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #makeState(address: string): TwinState {
    const state = new TwinState(address, { clockOf: this.#clockOf });
    state.whenTouched(() => this.#wake());
    return state;
  }

  #wake(): void {
    if (this.#listeners.size === 0 || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#tell(), SHORTEST_INTERVAL_MS);
    this.#timer.unref();
  }

  #tell(): void {
    this.#timer = undefined;
    for (const { state } of this.#twins.values()) {
      const changed = state.takeChanged();
      if (changed.length === 0) continue;
      for (const listener of this.#listeners) listener({ twin: state.address, state, changed });
    }
  }
}
