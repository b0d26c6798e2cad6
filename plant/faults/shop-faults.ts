import { LINE_FAULTS, type LineFaultRequest } from "../assembly/line-faults.ts";
import { STATION_FAULTS, type StationFaultRequest } from "../body/station-faults.ts";
import { FAULTS, type FaultRequest } from "../physics/faults.ts";

/** A fault of any shop of the plant. */
export type ShopFaultRequest = FaultRequest | StationFaultRequest | LineFaultRequest;
export type Shop = "paint" | "body" | "assembly";

/** @throws RangeError for a fault that no shop knows */
export function shopOf(fault: unknown): Shop {
  const isOneOf = (list: readonly string[]): boolean => typeof fault === "string" && list.includes(fault);
  if (isOneOf(FAULTS)) return "paint";
  if (isOneOf(STATION_FAULTS)) return "body";
  if (isOneOf(LINE_FAULTS)) return "assembly";
  throw new RangeError(
    `fault: expected one of ${[...FAULTS, ...STATION_FAULTS, ...LINE_FAULTS].join(", ")}, got ${String(fault)}`,
  );
}
