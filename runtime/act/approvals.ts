import { canonicalHash } from "../core/canonical-json.ts";
import { RungError } from "../core/errors.ts";
import type { TimeUs } from "../core/time.ts";
import { sameName } from "./people.ts";
import type { Proposal } from "./proposal.ts";
import type { ApprovalStatus } from "./status.ts";

interface Change {
  readonly target: string;
  readonly value: number;
  readonly unit: string;
}

/** What the host asks a person to approve. */
export interface ApprovalRequest {
  readonly id: string;
  readonly title: string;
  readonly twin: string;
  readonly changes: readonly Change[];
  readonly expiresUs: TimeUs;
  /** The person who made it, if a person did: nobody approves their own. */
  readonly proposedBy?: string;
}

interface Item extends ApprovalRequest {
  changes: Change[];
  state: "open" | "approved" | "lapsed";
  approvedBy: string | null;
  /** True where no recommendation was shown: its changes are those of the proposals that came. */
  readonly isMadeOfProposals: boolean;
  /** Proposals that wait for the approval. */
  readonly waiting: Proposal[];
}

const KEEP = 200;

/** Recommendations that wait for a person, or got one's approval. An approval covers exactly the values shown. */
export class Approvals {
  readonly #items = new Map<string, Item>();

  /** Opens a request; asking again for the same id changes nothing. @throws RungError `bad-approval` */
  request(thing: unknown): ApprovalStatus {
    const request = readRequest(thing);
    return statusOf(this.#items.get(request.id) ?? this.#open(request));
  }

  /** Files a proposal that needs an approval under its recommendation. */
  wait(proposal: Proposal, twin: string): void {
    const { target, value, unit, expiresUs, recommendation } = proposal;
    const item =
      this.#items.get(recommendation) ??
      this.#open({ id: recommendation, title: `Write to ${twin}`, twin, changes: [], expiresUs }, true);
    // What a person was shown, and all the more what one approved, is never widened.
    const mayGrow = item.state === "open" && item.isMadeOfProposals;
    if (mayGrow && !item.changes.some((change) => change.target === target)) {
      item.changes.push({ target, value, unit });
    }
    if (!item.waiting.some((other) => other.id === proposal.id)) item.waiting.push(proposal);
  }

  /** True where a person approved just this value for this target, and it is still in time. */
  covers(proposal: Proposal, nowUs: TimeUs): boolean {
    const item = this.#items.get(proposal.recommendation);
    return (
      item?.state === "approved" &&
      item.expiresUs > nowUs &&
      item.changes.some(
        (change) =>
          change.target === proposal.target &&
          change.value === proposal.value &&
          change.unit === proposal.unit,
      )
    );
  }

  /**
   * @param hash of what the person was shown, as `list` told it
   * @returns the proposals that waited for it
   * @throws RungError `no-approval-open`, `proposal-changed`, `self-approval`
   */
  approve(id: string, hash: unknown, by: string, nowUs: TimeUs): Proposal[] {
    this.lapse(nowUs);
    const item = this.#items.get(id);
    if (item === undefined || item.state !== "open") {
      throw new RungError({
        code: "no-approval-open",
        where: id,
        what: item === undefined ? "is not known" : `is ${item.state}`,
      });
    }
    if (hash !== hashOf(item)) {
      throw new RungError({
        code: "proposal-changed",
        where: id,
        what:
          hash === undefined
            ? "does not say which proposal was shown"
            : "is no longer the proposal that was shown",
        advice: "read it again, then approve it",
      });
    }
    if (item.proposedBy !== undefined && sameName(item.proposedBy, by)) {
      throw new RungError({
        code: "self-approval",
        where: id,
        what: `${by} proposed it`,
        advice: "another person must approve it",
      });
    }
    item.state = "approved";
    item.approvedBy = by;
    return item.waiting.splice(0);
  }

  /** Ends what is out of time. @returns the proposals that waited in vain */
  lapse(nowUs: TimeUs): Proposal[] {
    const lapsed: Proposal[] = [];
    for (const item of this.#items.values()) {
      if (item.state !== "open" || item.expiresUs > nowUs) continue;
      item.state = "lapsed";
      lapsed.push(...item.waiting.splice(0));
    }
    return lapsed;
  }

  list(): ApprovalStatus[] {
    return [...this.#items.values()].map(statusOf);
  }

  #open(request: ApprovalRequest, isMadeOfProposals = false): Item {
    const item: Item = {
      ...request,
      changes: [...request.changes],
      state: "open",
      approvedBy: null,
      isMadeOfProposals,
      waiting: [],
    };
    this.#items.set(request.id, item);
    for (const [id, old] of this.#items) {
      if (this.#items.size <= KEEP) break;
      if (old.state !== "open") this.#items.delete(id);
    }
    return item;
  }
}

function statusOf(item: Item): ApprovalStatus {
  const { id, title, twin, changes, expiresUs, state, approvedBy } = item;
  return { id, title, twin, changes: [...changes], expiresUs, hash: hashOf(item), state, approvedBy };
}

/** Of all that a person is shown of it. */
function hashOf({ id, title, twin, changes, expiresUs }: ApprovalRequest): string {
  return canonicalHash({ id, title, twin, changes, expiresUs });
}

function readRequest(thing: unknown): ApprovalRequest {
  const record = (thing ?? {}) as Partial<Record<keyof ApprovalRequest, unknown>>;
  const changes = Array.isArray(record.changes) ? (record.changes as Change[]) : [];
  const fits =
    typeof record.id === "string" &&
    record.id.length > 0 &&
    record.id.length <= 300 &&
    typeof record.title === "string" &&
    typeof record.twin === "string" &&
    typeof record.expiresUs === "number" &&
    changes.length > 0 &&
    changes.length <= 64 &&
    changes.every(
      (change) =>
        typeof change?.target === "string" &&
        Number.isFinite(change.value) &&
        typeof change.unit === "string",
    );
  if (!fits) {
    throw new RungError({
      code: "bad-approval",
      where: "approval",
      what: "needs id, title, twin, expiresUs and 1 to 64 changes of target, value and unit",
    });
  }
  const request = {
    id: record.id as string,
    title: (record.title as string).slice(0, 200),
    twin: record.twin as string,
    changes: changes.map(({ target, value, unit }) => ({ target, value, unit })),
    expiresUs: record.expiresUs as number,
  };
  return typeof record.proposedBy === "string" ? { ...request, proposedBy: record.proposedBy } : request;
}
