import { RungError } from "../../core/errors.ts";
import {
  BAD,
  BAD_NO_DATA,
  GOOD,
  isBad,
  type Quality,
  UNCERTAIN,
  UNCERTAIN_LAST_USABLE,
} from "../../core/quality.ts";
import { type TimeUs, usFromMs } from "../../core/time.ts";
import { MOST_AHEAD_US } from "../message-clock.ts";
import type { DataType } from "./data-type.ts";
import type { Uint64, WireMetric } from "./message-fields.ts";
import { msOf, type PropertySet } from "./metric-value.ts";
import { type Metric, type MetricValue, nameOf, readMetric, type Template } from "./payload.ts";
import { malformed } from "./wire-format.ts";

/** A metric as its birth defined it. */
export interface MetricDefinition {
  readonly name: string;
  readonly type: DataType;
  readonly alias?: Uint64;
  readonly properties?: PropertySet;
  readonly isTransient: boolean;
}

/** One value of a metric. */
export interface MetricSample {
  readonly name: string;
  readonly type: DataType;
  /** Null: the publisher says that there is none. */
  readonly value: MetricValue;
  readonly quality: Quality;
  readonly timeUs: TimeUs;
  /** Acquired before the session, or sent again: it is no present value. */
  readonly isHistorical: boolean;
}

interface Known extends MetricDefinition {
  last: MetricSample | undefined;
}

/** The specification's codes of the property "Quality" (6.4.10.1). */
const QUALITIES: ReadonlyMap<unknown, Quality> = new Map([
  [0, BAD],
  [192, GOOD],
  [500, UNCERTAIN_LAST_USABLE],
]);

/** Members of the templates that an NBIRTH defined, by the name of the definition. */
export type TemplateTypes = Map<string, ReadonlyMap<string, DataType>>;

/** The metrics of one edge node or one device, as its last birth told them, and the newest value of each. */
export class MetricTable {
  readonly #byName = new Map<string, Known>();
  /** Undefined: two metrics share it, so that a value under it could be of either. */
  readonly #byAlias = new Map<Uint64, Known | undefined>();
  readonly #templates: TemplateTypes;

  constructor(templates: TemplateTypes) {
    this.#templates = templates;
  }

  get definitions(): Iterable<MetricDefinition> {
    return this.#byName.values();
  }

  get size(): number {
    return this.#byName.size;
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /**
   * Takes a metric of a birth in.
   * @param payloadMs stands in for a metric's own time
   * @returns its value; undefined for a template's definition
   * @throws RungError `malformed-payload`
   */
  define(wire: WireMetric, index: number, where: string, payloadMs: number): MetricSample | undefined {
    if (wire.name === undefined || wire.name === "") {
      throw malformed(`${where}, ${nameOf(wire, index)}`, "has no name in its birth");
    }
    const at = `${where}, ${wire.name}`;
    const metric = readMetric(wire, at, { member: this.#memberType });
    if (metric.type === undefined) throw malformed(at, "has no datatype in its birth");
    const template = metric.type === "Template" ? (metric.value as Template | null) : null;
    if (template?.isDefinition) {
      this.#templates.set(wire.name, typesOf(template));
      return undefined;
    }
    if (this.#byName.has(wire.name)) throw malformed(at, "stands twice in one birth");
    const known: Known = {
      name: wire.name,
      type: metric.type,
      ...(wire.alias === undefined ? {} : { alias: wire.alias }),
      ...(metric.properties === undefined ? {} : { properties: metric.properties }),
      isTransient: metric.isTransient ?? false,
      last: undefined,
    };
    this.#byName.set(wire.name, known);
    if (wire.alias !== undefined) {
      this.#byAlias.set(wire.alias, this.#byAlias.has(wire.alias) ? undefined : known);
    }
    return sampleOf(known, metric, payloadMs);
  }

  /** Names that share an alias with another of this table. */
  sharedAliases(): string[] {
    return [...this.#byName.values()]
      .filter(({ alias }) => alias !== undefined && this.#byAlias.get(alias) === undefined)
      .map(({ name }) => name);
  }

  /**
   * The value of a metric in a data message, by name or alias.
   * @throws RungError `unknown-metric`, `unknown-alias`: the birth did not tell it; `malformed-payload`
   */
  read(wire: WireMetric, index: number, where: string, payloadMs: number): MetricSample {
    const known = this.#find(wire, where);
    const metric = readMetric(wire, `${where}, ${known.name || nameOf(wire, index)}`, {
      type: known.type,
      member: this.#memberType,
    });
    if (metric.type !== known.type) {
      throw malformed(`${where}, ${known.name}`, `comes as ${metric.type}, its birth says ${known.type}`);
    }
    return sampleOf(known, metric, payloadMs);
  }

  /** Every metric once more with its last value, marked stale: its node or device is gone. */
  stale(timeUs: TimeUs): MetricSample[] {
    const samples: MetricSample[] = [];
    for (const known of this.#byName.values()) {
      if (known.last !== undefined) samples.push(staleSample(known.last, timeUs));
    }
    return samples;
  }

  /** As `stale`, for those that another table has not. */
  staleBeside(other: MetricTable, timeUs: TimeUs): MetricSample[] {
    return this.stale(timeUs).filter(({ name }) => !other.has(name));
  }

  #find(wire: WireMetric, where: string): Known {
    const told = wire.name !== undefined && wire.name !== "";
    const known = told
      ? this.#byName.get(wire.name!)
      : wire.alias === undefined
        ? undefined
        : this.#byAlias.get(wire.alias);
    if (known !== undefined) return known;
    if (!told && wire.alias !== undefined && this.#byAlias.has(wire.alias)) {
      throw new RungError({
        code: "ambiguous-alias",
        where: `${where}, alias ${wire.alias}`,
        what: "belongs to two metrics, so that nobody can say whose value it is",
        advice: "give every metric of the edge node an alias of its own",
      });
    }
    throw new RungError({
      code: told ? "unknown-metric" : "unknown-alias",
      where: told ? `${where}, ${wire.name}` : `${where}, alias ${wire.alias ?? "none"}`,
      what: "was not in the birth",
      advice: "the edge node is asked for its birth",
    });
  }

  readonly #memberType = (templateRef: string, member: string): DataType | undefined =>
    this.#templates.get(templateRef)?.get(member);
}

function typesOf(definition: Template): ReadonlyMap<string, DataType> {
  return new Map(
    definition.metrics.flatMap(({ name, type }) =>
      name === undefined || type === undefined ? [] : [[name, type]],
    ),
  );
}

function sampleOf(known: Known, metric: Metric, payloadMs: number): MetricSample {
  const isHistorical = metric.isHistorical ?? false;
  const sample: MetricSample = {
    name: known.name,
    type: known.type,
    value: metric.value ?? null,
    quality: qualityOf(metric),
    timeUs: usFromMs(metric.timestampMs ?? payloadMs),
    isHistorical,
  };
  if (!isHistorical) known.last = sample;
  return sample;
}

function qualityOf(metric: Metric): Quality {
  const told = metric.properties?.find(({ key }) => key === "Quality");
  const quality = told === undefined ? GOOD : (QUALITIES.get(told.value) ?? UNCERTAIN);
  return (metric.value ?? null) === null && !isBad(quality) ? BAD_NO_DATA : quality;
}

/** The last value, at the time from which it is not current any more; what was bad stays bad. */
function staleSample(last: MetricSample, timeUs: TimeUs): MetricSample {
  return {
    ...last,
    quality: isBad(last.quality) ? last.quality : UNCERTAIN_LAST_USABLE,
    // A node whose clock runs ahead must not keep its good value in force.
    timeUs: Math.max(timeUs, last.timeUs),
  };
}

/** When a payload was sent, or the time of its receipt where it does not say. */
export const sentMs = (timestamp: Uint64 | undefined, receivedUs: TimeUs): number =>
  timestamp === undefined ? receivedUs / 1000 : msOf(timestamp);

/** The same, and that of its receipt where what it says can be no time of now: gaps and deaths are told by it. */
export function plausibleSentMs(timestamp: Uint64 | undefined, receivedUs: TimeUs): number {
  const saidMs = sentMs(timestamp, receivedUs);
  return saidMs > (receivedUs + MOST_AHEAD_US) / 1000 ? receivedUs / 1000 : saidMs;
}
