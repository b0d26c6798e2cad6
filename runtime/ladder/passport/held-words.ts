import type { Rung } from "../../core/evidence.ts";

/** "1 + 4": the rung, and every capability that stands above a gap. */
export function heldInWords(rung: Rung, capabilities: readonly Rung[]): string {
  return [rung, ...capabilities.filter((row) => row > rung)].join(" + ");
}
