import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import { messageOf, RungError } from "../../core/errors.ts";

type Path = readonly (string | number)[];

/** More entries than any list of a cell has; what a file claims is built in memory. */
const MOST_ENTRIES = 20_000;

/**
 * A cell file as it was written: YAML, of which JSON is a part. Reads values and collects every fault with line and
 * path, so that one pass names them all.
 */
export class CellDocument {
  readonly file: string;
  readonly root: Field;
  readonly #document: Document;
  readonly #lines = new LineCounter();
  readonly #faults: { readonly offset: number; readonly error: RungError }[] = [];
  readonly #broken: Path[] = [];
  readonly #code: string;

  /**
   * @param code of its faults, for files of another kind
   * @throws RungError `cell-file`, or that code, with the line where the text is no YAML
   */
  constructor(text: string, file: string, code = "cell-file") {
    this.file = file;
    this.#code = code;
    this.#document = parseDocument(text, { lineCounter: this.#lines });
    const [error] = this.#document.errors;
    if (error !== undefined) {
      const { line } = this.#lines.linePos(error.pos[0]);
      const [what = ""] = error.message.split("\n");
      throw this.#error(
        `${file}:${line}`,
        what.replace(/ at line \d+, column \d+:?$/, ""),
        "correct the line",
      );
    }
    this.root = new Field(this, [], this.#plain());
  }

  /** Keeps a fault of the value at a path; below one that is no mapping nothing more is worth telling. */
  fault(path: Path, what: string, advice: string): void {
    const isBelow = (broken: Path): boolean => broken.every((key, i) => key === path[i]);
    if (this.#broken.some((broken) => broken.length < path.length && isBelow(broken))) return;
    this.keep(path, this.#error(this.place(path), what, advice));
  }

  /** Keeps a fault that belongs to the value at a path. */
  keep(path: Path, error: RungError): void {
    this.#faults.push({ offset: this.#nearest(path)?.offset ?? 0, error });
  }

  get faultCount(): number {
    return this.#faults.length;
  }

  /** Keeps the fault of a value that should be a mapping. */
  faultOfMapping(path: Path, what: string, advice: string): void {
    this.fault(path, what, advice);
    this.#broken.push(path);
  }

  /** `cell.yaml:12: robots[2].tcp`, the nearest line that stands in the file. */
  place(path: Path): string {
    const told = path
      .map((key, i) => (typeof key === "number" ? `[${key}]` : i === 0 ? key : `.${key}`))
      .join("");
    const line = this.#nearest(path)?.line;
    const place = line === undefined ? this.file : `${this.file}:${line}`;
    return told === "" ? place : `${place}: ${told}`;
  }

  /** Where the value at a path stands, or the nearest above it. */
  #nearest(path: Path): { readonly offset: number; readonly line: number } | undefined {
    for (let length = path.length; length >= 0; length--) {
      const node = length === 0 ? this.#document.contents : this.#document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) {
        const [offset] = node.range;
        return { offset, line: this.#lines.linePos(offset).line };
      }
    }
    return undefined;
  }

  /** @throws RungError `cell-file` that names every fault, where there is one */
  throwFaults(): void {
    // Meshes are read at once and fail in any order.
    const faults = this.#faults.toSorted((a, b) => a.offset - b.offset).map(({ error }) => error);
    if (faults.length === 0) return;
    if (faults.length === 1) throw faults[0];
    const what = `${faults.length} faults:\n${faults.map((fault) => `  ${fault.message}`).join("\n")}`;
    throw new RungError({ code: this.#code, where: this.file, what });
  }

  #plain(): unknown {
    try {
      return this.#document.toJS({ maxAliasCount: 100 });
    } catch (thrown) {
      throw this.#error(this.file, messageOf(thrown), "write it without aliases");
    }
  }

  #error(where: string, what: string, advice: string): RungError {
    return new RungError({ code: this.#code, where, what, advice });
  }
}

/** One value of a cell file. What it is asked for and is not becomes a fault and a harmless value. */
export class Field {
  readonly document: CellDocument;
  readonly path: Path;
  readonly value: unknown;

  constructor(document: CellDocument, path: Path, value: unknown) {
    this.document = document;
    this.path = path;
    this.value = value;
  }

  get isThere(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  get place(): string {
    return this.document.place(this.path);
  }

  fault(what: string, advice: string): void {
    this.document.fault(this.path, what, advice);
  }

  /** The value below a key; one that is not there says so when it is asked. */
  at(key: string): Field {
    const object = this.value as Record<string, unknown> | null | undefined;
    const has = typeof object === "object" && object !== null && Object.hasOwn(object, key);
    return new Field(this.document, [...this.path, key], has ? object[key] : undefined);
  }

  /** That this is an object, with no key but these: a misspelt one would be left out silently. */
  keys(known: readonly string[]): this {
    if (typeof this.value !== "object" || this.value === null || Array.isArray(this.value)) {
      const what = `must be a mapping, got ${told(this.value)}`;
      this.document.faultOfMapping(this.path, what, `keys: ${known.join(", ")}`);
      return this;
    }
    for (const key of Object.keys(this.value)) {
      if (!known.includes(key))
        this.at(key).fault("is no key that is known here", `keys: ${known.join(", ")}`);
    }
    return this;
  }

  text(advice: string): string {
    if (typeof this.value === "string" && this.value !== "") return this.value;
    // `name: 120` is a name to its writer.
    if (typeof this.value === "number" || typeof this.value === "boolean") return String(this.value);
    this.fault(`must be a text, got ${told(this.value)}`, advice);
    return "";
  }

  optionalText(advice: string): string | undefined {
    return this.isThere ? this.text(advice) : undefined;
  }

  choice<T extends string>(choices: readonly T[]): T {
    const found = choices.find((choice) => choice === this.value);
    if (found === undefined)
      this.fault(`must be one of ${choices.join(", ")}, got ${told(this.value)}`, "write one");
    return found ?? choices[0]!;
  }

  number(limits: { least?: number; above?: number; most?: number } = {}, byDefault?: number): number {
    const value = this.isThere ? this.value : byDefault;
    if (typeof value !== "number" || !Number.isFinite(value)) {
      this.fault(`must be a number, got ${told(value)}`, "write a number");
      return Number.NaN;
    }
    const { least, above, most } = limits;
    if (least !== undefined && value < least) this.fault(`must be >= ${least}, got ${value}`, "correct it");
    if (above !== undefined && value <= above) this.fault(`must be > ${above}, got ${value}`, "correct it");
    if (most !== undefined && value > most) this.fault(`must be <= ${most}, got ${value}`, "correct it");
    return value;
  }

  /** A list of numbers, of a length that is known. */
  numbers(length: number, form: string): number[] {
    const value = this.value;
    const isGood =
      Array.isArray(value) && value.length === length && value.every((entry) => Number.isFinite(entry));
    if (isGood) return value as number[];
    this.fault(`must be ${length} numbers, got ${told(value)}`, form);
    return new Array<number>(length).fill(Number.NaN);
  }

  /** A list; one that is left out is empty. */
  list(): Field[] {
    if (!this.isThere) return [];
    if (!Array.isArray(this.value)) {
      this.fault(`must be a list, got ${told(this.value)}`, "begin each entry with a dash");
      return [];
    }
    if (this.value.length > MOST_ENTRIES) {
      this.fault(`has ${this.value.length} entries, at most ${MOST_ENTRIES} are taken`, "split the file");
      return [];
    }
    return this.value.map((entry, i) => new Field(this.document, [...this.path, i], entry));
  }

  /** Names of a list must differ; one that stands twice is a fault at the second. */
  distinct(names: readonly string[]): void {
    const seen = new Set<string>();
    for (const [i, name] of names.entries()) {
      if (seen.has(name)) {
        this.document.fault([...this.path, i], `${name} stands twice`, "give each one its own name");
      }
      seen.add(name);
    }
  }
}

function told(value: unknown): string {
  if (value === undefined) return "nothing";
  return JSON.stringify(value)?.slice(0, 60) ?? String(value);
}
