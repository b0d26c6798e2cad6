import { readFileSync } from "node:fs";
import { join } from "node:path";
import { WriteHistory } from "../write-history.ts";
import { type AuditRecord, readLine } from "./audit-chain.ts";
import { auditFiles, linesOf } from "./audit-files.ts";
import { CONTINUED } from "./chain-check.ts";
import { STOPPED } from "./standing-records.ts";

/** Rate, budget and replay protection look back so far, on the plant's clock. */
const LOOK_BACK_US = 8 * 3600e6;

/** Rate, budget and replay protection as they stood when the process ended. */
export function historyFrom(records: readonly AuditRecord[]): WriteHistory {
  const history = new WriteHistory();
  for (const { event, data } of records) {
    if (event === "decision" && data.outcome !== "malformed" && data.outcome !== "awaiting-approval") {
      history.see(String(data.id), Number(data.expiresUs), Number(data.plantTimeUs));
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
    if (event === "disarm" && data.cause !== STOPPED) armed.delete(String(data.envelope));
  }
  return armed;
}

/**
 * The number of the first file a start must read: everything of the last 8 h of the plant's clock lies in it or after
 * it, and so does the line of the head. What is older and still matters, each file carries in its first line.
 */
export function firstFileToRead(directory: string, headSeq: number): number {
  const names = auditFiles(directory);
  let number = names.length;
  let lastPlantUs: number | null = null;
  for (; number > 1; number--) {
    const file = join(directory, names[number - 1]!);
    lastPlantUs ??= lastPlantTime(file);
    const first = firstRecord(file);
    if (first?.event !== CONTINUED) continue;
    const { plantTimeUs } = first.data;
    const before = typeof plantTimeUs === "number" ? plantTimeUs : null;
    lastPlantUs ??= before;
    const isOldEnough = before === null || (lastPlantUs !== null && before < lastPlantUs - LOOK_BACK_US);
    if (isOldEnough && first.seq <= Math.max(1, headSeq)) break;
    if (isOldEnough && headSeq === 0) break;
  }
  return Math.max(1, number);
}

function firstRecord(file: string): AuditRecord | undefined {
  for (const { bytes, ended } of linesOf(file)) return ended ? readLine(bytes)?.record : undefined;
  return undefined;
}

/** Null where no line of the file tells a time. */
function lastPlantTime(file: string): number | null {
  const text = readFileSync(file, "latin1");
  for (
    let at = text.lastIndexOf('"plantTimeUs":');
    at >= 0;
    at = text.lastIndexOf('"plantTimeUs":', at - 1)
  ) {
    const from = text.lastIndexOf("\n", at) + 1;
    const end = text.indexOf("\n", at);
    const record = end < 0 ? undefined : readLine(Buffer.from(text.slice(from, end), "latin1"))?.record;
    const time = record?.event === CONTINUED ? undefined : record?.data.plantTimeUs;
    if (typeof time === "number") return time;
    if (at === 0) break;
  }
  return null;
}
