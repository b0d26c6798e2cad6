import type { EventCalendar } from "./event-calendar.ts";

/** Something that takes time, and rests as long as anything holds it. */
export class Timer {
  /** Unique within a calendar: `st01/0/work`. */
  readonly name: string;
  readonly activity: number;
  readonly #calendar: EventCalendar;
  #isOn = false;
  /** What is left while it is held, s. */
  #leftS = 0;
  /** One bit for each reason to hold it. */
  #held = 0;

  constructor(calendar: EventCalendar, name: string, action: () => void) {
    this.name = name;
    this.#calendar = calendar;
    this.activity = calendar.register(() => {
      this.#isOn = false;
      action();
    });
  }

  /** Begun and not over. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** @returns what is left of it, s; 0 where it is not on */
  get leftS(): number {
    if (!this.#isOn) return 0;
    return this.#held === 0 ? this.#calendar.dueS(this.activity) - this.#calendar.nowS : this.#leftS;
  }

  /** Begins; it is not on yet. */
  start(delayS: number): void {
    this.#isOn = true;
    if (this.#held === 0) this.#calendar.schedule(this.activity, this.#calendar.nowS + delayS);
    else this.#leftS = delayS;
  }

  /** @param reason a bit */
  hold(reason: number): void {
    if (this.#held === 0 && this.#isOn) {
      this.#leftS = this.#calendar.dueS(this.activity) - this.#calendar.nowS;
      this.#calendar.cancel(this.activity);
    }
    this.#held |= reason;
  }

  letGo(reason: number): void {
    if ((this.#held & reason) === 0) return;
    this.#held &= ~reason;
    if (this.#held === 0 && this.#isOn) {
      this.#calendar.schedule(this.activity, this.#calendar.nowS + this.#leftS);
    }
  }
}
