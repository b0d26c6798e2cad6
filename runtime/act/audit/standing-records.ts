import type { AuditRecord } from "./audit-chain.ts";
import { AUDIT_BROKEN } from "./chain-check.ts";

/** What a plain stop gives as its cause: it disarms too, and a person must still look before the next arm. */
export const STOPPED = "the actuator was stopped";

/** How many of a kind are carried on, by envelope; what is not named here matters for 8 h of the plant's clock only. */
const CARRIED: Readonly<Record<string, number>> = {
  commission: 1,
  arm: 1,
  disarm: 1,
  observed: 100,
  [AUDIT_BROKEN]: 1,
};

/**
 * The records that matter however old they are: which envelopes were commissioned and armed, what was observed, whether
 * the audit was ever found broken. Each file begins with them, so that a start need not read the older files.
 */
export class StandingRecords {
  readonly #kept = new Map<string, AuditRecord[]>();
  /** Latest time on the plant's clock that any record tells of. */
  plantTimeUs: number | null = null;

  see(record: AuditRecord): void {
    const { event, data } = record;
    if (typeof data.plantTimeUs === "number") {
      this.plantTimeUs = Math.max(this.plantTimeUs ?? data.plantTimeUs, data.plantTimeUs);
    }
    const most = Object.hasOwn(CARRIED, event) ? CARRIED[event] : undefined;
    if (most === undefined || (event === "disarm" && data.cause === STOPPED)) return;
    const key = keyOf(event, data);
    this.#kept.set(key, [...(this.#kept.get(key) ?? []), record].slice(-most));
  }

  /** Oldest first. Only of envelopes that a person commissioned: a host can name as many others as it likes. */
  list(): AuditRecord[] {
    return [...this.#kept.values()]
      .flat()
      .filter(({ event, data }) => event === AUDIT_BROKEN || this.#kept.has(keyOf("commission", data)))
      .sort((a, b) => a.seq - b.seq);
  }
}

const keyOf = (event: string, { envelope }: AuditRecord["data"]): string => `${event} ${String(envelope)}`;

/** The records that the first line of a file carries; none where somebody changed it to something else. */
export function carriedIn({ data }: AuditRecord): AuditRecord[] {
  const carried: unknown[] = Array.isArray(data.carried) ? data.carried : [];
  return carried.filter((one): one is AuditRecord => {
    const { event, data: facts } = (one ?? {}) as Partial<AuditRecord>;
    return typeof event === "string" && facts !== null && typeof facts === "object";
  });
}
