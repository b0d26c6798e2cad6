import { html, markPicture } from "./drawing.js";
import { figure, recordWords } from "./record-words.js";

/** The records a row was decided by: mark, what, value, limit. */
export function evidenceTable(records) {
  const table = html("table", {});
  for (const record of records) {
    const state = record.verdict === "collecting" ? "waiting" : record.verdict;
    table.append(
      html(
        "tr",
        { class: record.verdict === "fails" ? "bad" : "", title: recordWords(record) },
        html("td", {}, markPicture(state)),
        html("td", {}, record.what),
        html("td", { class: "v" }, amount(record)),
        html("td", { class: "l" }, record.limit),
      ),
    );
  }
  return table;
}

/** What was measured with its unit, or how much of it has come; empty where it has no value. */
export function amount({ verdict, progress, value, unit }) {
  if (verdict === "collecting" && progress) return `${figure(progress.n)} of ${figure(progress.of)}`;
  if (value === null) return "";
  return `${figure(value)}${unit && unit !== "1" ? ` ${unit}` : ""}`;
}
