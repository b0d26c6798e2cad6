/** What is wrong, where, and what to do about it: `where: what (advice)`. */
export class PlantError extends Error {
  constructor(where: string, what: string, advice = "", cause?: unknown) {
    super(`${where}: ${what}${advice === "" ? "" : ` (${advice})`}`, { cause });
    this.name = "PlantError";
  }
}

/** The text of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
