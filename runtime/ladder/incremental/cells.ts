/**
 * Values computed from other values, each computed again only after something it read has changed. An edit marks what
 * may be out of date; asking for a value brings it up to date, and one that comes out as it was leaves its readers
 * alone. (The three marks are those of the library Reactively.)
 */

const CURRENT = 0;
/** Something that one of its inputs was computed from has changed. */
const DOUBTED = 1;
/** One of its inputs has changed. */
const STALE = 2;

/** Something that cells read and that changes from outside. */
export class Source {
  /** Cells that read it when they were last computed. */
  readers: Set<Cell<unknown>> | undefined;
}

/** Makes cells and sources, and knows which cell is being computed. */
export class Cells {
  #computing: Cell<unknown> | undefined;
  #left: number;
  #remembers: boolean;
  readonly #isReadOnce: boolean;

  /** @param limit reads that are remembered at most; 0 computes every cell once and remembers nothing */
  constructor(limit: number) {
    this.#left = limit;
    this.#remembers = limit > 0;
    this.#isReadOnce = limit === 0;
  }

  /** False once more was read than is remembered: values stand, but no change reaches them any more. */
  get remembers(): boolean {
    return this.#remembers;
  }

  /** @param isSame where true of the value before and the new one, the one before stays, and readers stay current */
  cell<T>(compute: () => T, isSame: (before: T, after: T) => boolean = Object.is): Cell<T> {
    return new Cell(this, compute, isSame);
  }

  /** One cell per key, made when it is first asked for; where nothing will change, its value alone. */
  by<K, T>(compute: (key: K) => T, isSame?: (before: T, after: T) => boolean): (key: K) => T {
    if (this.#isReadOnce) return once(compute);
    const known = new Map<K, Cell<T>>();
    return (key) => {
      let cell = known.get(key);
      if (cell === undefined) {
        cell = this.cell(() => compute(key), isSame);
        known.set(key, cell);
      }
      return cell.get();
    };
  }

  /** Notes that the cell being computed depends on this. */
  read(source: Source): void {
    const reader = this.#computing;
    if (reader === undefined || !this.#remembers) return;
    if (source.readers === undefined) source.readers = new Set();
    else if (source.readers.has(reader)) return;
    source.readers.add(reader);
    reader.inputs.push(source);
    if (--this.#left <= 0) this.#remembers = false;
  }

  changed(source: Source): void {
    for (const reader of source.readers ?? []) reader.mark(STALE);
  }

  /** Computes while noting what the cell reads. */
  compute<T>(cell: Cell<T>, compute: () => T): T {
    for (const input of cell.inputs) input.readers?.delete(cell as Cell<unknown>);
    this.#left += cell.inputs.length;
    cell.inputs = [];
    const outer = this.#computing;
    this.#computing = cell as Cell<unknown>;
    try {
      return compute();
    } finally {
      this.#computing = outer;
    }
  }
}

function once<K, T>(compute: (key: K) => T): (key: K) => T {
  const known = new Map<K, T>();
  return (key) => {
    const value = known.get(key);
    if (value !== undefined || known.has(key)) return value as T;
    const computed = compute(key);
    known.set(key, computed);
    return computed;
  };
}

/** A value computed from sources and other cells. */
export class Cell<T> extends Source {
  /** What it read when it was last computed. */
  inputs: Source[] = [];
  /** Called when the value may have become out of date. */
  onDoubt: (() => void) | undefined;
  readonly #cells: Cells;
  readonly #compute: () => T;
  readonly #isSame: (before: T, after: T) => boolean;
  #value: T | undefined;
  #isComputed = false;
  #mark: number = STALE;

  constructor(cells: Cells, compute: () => T, isSame: (before: T, after: T) => boolean) {
    super();
    this.#cells = cells;
    this.#compute = compute;
    this.#isSame = isSame;
  }

  get(): T {
    this.#refresh();
    this.#cells.read(this);
    return this.#value as T;
  }

  mark(mark: number): void {
    if (mark <= this.#mark) return;
    const wasCurrent = this.#mark === CURRENT;
    this.#mark = mark;
    if (!wasCurrent) return;
    this.onDoubt?.();
    for (const reader of this.readers ?? []) reader.mark(DOUBTED);
  }

  #refresh(): void {
    if (this.#mark === DOUBTED) {
      for (const input of this.inputs) {
        if (input instanceof Cell) input.#refresh();
        // The input has just marked it.
        if ((this.#mark as number) === STALE) break;
      }
    }
    if (this.#mark === STALE) {
      const value = this.#cells.compute(this, this.#compute);
      const isNew = !this.#isComputed || !this.#isSame(this.#value as T, value);
      this.#isComputed = true;
      if (isNew) {
        this.#value = value;
        for (const reader of this.readers ?? []) reader.mark(STALE);
      }
    }
    this.#mark = CURRENT;
  }
}

/** For cells whose value is a list. */
export function sameList<T>(before: readonly T[], after: readonly T[]): boolean {
  return before.length === after.length && before.every((entry, i) => entry === after[i]);
}

/** For cells whose value is plain data. */
export function sameData(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}
