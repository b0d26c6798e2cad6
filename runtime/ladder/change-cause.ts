import { type Evidence, RUNG_NAMES, type Rung } from "../core/evidence.ts";
import type { EvidenceThen, RowVerdict } from "./verdict.ts";
import type { WiredTwin } from "./wiring/wired-twin.ts";

/** A twin with the verdicts on its own rows, before its parts are asked. */
export interface JudgedTwin {
  readonly twin: WiredTwin;
  readonly rows: readonly RowVerdict[];
}

/** Why the held rung of a twin changed: the row of its own that decided it, or null where a part did. */
export interface ChangeCause {
  readonly cause: string;
  readonly row: Rung | null;
  readonly evidence: readonly EvidenceThen[];
}

/** What the records of a row say now, fit to be kept. */
export const evidenceThen = ({ evidence }: RowVerdict): EvidenceThen[] =>
  evidence.map(({ id, what, value, unit, limit, verdict, timeUs, validUntilUs }: Evidence) => ({
    id,
    what,
    value,
    ...(unit === undefined ? {} : { unit }),
    limit,
    verdict,
    timeUs,
    ...(validUntilUs === undefined ? {} : { validUntilUs }),
  }));

/** Explains changes of one evaluation. */
export class ChangeCauses {
  readonly #rungs: ReadonlyMap<string, Rung>;
  readonly #parts = new Map<string, JudgedTwin[]>();

  /** @param rungs what each twin holds now */
  constructor(judged: readonly JudgedTwin[], rungs: ReadonlyMap<string, Rung>) {
    this.#rungs = rungs;
    for (const one of judged) {
      const { parent, needed } = one.twin;
      if (parent === null || !needed) continue;
      const siblings = this.#parts.get(parent);
      if (siblings === undefined) this.#parts.set(parent, [one]);
      else siblings.push(one);
    }
  }

  /** A parent without a state of its own: it holds what its needed parts hold. */
  standsOnParts({ address, states }: WiredTwin): boolean {
    return states.length === 0 && this.#parts.has(address);
  }

  of(judged: JudgedTwin, from: Rung, to: Rung): ChangeCause {
    const { twin, rows } = judged;
    if (to > from) {
      const own = rows[to]!;
      return own.verdict === "holds" ? ofRow(own) : ofPart(`its parts hold ${to}`);
    }
    const own = this.#ownLimit(judged, to);
    if (own !== undefined) return ofRow(own);
    const part = this.#weakest(twin, to);
    if (part === undefined) return ofPart("not wired any more");
    const leaf = this.#leafOf(part);
    const { name } = part.twin;
    const limit = this.#ownLimit(leaf, this.#heldBy(leaf));
    const why = limit === undefined ? "nothing in this flow is wired to it" : limit.fact;
    const through = leaf === part ? "" : `, since ${leaf.twin.name} holds ${this.#heldBy(leaf)}`;
    return {
      cause: `${name} holds ${this.#heldBy(part)}${through}: ${why}`,
      row: null,
      evidence: limit === undefined ? [] : evidenceThen(limit),
    };
  }

  /** The row of its own that keeps a twin from holding more than a rung. */
  #ownLimit({ twin, rows }: JudgedTwin, held: Rung): RowVerdict | undefined {
    if (twin.paths["0"] === undefined || this.standsOnParts(twin)) return undefined;
    const row = rows[held + 1];
    return row === undefined || row.verdict === "holds" ? undefined : row;
  }

  #heldBy({ twin }: JudgedTwin): Rung {
    return this.#rungs.get(twin.address) ?? 0;
  }

  /** Of the needed parts that hold no more than a rung, the one that holds least. */
  #weakest({ address }: WiredTwin, most: Rung): JudgedTwin | undefined {
    const parts = (this.#parts.get(address) ?? []).filter((part) => this.#heldBy(part) <= most);
    return parts.reduce<JudgedTwin | undefined>(
      (least, part) => (least === undefined || this.#heldBy(part) < this.#heldBy(least) ? part : least),
      undefined,
    );
  }

  /** The part of a part of ... a twin that has no weaker part to blame. */
  #leafOf(judged: JudgedTwin): JudgedTwin {
    let leaf = judged;
    // Parents form no circle: the wiring takes those away.
    while (this.#ownLimit(leaf, this.#heldBy(leaf)) === undefined) {
      const next = this.#weakest(leaf.twin, this.#heldBy(leaf));
      if (next === undefined) break;
      leaf = next;
    }
    return leaf;
  }
}

const ofPart = (cause: string): ChangeCause => ({ cause, row: null, evidence: [] });

const ofRow = (row: RowVerdict): ChangeCause => ({
  cause: `${row.row} ${RUNG_NAMES[row.row]}: ${row.fact}`,
  row: row.row,
  evidence: evidenceThen(row),
});
