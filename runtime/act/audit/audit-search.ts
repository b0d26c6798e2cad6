import { join } from "node:path";
import { type AuditRecord, readLine } from "./audit-chain.ts";
import { auditFiles, linesOf } from "./audit-files.ts";

/** What is looked for; what is not given fits everything. */
export interface AuditFilter {
  readonly event?: string;
  /** Address of a setpoint. */
  readonly target?: string;
  readonly person?: string;
  /** Wall time, milliseconds: from, and before. */
  readonly fromMs?: number;
  readonly toMs?: number;
}

/** Names of the people a record is about, as the events tell them. */
export function peopleOf({ data }: AuditRecord): string[] {
  const { by, cause, how } = data;
  const named = (Array.isArray(by) ? by : [by]).filter((name) => typeof name === "string");
  // "by anna" of a disarm, "by anna, 2026-11-22" of a commission.
  const told = [cause, how].flatMap(
    (words) => /^by (.*?)(?:, \d{4}-\d\d-\d\d)?$/.exec(String(words ?? ""))?.[1] ?? [],
  );
  return [...named, ...told];
}

export function fits(record: AuditRecord, { event, target, person, fromMs, toMs }: AuditFilter): boolean {
  const atMs = Date.parse(record.at);
  return (
    (event === undefined || record.event === event) &&
    (target === undefined || record.data.target === target) &&
    (person === undefined || peopleOf(record).includes(person)) &&
    (fromMs === undefined || atMs >= fromMs) &&
    (toMs === undefined || atMs < toMs)
  );
}

/**
 * The newest records that fit, oldest first; as they stand, verified by nobody. The newest files are read first, and no
 * further back than needed.
 * @param last at most so many
 */
export function searchAudit(directory: string, filter: AuditFilter, last: number): AuditRecord[] {
  const found: AuditRecord[][] = [];
  let count = 0;
  for (const name of auditFiles(directory).reverse()) {
    const here: AuditRecord[] = [];
    for (const { bytes } of linesOf(join(directory, name))) {
      const record = readLine(bytes)?.record;
      if (record === undefined || !fits(record, filter)) continue;
      here.push(record);
      if (here.length > 2 * last) here.splice(0, here.length - last);
    }
    found.unshift(here);
    count += here.length;
    if (count >= last) break;
  }
  return found.flat().slice(-last);
}
