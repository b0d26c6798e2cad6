import type { TimeUs } from "../core/time.ts";
import type { Standing } from "./judge.ts";
import type { LadderChange } from "./verdict.ts";

/** Which changes are asked for. Times are wall time: a link's clock may be absent, or begin anew. */
export interface ChangeQuestion {
  readonly twin?: string;
  readonly kind?: LadderChange["kind"];
  readonly fromUs?: TimeUs;
  /** Not included: the time of the oldest change of one page asks for the next one. */
  readonly beforeUs?: TimeUs;
  /** The oldest evaluation of a page comes whole, so there may be a few more. */
  readonly limit: number;
}

/** Where changes are kept, longer than the process where it is a file. */
export interface ChangeStore {
  /** All of them, or none. @throws RungError */
  append(changes: readonly LadderChange[]): void;
  /** The newest first. @throws RungError */
  query(question: ChangeQuestion): LadderChange[];
  /** What each twin last held, and its last fall. @throws RungError */
  standings(): Map<string, Standing>;
}

/** The newest changes, in memory: where there is no file. */
export class RecentChanges implements ChangeStore {
  readonly #most: number;
  readonly #kept: LadderChange[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  append(changes: readonly LadderChange[]): void {
    this.#kept.push(...changes);
    this.#kept.splice(0, this.#kept.length - this.#most);
  }

  query({ twin, kind, fromUs = 0, beforeUs = Infinity, limit }: ChangeQuestion): LadderChange[] {
    const found = this.#kept
      .filter(
        (change) =>
          (twin === undefined || change.twin === twin) &&
          (kind === undefined || change.kind === kind) &&
          change.timeUs >= fromUs &&
          change.timeUs < beforeUs,
      )
      .reverse();
    const oldestUs = found[limit - 1]?.timeUs ?? 0;
    return found.filter(({ timeUs }, i) => i < limit || timeUs === oldestUs);
  }

  standings(): Map<string, Standing> {
    return new Map();
  }
}
