import type { Dictionary } from "../../core/dictionary.ts";
import { RungError } from "../../core/errors.ts";
import type { Frame } from "../../core/frame.ts";
import type { TimeUs } from "../../core/time.ts";
import type { History } from "../historian/history.ts";
import type { StateFollower, TwinState } from "../twin-state.ts";
import { drawnValue } from "./decimate-range.ts";
import { M4Columns } from "./m4-columns.ts";

/**
 * When history is asked after samples begin to come, ms. What came just before is stored a moment later, so that it is
 * asked once more; the later times are for an address that history does not know yet.
 */
const ASK_AFTER_MS = [0, 5_000, 15_000, 60_000] as const;
/** Asked so often even where the first answer was whole. */
const SURE_ASKS = 2;
/** A sample so much ahead of its clock has a wrong time: it must not push the others out. */
const MOST_AHEAD_US = 3600e6;

export interface LiveCurveParts {
  readonly address: string;
  /** Time that is kept, µs on the plant's clock. */
  readonly spanUs: number;
  /** Columns over that time. */
  readonly columns: number;
  readonly history: () => History;
  /** Told what went wrong with history, but not that it has nothing yet. */
  readonly problem: (error: unknown) => void;
  /** ms after which history is asked; for tests. */
  readonly askAfterMs?: readonly number[];
}

/**
 * The newest time of one property, decimated for drawing and kept up sample by sample: history is read when it begins,
 * then every frame that the twin's state accepts goes in, those of the past that are filled in after a cut too. Nothing
 * is asked anew per picture.
 */
export class LiveCurve implements StateFollower {
  readonly address: string;
  readonly columns: M4Columns;
  readonly spanUs: number;
  /** Questions to history so far. */
  asked = 0;
  /** Samples with a time that lies ahead of their clock. */
  ahead = 0;
  readonly #parts: LiveCurveParts;
  #state: TwinState | undefined;
  #leave: (() => void) | undefined;
  #dictionary: Dictionary | undefined;
  #index = -1;
  #timers: NodeJS.Timeout[] = [];
  #begin = 0;
  #isClosed = false;

  constructor(parts: LiveCurveParts) {
    this.#parts = parts;
    this.address = parts.address;
    this.spanUs = parts.spanUs;
    this.columns = new M4Columns(Math.max(1, parts.spanUs / parts.columns), parts.columns);
  }

  /** Keeps up with the state that owns the property now; cheap where it is the same as before. */
  attach(state: TwinState | undefined): void {
    if (state === this.#state || this.#isClosed) return;
    this.#leave?.();
    this.#state = state;
    this.#leave = state?.follow(this);
    const last = state?.last(this.address);
    // The quality of a stale one is told as uncertain, which its sample was not: history has it as it came.
    if (last !== undefined && !last.stale)
      this.columns.add(last.sourceTimeUs, drawnValue(last.value, last.quality));
    if (state !== undefined) this.#fillSoon();
  }

  /** Now on the plant's clock, not before the newest sample; undefined where nobody knows. */
  nowUs(): TimeUs | undefined {
    const newestUs = this.columns.newestUs;
    const clockUs = this.#state?.clock()?.nowUs();
    if (newestUs === undefined) return undefined;
    return clockUs === undefined ? newestUs : Math.max(newestUs, clockUs);
  }

  accepted(frame: Frame): void {
    if (frame.dictionary !== this.#dictionary) {
      this.#dictionary = frame.dictionary;
      this.#index = frame.dictionary.indexOf(this.address);
    }
    const index = this.#index;
    if (index < 0) return;
    const limitUs = (this.#state?.clock()?.nowUs() ?? Number.POSITIVE_INFINITY) + MOST_AHEAD_US;
    for (let row = 0; row < frame.length; row++) {
      if (frame.indexAt(row) !== index) continue;
      const timeUs = frame.sourceTimeUsAt(row);
      if (timeUs > limitUs) this.ahead++;
      else this.columns.add(timeUs, drawnValue(frame.valueAt(row), frame.qualityAt(row)));
    }
  }

  rewound(): void {
    this.columns.clear();
  }

  close(): void {
    this.#isClosed = true;
    this.#leave?.();
    this.#forget();
  }

  #forget(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
  }

  #fillSoon(): void {
    this.#forget();
    const begin = ++this.#begin;
    const [first, ...later] = this.#parts.askAfterMs ?? ASK_AFTER_MS;
    let isKnown = false;
    const ask = async (time: number) => {
      if (this.#isClosed || begin !== this.#begin || (isKnown && time >= SURE_ASKS)) return;
      isKnown = (await this.#fill()) || isKnown;
    };
    this.#timers = [first ?? 0, ...later].map((ms, time) => {
      const timer = setTimeout(() => void ask(time), ms);
      timer.unref();
      return timer;
    });
  }

  /** @returns false where history does not know the property yet */
  async #fill(): Promise<boolean> {
    try {
      this.asked++;
      const history = this.#parts.history();
      // A plant that is silent since the start still has a past.
      const newestUs = this.columns.newestUs ?? (await history.last(this.address))?.sourceTimeUs;
      if (newestUs === undefined) return false;
      const fromUs = Math.max(0, newestUs - this.spanUs);
      const found = await history.decimated(this.address, fromUs, newestUs + 1, this.columns.widthUs);
      if (!this.#isClosed) this.columns.addAll(found);
      return true;
    } catch (error) {
      if (this.#isClosed) return true;
      if (error instanceof RungError && error.code === "unknown-address") return false;
      this.#parts.problem(error);
      return true;
    }
  }
}
