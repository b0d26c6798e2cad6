import type { Evidence } from "../../core/evidence.ts";
import { isoFromUs, type TimeUs } from "../../core/time.ts";
import { collecting, measured } from "../../ladder/fact.ts";
import { heldInWords } from "../../ladder/passport/held-words.ts";
import { isNotKnown, type Known } from "../../ladder/passport/not-known.ts";
import type { HeldChange, Passport, PassportRow } from "../../ladder/passport/passport.ts";

/** "2026-11-22 08:00:05", of a time in UTC. */
export const stampText = (timeUs: TimeUs): string => isoFromUs(timeUs).slice(0, 19).replace("T", " ");

export const timeText = (timeUs: TimeUs): string => `${stampText(timeUs)} UTC`;

/** "3f9a 21c4 ...": a hash that a person can compare; `length` hexadecimal digits of it. */
export const hashText = (hash: string, length = hash.length): string =>
  (hash.slice(0, length).match(/.{1,4}/g) ?? []).join(" ");

/** What is known, or "not known: " and why. */
export function knownText<T>(thing: Known<T>, text: (thing: T) => string): string {
  return isNotKnown(thing) ? `not known: ${thing.notKnown}` : text(thing);
}

/** "4", "1 + 4", or "?" where nothing was measured. */
export function heldText({ held, capabilities }: Passport): string {
  if (isNotKnown(held)) return "?";
  return heldInWords(held, isNotKnown(capabilities.held) ? [] : capabilities.held);
}

/** One word on a rung: whether the twin stands on it. */
export function rowWord(row: PassportRow, held: Known<number>): string {
  if (row.verdict !== "holds") return row.verdict;
  return !isNotKnown(held) && row.row <= held ? "held" : "holds, below does not";
}

/** What stands behind a reality, for whoever holds the paper. */
export const REALITY_SENTENCE: Readonly<Record<string, string>> = {
  live: "Fed by a plant.",
  virtual: "No plant is connected: its values are simulated.",
  recorded: "No plant is connected: a recording is played.",
};

/** A record's verdict as of the passport's own time. */
export function verdictText(
  record: Pick<Evidence, "verdict" | "validUntilUs" | "progress">,
  linkTimeUs: Known<TimeUs>,
): string {
  const { verdict, validUntilUs } = record;
  if (!isNotKnown(linkTimeUs) && validUntilUs !== undefined && validUntilUs < linkTimeUs) return "expired";
  return verdict === "collecting" ? collecting(record as Evidence) : verdict;
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

/** The next piece that each row lacks. */
export const missingText = ({ row, role, after }: Passport["missing"][number]): string =>
  `${row} needs ${role}${after === null ? "" : ` after ${after}`}`;

/** "2026-11-22 08:00:15 UTC, 4 to 2: worse than persistence". */
export const fallText = ({ timeUs, from, to, cause }: Omit<HeldChange, "twin">): string =>
  `${timeText(timeUs)}, ${from} to ${to}: ${cause}`;
