import { canonicalHash } from "../core/canonical-json.ts";
import { RungError } from "../core/errors.ts";
import type { TimeUs } from "../core/time.ts";
import { type ApprovalClaims, readApprovalClaims } from "./approval-claims.ts";
import { sameName } from "./people.ts";
import { LONGEST_LIFE_US, type Proposal } from "./proposal.ts";
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
  /** What its maker says it will do. */
  readonly claims?: ApprovalClaims;
}

interface Item extends ApprovalRequest {
  changes: Change[];
  state: "open" | "approved" | "lapsed";
  approvedBy: string | null;
  /** True where no recommendation was shown: its changes are those of the proposals that came. */
  readonly isMadeOfProposals: boolean;
  /** Proposals that wait for the approval. */
  readonly waiting: Proposal[];
  /** The one proposal that each approved target was spent on; undefined: on none, and on none any more. */
  readonly spentOn: Map<string, string | undefined>;
}

const KEEP = 200;
/** What waits for a person; whoever asks for more must not fill memory and page. */
const MOST_OPEN = 100;
const MOST_WAITING = 64;
const LONGEST_TEXT = 300;

/**
 * Recommendations that wait for a person, or got one's approval. An approval covers exactly the values shown, each once,
 * and does not outlive the arm.
 */
export class Approvals {
  readonly #items = new Map<string, Item>();

  /**
   * Opens a request; asking again for the same id changes nothing.
   * @param opened told of one that is new
   * @throws RungError `bad-approval`, `too-many`
   */
  request(
    thing: unknown,
    nowUs: TimeUs,
    opened: (status: ApprovalStatus) => void = () => undefined,
  ): ApprovalStatus {
    const request = readRequest(thing, nowUs);
    const known = this.#items.get(request.id);
    const status = statusOf(known ?? this.#open(request));
    if (known === undefined) opened(status);
    return status;
  }

  /**
   * Files a proposal that needs an approval under its recommendation.
   * @param title what a person reads who is shown no other
   * @throws RungError `no-approval-open` where its recommendation waits no longer, and as `request`
   */
  wait(proposal: Proposal, twin: string, title: string): void {
    const { target, value, unit, expiresUs, recommendation } = proposal;
    const item =
      this.#items.get(recommendation) ??
      this.#open({ id: recommendation, title, twin, changes: [], expiresUs }, true);
    if (item.state !== "open") {
      throw new RungError({
        code: "no-approval-open",
        where: item.id,
        what: `is ${item.state}, not for ${value} ${unit} at ${target}`,
      });
    }
    // What a person was shown is never widened.
    if (item.isMadeOfProposals && !item.changes.some((change) => change.target === target)) {
      item.changes.push({ target, value, unit });
    }
    if (item.waiting.some((other) => other.id === proposal.id)) return;
    if (item.waiting.length >= MOST_WAITING) {
      throw tooMany(item.id, `${MOST_WAITING} proposals wait for its approval`);
    }
    item.waiting.push(proposal);
  }

  /** True where a person approved just this value for this target, no other was accepted for it, and it is in time. */
  covers(proposal: Proposal, nowUs: TimeUs): boolean {
    const item = this.#items.get(proposal.recommendation);
    return (
      item?.state === "approved" &&
      item.expiresUs > nowUs &&
      (!item.spentOn.has(proposal.target) || item.spentOn.get(proposal.target) === proposal.id) &&
      item.changes.some(
        (change) =>
          change.target === proposal.target &&
          change.value === proposal.value &&
          change.unit === proposal.unit,
      )
    );
  }

  /** The proposal was accepted: what a person approved of its target covers no other. */
  spend({ recommendation, target, id }: Proposal): void {
    const item = this.#items.get(recommendation);
    if (item?.state === "approved" && !item.spentOn.has(target)) item.spentOn.set(target, id);
  }

  /** What was approved for these targets covers nothing any more: another arm needs another approval. */
  drop(addresses: ReadonlySet<string>): void {
    for (const item of this.#items.values()) {
      const dropped = item.changes.filter(({ target }) => addresses.has(target));
      if (item.state !== "approved" || dropped.length === 0) continue;
      if (dropped.some(({ target }) => !item.spentOn.has(target))) item.state = "lapsed";
      for (const { target } of dropped) item.spentOn.set(target, undefined);
    }
  }

  /**
   * @param hash of what the person was shown, as `list` told it
   * @param record puts it on the disk before it is in force; where that throws, nothing is approved
   * @returns the proposals that waited for it
   * @throws RungError `no-approval-open`, `proposal-changed`, `self-approval`
   */
  approve(
    id: string,
    hash: unknown,
    by: string,
    nowUs: TimeUs,
    record: (waiting: readonly Proposal[]) => void,
  ): Proposal[] {
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
    record(item.waiting);
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

  /** The twin and the setpoints a known request is about: what an approver's scopes must hold. */
  addresses(id: string): string[] | undefined {
    const item = this.#items.get(id);
    return item === undefined ? undefined : addressesOf(item);
  }

  list(): ApprovalStatus[] {
    return [...this.#items.values()].map(statusOf);
  }

  #open(request: ApprovalRequest, isMadeOfProposals = false): Item {
    const texts = [
      request.id,
      request.twin,
      ...request.changes.flatMap(({ target, unit }) => [target, unit]),
    ] as unknown[];
    if (!texts.every((text) => typeof text === "string" && text.length <= LONGEST_TEXT)) {
      throw new RungError({
        code: "bad-approval",
        where: "approval",
        what: `id, twin, target and unit are texts of at most ${LONGEST_TEXT} characters`,
      });
    }
    const open = [...this.#items.values()].filter(({ state }) => state === "open").length;
    if (open >= MOST_OPEN) throw tooMany(request.id, `${open} others wait for a person`);
    const item: Item = {
      ...request,
      changes: [...request.changes],
      state: "open",
      approvedBy: null,
      isMadeOfProposals,
      waiting: [],
      spentOn: new Map(),
    };
    this.#items.set(request.id, item);
    for (const [id, old] of this.#items) {
      if (this.#items.size <= KEEP) break;
      if (old.state !== "open") this.#items.delete(id);
    }
    return item;
  }
}

const tooMany = (where: string, what: string): RungError =>
  new RungError({ code: "too-many", where, what, advice: "approve them, or let them run out of time" });

export const addressesOf = ({ twin, changes }: Pick<ApprovalStatus, "twin" | "changes">): string[] => [
  twin,
  ...changes.map(({ target }) => target),
];

function statusOf(item: Item): ApprovalStatus {
  const { id, title, twin, changes, expiresUs, state, approvedBy } = item;
  return {
    id,
    title,
    twin,
    changes: [...changes],
    expiresUs,
    proposedBy: item.proposedBy ?? null,
    claims: item.claims ?? null,
    hash: hashOf(item),
    state,
    approvedBy,
  };
}

/** Of all that a person is shown of it. */
function hashOf({ id, title, twin, changes, expiresUs, proposedBy, claims }: ApprovalRequest): string {
  return canonicalHash({
    id,
    title,
    twin,
    changes,
    expiresUs,
    proposedBy: proposedBy ?? null,
    claims: claims ?? null,
  });
}

function readRequest(thing: unknown, nowUs: TimeUs): ApprovalRequest {
  const record = (thing ?? {}) as Partial<Record<keyof ApprovalRequest, unknown>>;
  const changes = Array.isArray(record.changes) ? (record.changes as Change[]) : [];
  const fits =
    typeof record.id === "string" &&
    record.id.length > 0 &&
    record.id.length <= 300 &&
    typeof record.title === "string" &&
    typeof record.twin === "string" &&
    Number.isFinite(record.expiresUs) &&
    (record.expiresUs as number) - nowUs <= LONGEST_LIFE_US &&
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
      what: `needs id, title, twin, expiresUs at most ${LONGEST_LIFE_US / 3600e6} h ahead and 1 to 64 changes of target, value and unit`,
    });
  }
  const request = {
    id: record.id as string,
    title: (record.title as string).slice(0, 200),
    twin: record.twin as string,
    changes: changes.map(({ target, value, unit }) => ({ target, value, unit })),
    expiresUs: record.expiresUs as number,
  };
  const claims = readApprovalClaims(record.claims);
  return {
    ...request,
    ...(typeof record.proposedBy === "string" ? { proposedBy: record.proposedBy.slice(0, 64) } : {}),
    ...(claims === undefined ? {} : { claims }),
  };
}
