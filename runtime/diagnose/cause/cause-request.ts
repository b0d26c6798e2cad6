import { RungError } from "../../core/errors.ts";
import type { OrderEvent } from "../../describe/orders/order-store.ts";
import type { Finding } from "../finding.ts";
import { type RecentChange, readChange } from "./recent-change.ts";

/** What a cause node can be told besides frames. */
export type CauseRequest =
  | { readonly kind: "finding"; readonly finding: Finding }
  | { readonly kind: "change"; readonly change: RecentChange }
  | { readonly kind: "order"; readonly event: OrderEvent }
  | { readonly kind: "confirm"; readonly id: string; readonly cause: string; readonly by: string };

/** @throws RungError `cause-request`, `bad-change` naming what is wrong */
export function causeRequest(payload: unknown, where: string): CauseRequest {
  const fault = (what: string, advice: string): RungError =>
    new RungError({ code: "cause-request", where, what, advice });
  const given = (typeof payload === "object" && payload !== null ? payload : {}) as Record<string, unknown>;
  switch (given.kind) {
    case "finding":
      requireFinding(given, fault);
      return { kind: "finding", finding: given as unknown as Finding };
    case "change":
      return { kind: "change", change: readChange(given.change, `${where}, change`) };
    case "order":
      if (typeof given.order !== "object" || given.order === null)
        throw fault("the event holds no order", "wire the first output of an orders node to it");
      return { kind: "order", event: given as unknown as OrderEvent };
    case "confirm": {
      const { id, cause, by = "" } = given;
      if (typeof id !== "string" || typeof cause !== "string" || typeof by !== "string") {
        throw fault(
          "a confirmation names a finding and its cause",
          'send {kind: "confirm", id, cause}: id of the finding, cause as ranked or in words of your own',
        );
      }
      return { kind: "confirm", id, cause, by };
    }
    default:
      throw fault(
        `expected a frame, a finding, a change, an order or a confirmation, got ${typeof payload === "object" ? JSON.stringify(given.kind ?? null) : typeof payload}`,
        "wire a state node and a detect node to it",
      );
  }
}

function requireFinding(
  given: Record<string, unknown>,
  fault: (what: string, advice: string) => RungError,
): void {
  const { id, twin, sinceUs, timeUs, contributions, active } = given as Partial<Finding>;
  const isWhole =
    typeof id === "string" &&
    typeof twin === "string" &&
    Number.isFinite(sinceUs) &&
    Number.isFinite(timeUs) &&
    typeof active === "boolean" &&
    Array.isArray(contributions) &&
    contributions.every((each) => typeof each?.address === "string" && typeof each.share === "number");
  if (!isWhole) throw fault("the finding lacks a part", "wire a detect node to it");
}
