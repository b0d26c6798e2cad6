import type { AuditKey, AuditPublicKey } from "./audit-key.ts";
import { readSignedText, signedText } from "./signed-text.ts";

/** What is put down elsewhere: how far the audit had come. */
export interface AnchorEntry {
  /** 1, 2, 3 ... */
  readonly n: number;
  /** Wall time, ISO 8601. */
  readonly at: string;
  /** Number and hash of the audit's newest line then. */
  readonly seq: number;
  readonly hash: string;
  /** Fingerprint of the key. */
  readonly key: string;
  /** What stood between the entry before and this one: an entry that a kill or a full disk left half written. */
  readonly torn?: string;
}

export function entryText(key: AuditKey, entry: Omit<AnchorEntry, "key">): string {
  return signedText(key, "anchor", { ...entry, key: key.public.fingerprint });
}

/** @returns undefined where it is not, byte by byte, what this key signed */
export function readEntry(bytes: Buffer, key: AuditPublicKey): AnchorEntry | undefined {
  const signed = readSignedText(bytes);
  return signed?.isSignedBy(key, "anchor") ? (signed.thing as unknown as AnchorEntry) : undefined;
}
