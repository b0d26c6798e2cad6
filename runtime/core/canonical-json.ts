import { createHash } from "node:crypto";

/**
 * JSON with sorted keys and no blanks, so that equal things have equal text and equal hashes (after RFC 8785, for
 * the plain objects, strings and finite numbers that envelopes, audit lines and passports are made of).
 */
export function canonicalJson(thing: unknown): string {
  return JSON.stringify(thing, (_key, value: unknown) => {
    if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries);
  });
}

/** SHA-256 of the canonical JSON, in hexadecimal. */
export function canonicalHash(thing: unknown): string {
  return createHash("sha256").update(canonicalJson(thing)).digest("hex");
}
