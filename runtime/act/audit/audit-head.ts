import type { AuditKey, AuditPublicKey } from "./audit-key.ts";
import { readSignedText, signedText } from "./signed-text.ts";

/** The newest line, kept beside the log so that a log cut short is seen. */
export interface AuditHead {
  readonly seq: number;
  /** Of that line. */
  readonly hash: string;
  /** How many anchors were made. */
  readonly anchors: number;
  /** Whether they stand in a file, which must then hold as many. */
  readonly inFile: boolean;
}

/** One sector of a disk, written in place: a kill or a power failure leaves the old head or the new one. */
export const HEAD_BYTES = 512;

export function headText(key: AuditKey, head: AuditHead): string {
  return `${signedText(key, "head", head).padEnd(HEAD_BYTES - 1)}\n`;
}

/** @returns undefined where it is not, byte by byte, what was signed */
export function readHead(bytes: Buffer, key: AuditPublicKey): AuditHead | undefined {
  const text = bytes.toString("latin1");
  const end = text.lastIndexOf("}") + 1;
  if (text !== `${text.slice(0, end).padEnd(HEAD_BYTES - 1)}\n`) return undefined;
  const signed = readSignedText(bytes.subarray(0, end));
  if (!signed?.isSignedBy(key, "head")) return undefined;
  return signed.thing as unknown as AuditHead;
}
