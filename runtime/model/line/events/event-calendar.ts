/**
 * What is to happen and when: a binary heap of (time, sequence) in typed arrays. Events of one time happen in the order
 * in which they were scheduled, so that a run is the same each time. An activity is an action that is registered once
 * and has at most one event ahead, which is found and taken out again without a search.
 */
export class EventCalendar {
  #nowS = 0;
  #scheduled = 0;
  #happened = 0;
  #size = 0;
  readonly #actions: (() => void)[] = [];
  readonly #free: number[] = [];
  /** By activity: time and sequence of its event, and where it lies in the heap, -1 for nowhere. */
  #dueS = new Float64Array(16);
  #sequence = new Float64Array(16);
  #place = new Int32Array(16).fill(-1);
  /** Activities, the next one first. */
  #heap = new Int32Array(16);

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
    if (activity === this.#place.length) this.#grow();
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
    this.#dueS[activity] = atS;
    this.#sequence[activity] = this.#scheduled++;
    this.#up(this.#size++, activity);
  }

  cancel(activity: number): void {
    const place = this.#place[activity]!;
    if (place < 0) return;
    this.#place[activity] = -1;
    const last = this.#heap[--this.#size]!;
    if (last === activity) return;
    // The one that fills the gap may be earlier than what lies above it.
    this.#down(place, last);
    if (this.#heap[place] === last) this.#up(place, last);
  }

  isAhead(activity: number): boolean {
    return this.#place[activity]! >= 0;
  }

  /** When the event of an activity is due, s. */
  dueS(activity: number): number {
    return this.#dueS[activity]!;
  }

  /** Activities with an event ahead, in the order in which they will happen. */
  ahead(): number[] {
    return Array.from(this.#heap.subarray(0, this.#size)).sort((a, b) => (this.#isBefore(a, b) ? -1 : 1));
  }

  /** Time of the next event; `Infinity` where there is none. */
  peek(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#dueS[this.#heap[0]!]!;
  }

  /** Lets the next event happen. There must be one. */
  step(): void {
    const activity = this.#heap[0]!;
    this.#nowS = this.#dueS[activity]!;
    this.#place[activity] = -1;
    const last = this.#heap[--this.#size]!;
    if (this.#size > 0) this.#down(0, last);
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
    while (this.#size > 0 && this.peek() <= untilS) {
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

  #isBefore(a: number, b: number): boolean {
    const [aS, bS] = [this.#dueS[a]!, this.#dueS[b]!];
    return aS < bS || (aS === bS && this.#sequence[a]! < this.#sequence[b]!);
  }

  #up(from: number, activity: number): void {
    const heap = this.#heap;
    const dueS = this.#dueS;
    const sequence = this.#sequence;
    const placeOf = this.#place;
    const ownS = dueS[activity]!;
    const own = sequence[activity]!;
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const other = heap[above]!;
      const otherS = dueS[other]!;
      if (otherS < ownS || (otherS === ownS && sequence[other]! < own)) break;
      heap[place] = other;
      placeOf[other] = place;
      place = above;
    }
    heap[place] = activity;
    placeOf[activity] = place;
  }

  #down(from: number, activity: number): void {
    const heap = this.#heap;
    const dueS = this.#dueS;
    const sequence = this.#sequence;
    const placeOf = this.#place;
    const size = this.#size;
    const ownS = dueS[activity]!;
    const own = sequence[activity]!;
    let place = from;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= size) break;
      let other = heap[below]!;
      let otherS = dueS[other]!;
      if (below + 1 < size) {
        const right = heap[below + 1]!;
        const rightS = dueS[right]!;
        if (rightS < otherS || (rightS === otherS && sequence[right]! < sequence[other]!)) {
          below++;
          other = right;
          otherS = rightS;
        }
      }
      if (ownS < otherS || (ownS === otherS && own < sequence[other]!)) break;
      heap[place] = other;
      placeOf[other] = place;
      place = below;
    }
    heap[place] = activity;
    placeOf[activity] = place;
  }

  #grow(): void {
    const grown = 2 * this.#place.length;
    const dueS = new Float64Array(grown);
    dueS.set(this.#dueS);
    const sequence = new Float64Array(grown);
    sequence.set(this.#sequence);
    const place = new Int32Array(grown).fill(-1);
    place.set(this.#place);
    const heap = new Int32Array(grown);
    heap.set(this.#heap);
    this.#dueS = dueS;
    this.#sequence = sequence;
    this.#place = place;
    this.#heap = heap;
  }
}
