import { AUDIT_BROKEN } from "./chain-check.ts";

/**
 * What only tells of something that happened, or stops it: it is done whether or not it can be written down, and is
 * written as soon as that is possible. Every other line must be on the disk before what it permits is done.
 */
export const TELLING: ReadonlySet<string> = new Set([
  "start",
  "stop",
  "torn-line-cut",
  AUDIT_BROKEN,
  "audit-gap",
  "envelope-wanted",
  "disarm",
  "retire",
  "hold",
  "resume",
  "taken-over",
  "fell-back",
  "lapsed",
  "withheld",
  "read-back",
  "verified",
  "mismatch",
  "effect",
  "prior-proposed",
  "observed",
  "request-refused",
]);
