import { RungError } from "../../core/errors.ts";
import type { Reality } from "../../core/frame.ts";
import { BAD_NO_DATA, GOOD, isBad, type Quality } from "../../core/quality.ts";
import { MAX_TIME_US, type TimeUs } from "../../core/time.ts";
import { RangeGatherer } from "../decimate/decimate-range.ts";
import type { DecimatedSamples } from "../decimate/m4-columns.ts";
import { BucketGatherer, type Buckets } from "../historian/buckets.ts";
import type { History, HistorySpan } from "../historian/history.ts";
import type {
  HistoryAsof,
  HistoryAt,
  HistoryRange,
  HistorySample,
  HistoryWindows,
  StoodColumn,
  TimeWindow,
} from "../historian/history-types.ts";
import { WindowGatherer } from "../historian/window-gatherer.ts";
import type { InfluxServer, PointQuestion, StoredPoint } from "./influx-server.ts";
import type { ForeignSeries, InfluxSettings } from "./influx-settings.ts";
import { valueOfText } from "./text-value.ts";

/** Samples that one figure may be made from. */
const MOST_SAMPLES = 5_000_000;
const MOST_BUCKETS = 100_000;
const MOST_WINDOWS = 100_000;

/** A sample as it was read, whosever measurement it is from. */
interface ReadSample {
  readonly timeUs: TimeUs;
  readonly value: number;
  readonly other?: unknown;
  readonly quality: Quality;
  readonly receivedUs: TimeUs;
  readonly reality: Reality;
  readonly unit: string | undefined;
  /** undefined for somebody else's measurement. */
  readonly source: string | undefined;
}

/**
 * An InfluxDB as a history: Rung's own measurement there, and somebody else's fields that a mapping names.
 *
 * The figures are made here from the samples themselves, by the same code as the embedded historian's: neither
 * InfluxQL nor Flux has a mean over time of values that stand until the next one (`integral()` and
 * `timeWeightedAvg()` join them by straight lines), nor knows which samples are bad. What the server finds alone is
 * the newest sample, and what stood at a time.
 */
export class InfluxHistory implements History {
  readonly #server: InfluxServer;
  readonly #mapping: ReadonlyMap<string, ForeignSeries>;

  constructor(server: InfluxServer, { mapping = [] }: Pick<InfluxSettings, "mapping">) {
    this.#server = server;
    this.#mapping = new Map(mapping.map((series) => [series.address, series]));
  }

  async last(address: string): Promise<HistorySample | undefined> {
    const newest = await this.#standing(address, MAX_TIME_US);
    if (newest === undefined) return undefined;
    return {
      address,
      unit: newest.unit,
      value: newest.value,
      ...(newest.other === undefined ? {} : { other: newest.other }),
      quality: newest.quality,
      sourceTimeUs: newest.timeUs,
      receiveTimeUs: newest.receivedUs,
      reality: newest.reality,
    };
  }

  async range(address: string, fromUs: TimeUs, toUs: TimeUs, limit = 1_000_000): Promise<HistoryRange> {
    const newest = await this.#known(address);
    const times: number[] = [];
    const values: number[] = [];
    const qualities: number[] = [];
    const other = new Map<number, unknown>();
    const realities = new Set<Reality>();
    let complete = true;
    for await (const sample of this.#samples(address, { fromUs, toUs, limit: limit + 1 })) {
      if (times.length === limit) {
        complete = false;
        break;
      }
      if (sample.other !== undefined) other.set(times.length, sample.other);
      times.push(sample.timeUs);
      values.push(sample.value);
      qualities.push(sample.quality);
      realities.add(sample.reality);
    }
    return {
      address,
      unit: newest.unit,
      sourceTimeUs: Float64Array.from(times),
      value: Float64Array.from(values),
      quality: Uint32Array.from(qualities),
      other,
      realities: [...realities],
      complete,
    };
  }

  async buckets(address: string, fromUs: TimeUs, toUs: TimeUs, n: number): Promise<Buckets> {
    if (!Number.isInteger(n) || n < 1 || n > MOST_BUCKETS || !(toUs > fromUs)) {
      throw new RungError({
        code: "bad-range",
        where: address,
        what: `${n} buckets from ${fromUs} to ${toUs} cannot be made`,
        advice: `ask for 1 to ${MOST_BUCKETS} buckets over a time that does not end before it starts`,
      });
    }
    await this.#known(address);
    const gatherer = new BucketGatherer(fromUs, toUs, n);
    const endUs = await this.#walk(address, fromUs, toUs, (sample) =>
      gatherer.add(sample.timeUs, sample.value, sample.quality),
    );
    return gatherer.finish(endUs);
  }

  async decimated(address: string, fromUs: TimeUs, toUs: TimeUs, widthUs: number): Promise<DecimatedSamples> {
    const gatherer = new RangeGatherer(address, fromUs, toUs, widthUs);
    await this.#known(address);
    await this.#walk(address, fromUs, toUs, ({ timeUs, value, quality }) =>
      gatherer.add(timeUs, value, quality),
    );
    return gatherer.finish();
  }

  async at(addresses: readonly string[], timeUs: TimeUs): Promise<HistoryAt> {
    const stood = await Promise.all(addresses.map((address) => this.#standing(address, timeUs)));
    return {
      addresses,
      value: Float64Array.from(stood, (sample) => sample?.value ?? Number.NaN),
      sourceTimeUs: Float64Array.from(stood, (sample) => sample?.timeUs ?? Number.NaN),
      quality: Uint32Array.from(stood, (sample) => sample?.quality ?? BAD_NO_DATA),
    };
  }

  async asof(
    base: string,
    addresses: readonly string[],
    fromUs: TimeUs,
    toUs: TimeUs,
    limit = 100_000,
  ): Promise<HistoryAsof> {
    const found = await this.range(base, fromUs, toUs, limit);
    const columns: StoodColumn[] = [];
    for (const address of addresses) columns.push(await this.#stoodAt(address, found.sourceTimeUs));
    return { base: found, columns };
  }

  async windows(addresses: readonly string[], windows: readonly TimeWindow[]): Promise<HistoryWindows[]> {
    const wrong = windows.find(({ fromUs, toUs }) => !(toUs > fromUs));
    if (wrong !== undefined || windows.length > MOST_WINDOWS) {
      throw new RungError({
        code: "bad-range",
        where: "windows",
        what:
          wrong === undefined
            ? `${windows.length} windows are too many`
            : `a window runs from ${wrong.fromUs} to ${wrong.toUs}`,
        advice: `ask for at most ${MOST_WINDOWS} windows, each ending after it starts`,
      });
    }
    const fromUs = windows.reduce((least, window) => Math.min(least, window.fromUs), MAX_TIME_US);
    const toUs = windows.reduce((most, window) => Math.max(most, window.toUs), 0);
    const answers: HistoryWindows[] = [];
    for (const address of addresses) {
      const newest = windows.length === 0 ? undefined : await this.#standing(address, MAX_TIME_US);
      const gatherer = new WindowGatherer(windows);
      const endUs =
        newest === undefined
          ? Number.NEGATIVE_INFINITY
          : await this.#walk(address, fromUs, toUs, ({ timeUs, value, quality }) =>
              gatherer.add(timeUs, isBad(quality) ? Number.NaN : value, quality),
            );
      answers.push({ address, unit: newest?.unit, ...gatherer.finish(endUs) });
    }
    return answers;
  }

  async addresses(): Promise<string[]> {
    return [...new Set([...(await this.#server.addresses()), ...this.#mapping.keys()])];
  }

  async span(): Promise<HistorySpan> {
    const whole = { fromUs: 0, toUs: MAX_TIME_US, limit: 1 };
    const ends: TimeUs[] = [];
    for (const newestFirst of [false, true]) {
      const question = { ...whole, newestFirst };
      for await (const { timeUs } of this.#server.points({}, question)) ends.push(timeUs);
      for (const series of this.#mapping.values()) {
        for await (const { timeUs } of this.#server.foreign(series, question)) ends.push(timeUs);
      }
    }
    if (ends.length === 0) return { oldestUs: undefined, newestUs: undefined };
    return { oldestUs: Math.min(...ends), newestUs: Math.max(...ends) };
  }

  /** The newest sample of an address. @throws RungError `unknown-address` */
  async #known(address: string): Promise<ReadSample> {
    const newest = await this.#standing(address, MAX_TIME_US);
    if (newest !== undefined) return newest;
    const isMapped = this.#mapping.has(address);
    throw new RungError({
      code: "unknown-address",
      where: address,
      what: isMapped ? "its series in the mapping has no value" : "was never stored in this history",
      advice: isMapped
        ? "correct measurement, tags and field of its row in the historian"
        : "wire a history node after the state of its twin, or correct the address",
    });
  }

  /** What stood of an address at a time; undefined where nothing did. */
  async #standing(address: string, timeUs: TimeUs): Promise<ReadSample | undefined> {
    const toUs = Math.min(MAX_TIME_US, Math.floor(timeUs) + 1);
    for await (const sample of this.#samples(address, { fromUs: 0, toUs, limit: 1, newestFirst: true }))
      return sample;
    return undefined;
  }

  /**
   * Hands over what stood at `fromUs` and every sample until `toUs`, in order.
   * @returns until when the last value is known to have stood
   */
  async #walk(
    address: string,
    fromUs: TimeUs,
    toUs: TimeUs,
    take: (sample: ReadSample) => void,
  ): Promise<TimeUs> {
    const stood = await this.#standing(address, fromUs);
    const sources = new Set<string>();
    let newestUs = fromUs;
    let left = MOST_SAMPLES;
    const question = { fromUs: stood?.timeUs ?? fromUs, toUs, limit: MOST_SAMPLES + 1 };
    for await (const sample of this.#samples(address, question)) {
      if (left-- === 0) {
        throw new RungError({
          code: "too-many-samples",
          where: address,
          what: `has more than ${MOST_SAMPLES.toLocaleString("en")} samples in that time`,
          advice: "ask for a shorter time",
        });
      }
      if (sample.source !== undefined) sources.add(sample.source);
      newestUs = sample.timeUs;
      take(sample);
    }
    if (sources.size === 0) {
      // Of somebody else's series nothing tells that its device lives but its own next sample.
      const newest = await this.#standing(address, MAX_TIME_US);
      return newest?.timeUs ?? newestUs;
    }
    const newest = { fromUs: 0, toUs: MAX_TIME_US, limit: 1, newestFirst: true };
    for await (const { timeUs } of this.#server.points({ sources: [...sources] }, newest)) return timeUs;
    return newestUs;
  }

  /** What stood of an address at times in ascending order. */
  async #stoodAt(address: string, timesUs: Float64Array): Promise<StoodColumn> {
    const rows = timesUs.length;
    const value = new Float64Array(rows).fill(Number.NaN);
    const sourceTimeUs = new Float64Array(rows).fill(Number.NaN);
    const quality = new Uint32Array(rows).fill(BAD_NO_DATA);
    const other = new Map<number, unknown>();
    const newest = await this.#standing(address, MAX_TIME_US);
    const column = { address, unit: newest?.unit, value, sourceTimeUs, quality, other };
    if (newest === undefined || rows === 0) return column;
    let row = 0;
    let held: ReadSample | undefined;
    const holdUntil = (timeUs: TimeUs): void => {
      for (; row < rows && timesUs[row]! < timeUs; row++) {
        if (held === undefined) continue;
        value[row] = held.value;
        sourceTimeUs[row] = held.timeUs;
        quality[row] = held.quality;
        if (held.other !== undefined) other.set(row, held.other);
      }
    };
    await this.#walk(address, timesUs[0]!, timesUs[rows - 1]! + 1, (sample) => {
      holdUntil(sample.timeUs);
      held = sample;
    });
    holdUntil(Number.POSITIVE_INFINITY);
    return column;
  }

  async *#samples(address: string, question: PointQuestion): AsyncGenerator<ReadSample> {
    const fromUs = Math.max(0, Math.ceil(question.fromUs));
    const toUs = Math.min(MAX_TIME_US, Math.ceil(question.toUs));
    if (!(toUs > fromUs)) return;
    const asked = { ...question, fromUs, toUs };
    const series = this.#mapping.get(address);
    if (series === undefined) {
      for await (const point of this.#server.points({ address }, asked)) yield ownSample(point);
      return;
    }
    for await (const { timeUs, value } of this.#server.foreign(series, asked)) {
      yield {
        timeUs,
        ...(typeof value === "string" ? { value: Number.NaN, other: value } : { value: Number(value) }),
        quality: GOOD,
        receivedUs: timeUs,
        // Nobody there says whether the plant is real or when it was.
        reality: "recorded",
        unit: series.unit || undefined,
        source: undefined,
      };
    }
  }
}

function ownSample({ timeUs, value, kind, text, ...point }: StoredPoint): ReadSample {
  const stated =
    value === undefined ? valueOfText({ kind: kind ?? "number", text: text ?? "NaN" }) : { value };
  return {
    timeUs,
    ...stated,
    quality: point.quality,
    receivedUs: point.receivedUs,
    reality: point.reality as Reality,
    unit: point.unit,
    source: point.source,
  };
}
