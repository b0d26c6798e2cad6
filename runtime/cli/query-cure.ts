import type { TimeUs } from "../core/time.ts";
import { type BodyRecord, bodyRecords } from "../describe/historian/body-records.ts";
import type { History } from "../describe/historian/history.ts";
import { CURE_VERDICTS } from "../predict/cure-record.ts";
import { cell, isoUs } from "./query-table.ts";

/** A question after the cure of bodies: of one, or of those with a node below so many equivalent minutes. */
export interface CureQuestion {
  readonly twin: string;
  readonly body?: string;
  readonly below?: number;
  readonly fromUs?: TimeUs;
  readonly toUs?: TimeUs;
}

/** @throws RungError `unknown-address` where the twin's cure was never stored */
export async function curesOf(
  history: History,
  question: CureQuestion & { readonly fromUs: TimeUs; readonly toUs: TimeUs },
): Promise<BodyRecord[]> {
  const { twin, body, below, fromUs, toUs } = question;
  const records = await bodyRecords(history, { under: `${twin}/cure`, fromUs, toUs });
  return records
    .filter(
      (record) =>
        (body === undefined || record.body === body) &&
        (below === undefined || Number(record.values.e170Least) < below),
    )
    .map((record) => {
      const verdict = CURE_VERDICTS[Number(record.values.verdict)];
      return verdict === undefined ? record : { ...record, values: { ...record.values, verdict } };
    });
}

/** One line per body: when it left, then its figures by path. Figures that no body has have no column. */
export function csvOfCures(records: readonly BodyRecord[]): string {
  const paths = [...new Set(records.flatMap(({ values }) => Object.keys(values)))].sort();
  const text = (value: unknown): string | number =>
    value instanceof Date ? value.toISOString() : ((value ?? "") as string | number);
  const lines = records.map(({ body, timeUs, values }) => [
    body,
    isoUs(timeUs),
    ...paths.map((path) => text(values[path])),
  ]);
  return `${[["body", "left", ...paths], ...lines].map((line) => line.map(cell).join(",")).join("\n")}\n`;
}
