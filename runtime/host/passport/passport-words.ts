import type { Evidence } from "../../core/evidence.ts";
import { isoFromUs, isStorableTimeUs, type TimeUs } from "../../core/time.ts";
import { collecting, measured } from "../../ladder/fact.ts";
import { isNotKnown, type Known } from "../../ladder/passport/not-known.ts";
import type { HeldChange, Passport, PassportRow } from "../../ladder/passport/passport.ts";
import { pieceWords } from "../../ladder/piece-words.ts";

/** "2026-11-22 08:00:05", of a time in UTC; "never" for what is no time. */
export const stampText = (timeUs: TimeUs): string =>
  isStorableTimeUs(timeUs) ? isoFromUs(timeUs).slice(0, 19).replace("T", " ") : "never";

export const timeText = (timeUs: TimeUs): string => `${stampText(timeUs)} UTC`;

/** "3f9a 21c4 ...": a hash that a person can compare; `length` hexadecimal digits of it. */
export const hashText = (hash: string, length = hash.length): string =>
  (hash.slice(0, length).match(/.{1,4}/g) ?? []).join(" ");

/** What is known, or "not known: " and why. */
export function knownText<T>(thing: Known<T>, text: (thing: T) => string): string {
  return isNotKnown(thing) ? `not known: ${thing.notKnown}` : text(thing);
}

/** One word on a rung: whether the twin stands on it. */
export function rowWord(row: PassportRow, held: Known<number>): string {
  if (row.verdict !== "holds") return row.verdict;
  return !isNotKnown(held) && row.row <= held ? "held" : "holds, below does not";
}

/** What stands behind a reality, for whoever holds the paper. */
export const REALITY_SENTENCE: Readonly<Record<string, string>> = {
  live: "A plant feeds it, as its links declare.",
  virtual: "No plant is connected: its values are simulated.",
  recorded: "No plant is connected: a recording is played.",
};

/**
 * A record's verdict. Where a row fails and none of its records does, those past their validity brought it down.
 * @param row the row that the record stands in
 */
export function verdictText(
  record: PassportRow["evidence"][number],
  row: PassportRow,
  linkTimeUs: Known<TimeUs>,
): string {
  const { verdict, validUntilUs, newestSampleUs } = record;
  if (verdict === "collecting") return collecting(record as Evidence);
  const isOver = isNotKnown(linkTimeUs)
    ? newestSampleUs !== undefined
    : validUntilUs !== undefined && validUntilUs < linkTimeUs;
  const byAge = row.verdict === "fails" && !row.evidence.some((one) => one.verdict === "fails");
  return byAge && isOver ? "expired" : verdict;
}

/** Value and unit, or a dash. */
export const valueText = (record: Omit<Evidence, "twin" | "rung">): string =>
  measured(record as Evidence) || "–";

export function actingText({ acting: { mode, reason } }: Passport): string {
  return isNotKnown(mode) ? `not known: ${reason}` : `${mode}: ${reason}`;
}

export function envelopeText({ acting: { envelope } }: Passport): string {
  if (envelope === null) return "none";
  return knownText(envelope, ({ name, commissioned, commissionedHow, commissionedHash }) => {
    if (commissionedHash === null) return `${name}, never commissioned`;
    return `${name}, commissioned ${commissionedHow ?? ""}`.trim() + (commissioned ? "" : ", changed since");
  });
}

export function isolationText({ acting: { isolation } }: Passport): string {
  if (isolation === null) return "none needed: no actuate";
  return knownText(isolation, ({ isolated, measured: seen, reasons }) => {
    if (!seen) return `not measured: ${reasons.join(", ")}`;
    return isolated ? "isolated from the host" : `not isolated: ${reasons.join(", ")}`;
  });
}

export function targetText({ twin: { objective, target }, enough }: Passport): string {
  const what = objective === "" ? "no objective declared" : objective;
  if (target === null) return `${what}; no target rung declared`;
  const state = knownText(enough, (holds) => (holds ? "enough" : "not reached"));
  return `${what}; target ${target}: ${state}`;
}

/** The next piece that a row lacks; after which node is in the JSON, by an id that says nothing on paper. */
export const missingText = ({ row, role }: Passport["missing"][number]): string =>
  `${row} needs ${pieceWords(role)}`;

/** "2026-11-22 08:00:15 UTC, 4 to 2: worse than persistence". */
export const fallText = ({ timeUs, from, to, cause }: Omit<HeldChange, "twin">): string =>
  `${timeText(timeUs)}, ${from} to ${to}: ${cause}`;
