import { RungError } from "../../../runtime/core/errors.ts";
import { describePayload } from "../../../runtime/describe/twin-state.ts";
import type { CauseMessage } from "../../../runtime/diagnose/cause/cause.ts";
import type { Finding } from "../../../runtime/diagnose/finding.ts";

/** Ended findings are kept for the shift's glance back, not as an archive; history has them all. */
const KEPT_ENDED = 20;

/** The findings a widget was told of: those that last, and the newest that ended. */
export class FindingLog {
  readonly #active = new Map<string, Finding>();
  #ended: Finding[] = [];
  /** Told by a cause node, by the finding's id. */
  readonly #causes = new Map<string, CauseMessage>();

  /** A finding, or the causes of one. @throws RungError `not-a-finding` for a payload of another kind */
  take(payload: unknown): void {
    const cause = payload as CauseMessage | undefined;
    if (cause?.kind === "cause") {
      // Only of what is shown: a cause that comes after its finding has ended is of no use here.
      if (this.#active.has(cause.id)) this.#causes.set(cause.id, cause);
      return;
    }
    const finding = payload as Finding | undefined;
    if (finding?.kind !== "finding") {
      throw new RungError({
        code: "not-a-finding",
        where: "msg.payload",
        what: `expected a finding, got ${describePayload(payload)}`,
        advice: "wire a detect or a cause node to this widget",
      });
    }
    if (finding.active) this.#active.set(finding.id, finding);
    else {
      this.#active.delete(finding.id);
      this.#causes.delete(finding.id);
      this.#ended = [finding, ...this.#ended.filter((other) => other.id !== finding.id)].slice(0, KEPT_ENDED);
    }
  }

  /** The worst first, then the oldest. */
  get active(): Finding[] {
    return [...this.#active.values()].sort((a, b) => a.priority - b.priority || a.sinceUs - b.sinceUs);
  }

  /** The causes told last of a finding that lasts. */
  causeOf(id: string): CauseMessage | undefined {
    return this.#causes.get(id);
  }

  /** The newest first. */
  get ended(): readonly Finding[] {
    return this.#ended;
  }
}
