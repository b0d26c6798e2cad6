import { RungError } from "../../../runtime/core/errors.ts";
import { describePayload } from "../../../runtime/describe/twin-state.ts";
import type { CauseMessage } from "../../../runtime/diagnose/cause/cause.ts";
import type { Finding } from "../../../runtime/diagnose/finding.ts";

/** Ended findings are kept for the shift's glance back, not as an archive; history has them all. */
const KEPT_ENDED = 20;

export const isCause = (payload: unknown): payload is CauseMessage =>
  (payload as CauseMessage | undefined)?.kind === "cause";

/** @throws RungError `not-a-finding` for a payload of another kind */
export function takeFinding(payload: unknown): Finding {
  const finding = payload as Finding | undefined;
  if (finding?.kind === "finding") return finding;
  throw new RungError({
    code: "not-a-finding",
    where: "msg.payload",
    what: `expected a finding, got ${describePayload(payload)}`,
    advice: "wire a detect or a cause node to this widget",
  });
}

/** The findings a widget was told of: those that last, and the newest that ended. */
export class FindingLog {
  readonly #active = new Map<string, Finding>();
  #ended: Finding[] = [];

  /** @throws RungError `not-a-finding` for a payload of another kind */
  take(payload: unknown): void {
    // Why something is abnormal changes nothing of what is.
    if (isCause(payload)) return;
    const finding = takeFinding(payload);
    if (finding.active) this.#active.set(finding.id, finding);
    else {
      this.#active.delete(finding.id);
      this.#ended = [finding, ...this.#ended.filter((other) => other.id !== finding.id)].slice(0, KEPT_ENDED);
    }
  }

  /** The worst first, then the oldest. */
  get active(): Finding[] {
    return [...this.#active.values()].sort((a, b) => a.priority - b.priority || a.sinceUs - b.sinceUs);
  }

  /** Of those that last, by priority. */
  get counts(): { readonly p1: number; readonly p2: number; readonly p3: number } {
    const counts = { p1: 0, p2: 0, p3: 0 };
    for (const { priority } of this.#active.values()) counts[`p${priority}`]++;
    return counts;
  }

  /** The newest first. */
  get ended(): readonly Finding[] {
    return this.#ended;
  }
}
