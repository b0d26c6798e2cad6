import { EventQueue } from "./event-queue.ts";

/**
 * What is to happen and when. Events of one time happen in the order in which they were scheduled, so that a run is the
 * same each time. An activity is an action that is registered once and has at most one event ahead, which is found and taken
 * out again without a search.
 */
export class EventCalendar {
  #nowS = 0;
  #happened = 0;
  readonly #actions: (() => void)[] = [];
  readonly #free: number[] = [];
  readonly #queue = new EventQueue();

  /** Time of the event that happens now or happened last, s. */
  get nowS(): number {
    return this.#nowS;
  }

  /** Events that have happened. */
  get happened(): number {
    return this.#happened;
  }

  /** @returns the number of a new activity */
  register(action: () => void): number {
    const activity = this.#free.pop() ?? this.#actions.length;
    if (activity === this.#queue.room) this.#queue.grow();
    this.#actions[activity] = action;
    return activity;
  }

  /** Gives a number back that is not used any more. */
  unregister(activity: number): void {
    this.cancel(activity);
    this.#free.push(activity);
  }

  /**
   * Puts the event of an activity that has none ahead.
   * @param atS not before now
   */
  schedule(activity: number, atS: number): void {
    this.#queue.dueS[activity] = atS;
    this.#queue.put(activity);
  }

  cancel(activity: number): void {
    this.#queue.cancel(activity);
  }

  isAhead(activity: number): boolean {
    return this.#queue.isAhead(activity);
  }

  /** When the event of an activity is due, s. */
  dueS(activity: number): number {
    return this.#queue.dueS[activity]!;
  }

  /** Activities with an event ahead, in the order in which they will happen. */
  ahead(): number[] {
    return this.#queue.ahead();
  }

  /** Time of the next event; `Infinity` where there is none. */
  peek(): number {
    return this.#queue.nextS();
  }

  /** Lets the next event happen. There must be one. */
  step(): void {
    const activity = this.#queue.take();
    this.#nowS = this.#queue.dueS[activity]!;
    this.#happened++;
    this.#actions[activity]!();
  }

  /**
   * Lets all events up to and including a time happen, and sets the clock there.
   * @param most events after which it stops all the same, at the time of the last one
   * @returns whether it got there
   */
  run(untilS: number, most = Number.POSITIVE_INFINITY): boolean {
    const stop = this.#happened + most;
    while (this.#queue.hasUntil(untilS)) {
      if (this.#happened >= stop) return false;
      this.step();
    }
    if (untilS > this.#nowS && Number.isFinite(untilS)) this.#nowS = untilS;
    return true;
  }

  /** Sets the clock of a calendar on which nothing has happened. */
  startAt(atS: number): void {
    this.#nowS = atS;
  }
}
