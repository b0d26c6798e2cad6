import { RungError } from "../../core/errors.ts";

export type Raw = Record<string, unknown>;

/** Where something stands: in words for a person, and as the keys that lead there in the JSON for a form. */
export interface Place {
  readonly where: string;
  readonly path: readonly (string | number)[];
}

/** One fault of a configuration, with the keys that lead to the value. */
export interface ConfigFault {
  readonly path: readonly (string | number)[];
  readonly error: RungError;
}

export interface Bounds {
  readonly above?: number;
  readonly least?: number;
  readonly most?: number;
  readonly byDefault?: number;
}

/** More zones, nodes or stops than any oven has; the work grows with the third power of the nodes. */
const MOST_ENTRIES = 60;

export const TEMPERATURE: Bounds = { least: -50, most: 600 };
export const SHARE: Bounds = { above: 0, most: 1 };

/** @param name what the part calls itself, @param keys its way from the place in the JSON */
export function inside(place: Place, name: string, ...keys: (string | number)[]): Place {
  return { where: `${place.where}/${name}`, path: [...place.path, ...keys] };
}

/** Reads values out of JSON and collects every fault, so that one pass names them all. */
export class ConfigReader {
  readonly faults: ConfigFault[] = [];

  fault(place: Place, key: string | undefined, what: string, advice: string): void {
    const error = new RungError({ code: "oven-config", where: place.where, what, advice });
    this.faults.push({ path: key === undefined ? place.path : [...place.path, key], error });
  }

  number(raw: Raw, key: string, place: Place, label: string, unit: string, bounds: Bounds): number {
    const value = raw[key] ?? bounds.byDefault;
    const advice = `parameter ${key}`;
    const told = unit === "1" ? "" : ` ${unit}`;
    if (typeof value !== "number" || !Number.isFinite(value)) {
      const wanted = `${label} must be a number${told === "" ? "" : ` in${told}`}`;
      this.fault(place, key, `${wanted}, got ${JSON.stringify(value)}`, advice);
      return Number.NaN;
    }
    if (bounds.above !== undefined && !(value > bounds.above)) {
      this.fault(place, key, `${label} must be > ${bounds.above}${told}, got ${value}`, advice);
    } else if (bounds.least !== undefined && !(value >= bounds.least)) {
      this.fault(place, key, `${label} must be >= ${bounds.least}${told}, got ${value}`, advice);
    } else if (bounds.most !== undefined && !(value <= bounds.most)) {
      this.fault(place, key, `${label} must be <= ${bounds.most}${told}, got ${value}`, advice);
    }
    return value;
  }

  /** A number that may be left out. */
  optional(
    raw: Raw,
    key: string,
    place: Place,
    label: string,
    unit: string,
    bounds: Bounds,
  ): number | undefined {
    if (raw[key] === undefined || raw[key] === null) return undefined;
    return this.number(raw, key, place, label, unit, bounds);
  }

  /** A whole number of at least 1. */
  whole(raw: Raw, key: string, place: Place, label: string, byDefault?: number): number {
    const value = raw[key] ?? byDefault;
    if (Number.isSafeInteger(value) && (value as number) >= 1) return value as number;
    const what = `${label} must be a whole number >= 1, got ${JSON.stringify(value)}`;
    this.fault(place, key, what, `parameter ${key}`);
    return 1;
  }

  text(raw: Raw, key: string, byDefault: string): string {
    const value = raw[key];
    return typeof value === "string" && value !== "" ? value : byDefault;
  }

  /** A list of objects with at least one entry. */
  list(raw: Raw, key: string, place: Place): Raw[] {
    const value = raw[key];
    if (!Array.isArray(value) || value.length === 0) {
      this.fault(place, key, `${key} must be a list with at least one entry`, `parameter ${key}`);
      return [];
    }
    if (this.#tooLong(value, key, place)) return [];
    return value.map((entry, i) => this.object(entry, inside(place, `${key}[${i}]`, key, i)));
  }

  /** A list of objects that may be empty or left out. @param form of one entry, for the error */
  optionalList(raw: Raw, key: string, place: Place, form: string): { entry: Raw; at: Place }[] {
    const value = raw[key] ?? [];
    if (!Array.isArray(value)) {
      this.fault(place, key, `${key} must be a list of ${form}`, `parameter ${key}`);
      return [];
    }
    if (this.#tooLong(value, key, place)) return [];
    return value.map((entry, i) => {
      const at = inside(place, `${key}[${i}]`, key, i);
      return { entry: this.object(entry, at), at };
    });
  }

  #tooLong(value: readonly unknown[], key: string, place: Place): boolean {
    if (value.length <= MOST_ENTRIES) return false;
    const what = `${key} has ${value.length} entries, at most ${MOST_ENTRIES} are taken`;
    this.fault(place, key, what, `parameter ${key}`);
    return true;
  }

  object(value: unknown, place: Place): Raw {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Raw;
    this.fault(place, undefined, `must be an object, got ${JSON.stringify(value)}`, "write it in braces");
    return {};
  }

  /**
   * Names that must differ; one that stands twice is a fault at the second.
   * @param before how many of the names stand elsewhere, before the list of this key
   */
  distinct(names: readonly string[], place: Place, key: string, before = 0): void {
    const again = names.findIndex((name, i) => names.indexOf(name) !== i);
    if (again < 0) return;
    const at = inside(place, names[again]!, key, again - before);
    this.fault(at, "name", "stands twice", "give each one its own name");
  }
}
