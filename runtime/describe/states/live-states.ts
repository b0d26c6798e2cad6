import type { Dictionary } from "../../core/dictionary.ts";
import { RungError } from "../../core/errors.ts";
import type { Frame } from "../../core/frame.ts";
import { isGood } from "../../core/quality.ts";
import type { TimeUs } from "../../core/time.ts";
import type { History } from "../historian/history.ts";
import type { StateFollower, TwinState } from "../twin-state.ts";
import { type StateRun, StateRuns } from "./state-runs.ts";

/** When history is asked after samples begin to come, ms: what came just before is stored a moment later. */
const ASK_AFTER_MS = [0, 1_500, 5_000, 15_000, 60_000] as const;
/** After samples of the past came, ms: they are stored together, and so is what follows them. */
const SETTLE_MS = 3_000;
/** Samples that are read of one machine. */
const MOST_SAMPLES = 100_000;
/** Source times further ahead of their clock are wrong. */
const MOST_AHEAD_US = 3600e6;

export interface LiveStatesParts {
  readonly address: string;
  /** µs on the plant's clock. */
  readonly spanUs: number;
  readonly history: () => History;
  /** Told what went wrong with history, but not that it has nothing yet. */
  readonly problem: (error: unknown) => void;
  readonly askAfterMs?: readonly number[];
  readonly settleMs?: number;
}

const codeOf = (value: number, quality: number): number =>
  isGood(quality) && Number.isFinite(value) ? value : Number.NaN;

/**
 * The states of one machine over the newest time, kept up sample by sample. History is read at the beginning, and once
 * more after samples of the past were filled in; never because somebody looks.
 */
export class LiveStates implements StateFollower {
  readonly address: string;
  readonly runs = new StateRuns();
  /** Questions to history so far. */
  asked = 0;
  readonly #parts: LiveStatesParts;
  #state: TwinState | undefined;
  #leave: (() => void) | undefined;
  #dictionary: Dictionary | undefined;
  #index = -1;
  readonly #timers = new Set<NodeJS.Timeout>();
  #settling: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(parts: LiveStatesParts) {
    this.address = parts.address;
    this.#parts = parts;
  }

  /** Keeps up with the state that owns the property now; cheap where it is the same as before. */
  attach(state: TwinState | undefined): void {
    if (state === this.#state || this.#isClosed) return;
    this.#leave?.();
    this.#state = state;
    this.#leave = state?.follow(this);
    const last = state?.last(this.address);
    if (last !== undefined && !last.stale) this.runs.add(last.sourceTimeUs, codeOf(last.value, last.quality));
    if (state === undefined) return;
    let isKnown = false;
    for (const [time, ms] of (this.#parts.askAfterMs ?? ASK_AFTER_MS).entries())
      this.#later(ms, async () => {
        if (isKnown && time > 1) return;
        isKnown = (await this.#read()) || isKnown;
      });
  }

  accepted(frame: Frame): void {
    if (frame.dictionary !== this.#dictionary) {
      this.#dictionary = frame.dictionary;
      this.#index = frame.dictionary.indexOf(this.address);
    }
    if (this.#index < 0) return;
    const limitUs = (this.#state?.clock()?.nowUs() ?? Number.POSITIVE_INFINITY) + MOST_AHEAD_US;
    for (let row = 0; row < frame.length; row++) {
      if (frame.indexAt(row) !== this.#index) continue;
      const timeUs = frame.sourceTimeUsAt(row);
      if (timeUs > limitUs) continue;
      const isNew =
        !frame.historical && this.runs.add(timeUs, codeOf(frame.valueAt(row), frame.qualityAt(row)));
      if (!isNew) this.#settle();
    }
  }

  rewound(): void {
    this.runs.clear();
  }

  /** Spans in which nothing was heard, as far as they were not filled in; the last one while it lasts. */
  unknown(nowUs: TimeUs): { readonly fromUs: TimeUs; readonly toUs: TimeUs }[] {
    const state = this.#state;
    const index = state?.dictionary.indexOf(this.address) ?? -1;
    if (state?.last(this.address) === undefined) return [{ fromUs: this.runs.newestUs, toUs: nowUs }];
    const source = state.sourceAt(index);
    const fromUs = nowUs - this.#parts.spanUs;
    const open = state.gaps.filter(
      (gap) => gap.source === source && gap.toUs > fromUs && !state.isFilled(source, gap),
    );
    const ageUs = state.ageUsAt(index, nowUs);
    return ageUs > state.staleAfterUsAt(index) ? [...open, { fromUs: nowUs - ageUs, toUs: nowUs }] : open;
  }

  close(): void {
    this.#isClosed = true;
    this.#leave?.();
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #settle(): void {
    if (this.#settling !== undefined) return;
    this.#settling = this.#later(this.#parts.settleMs ?? SETTLE_MS, async () => {
      this.#settling = undefined;
      await this.#read();
    });
  }

  #later(ms: number, work: () => Promise<void>): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#isClosed) void work();
    }, ms);
    timer.unref();
    this.#timers.add(timer);
    return timer;
  }

  /** @returns false where history does not know the property yet */
  async #read(): Promise<boolean> {
    try {
      this.asked++;
      const history = this.#parts.history();
      const lastUs = (await history.last(this.address))?.sourceTimeUs;
      if (lastUs === undefined) return false;
      const fromUs = Math.max(0, Math.max(lastUs, this.runs.newestUs) - this.#parts.spanUs);
      const [stood, found] = await Promise.all([
        history.at([this.address], fromUs),
        history.range(this.address, fromUs, lastUs + 1, MOST_SAMPLES),
      ]);
      if (this.#isClosed) return true;
      const past: StateRun[] = [];
      if (!Number.isNaN(stood.sourceTimeUs[0]!))
        past.push({ fromUs: stood.sourceTimeUs[0]!, code: codeOf(stood.value[0]!, stood.quality[0]!) });
      for (const [i, timeUs] of found.sourceTimeUs.entries())
        past.push({ fromUs: timeUs, code: codeOf(found.value[i]!, found.quality[i]!) });
      this.runs.restore(past);
      return true;
    } catch (error) {
      if (this.#isClosed) return true;
      if (error instanceof RungError && error.code === "unknown-address") return false;
      this.#parts.problem(error);
      return true;
    }
  }
}
