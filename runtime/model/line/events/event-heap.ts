/**
 * Which of many activities has its event next: a binary heap of (time, sequence) in typed arrays, in which an activity is a
 * number from 0 and has at most one event ahead. Events of one time come in the order in which they were put. No search to
 * find an event, no garbage.
 *
 * The event that was taken leaves a gap at the root, which the next one that is put fills: most events put another at once,
 * and one way down the heap is then all there is to do.
 */
export class EventHeap {
  /** By activity, when its event is due, s. Written before `put`. */
  dueS: Float64Array;
  #sequence: Float64Array;
  /** By activity: where it lies in the heap, -1 for nowhere. */
  #place: Int32Array;
  /** Activities, the next one first. */
  #heap: Int32Array;
  /** The gap included. */
  #size = 0;
  #hasGap = false;
  #puts = 0;

  /** @param activities for which there is room at first */
  constructor(activities = 16) {
    const room = Math.max(1, activities);
    this.dueS = new Float64Array(room);
    this.#sequence = new Float64Array(room);
    this.#place = new Int32Array(room).fill(-1);
    this.#heap = new Int32Array(room);
  }

  /** Activities for which there is room. */
  get room(): number {
    return this.#place.length;
  }

  /** Twice as many activities. */
  grow(): void {
    const grown = 2 * this.room;
    const dueS = new Float64Array(grown);
    dueS.set(this.dueS);
    const sequence = new Float64Array(grown);
    sequence.set(this.#sequence);
    const place = new Int32Array(grown).fill(-1);
    place.set(this.#place);
    const heap = new Int32Array(grown);
    heap.set(this.#heap);
    this.dueS = dueS;
    this.#sequence = sequence;
    this.#place = place;
    this.#heap = heap;
  }

  /** Puts the event of an activity that has none ahead, at its `dueS`. */
  put(activity: number): void {
    this.#sequence[activity] = this.#puts++;
    if (this.#hasGap) {
      this.#hasGap = false;
      this.#down(0, activity);
    } else this.#up(this.#size++, activity);
  }

  /** Whether an event is ahead, due at a time or before it. */
  hasUntil(untilS: number): boolean {
    this.#closeGap();
    return this.#size > 0 && this.dueS[this.#heap[0]!]! <= untilS;
  }

  /** When the next event is due, s; `Infinity` where there is none. */
  nextS(): number {
    this.#closeGap();
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.dueS[this.#heap[0]!]!;
  }

  /** Takes the next event out. There must be one. @returns its activity */
  take(): number {
    this.#closeGap();
    const activity = this.#heap[0]!;
    this.#place[activity] = -1;
    this.#hasGap = true;
    return activity;
  }

  cancel(activity: number): void {
    this.#closeGap();
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

  /** Activities with an event ahead, in the order in which they will happen. */
  ahead(): number[] {
    this.#closeGap();
    const { dueS } = this;
    const sequence = this.#sequence;
    return Array.from(this.#heap.subarray(0, this.#size)).sort(
      (a, b) => dueS[a]! - dueS[b]! || sequence[a]! - sequence[b]!,
    );
  }

  #closeGap(): void {
    if (!this.#hasGap) return;
    this.#hasGap = false;
    const last = this.#heap[--this.#size]!;
    if (this.#size > 0) this.#down(0, last);
  }

  #up(from: number, activity: number): void {
    const heap = this.#heap;
    const { dueS } = this;
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
    const { dueS } = this;
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
}
