import { untrustedText } from "./untrusted-text.ts";

/** OPC UA Part 6, 5.3.1.10, without leading zeros: one node has one spelling. */
const NODE_ID =
  /^(ns=[1-9]\d{0,4};)?(i=(0|[1-9]\d{0,9})|s=.+|g=[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|b=[A-Za-z0-9+/]+={0,2})$/s;
const LONGEST_TEXT = 1024;

/** Reads the members of an untrusted record and gathers what is wrong with them, so that all of it is told at once. */
export class FieldReader {
  /** Put before every problem. */
  where: string;
  readonly #record: Readonly<Record<string, unknown>>;
  readonly #problems: string[];

  constructor(thing: unknown, where: string, problems: string[]) {
    this.#record = thing !== null && typeof thing === "object" ? (thing as Record<string, unknown>) : {};
    this.where = where;
    this.#problems = problems;
  }

  problem(what: string): void {
    this.#problems.push(`${this.where}${what}`);
  }

  /** Whether something stands there; an empty text is nothing. */
  has(key: string): boolean {
    const thing = this.#at(key);
    return thing !== undefined && thing !== null && thing !== "";
  }

  text(key: string, what: string): string {
    const text = this.optionalText(key);
    if (text === undefined) this.problem(`${what} is missing`);
    return text ?? "";
  }

  /** Undefined where it is absent, blank, or no text. */
  optionalText(key: string): string | undefined {
    const thing = this.#at(key);
    if (typeof thing !== "string" || thing.trim() === "") return undefined;
    if (thing.length <= LONGEST_TEXT) return thing.trim();
    this.problem(`${key} is longer than ${LONGEST_TEXT} characters`);
    return undefined;
  }

  /** A second spelling of one node would be taken for another node. */
  nodeId(key: string, what: string): string {
    return this.#nodeId(this.text(key, what), what);
  }

  /** At least one. */
  nodeIds(key: string, what: string): string[] {
    const things = this.#at(key);
    if (Array.isArray(things) && things.length > 0 && things.every((thing) => typeof thing === "string")) {
      return things.map((thing: string) => this.#nodeId(thing.trim(), key));
    }
    this.problem(what);
    return [];
  }

  number(key: string, what: string, { least, absent }: { least?: number; absent?: number } = {}): number {
    const thing = this.#at(key) ?? absent;
    const fits =
      typeof thing === "number" && Number.isFinite(thing) && thing >= (least ?? Number.NEGATIVE_INFINITY);
    if (fits) return thing;
    this.problem(
      `${what} must be a number${least === undefined ? "" : ` of at least ${least}`}, got ${shown(thing)}`,
    );
    return Number.NaN;
  }

  optionalNumber(key: string, what: string): number | undefined {
    return this.#at(key) === undefined ? undefined : this.number(key, what);
  }

  positive(key: string, what: string, absent?: number): number {
    const thing = this.#at(key) ?? absent;
    if (typeof thing === "number" && Number.isFinite(thing) && thing > 0) return thing;
    this.problem(`${what} must be a number > 0, got ${shown(thing)}`);
    return Number.NaN;
  }

  integers(key: string, what: string, absent: readonly number[]): number[] {
    const thing = this.#at(key) ?? absent;
    if (Array.isArray(thing) && thing.length > 0 && thing.every((item) => Number.isInteger(item))) {
      return [...thing];
    }
    this.problem(what);
    return [];
  }

  /** The first where it is absent. */
  choice<T extends string>(key: string, what: string, choices: readonly [T, ...T[]]): T {
    const thing = this.#at(key) ?? choices[0];
    const chosen = choices.find((choice) => choice === thing);
    if (chosen === undefined) this.problem(`${what} must be ${choices.join(" or ")}, got ${shown(thing)}`);
    return chosen ?? choices[0];
  }

  inner(key: string): FieldReader {
    return new FieldReader(this.#at(key), this.where, this.#problems);
  }

  optional<T>(key: string, read: (row: FieldReader) => T): T | undefined {
    return this.has(key) ? read(this.inner(key)) : undefined;
  }

  /** A list, or nothing at all. */
  rows<T>(key: string, most: number, read: (row: FieldReader, index: number) => T): T[] {
    const things = this.#at(key) ?? [];
    if (!Array.isArray(things) || things.length > most) {
      this.problem(`${key} must be a list of at most ${most}`);
      return [];
    }
    return things.map((thing, i) => read(new FieldReader(thing, this.where, this.#problems), i));
  }

  #nodeId(text: string, what: string): string {
    const spelt = text.replace(/^ns=0;/, "").replace(/^(ns=\d+;)?g=.*$/s, (guid) => guid.toLowerCase());
    if (spelt !== "" && !NODE_ID.test(spelt)) {
      this.problem(`${what}: ${spelt} is no node id such as ns=1;s=Oven1.State or i=2258`);
    }
    return spelt;
  }

  #at(key: string): unknown {
    return Object.hasOwn(this.#record, key) ? this.#record[key] : undefined;
  }
}

const shown = (thing: unknown): string => untrustedText(thing, 40) || String(thing);
