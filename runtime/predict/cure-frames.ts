import { Dictionary } from "../core/dictionary.ts";
import { type Frame, FrameBuilder, type Reality } from "../core/frame.ts";
import type { Property } from "../core/property.ts";
import { GOOD } from "../core/quality.ts";
import type { TimeUs } from "../core/time.ts";
import type { OvenConfig } from "../model/oven/oven-config.ts";
import { CURE_VERDICTS, type CureRecord, leastCured } from "./cure-record.ts";

/** One figure of a record: a number, a text or a time; null where it is not known. */
type Cell = number | string | Date | null;

/**
 * Cure records as frames: each figure is a property of the twin below `cure/`, with one sample per body at the source
 * time of its exit. So history, charts and an InfluxDB take them as they take any other.
 */
export class CureFrames {
  readonly #source: string;
  readonly #reality: Reality;
  readonly #dictionary: Dictionary;
  readonly #epoch: number;
  #sequence = 0;

  /** @param source identity of the frames: `estimate:<node id>` @param epoch of this source, grown by one */
  constructor(parts: {
    readonly source: string;
    readonly epoch: number;
    readonly reality: Reality;
    readonly twin: string;
    readonly config: OvenConfig;
  }) {
    this.#source = parts.source;
    this.#reality = parts.reality;
    this.#epoch = parts.epoch;
    this.#dictionary = new Dictionary(cureProperties(parts.twin, parts.config));
  }

  /** @param receiveTimeUs wall time at which it was made */
  frameOf(record: CureRecord, receiveTimeUs: TimeUs): Frame {
    const dictionary = this.#dictionary;
    const builder = new FrameBuilder(
      { source: this.#source, reality: this.#reality, dictionary },
      dictionary.size,
    );
    for (const [i, cell] of cellsOf(record).entries()) {
      if (typeof cell === "number") builder.add(i, cell, record.leftUs, GOOD);
      else if (cell !== null) builder.add(i, Number.NaN, record.leftUs, GOOD, cell);
    }
    const frame = builder.build({ epoch: this.#epoch, first: this.#sequence, receiveTimeUs });
    this.#sequence += frame.length;
    return frame;
  }
}

/** The properties of a record, in the order of `cellsOf`. */
export function cureProperties(twin: string, config: OvenConfig): Property[] {
  const property = (path: string, unit: string | undefined, more: Partial<Property> = {}): Property => ({
    address: `${twin}/cure/${path}`,
    kind: "estimate",
    type: "number",
    ...(unit === undefined ? {} : { unit }),
    update: { mode: "onChange" },
    ...more,
  });
  const nodes = config.nodes.map(({ name }) => name);
  return [
    property("body", undefined, { type: "integer" }),
    property("entered", undefined, { type: "time" }),
    ...nodes.flatMap((name) => [
      property(`e170/${name}`, "min"),
      property(`e170Low/${name}`, "min"),
      property(`e170High/${name}`, "min"),
      property(`peak/${name}`, "°C"),
      property(`exit/${name}`, "°C"),
    ]),
    property("e170Least", "min"),
    ...config.zones.map(({ name }) => property(`time/${name}`, "s")),
    property("gas", "kWh"),
    property("co2", "kg"),
    property("verdict", undefined, {
      type: "enum",
      codeNames: Object.fromEntries(CURE_VERDICTS.map((name, code) => [String(code), name])),
    }),
    property("model", undefined, { type: "string" }),
  ];
}

function cellsOf(record: CureRecord): Cell[] {
  return [
    record.body,
    new Date(record.enteredUs / 1000),
    ...record.nodes.flatMap((node) => [node.e170Min, node.lowMin, node.highMin, node.peakC, node.exitC]),
    leastCured(record).e170Min,
    ...record.zones.map(({ timeS }) => timeS),
    record.gasKWh,
    record.co2Kg,
    CURE_VERDICTS.indexOf(record.verdict),
    record.modelVersion,
  ];
}
