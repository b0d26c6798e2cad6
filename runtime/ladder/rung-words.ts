import type { Rung } from "../core/evidence.ts";

/** "+ 4": every capability that stands above a gap; empty where none does. */
export function aboveInWords(rung: Rung, capabilities: readonly Rung[]): string {
  return capabilities
    .filter((row) => row > rung)
    .map((row) => `+ ${row}`)
    .join(" ");
}

/** "1 + 4": a held or wired rung, and every capability that stands above a gap. */
export function rungInWords(rung: Rung, capabilities: readonly Rung[]): string {
  return `${rung} ${aboveInWords(rung, capabilities)}`.trimEnd();
}
