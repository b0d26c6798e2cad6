import { RungError } from "../core/errors.ts";
import type { ArmView } from "./decide.ts";

export type ArmMode = "observe" | "advise" | "act";

export interface ArmingOptions {
  /** Causes must be gone this long before a hold ends. */
  readonly hysteresisMs: number;
  /** A longer hold disarms. */
  readonly longestHoldMs: number;
  readonly longestArmMs: number;
}

export const ARMING_DEFAULTS: ArmingOptions = {
  hysteresisMs: 10_000,
  longestHoldMs: 10 * 60_000,
  longestArmMs: 12 * 3600_000,
};

export interface ArmingState {
  readonly mode: ArmMode;
  readonly armedBy: readonly string[];
  readonly armedForMs: number;
  readonly hold: { readonly forMs: number; readonly causes: readonly string[] } | null;
  /** Why the last arm ended, where a person must look at it. */
  readonly disarmedBecause: string | null;
}

/**
 * The arm of one envelope: observe (nothing is written), advise (only what a person approved), act (standing arm).
 * A hold suspends writing and ends by itself; a disarm ends the arm. All times are monotonic milliseconds, given
 * by the caller, so that tests turn the clock.
 */
export class Arming {
  readonly #options: ArmingOptions;
  #mode: ArmMode = "observe";
  #armedBy: readonly string[] = [];
  #sinceMs = 0;
  #untilMs = 0;
  #disarmedBecause: string | null;
  #lockedOut = false;
  #causes: readonly string[] = [];
  #holdSinceMs: number | undefined;
  #clearSinceMs: number | undefined;
  #holdText = "";

  /** @param disarmedBecause the cause that a restart found: an arm does not survive its process */
  constructor(options: Partial<ArmingOptions> = {}, disarmedBecause: string | null = null) {
    this.#options = { ...ARMING_DEFAULTS, ...options };
    this.#disarmedBecause = disarmedBecause;
  }

  get armed(): boolean {
    return this.#mode !== "observe";
  }

  get mode(): ArmMode {
    return this.#mode;
  }

  get causes(): readonly string[] {
    return this.#causes;
  }

  /** The PLC did not take what was written, and nobody has armed it since. */
  get lockedOut(): boolean {
    return this.#lockedOut;
  }

  /** How long the arm lasts from its beginning; 0 while it is not armed. */
  get lastsMs(): number {
    return this.armed ? this.#untilMs - this.#sinceMs : 0;
  }

  get disarmedBecause(): string | null {
    return this.#disarmedBecause;
  }

  /**
   * Whether `arm` would take it; changes nothing.
   * @throws RungError `cannot-arm` while something would hold it at once, or for a time out of range
   */
  check(forMs: number): void {
    if (!(forMs > 0 && forMs <= this.#options.longestArmMs)) {
      throw new RungError({
        code: "cannot-arm",
        where: "arm",
        what: `must last more than 0 and at most ${this.#options.longestArmMs / 60_000} minutes, got ${forMs / 60_000}`,
      });
    }
    if (this.#causes.length > 0) {
      throw new RungError({
        code: "cannot-arm",
        where: "arm",
        what: `not now: ${this.causes.join("; ")}`,
        advice: "wait until each check holds",
      });
    }
  }

  /** @throws RungError as `check` */
  arm(mode: "advise" | "act", forMs: number, by: readonly string[], nowMs: number): void {
    this.check(forMs);
    this.#mode = mode;
    this.#armedBy = by;
    this.#sinceMs = nowMs;
    this.#untilMs = nowMs + forMs;
    this.#disarmedBecause = null;
    this.#lockedOut = false;
    this.#holdSinceMs = undefined;
    this.#clearSinceMs = undefined;
  }

  /**
   * Ends the arm. Without a cause it is a plain end: a person's wish, or the time is over.
   * @param lockedOut the PLC did not take what was written
   */
  disarm(cause: string | null, lockedOut = false): void {
    if (cause !== null) this.#disarmedBecause = cause;
    if (lockedOut) this.#lockedOut = true;
    this.#mode = "observe";
    this.#armedBy = [];
    this.#holdSinceMs = undefined;
    this.#clearSinceMs = undefined;
  }

  /** Everything that forbids writing now; none ends a hold after the hysteresis. */
  causesAre(texts: readonly string[], nowMs: number): void {
    this.#causes = [...texts];
    this.#judgeHold(nowMs);
  }

  /** Lets time pass. @returns why it disarmed by itself, if it did */
  tick(nowMs: number): string | undefined {
    this.#judgeHold(nowMs);
    if (!this.armed) return undefined;
    if (nowMs >= this.#untilMs) {
      this.disarm(null);
      return "the time it was armed for is over";
    }
    if (this.#holdSinceMs !== undefined && nowMs - this.#holdSinceMs > this.#options.longestHoldMs) {
      const cause = `on hold for more than ${this.#options.longestHoldMs / 60_000} min: ${this.#holdText}`;
      this.disarm(cause);
      return cause;
    }
    return undefined;
  }

  /** @param approved whether a person approved just this write */
  view(approved: boolean): ArmView {
    if (this.#mode === "observe") {
      return this.#disarmedBecause === null
        ? { mode: "observe" }
        : { mode: "disarmed", cause: this.#disarmedBecause, lockedOut: this.#lockedOut };
    }
    if (this.#holdSinceMs !== undefined) return { mode: "hold", cause: this.#holdText };
    return this.#mode === "act" ? { mode: "act" } : { mode: "advise", approved };
  }

  state(nowMs: number): ArmingState {
    return {
      mode: this.#mode,
      armedBy: this.#armedBy,
      armedForMs: this.armed ? Math.max(0, this.#untilMs - nowMs) : 0,
      hold:
        this.#holdSinceMs === undefined
          ? null
          : {
              forMs: nowMs - this.#holdSinceMs,
              causes: this.#causes.length > 0 ? this.causes : [this.#holdText],
            },
      disarmedBecause: this.#disarmedBecause,
    };
  }

  #judgeHold(nowMs: number): void {
    if (!this.armed) return;
    if (this.#causes.length > 0) {
      this.#holdSinceMs ??= nowMs;
      this.#clearSinceMs = undefined;
      this.#holdText = this.causes.join("; ");
      return;
    }
    if (this.#holdSinceMs === undefined) return;
    this.#clearSinceMs ??= nowMs;
    if (nowMs - this.#clearSinceMs >= this.#options.hysteresisMs) this.#holdSinceMs = undefined;
  }
}
