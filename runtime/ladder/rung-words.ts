import type { Rung } from "../core/evidence.ts";

/** "1 + 4" where a capability stands above a gap. */
export function rungInWords({
  wired,
  capabilities,
}: {
  readonly wired: Rung;
  readonly capabilities: readonly Rung[];
}): string {
  return [wired, ...capabilities.filter((row) => row > wired)].join(" + ");
}
