import { RUNGS } from "../../core/evidence.ts";
import { notWired } from "../judge.ts";
import type { RowVerdict } from "../verdict.ts";
import type { WiredTwin } from "../wiring/wired-twin.ts";

type UnmeasuredRow = Omit<RowVerdict, "verdict"> & {
  readonly verdict: RowVerdict["verdict"] | "not measured";
};

/** The rows of a twin of which the wires alone are known. @param reason why nothing was measured */
export function wiredRows(twin: WiredTwin, reason: string): UnmeasuredRow[] {
  return RUNGS.map((row) =>
    twin.capabilities.includes(row)
      ? { row, wired: true, verdict: "not measured", fact: reason, limit: "", evidence: [] }
      : notWired(twin, row),
  );
}
