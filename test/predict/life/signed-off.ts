import type { Condition, MaintenanceEvent } from "../../../runtime/core/maintenance-event.ts";

/** A work order that somebody signed off, the bearing of the asset renewed. */
export function signedOff(asset: string, order: string, condition: Condition): MaintenanceEvent {
  return {
    kind: "maintenance",
    order,
    twin: "acme/leipzig/pumps",
    asset,
    component: "bearing",
    title: "Bearing",
    timeUs: 1_800_000_000e6,
    begunUs: 1_800_000_000e6,
    at: "2026-09-21T14:13:20.000Z",
    by: "Ada",
    condition,
    found: "",
    isRenewed: true,
  };
}
