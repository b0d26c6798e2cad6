import type { AuditKey, AuditPublicKey, Purpose } from "./audit-key.ts";

const MARK = ',"signature":"';
const END = '"}';

/** JSON of a thing with its signature as the last member, on one line. */
export function signedText(key: AuditKey, purpose: Purpose, thing: object): string {
  const body = JSON.stringify(thing);
  return `${body.slice(0, -1)}${MARK}${key.sign(purpose, Buffer.from(body))}${END}`;
}

export interface SignedText {
  /** Untrusted until its signature was asked for. */
  readonly thing: Readonly<Record<string, unknown>>;
  isSignedBy(key: AuditPublicKey, purpose: Purpose): boolean;
}

/** Reads what `signedText` made; what is signed are the bytes as they stand. @returns undefined where it is no such text */
export function readSignedText(bytes: Buffer): SignedText | undefined {
  const at = bytes.lastIndexOf(MARK);
  const end = bytes.length - END.length;
  if (at < 0 || bytes.toString("latin1", end) !== END) return undefined;
  const body = Buffer.concat([bytes.subarray(0, at), Buffer.from("}")]);
  const signature = bytes.toString("latin1", at + MARK.length, end);
  let thing: unknown;
  try {
    thing = JSON.parse(body.toString("utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (thing === null || typeof thing !== "object" || Array.isArray(thing)) return undefined;
  return {
    thing: thing as Record<string, unknown>,
    isSignedBy: (key, purpose) => key.verifies(purpose, body, signature),
  };
}
