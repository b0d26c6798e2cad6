import type { GapEntry, LedgerCause } from "./gap-entry.ts";

export interface GapRow {
  readonly id: number;
  readonly source: string;
  readonly addresses: string | null;
  readonly from_us: number;
  readonly to_us: number;
  readonly cause: string;
  readonly expected: number | null;
  readonly backfilled: number;
  readonly state: string;
  readonly noted_us: number;
  readonly problem: string | null;
  /** Absent in a ledger of before that is only read. */
  readonly missing?: number;
}

/** Lists that are kept to be shared. */
const MOST_LISTS = 16;

/** Lists of tags: entries about the same thousands of tags share one. */
export class AddressLists {
  /** The least recently used first. */
  readonly #byText = new Map<string, readonly string[]>();

  /** @param text JSON of addresses in ascending order */
  of(text: string): readonly string[] {
    const list = this.#byText.get(text) ?? (JSON.parse(text) as string[]);
    this.#byText.delete(text);
    this.#byText.set(text, list);
    if (this.#byText.size > MOST_LISTS) this.#byText.delete(this.#byText.keys().next().value!);
    return list;
  }
}

export function entryOf(row: GapRow, lists: AddressLists): GapEntry {
  return {
    id: row.id,
    source: row.source,
    cause: row.cause as LedgerCause,
    fromUs: row.from_us,
    toUs: row.to_us,
    ...(row.addresses === null ? {} : { addresses: lists.of(row.addresses) }),
    ...(row.expected === null ? {} : { expected: row.expected }),
    backfilled: row.backfilled,
    ...(row.missing ? { missing: row.missing } : {}),
    state: row.state as GapEntry["state"],
    ...(row.problem === null ? {} : { backfillProblem: row.problem }),
    notedUs: row.noted_us,
  };
}
