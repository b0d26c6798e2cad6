import type { GapEntry, LedgerCause } from "./gap-entry.ts";
import type { GapLedger } from "./gap-ledger.ts";

/** A gap without its list of tags, of which it may have thousands. */
export interface GapLine {
  readonly source: string;
  readonly cause: LedgerCause;
  readonly fromUs: number;
  readonly toUs: number;
  /** How many tags it concerns; null where it is all of the source. */
  readonly tags: number | null;
  /** The tag, or the first of them; null where it is all of the source. */
  readonly tag: string | null;
  /** Samples that were filled in. */
  readonly filled: number;
  /** Samples that its server does not have either. */
  readonly missing: number;
  /** Samples that were missing in all; null where nothing tells it. */
  readonly expected: number | null;
  readonly isOpen: boolean;
}

export interface GapsSeen {
  /** Open ones first, the newest of each first. */
  readonly lines: readonly GapLine[];
  /** How many there are in all; where several ledgers hold more than are shown, those of the longest. */
  readonly open: number;
  readonly filled: number;
  /** Closed ones of which the server lacks samples too. */
  readonly missing: number;
}

/** Lines that are shown: an operator reads no more. */
const MOST_LINES = 200;

/**
 * The newest gaps of some ledgers as one list, read again only after a change. A gap that stands in several ledgers,
 * as one that a source tells does, is one line, open while it is open in any of them.
 */
export class GapOverview {
  readonly #mostLines: number;
  /** Lines of closed entries, which do not change any more. */
  readonly #closed = new WeakMap<GapLedger, Map<number, GapLine>>();
  #seen: { readonly revisions: readonly [GapLedger, number][]; readonly gaps: GapsSeen } | undefined;

  constructor(mostLines = MOST_LINES) {
    this.#mostLines = mostLines;
  }

  /** @throws RungError `gap-ledger-failed` */
  of(ledgers: readonly GapLedger[]): GapsSeen {
    const seen = this.#seen;
    const isSame =
      seen?.revisions.length === ledgers.length &&
      ledgers.every(
        (ledger, i) => seen.revisions[i]![0] === ledger && seen.revisions[i]![1] === ledger.revision,
      );
    if (isSame) return seen.gaps;
    const gaps = this.#read(ledgers);
    this.#seen = { revisions: ledgers.map((ledger) => [ledger, ledger.revision]), gaps };
    return gaps;
  }

  #read(ledgers: readonly GapLedger[]): GapsSeen {
    const most = this.#mostLines;
    const lines = ledgers.flatMap((ledger) => [
      ...ledger.newestOpen(most).map(lineOf),
      ...this.#closedLines(ledger),
    ]);
    const all = joined(lines).sort((a, b) => Number(b.isOpen) - Number(a.isOpen) || b.fromUs - a.fromUs);
    const open = all.filter(({ isOpen }) => isOpen).length;
    const opened = ledgers.map(({ openCounts }) => [...openCounts.values()].reduce((sum, n) => sum + n, 0));
    const closed = ledgers.map(({ closedCounts }) => closedCounts);
    const lacking = all.filter(({ isOpen, missing }) => !isOpen && missing > 0).length;
    const isAllClosed = closed.every(({ filled, missing }) => filled + missing <= most);
    return {
      lines: all.slice(0, most),
      open: opened.every((count) => count <= most) ? open : Math.max(...opened),
      filled: isAllClosed ? all.length - open - lacking : Math.max(...closed.map(({ filled }) => filled)),
      missing: isAllClosed ? lacking : Math.max(...closed.map(({ missing }) => missing)),
    };
  }

  #closedLines(ledger: GapLedger): GapLine[] {
    const known = this.#closed.get(ledger);
    const lines = new Map<number, GapLine>();
    for (const id of ledger.newestClosed(this.#mostLines))
      lines.set(id, known?.get(id) ?? lineOf(ledger.require(id)));
    this.#closed.set(ledger, lines);
    return [...lines.values()];
  }
}

const lineOf = ({
  source,
  cause,
  fromUs,
  toUs,
  addresses,
  backfilled,
  missing = 0,
  expected,
  state,
}: GapEntry): GapLine => ({
  source,
  cause,
  fromUs,
  toUs,
  tags: addresses?.length ?? null,
  tag: addresses?.[0] ?? null,
  filled: backfilled,
  missing,
  expected: expected ?? null,
  isOpen: state === "open",
});

/** Lines about the same become one, as the least filled of them says. */
function joined(lines: readonly GapLine[]): GapLine[] {
  const byKey = new Map<string, GapLine>();
  for (const line of lines) {
    const key = JSON.stringify([line.source, line.cause, line.fromUs, line.toUs, line.tags, line.tag]);
    const other = byKey.get(key);
    const isWorse =
      other === undefined ||
      (line.isOpen && !other.isOpen) ||
      (line.isOpen === other.isOpen && line.filled < other.filled);
    if (isWorse) byKey.set(key, line);
  }
  return [...byKey.values()];
}
