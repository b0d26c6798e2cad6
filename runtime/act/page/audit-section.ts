import type { AuditTailLine } from "../audit/audit-tail.ts";
import { make } from "./controls.ts";
import { figure, shortName, wallClock } from "./figures.ts";
import { EVENTS, WORDS } from "./words.ts";

const LONGEST = 160;

/** The last lines of the audit in words. */
export function auditSection(
  lines: readonly AuditTailLine[],
  names: ReadonlyMap<string, string>,
): HTMLElement {
  const section = make("section", { className: "audit" }, make("h3", { text: WORDS.audit }));
  if (lines.length === 0) {
    section.append(make("p", { className: "none", text: WORDS.noAudit }));
    return section;
  }
  const items = lines.map(({ at, event, data }) =>
    make(
      "li",
      {},
      make("time", { text: wallClock(Date.parse(at)), attributes: { datetime: at } }),
      make("b", { text: EVENTS[event] ?? event }),
      make("span", { text: wordsOf(data, names) }),
    ),
  );
  section.append(make("ol", {}, ...items));
  return section;
}

/** Only members that a reader understands; the whole line is `rung audit show`'s. */
function wordsOf(data: AuditTailLine["data"], names: ReadonlyMap<string, string>): string {
  const text = (key: string) => (typeof data[key] === "string" ? (data[key] as string) : "");
  const list = (key: string) => (Array.isArray(data[key]) ? (data[key] as unknown[]).join(" and ") : "");
  const envelope = text("envelope");
  const value = typeof data.value === "number" ? `${figure(data.value)} ${text("unit")}`.trim() : "";
  const target = text("target");
  const parts = [
    names.get(envelope) ?? envelope,
    target === "" ? "" : `${shortName(target, "").split(" ").slice(-4).join(" ")} ${value}`.trim(),
    text("title"),
    text("outcome"),
    text("how"),
    typeof data.by === "string" ? `by ${data.by}` : Array.isArray(data.by) ? `by ${list("by")}` : "",
    typeof data.minutes === "number" ? `${data.minutes} min` : "",
    text("cause"),
    list("causes"),
    text("reason"),
  ];
  const said = parts.filter((part) => part !== "").join(", ");
  return said.length > LONGEST ? `${said.slice(0, LONGEST - 1)}…` : said;
}
