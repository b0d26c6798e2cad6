import { RungError } from "../../core/errors.ts";
import type { TimeUs } from "../../core/time.ts";
import type { CaseSignature } from "./cause.ts";

/** What people found to be the cause of one finding. */
export interface ConfirmedCase {
  readonly signature: CaseSignature;
  /** Id of a ranked cause (an address), or words of their own: "filter of zone 3 clogged". */
  readonly cause: string;
  readonly timeUs: TimeUs;
  /** Who said so; empty where it is not known. */
  readonly by: string;
  /** Id of the finding; a later word on the same finding takes the place of this one. */
  readonly finding?: string;
}

/** How often a cause was found in cases like this one; each case counts by its likeness, 0..1. */
export interface LikeCases {
  readonly cause: string;
  readonly weight: number;
  readonly count: number;
  readonly newestUs: TimeUs;
}

/** Plain data, as it is kept in a file. */
export interface StoredCases {
  readonly version: 1;
  readonly cases: readonly ConfirmedCase[];
}

/** Cases less alike than this are no like cases. */
const LEAST_LIKENESS = 0.7;
/** The oldest are forgotten beyond this. */
const MOST_CASES = 2000;
const SIGNATURE_SIGNALS = 8;
const LONGEST_CAUSE = 1024;

/** Cosine of the angle between two patterns: 1 the same, 0 nothing in common, -1 the opposite direction. */
export function likeness(a: CaseSignature, b: CaseSignature): number {
  const other = new Map(b.map(({ address, weight }) => [address, weight]));
  const length = (signature: CaseSignature): number => Math.hypot(...signature.map(({ weight }) => weight));
  const product = a.reduce((sum, { address, weight }) => sum + weight * (other.get(address) ?? 0), 0);
  const lengths = length(a) * length(b);
  return lengths > 0 ? product / lengths : 0;
}

/** The eight strongest signals of a pattern. @param direction of each: 1 went up, -1 went down */
export function signatureOf(
  names: readonly string[],
  shares: Float64Array,
  direction: readonly number[],
): CaseSignature {
  return [...shares.keys()]
    .filter((i) => shares[i]! > 0.01)
    .sort((a, b) => shares[b]! - shares[a]! || a - b)
    .slice(0, SIGNATURE_SIGNALS)
    .map((i) => ({ address: names[i]!, weight: Math.round(1e4 * shares[i]! * direction[i]!) / 1e4 }));
}

/** Confirmed cases of one twin. */
export class CaseBook {
  #cases: ConfirmedCase[];

  /** @throws RungError `broken-cases` for what is no book */
  constructor(stored?: StoredCases) {
    this.#cases = stored === undefined ? [] : readCases(stored);
  }

  get size(): number {
    return this.#cases.length;
  }

  /** @throws RungError `bad-case` */
  add(confirmed: ConfirmedCase): void {
    const cause = confirmed.cause.trim();
    const isNamed = cause !== "" && cause.length <= LONGEST_CAUSE;
    if (!isNamed || confirmed.signature.length === 0) {
      throw new RungError({
        code: "bad-case",
        where: "confirmed case",
        what: isNamed
          ? "has no pattern to be known by"
          : cause === ""
            ? "names no cause"
            : `names a cause of more than ${LONGEST_CAUSE} characters`,
        advice: "confirm a finding that a cause was told of, and say what it was",
      });
    }
    const { finding } = confirmed;
    const others = this.#cases.filter((one) => finding === undefined || one.finding !== finding);
    this.#cases = [...others, { ...confirmed, cause }].slice(-MOST_CASES);
  }

  /** What was ever found to be a cause, the newest first. */
  get causes(): string[] {
    return [...new Set(this.#cases.map(({ cause }) => cause).reverse())];
  }

  /** The causes of like cases, the weightiest first. */
  like(signature: CaseSignature): LikeCases[] {
    const found = new Map<string, LikeCases>();
    for (const { signature: other, cause, timeUs } of this.#cases) {
      const alike = likeness(signature, other);
      if (alike < LEAST_LIKENESS) continue;
      const before = found.get(cause) ?? { cause, weight: 0, count: 0, newestUs: timeUs };
      found.set(cause, {
        cause,
        weight: before.weight + alike,
        count: before.count + 1,
        newestUs: Math.max(before.newestUs, timeUs),
      });
    }
    return [...found.values()].sort((a, b) => b.weight - a.weight || a.cause.localeCompare(b.cause));
  }

  stored(): StoredCases {
    return { version: 1, cases: this.#cases };
  }
}

function readCases(stored: StoredCases): ConfirmedCase[] {
  const isCase = (each: Partial<ConfirmedCase> | null): boolean =>
    typeof each?.cause === "string" &&
    Number.isFinite(each.timeUs) &&
    Array.isArray(each.signature) &&
    each.signature.every(
      (part) => typeof part?.address === "string" && Number.isFinite(part.weight as number),
    );
  if (stored?.version === 1 && Array.isArray(stored.cases) && stored.cases.every(isCase)) {
    return stored.cases.map((each) => ({ ...each, by: typeof each.by === "string" ? each.by : "" }));
  }
  throw new RungError({
    code: "broken-cases",
    where: "confirmed cases",
    what: "are not as they are kept",
    advice: "correct the file, or remove it to start afresh",
  });
}
