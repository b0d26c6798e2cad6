import { RungError } from "../../../runtime/core/errors.ts";
import { type ChangeOrder, changeOrders } from "../../../runtime/prescribe/cell/change-orders.ts";
import type { CellFix, CellStudy } from "../../../runtime/prescribe/cell/finding.ts";

/** What the widget sends when somebody takes a fix into the plan. Nothing in it goes to a robot. */
export interface AcceptedFix {
  readonly kind: "change-orders";
  readonly cell: string;
  readonly variant: string;
  readonly acceptedBy: string;
  /** ISO 8601, wall time. */
  readonly acceptedAt: string;
  readonly fix: CellFix;
  /** Of the findings that the fix mends. */
  readonly orders: readonly ChangeOrder[];
}

/**
 * @param action what the page sent: `accept`, the fix, of the study that was computed at `computedAt`
 * @throws RungError `no-such-fix` for a fix of another study than the one shown
 */
export function acceptFix(
  study: CellStudy | undefined,
  action: unknown,
  acceptedBy: string,
  acceptedAt: string,
): AcceptedFix {
  const { accept, computedAt } = (action ?? {}) as { accept?: unknown; computedAt?: unknown };
  const fix = study?.fixes.find(({ id }) => id === accept);
  if (study === undefined || fix === undefined || computedAt !== study.computedAt) {
    throw new RungError({
      code: "no-such-fix",
      where: "robot cell",
      what: "the fix that was accepted is of another study than the one shown now",
      advice: "look at the new study and accept again",
    });
  }
  const isMended = study.findings.map(({ id }) => fix.mends.includes(id));
  return {
    kind: "change-orders",
    cell: study.cell,
    variant: study.variant,
    acceptedBy,
    acceptedAt,
    fix,
    orders: changeOrders(study).filter((_order, index) => isMended[index]),
  };
}
