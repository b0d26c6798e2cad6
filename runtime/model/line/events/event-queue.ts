/** Events up to which they are kept in order; more make a heap. */
const FEW = 40;
/** Places of the ordered list, in which it moves on as events are taken from its front. */
const LIST = 256;

/**
 * Which of many activities has its event next, by time and sequence: events of one time come in the order in which they were
 * put. An activity is a number from 0 and has at most one event ahead. Typed arrays, no garbage.
 *
 * As long as events are few they are an ordered list: the next one stands in front, and a new one is put in from the back,
 * where it belongs most often. When they are more than that, they are a binary heap, and stay one. There the event that was
 * taken leaves a gap at the root, which the next one that is put fills: most events put another at once, and one way down the
 * heap is then all there is to do.
 */
export class EventQueue {
  /** By activity, when its event is due, s. Written before `put`. */
  dueS: Float64Array;
  #sequence: Float64Array;
  /** By activity: where it lies in the heap, or 0 in the list, -1 for nowhere. */
  #place: Int32Array;
  #puts = 0;
  /** The list: due times and activities between front and back. */
  #isList = true;
  readonly #listS = new Float64Array(LIST);
  readonly #list = new Int32Array(LIST);
  #front = 0;
  #back = 0;
  /** Activities of the heap, the next one first; its size with the gap. */
  #heap: Int32Array;
  #size = 0;
  #hasGap = false;

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

  /** Makes room for twice as many activities. */
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
    if (this.#isList) this.#putInList(activity);
    else if (this.#hasGap) {
      this.#hasGap = false;
      this.#down(0, activity);
    } else this.#up(this.#size++, activity);
  }

  /** Whether an event is ahead, due at a time or before it. */
  hasUntil(untilS: number): boolean {
    if (this.#isList) return this.#front < this.#back && this.#listS[this.#front]! <= untilS;
    this.#closeGap();
    return this.#size > 0 && this.dueS[this.#heap[0]!]! <= untilS;
  }

  /** When the next event is due, s; `Infinity` where there is none. */
  nextS(): number {
    if (this.#isList) {
      return this.#front < this.#back ? this.#listS[this.#front]! : Number.POSITIVE_INFINITY;
    }
    this.#closeGap();
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.dueS[this.#heap[0]!]!;
  }

  /** Takes the next event out. There must be one. @returns its activity */
  take(): number {
    if (this.#isList) {
      const activity = this.#list[this.#front++]!;
      this.#place[activity] = -1;
      return activity;
    }
    this.#closeGap();
    const activity = this.#heap[0]!;
    this.#place[activity] = -1;
    this.#hasGap = true;
    return activity;
  }

  cancel(activity: number): void {
    const place = this.#place[activity]!;
    if (place < 0) return;
    this.#place[activity] = -1;
    if (this.#isList) {
      const at = this.#list.indexOf(activity, this.#front);
      this.#list.copyWithin(at, at + 1, this.#back);
      this.#listS.copyWithin(at, at + 1, this.#back--);
    } else this.#cancelInHeap(activity, place);
  }

  isAhead(activity: number): boolean {
    return this.#place[activity]! >= 0;
  }

  /** Activities with an event ahead, in the order in which they will happen. */
  ahead(): number[] {
    if (this.#isList) return Array.from(this.#list.subarray(this.#front, this.#back));
    this.#closeGap();
    const { dueS } = this;
    const sequence = this.#sequence;
    return Array.from(this.#heap.subarray(0, this.#size)).sort(
      (a, b) => dueS[a]! - dueS[b]! || sequence[a]! - sequence[b]!,
    );
  }

  #putInList(activity: number): void {
    if (this.#back === LIST || this.#back - this.#front === FEW) this.#makeRoom();
    if (!this.#isList) {
      this.#up(this.#size++, activity);
      return;
    }
    const list = this.#list;
    const listS = this.#listS;
    const front = this.#front;
    const ownS = this.dueS[activity]!;
    let place = this.#back++;
    // Behind all that are due at the same time: they were put before it.
    while (place > front && listS[place - 1]! > ownS) {
      listS[place] = listS[place - 1]!;
      list[place] = list[place - 1]!;
      place--;
    }
    listS[place] = ownS;
    list[place] = activity;
    this.#place[activity] = 0;
  }

  /** Moves the list back to the beginning of its places, or makes it a heap, which a list in order is. */
  #makeRoom(): void {
    const size = this.#back - this.#front;
    if (size < FEW) {
      this.#list.copyWithin(0, this.#front, this.#back);
      this.#listS.copyWithin(0, this.#front, this.#back);
      this.#front = 0;
      this.#back = size;
      return;
    }
    this.#isList = false;
    this.#size = size;
    for (let place = 0; place < size; place++) {
      const activity = this.#list[this.#front + place]!;
      this.#heap[place] = activity;
      this.#place[activity] = place;
    }
  }

  #cancelInHeap(activity: number, at: number): void {
    // The gap first, since that may move the activity.
    this.#place[activity] = at;
    this.#closeGap();
    const place = this.#place[activity]!;
    this.#place[activity] = -1;
    const last = this.#heap[--this.#size]!;
    if (last === activity) return;
    // The one that fills its place may be earlier than what lies above it.
    this.#down(place, last);
    if (this.#heap[place] === last) this.#up(place, last);
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
