import type { WorkOrder } from "../../../runtime/prescribe/maintain/orders/work-order.ts";
import type { MaintenancePlanMessage } from "../../../runtime/prescribe/maintain/rolling/plan-message.ts";

/** What the maintenance screen is sent. */
export interface MaintenanceView {
  /** The plan that came last; null: none has come. */
  readonly plan: MaintenancePlanMessage | null;
  /** Those under way by their planned time, then the last that were signed off. */
  readonly orders: readonly WorkOrder[];
  /** On the twin's clock. */
  readonly nowUs: number;
  /** What the last press was refused for; null: it was done. */
  readonly refused: { readonly order: string; readonly what: string } | null;
}
