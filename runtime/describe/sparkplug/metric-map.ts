import { isWithin } from "../../core/address.ts";
import { Dictionary } from "../../core/dictionary.ts";
import { RungError } from "../../core/errors.ts";
import type { Property } from "../../core/property.ts";
import type { Binding } from "../binding-table.ts";
import type { Origin } from "./host-signal.ts";
import { propertyOf } from "./metric-property.ts";
import type { MetricDefinition } from "./metric-table.ts";
import {
  addressOfMetric,
  isSessionMetric,
  type MetricId,
  metricOfTag,
  tagOfAddress,
  tagOfMetric,
} from "./metric-tag.ts";
import type { EdgeNodeId } from "./topic.ts";

/** Where a metric's values go. */
export interface Mapped {
  readonly index: number;
  readonly property: Property;
  readonly toProperty: (value: number) => number;
}

/** Why a metric has no place: it runs the session, another twin's, nobody declared it, or it has no address. */
export type Unmapped = "session-metric" | "other-twin" | "undeclared-metric" | "no-address";

const unchanged = (value: number): number => value;

/**
 * Which metric is which property: by a table, or, where the table is empty, by the standard mapping of ids to
 * addresses, which grows with every birth.
 */
export class MetricMap {
  readonly isTable: boolean;
  readonly #twin: string;
  readonly #byTag = new Map<string, Mapped | Unmapped>();
  readonly #problems: RungError[] = [];
  #dictionary: Dictionary;

  /**
   * @param bindings `tag` is `group/node/device#metric`; `.` stands for the standard one of the property's address
   * @throws RungError `malformed-tag`, `bad-address`, `duplicate-tag`
   */
  constructor(twin: string, bindings: readonly Binding[]) {
    this.#twin = twin;
    this.isTable = bindings.length > 0;
    this.#dictionary = new Dictionary(bindings.map(({ property }) => property));
    for (const [index, { tag, property, toProperty }] of bindings.entries()) {
      const key = tag === "." ? tagOfAddress(property.address) : tagOfMetric(metricOfTag(tag));
      if (this.#byTag.has(key)) {
        throw new RungError({
          code: "duplicate-tag",
          where: key,
          what: `is bound twice, the second time to ${property.address}`,
          advice: "bind each metric once",
        });
      }
      this.#byTag.set(key, { index, property, toProperty });
    }
  }

  get dictionary(): Dictionary {
    return this.#dictionary;
  }

  /** The edge nodes that the table names; they are asked for their birth when the host connects. */
  edgeNodes(): EdgeNodeId[] {
    const named = this.isTable
      ? [...this.#byTag.keys()].map((tag) => metricOfTag(tag))
      : this.#twin.split("/").length >= 4
        ? [metricOfTag(tagOfAddress(`${this.#twin}/any`))]
        : [];
    return [...new Map(named.map(({ group, node }) => [`${group}/${node}`, { group, node }])).values()];
  }

  /** Where the values of a metric go, or why nowhere. */
  find(origin: Origin, name: string): Mapped | Unmapped {
    const mapped = this.#byTag.get(tagOfMetric(idOf(origin, name)));
    return mapped ?? (isSessionMetric(name) ? "session-metric" : "undeclared-metric");
  }

  /**
   * Takes a birth in. Without a table every metric of the twin becomes a property; one whose type or unit is another
   * now is described anew under the same index.
   */
  learn(origin: Origin, definitions: Iterable<MetricDefinition>): void {
    if (this.isTable) return;
    const fresh: { tag: string; property: Property }[] = [];
    for (const definition of definitions) {
      const id = idOf(origin, definition.name);
      const tag = tagOfMetric(id);
      const address = this.#addressOf(id, tag);
      if (address !== undefined) fresh.push({ tag, property: propertyOf(address, definition) });
    }
    this.#dictionary = grown(
      this.#dictionary,
      fresh.map(({ property }) => property),
    );
    for (const { tag, property } of fresh) {
      this.#byTag.set(tag, {
        index: this.#dictionary.require(property.address),
        property,
        toProperty: unchanged,
      });
    }
  }

  /** Indices of the properties that come from an edge node `group/node` or one of its devices. */
  indicesOf(edge: string): number[] {
    const indices: number[] = [];
    for (const [tag, mapped] of this.#byTag) {
      if (typeof mapped === "object" && (tag.startsWith(`${edge}/`) || tag.startsWith(`${edge}#`))) {
        indices.push(mapped.index);
      }
    }
    return indices;
  }

  /** What could not be mapped since the last call. */
  takeProblems(): RungError[] {
    return this.#problems.splice(0);
  }

  #addressOf(id: MetricId, tag: string): string | undefined {
    if (isSessionMetric(id.metric)) {
      this.#byTag.set(tag, "session-metric");
      return undefined;
    }
    try {
      const address = addressOfMetric(id);
      if (isWithin(address, this.#twin) && address !== this.#twin) return address;
      this.#byTag.set(tag, "other-twin");
    } catch (thrown) {
      if (!(thrown instanceof RungError)) throw thrown;
      if (this.#byTag.get(tag) !== "no-address") this.#problems.push(thrown);
      this.#byTag.set(tag, "no-address");
    }
    return undefined;
  }
}

const idOf = ({ group, node, device }: Origin, metric: string): MetricId => ({
  group,
  node,
  ...(device === undefined ? {} : { device }),
  metric,
});

/** The same dictionary where nothing is new, otherwise the next version, in which every index stays what it was. */
function grown(dictionary: Dictionary, properties: readonly Property[]): Dictionary {
  const fresh = new Map(properties.map((property) => [property.address, property]));
  const isSame = dictionary.properties.every((old) => {
    const now = fresh.get(old.address);
    return now === undefined || (now.type === old.type && now.unit === old.unit);
  });
  if (isSame) return dictionary.extend(properties);
  const described = dictionary.properties.map((old) => fresh.get(old.address) ?? old);
  const added = properties.filter(({ address }) => dictionary.indexOf(address) < 0);
  return new Dictionary([...described, ...added], dictionary.version + 1);
}
