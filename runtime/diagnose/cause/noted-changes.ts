import type { Dictionary } from "../../core/dictionary.ts";
import type { Frame } from "../../core/frame.ts";
import { isScalar, type Property } from "../../core/property.ts";
import { isGood } from "../../core/quality.ts";
import { capitalised, propertyWords, readable } from "../finding-words.ts";
import type { ChangeKind, RecentChange } from "./recent-change.ts";

const KINDS: Readonly<Partial<Record<Property["kind"], ChangeKind>>> = {
  setpoint: "setpoint",
  command: "command",
  parameter: "parameter",
};

/** Notices in frames what was set to another value: setpoints, commands and parameters. */
export class NotedChanges {
  readonly #twin: string;
  readonly #last = new Map<string, number>();
  /** Rows of a dictionary that can be changes, by index. */
  readonly #watched = new WeakMap<Dictionary, readonly (ChangeKind | undefined)[]>();

  constructor(twin: string) {
    this.#twin = twin;
  }

  consume(frame: Frame): RecentChange[] {
    const kinds = this.#kindsOf(frame.dictionary);
    const changes: RecentChange[] = [];
    for (let r = 0; r < frame.length; r++) {
      const kind = kinds[frame.indexAt(r)];
      if (kind === undefined || !isGood(frame.qualityAt(r))) continue;
      const property = frame.propertyAt(r);
      const value = frame.valueAt(r);
      if (!Number.isFinite(value)) continue;
      const before = this.#last.get(property.address);
      this.#last.set(property.address, value);
      // The first value seen says what was in force, not that it was changed.
      if (before === undefined || before === value) continue;
      const unit = property.unit === undefined || property.unit === "1" ? "" : ` ${property.unit}`;
      changes.push({
        kind,
        address: property.address,
        timeUs: frame.sourceTimeUsAt(r),
        what: `${capitalised(propertyWords(property, this.#twin))} set from ${readable(before)} to ${readable(value)}${unit}`,
      });
    }
    return changes;
  }

  #kindsOf(dictionary: Dictionary): readonly (ChangeKind | undefined)[] {
    let kinds = this.#watched.get(dictionary);
    if (kinds === undefined) {
      kinds = dictionary.properties.map(({ kind, type }) => (isScalar(type) ? KINDS[kind] : undefined));
      this.#watched.set(dictionary, kinds);
    }
    return kinds;
  }
}
