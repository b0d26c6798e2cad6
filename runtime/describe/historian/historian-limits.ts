import { setImmediate as nextTurn } from "node:timers/promises";
import { messageOf, RungError } from "../../core/errors.ts";

/** What a historian may keep and use, and what can change while it runs. */
export interface HistorianLimits {
  /** 0 keeps all. */
  readonly retentionDays: number;
  /** What DuckDB may use, MB. */
  readonly memoryLimitMb: number;
}

/** With less DuckDB takes the setting and then fails at the next sample. */
export const LEAST_MEMORY_MB = 64;

interface Limited {
  readonly file: string;
  setLimits(limits: Partial<HistorianLimits>): Promise<void>;
}

interface Claim {
  readonly name: string;
  readonly limits: HistorianLimits;
}

/**
 * What the configuration nodes of one history file ask for. Where they differ the file keeps the longest time and uses
 * the most memory that any of them allows: what was dropped is gone, and the order in which nodes start must not
 * decide it. Without any it keeps all.
 */
export class LimitClaims {
  readonly #historian: Limited;
  readonly #claims = new Map<string, Claim>();

  constructor(historian: Limited) {
    this.#historian = historian;
  }

  /**
   * A node's claim, in the place of its former one; at work at once.
   * @param id of the node @param name what its user calls it
   * @returns kept when the limits are at work
   * @throws RungError `different-limits` where another node of the file says otherwise, `history-limits` where
   * DuckDB refuses, and where the memory is less than the least, which counts then
   */
  async claim(id: string, name: string, asked: HistorianLimits): Promise<void> {
    const limits = { ...asked, memoryLimitMb: Math.max(LEAST_MEMORY_MB, asked.memoryLimitMb) };
    this.#claims.set(id, { name, limits });
    await this.#apply();
    for (const [other, claim] of this.#claims) {
      const { retentionDays, memoryLimitMb } = claim.limits;
      if (other === id) continue;
      if (retentionDays === limits.retentionDays && memoryLimitMb === limits.memoryLimitMb) continue;
      const effective = this.#effective()!;
      throw new RungError({
        code: "different-limits",
        where: name,
        what: `keeps ${daysOf(limits)} with ${limits.memoryLimitMb} MB, and ${claim.name} keeps ${daysOf(claim.limits)} with ${memoryLimitMb} MB in the same file ${this.#historian.file}; ${daysOf(effective)} and ${effective.memoryLimitMb} MB count`,
        advice: "enter the same in both, or give one of them a file of its own",
      });
    }
    if (asked.memoryLimitMb < LEAST_MEMORY_MB)
      throw new RungError({
        code: "history-limits",
        where: name,
        what: `allows its database ${asked.memoryLimitMb} MB, which is too little to work with; ${LEAST_MEMORY_MB} MB count`,
        advice: `enter ${LEAST_MEMORY_MB} MB or more`,
      });
  }

  /** The node is gone. @throws RungError `history-limits` */
  async release(id: string): Promise<void> {
    if (this.#claims.delete(id)) await this.#apply();
  }

  #effective(): HistorianLimits | undefined {
    const all = [...this.#claims.values()].map(({ limits }) => limits);
    if (all.length === 0) return undefined;
    const days = all.map(({ retentionDays }) => retentionDays);
    return {
      retentionDays: days.some((each) => each <= 0) ? 0 : Math.max(...days),
      memoryLimitMb: Math.max(...all.map(({ memoryLimitMb }) => memoryLimitMb)),
    };
  }

  async #apply(): Promise<void> {
    // A deploy brings nodes one by one: what only one of them wants must drop nothing before the others are heard.
    await nextTurn();
    // Without a claim the memory stays as it is: a deploy takes a node away and brings it back.
    const wanted = this.#effective() ?? { retentionDays: 0 };
    try {
      await this.#historian.setLimits(wanted);
    } catch (cause) {
      if (cause instanceof RungError && cause.code === "historian-closed") return;
      throw new RungError({
        code: "history-limits",
        where: this.#historian.file,
        what: `does not take its new limits now: ${messageOf(cause)}`,
        advice: "restart Rung, or allow more memory",
        cause,
      });
    }
  }
}

const daysOf = ({ retentionDays }: HistorianLimits): string =>
  retentionDays <= 0 ? "everything" : `${retentionDays} days`;
