import { untrustedText } from "./untrusted-text.ts";

/** What the host says about one twin with each heartbeat: whether row 4 of its ladder holds. */
export interface RowFour {
  readonly holds: boolean;
  /** Why it does not, in words. */
  readonly cause: string;
  /** How the model left the plant, in words, where that is why: it disarms, and retuning needs a person. */
  readonly drift?: string;
}

/** Body of `POST /heartbeat`. */
export interface HostHeartbeat {
  readonly rowFour: Readonly<Record<string, RowFour>>;
  /** Ids of the envelopes the running flow has. */
  readonly envelopes?: readonly string[];
}

/** Watches the host's heartbeat on the monotonic clock. It can only stop writes, never permit one. */
export class HostWatch {
  readonly #silenceMs: number;
  #lastMs: number | undefined;
  #rowFour: Readonly<Record<string, RowFour>> = {};

  constructor(silenceMs: number) {
    this.#silenceMs = silenceMs;
  }

  beat(thing: unknown, nowMs: number): void {
    this.#lastMs = nowMs;
    const rows = (thing as Partial<HostHeartbeat> | null)?.rowFour;
    this.#rowFour = rows !== null && typeof rows === "object" ? rows : {};
  }

  silentMs(nowMs: number): number | null {
    return this.#lastMs === undefined ? null : nowMs - this.#lastMs;
  }

  /** Why the host is not there, or undefined. */
  silence(nowMs: number): string | undefined {
    const silent = this.silentMs(nowMs);
    if (silent === null) return "no heartbeat from the host yet";
    return silent > this.#silenceMs
      ? `no heartbeat from the host for ${(silent / 1000).toFixed(1)} s`
      : undefined;
  }

  /** How the model of a twin left the plant, or undefined. */
  drift(twin: string): string | undefined {
    const drift = this.#rowOf(twin)?.drift;
    return drift === undefined || drift === null ? undefined : untrustedText(drift);
  }

  #rowOf(twin: string): RowFour | undefined {
    // What a stranger sends may hold null where a row belongs.
    return Object.hasOwn(this.#rowFour, twin) ? (this.#rowFour[twin] ?? undefined) : undefined;
  }

  /** Why row 4 of a twin does not hold, or undefined. */
  rowFour(twin: string): string | undefined {
    const row = this.#rowOf(twin);
    if (row === undefined) return `rung 4 of ${twin} is not reported`;
    return row.holds === true ? undefined : `rung 4 of ${twin} does not hold: ${untrustedText(row.cause)}`;
  }
}
