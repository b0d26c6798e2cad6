import type { ProposalResult } from "./proposal.ts";

const KEEP = 1000;

/** The last results, numbered, so that a host that polls misses none and gets none twice. */
export class ResultLog {
  readonly #results: ProposalResult[] = [];
  readonly #counts: Record<string, number> = {};
  #seq = 0;

  add(result: ProposalResult): ProposalResult {
    this.#seq++;
    this.#counts[result.state] = (this.#counts[result.state] ?? 0) + 1;
    this.#results.push(result);
    if (this.#results.length > KEEP) this.#results.shift();
    return result;
  }

  get seq(): number {
    return this.#seq;
  }

  get counts(): Readonly<Record<string, number>> {
    return { ...this.#counts };
  }

  /** Results newer than a number, oldest first. */
  after(seq: number): ProposalResult[] {
    const fresh = Math.min(this.#results.length, Math.max(0, this.#seq - seq));
    return fresh === 0 ? [] : this.#results.slice(-fresh);
  }
}
