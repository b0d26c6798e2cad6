import { isoFromUs, type TimeUs } from "../../core/time.ts";
import { writePerformance } from "./b2mml-write.ts";
import type { Order } from "./order.ts";
import { writeCsvOrders } from "./order-csv.ts";
import type { Report } from "./report-outbox.ts";

export const REPORT_FORMATS = ["b2mml", "b2mml-0401", "csv", "json"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export interface WrittenReport {
  readonly text: string;
  readonly mediaType: string;
  /** Of the file's name. */
  readonly ending: string;
}

/** A report in the words of its receiver. The same report gives the same text, whenever it is written. */
export function writeReport({ key, order }: Report, format: ReportFormat, createdUs: TimeUs): WrittenReport {
  if (format === "csv") return { text: writeCsvOrders([order]), mediaType: "text/csv", ending: "csv" };
  if (format === "json") {
    const text = `${JSON.stringify({ report: key, ...jsonOfOrder(order) }, null, 2)}\n`;
    return { text, mediaType: "application/json", ending: "json" };
  }
  const dialect = format === "b2mml" ? "operations" : "production";
  const own = { ...order, responseId: order.responseId ?? key };
  return {
    text: writePerformance([own], { dialect, createdUs, sender: "rung" }),
    mediaType: "application/xml",
    ending: "xml",
  };
}

const timeOf = (timeUs: TimeUs | undefined): string | undefined => {
  if (timeUs === undefined) return undefined;
  const us = timeUs % 1000;
  return isoFromUs(timeUs - us).replace("Z", `${String(us).padStart(3, "0")}Z`);
};

/** An order as JSON in the field names that are read, times in ISO 8601; what is not told is left out. */
export function jsonOfOrder(order: Order): object {
  const { plannedStartUs, plannedEndUs, actualStartUs, actualEndUs, producedQuantity, segments, ...rest } =
    order;
  const times = {
    plannedStart: timeOf(plannedStartUs),
    plannedEnd: timeOf(plannedEndUs),
    actualStart: timeOf(actualStartUs),
    actualEnd: timeOf(actualEndUs),
  };
  return {
    ...rest,
    ...(producedQuantity === undefined ? {} : { produced: producedQuantity }),
    ...JSON.parse(JSON.stringify(times)),
    ...(segments === undefined
      ? {}
      : {
          segments: segments.map(({ plannedStartUs, plannedEndUs, actualStartUs, actualEndUs, ...segment }) =>
            JSON.parse(
              JSON.stringify({
                ...segment,
                plannedStart: timeOf(plannedStartUs),
                plannedEnd: timeOf(plannedEndUs),
                actualStart: timeOf(actualStartUs),
                actualEnd: timeOf(actualEndUs),
              }),
            ),
          ),
        }),
  };
}
