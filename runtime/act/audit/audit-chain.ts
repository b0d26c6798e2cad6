import { createHash } from "node:crypto";
import type { AuditKey, AuditPublicKey } from "./audit-key.ts";
import { readSignedText, signedText } from "./signed-text.ts";

/** One line of the audit: what happened, when, and the hash that ties it to the line before. */
export interface AuditRecord {
  /** 1, 2, 3 ... over all files. */
  readonly seq: number;
  /** Wall time, ISO 8601. */
  readonly at: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** `hash` of the line before; 64 zeros on the first. */
  readonly previous: string;
  /** SHA-256 of the bytes of the whole line, signature included; not in the line itself. */
  readonly hash: string;
}

export const FIRST_PREVIOUS = "0".repeat(64);

/** @returns the line without its end, and the record it holds */
export function writeLine(
  key: AuditKey,
  body: Omit<AuditRecord, "hash">,
): { line: string; record: AuditRecord } {
  const line = signedText(key, "line", body);
  return { line, record: { ...body, hash: hashOf(Buffer.from(line)) } };
}

export interface AuditLine {
  readonly record: AuditRecord;
  isSignedBy(key: AuditPublicKey): boolean;
}

/** @param bytes without the line's end @returns undefined where it is no line of an audit */
export function readLine(bytes: Buffer): AuditLine | undefined {
  const text = readSignedText(bytes);
  if (text === undefined) return undefined;
  const { seq, at, event, data, previous } = text.thing;
  const fits =
    typeof seq === "number" &&
    typeof at === "string" &&
    typeof event === "string" &&
    typeof previous === "string" &&
    data !== null &&
    typeof data === "object";
  if (!fits) return undefined;
  const record = { seq, at, event, data: data as AuditRecord["data"], previous, hash: hashOf(bytes) };
  return { record, isSignedBy: (key) => text.isSignedBy(key, "line") };
}

const hashOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
