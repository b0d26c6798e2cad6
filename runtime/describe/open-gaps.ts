import type { TimeUs } from "../core/time.ts";
import type { GapEntry } from "./gap-entry.ts";

/** Entries of one source that are held in memory: more than a screen shows. */
const MOST_HELD = 256;

/** Open entries of a source that overlap or touch an interval, by their ends, the newest first. */
type Read = (source: string, fromUs: TimeUs, toUs: TimeUs, limit: number) => GapEntry[];

interface OfSource {
  /** All of them, held or not. */
  count: number;
  /** Those with the newest ends, in the order of these. */
  entries: GapEntry[];
}

/**
 * The open entries of a ledger: of each source those that end last in memory, where nearly every question is about;
 * the others are asked of the file.
 */
export class OpenGaps {
  readonly #read: Read;
  readonly #bySource = new Map<string, OfSource>();

  constructor(read: Read) {
    this.#read = read;
  }

  /** Tells how many there are of a source in the file. */
  begin(source: string, count: number): void {
    this.#bySource.set(source, { count, entries: this.#newest(source) });
  }

  added(entry: GapEntry): void {
    const of = this.#bySource.get(entry.source) ?? { count: 0, entries: [] };
    this.#bySource.set(entry.source, of);
    const isAmongNewest = of.entries.length === of.count || entry.toUs >= of.entries[0]!.toUs;
    of.count++;
    if (isAmongNewest) insert(of.entries, entry);
    if (of.entries.length > MOST_HELD) of.entries.shift();
  }

  /** It says something else, and has no earlier end than before. */
  changed(entry: GapEntry): void {
    const of = this.#bySource.get(entry.source)!;
    const at = of.entries.findIndex(({ id }) => id === entry.id);
    if (at >= 0) of.entries.splice(at, 1);
    else if (entry.toUs < of.entries[0]!.toUs) return;
    insert(of.entries, entry);
    if (of.entries.length > MOST_HELD) of.entries.shift();
  }

  closed({ source, id }: GapEntry): void {
    const of = this.#bySource.get(source)!;
    of.count--;
    of.entries = of.entries.filter((entry) => entry.id !== id);
    if (of.entries.length < Math.min(MOST_HELD / 2, of.count)) of.entries = this.#newest(source);
  }

  /** Open entries of a source that overlap or touch an interval, by their ends, the newest first. */
  around(source: string, fromUs: TimeUs, toUs: TimeUs): GapEntry[] {
    const of = this.#bySource.get(source);
    if (of === undefined) return [];
    const { count, entries } = of;
    if (entries.length < count && entries[0]!.toUs >= fromUs)
      return this.#read(source, fromUs, toUs, Number.MAX_SAFE_INTEGER);
    const found: GapEntry[] = [];
    for (let i = entries.length - 1; i >= 0 && entries[i]!.toUs >= fromUs; i--)
      if (entries[i]!.fromUs <= toUs) found.push(entries[i]!);
    return found;
  }

  /** Per source. */
  get counts(): ReadonlyMap<string, number> {
    return new Map([...this.#bySource].map(([source, { count }]) => [source, count]));
  }

  /** Those in memory. */
  get held(): GapEntry[] {
    return [...this.#bySource.values()].flatMap(({ entries }) => entries);
  }

  #newest(source: string): GapEntry[] {
    return this.#read(source, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, MOST_HELD).reverse();
  }
}

function insert(entries: GapEntry[], entry: GapEntry): void {
  let at = entries.length;
  while (at > 0 && entries[at - 1]!.toUs > entry.toUs) at--;
  entries.splice(at, 0, entry);
}
