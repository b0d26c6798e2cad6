/**
 * An error a person can act on: what is wrong, where, and what to do about it.
 *
 * The message reads `where: what (advice)`, for example
 * `oven1/zone3: heat transfer must be > 0 W/m²K, got -2 (set parameter hA)`.
 */
export class RungError extends Error {
  /** Stable, machine-readable, kebab-case: `unknown-address`, `unit-mismatch`. */
  readonly code: string;
  /** The thing that is wrong: a file and line, an address, a node, a parameter. */
  readonly where: string;
  /** What the reader can do; empty where nothing helps. */
  readonly advice: string;

  constructor(parts: { code: string; where: string; what: string; advice?: string; cause?: unknown }) {
    const advice = parts.advice ? ` (${parts.advice})` : "";
    super(`${parts.where}: ${parts.what}${advice}`, { cause: parts.cause });
    this.name = "RungError";
    this.code = parts.code;
    this.where = parts.where;
    this.advice = parts.advice ?? "";
  }

  /** The same facts as plain data, for JSON output and for the audit. */
  toJSON(): { code: string; where: string; message: string } {
    return { code: this.code, where: this.where, message: this.message };
  }
}

/** The text of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
