import { RungError } from "../../core/errors.ts";

export type Raw = Record<string, unknown>;

/** Reads what a file of maintenance states, one field at a time: the first that is wrong is refused by its path. */
export class FieldReader {
  readonly #where: string;

  readonly #code: string;

  /** @param where what the errors call the file; @param code of each error */
  constructor(where: string, code: string) {
    this.#where = where;
    this.#code = code;
  }

  refuse(at: string, what: string, advice: string): never {
    const where = at === "" ? this.#where : `${this.#where}: ${at}`;
    throw new RungError({ code: this.#code, where, what, advice });
  }

  object(value: unknown, at: string): Raw {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Raw;
    return this.refuse(at, `must be an object, got ${JSON.stringify(value)}`, "write it in braces");
  }

  list(value: unknown, at: string): readonly unknown[] {
    if (Array.isArray(value)) return value;
    return this.refuse(at, `must be a list, got ${JSON.stringify(value)}`, "write it in brackets");
  }

  id(value: unknown, at: string): string {
    return String(this.idAsGiven(value, at));
  }

  idAsGiven(value: unknown, at: string): string | number {
    if ((typeof value === "string" && value !== "") || Number.isSafeInteger(value))
      return value as string | number;
    return this.refuse(at, `must be a name or a whole number, got ${JSON.stringify(value)}`, "name it");
  }

  number(value: unknown, at: string, unit: string, limits: { above?: number; least?: number }): number {
    const told = unit === "" ? "" : ` ${unit}`;
    if (typeof value !== "number" || !Number.isFinite(value)) {
      return this.refuse(at, `must be a number${told}, got ${JSON.stringify(value)}`, "correct it");
    }
    const { above, least } = limits;
    if (above !== undefined && !(value > above))
      this.refuse(at, `must be > ${above}${told}, got ${value}`, "correct it");
    if (least !== undefined && !(value >= least))
      this.refuse(at, `must be >= ${least}${told}, got ${value}`, "correct it");
    return value;
  }

  whole(value: unknown, at: string): number {
    if (Number.isSafeInteger(value) && (value as number) >= 1) return value as number;
    return this.refuse(at, `must be a whole number >= 1, got ${JSON.stringify(value)}`, "correct it");
  }

  /** A number that may be left out. */
  maybe(
    value: unknown,
    at: string,
    unit: string,
    limits: { above?: number; least?: number },
  ): number | undefined {
    return value === undefined || value === null ? undefined : this.number(value, at, unit, limits);
  }

  text(value: unknown, at: string): string {
    if (typeof value === "string" && value.trim() !== "") return value.trim();
    return this.refuse(at, `must be a text, got ${JSON.stringify(value)}`, "write it");
  }

  maybeText(value: unknown, at: string): string | undefined {
    return value === undefined || value === null ? undefined : this.text(value, at);
  }

  /** Repairers that one work needs at once; one where left out. */
  crew(value: unknown, at: string, repairers: number): number {
    const crew = this.whole(value ?? 1, at);
    if (crew > repairers) this.refuse(at, `${crew} are needed at once, of ${repairers}`, "raise repairmen");
    return crew;
  }

  /** Refuses keys that mean nothing: most are mistyped. */
  only(raw: Raw, at: string, keys: readonly string[]): void {
    const stranger = Object.keys(raw).find((key) => !keys.includes(key));
    if (stranger !== undefined)
      this.refuse(
        at === "" ? stranger : `${at}/${stranger}`,
        "means nothing here",
        `known are ${keys.join(", ")}`,
      );
  }
}
