import { RungError } from "../../core/errors.ts";

type Raw = Readonly<Record<string, unknown>>;

/** The least and greatest value that a number may have, and its unit for the error; empty for a count. */
export interface Limits {
  readonly least: number;
  readonly most: number;
  readonly unit: string;
  /** Taken where nothing is given; without it the number must be given. */
  readonly byDefault?: number;
}

/**
 * Reads the fields of one object that a person or a program has written, and collects every fault, so that one pass names
 * them all.
 */
export class InputReader {
  readonly where: string;
  readonly #raw: Raw;
  readonly #faults: RungError[];

  constructor(value: unknown, where: string, faults: RungError[] = []) {
    this.where = where;
    this.#faults = faults;
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    if (!isObject) this.fault(`must be an object, got ${told(value)}`, "write it in braces");
    this.#raw = isObject ? (value as Raw) : {};
  }

  fault(what: string, advice: string, where = this.where): void {
    this.#faults.push(new RungError({ code: "ergonomics-input", where, what, advice }));
  }

  has(key: string): boolean {
    return this.#raw[key] !== undefined && this.#raw[key] !== null;
  }

  /** Tells of every field that is not among those known. */
  onlyKnows(...keys: readonly string[]): void {
    for (const key of Object.keys(this.#raw))
      if (!keys.includes(key)) this.fault(`has no field ${key}`, `known are ${keys.join(", ")}`);
  }

  number(key: string, { least, most, unit, byDefault }: Limits): number {
    const value = this.#raw[key] ?? byDefault;
    const blank = unit === "" ? "" : ` ${unit}`;
    const limits = most === Number.POSITIVE_INFINITY ? `>= ${least}${blank}` : `${least} to ${most}${blank}`;
    if (typeof value === "number" && value >= least && value <= most && Number.isFinite(value)) return value;
    this.fault(`${key} must be ${limits}, got ${told(value)}`, `set ${key}`);
    return byDefault ?? least;
  }

  flag(key: string, byDefault = false): boolean {
    const value = this.#raw[key] ?? byDefault;
    if (typeof value === "boolean") return value;
    this.fault(`${key} must be true or false, got ${told(value)}`, `set ${key}`);
    return byDefault;
  }

  /** One of some words. */
  choice<T extends string>(key: string, words: readonly T[], byDefault?: T): T {
    const value = this.#raw[key] ?? byDefault;
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    this.fault(`${key} must be one of ${words.join(", ")}, got ${told(value)}`, `set ${key}`);
    return words[0]!;
  }

  text(key: string, byDefault?: string): string {
    const value = this.#raw[key] ?? byDefault;
    if (typeof value === "string" && value.trim() !== "") return value.trim();
    this.fault(`${key} must be a text, got ${told(value)}`, `set ${key}`);
    return "";
  }

  /** A list of texts, maybe empty. */
  texts(key: string): string[] {
    const value = this.#raw[key];
    if (Array.isArray(value) && value.every((entry) => typeof entry === "string")) return value;
    this.fault(`${key} must be a list of texts, got ${told(value)}`, `set ${key}`);
    return [];
  }

  /** An object below this one. */
  part(key: string): InputReader {
    return new InputReader(this.#raw[key], `${this.where}/${key}`, this.#faults);
  }

  /** A part that may be left out: then it is empty. */
  optionalPart(key: string): InputReader {
    return new InputReader(this.#raw[key] ?? {}, `${this.where}/${key}`, this.#faults);
  }

  /** The entries of a list, each under its name where it has one, else under its number. */
  list(key: string): InputReader[] {
    const value = this.#raw[key];
    if (!Array.isArray(value) || value.length === 0) {
      this.fault(`${key} must be a list with an entry, got ${told(value)}`, `set ${key}`);
      return [];
    }
    return value.map((entry: unknown, i) => {
      const name = (entry as { name?: unknown } | null)?.name;
      const place = typeof name === "string" && name.trim() !== "" ? name.trim() : `${key} ${i + 1}`;
      return new InputReader(entry, `${this.where}/${place}`, this.#faults);
    });
  }

  /** @throws RungError `ergonomics-input` with all faults that were found */
  end(): void {
    const [first, ...others] = this.#faults;
    if (first === undefined) return;
    if (others.length === 0) throw first;
    throw new RungError({
      code: "ergonomics-input",
      where: this.where,
      what: `${this.#faults.length} faults:\n${this.#faults.map(({ message }) => `  ${message}`).join("\n")}`,
      advice: "correct them all",
    });
  }
}

function told(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
