import type { TimeUs } from "../../core/time.ts";
import type { OeeElements } from "./oee-elements.ts";

/** Share of an account in which the state may be unknown before the machine is left out. */
const MOST_UNKNOWN_SHARE = 0.01;

/** What a machine tells: `undefined` where the sample was bad, so that the value is not known. */
export interface MachineValues {
  /** In a running state. */
  running: boolean | undefined;
  /** In planned busy time. */
  planned: boolean | undefined;
  /** Planned run time per item, s. */
  idealS: number | undefined;
}

/**
 * The elements of one machine over one account of time. Steps hold from their sample on; time in which state or plan
 * was unknown is no planned time, and is kept apart.
 */
export class MachineAccount {
  readonly values: MachineValues;
  #fromUs: TimeUs;
  #atUs: TimeUs;
  #plannedUs = 0;
  #runUs = 0;
  #unknownUs = 0;
  #idealS = 0;
  #made = 0;
  #good = 0;
  #lastMade: number | undefined;
  #lastGood: number | undefined;
  #hasGood = false;
  /** State and plan have been told once: before that there is nothing to account for. */
  #hasBegun = false;

  constructor(values: MachineValues, fromUs: TimeUs) {
    this.values = values;
    this.#fromUs = fromUs;
    this.#atUs = fromUs;
  }

  get elements(): OeeElements {
    return {
      plannedS: this.#plannedUs / 1e6,
      runS: this.#runUs / 1e6,
      idealS: this.#idealS,
      made: this.#made,
      good: this.#good,
    };
  }

  /** Why the machine cannot be counted; undefined where it can. */
  get doubt(): string | undefined {
    if (this.#lastMade === undefined) return "tells no count of what it made";
    if (!this.#hasGood) return "tells no good count";
    if (this.values.idealS === undefined) return "has no planned cycle time";
    const unknownShare = this.#unknownUs / Math.max(1, this.#atUs - this.#fromUs);
    if (this.values.running === undefined) return "its state is unknown";
    if (this.values.planned === undefined) return "its planned time is unknown";
    if (unknownShare > MOST_UNKNOWN_SHARE)
      return `its state was unknown for ${(100 * unknownShare).toFixed(0)} % of the time`;
    return undefined;
  }

  /**
   * Lets time pass with the values as they stand. A time before the newest changes nothing.
   * @param isHeard false for time in which nothing came from the source, so that nobody knows what the machine did
   */
  advance(timeUs: TimeUs, isHeard = true): void {
    const passedUs = timeUs - this.#atUs;
    if (passedUs <= 0) return;
    this.#atUs = timeUs;
    const { running, planned } = this.values;
    this.#hasBegun ||= running !== undefined && planned !== undefined;
    if (!this.#hasBegun) {
      this.#fromUs = timeUs;
      return;
    }
    if (!isHeard || (planned !== false && (running === undefined || planned === undefined))) {
      this.#unknownUs += passedUs;
      return;
    }
    if (planned === false) return;
    this.#plannedUs += passedUs;
    if (running) this.#runUs += passedUs;
  }

  /** The counter of what was made. A counter that stepped back counts on from there. */
  countMade(count: number): void {
    const more = Math.max(0, count - (this.#lastMade ?? count));
    this.#lastMade = count;
    this.#made += more;
    this.#idealS += more * (this.values.idealS ?? 0);
  }

  /** The counter of what was good. */
  countGood(count: number): void {
    this.#good += Math.max(0, count - (this.#lastGood ?? count));
    this.#lastGood = count;
    this.#hasGood = true;
  }

  /** One item was found good or not, where there is no counter. */
  judge(isGood: boolean): void {
    if (isGood) this.#good++;
    this.#hasGood = true;
  }

  /** Begins a new account with the values and counters as they stand. */
  begin(timeUs: TimeUs): void {
    this.#fromUs = timeUs;
    this.#atUs = timeUs;
    this.#plannedUs = 0;
    this.#runUs = 0;
    this.#unknownUs = 0;
    this.#idealS = 0;
    this.#made = 0;
    this.#good = 0;
  }
}
