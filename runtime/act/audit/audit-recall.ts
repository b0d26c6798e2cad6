import { WriteHistory } from "../write-history.ts";
import type { AuditRecord } from "./audit-chain.ts";

/** Rate, budget and replay protection as they stood when the process ended. */
export function historyFrom(records: readonly AuditRecord[]): WriteHistory {
  const history = new WriteHistory();
  for (const { event, data } of records) {
    if (event === "decision" && data.outcome !== "malformed" && data.outcome !== "awaiting-approval") {
      history.see(String(data.id), Number(data.expiresUs));
    }
    if (event === "write") {
      history.wrote(String(data.target), Number(data.plantTimeUs), Number(data.value) - Number(data.prior));
    }
  }
  return history;
}

/** Ids of the envelopes that were armed when the log ends: their arm died with the process. */
export function armedAtTheEnd(records: readonly AuditRecord[]): Set<string> {
  const armed = new Set<string>();
  for (const { event, data } of records) {
    if (event === "arm") armed.add(String(data.envelope));
    // A plain stop disarms too, and a person must still look before the next arm.
    if (event === "disarm" && data.cause !== "the actuator was stopped") armed.delete(String(data.envelope));
  }
  return armed;
}
