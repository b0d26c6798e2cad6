import type { DuckDBDataChunk } from "@duckdb/node-api";
import { RungError } from "../../core/errors.ts";
import { BAD_NO_DATA, isAsGood, isBad, type Quality } from "../../core/quality.ts";
import type { TimeUs } from "../../core/time.ts";
import { RangeGatherer } from "../decimate/decimate-range.ts";
import type { DecimatedSamples } from "../decimate/m4-columns.ts";
import { dayOf } from "./archive/day.ts";
import type { HistoryReader } from "./archive/history-reader.ts";
import { BucketGatherer, type Buckets } from "./buckets.ts";
import type { Catalogue } from "./catalogue.ts";
import { ExactSum } from "./exact-sum.ts";
import type { ColumnTotal, HistoryAt, HistoryRange, HistorySample, StoredSample } from "./history-types.ts";
import { readOther } from "./other-value.ts";

/** Order of samples of one tag: by source time, and as they were sent where times are equal. */
export const ORDER = "time_us, epoch, sequence";
const MAX_BUCKETS = 100_000;

export function tagsOf(
  catalogue: Catalogue,
  address: string,
): { ids: readonly number[]; list: string; unit: string | undefined } {
  const { ids, unit } = catalogue.tagsOf(address);
  if (ids.length === 0) {
    throw new RungError({
      code: "unknown-address",
      where: address,
      what: "was never stored in this history",
      advice: "wire a history node after the state of its twin, or correct the address",
    });
  }
  return { ids, list: ids.join(", "), unit };
}

export const numberAt = (chunk: DuckDBDataChunk, column: number, row: number): number =>
  (chunk.getColumnVector(column).getItem(row) as number | null) ?? Number.NaN;

/** The newest sample; undefined where the address was never stored. */
export async function last(
  reader: HistoryReader,
  catalogue: Catalogue,
  address: string,
): Promise<HistorySample | undefined> {
  const { ids, unit } = catalogue.tagsOf(address);
  if (ids.length === 0) return undefined;
  const list = ids.join(", ");
  const { samples, others } = await reader.standingAt(ids, Number.MAX_SAFE_INTEGER);
  const [row] =
    await reader.rows(`SELECT time_us::DOUBLE, value, quality, source, receive_us::DOUBLE, kind, text
     FROM (SELECT * FROM ${samples} WHERE tag IN (${list})
           AND time_us = (SELECT max(time_us) FROM ${samples} WHERE tag IN (${list})))
     LEFT JOIN (SELECT * FROM ${others} WHERE tag IN (${list})) USING (tag, source, epoch, sequence) ORDER BY epoch DESC, sequence DESC LIMIT 1`);
  if (row === undefined) return undefined;
  const [sourceTimeUs, value, quality, source, receiveTimeUs, kind, text] = row as [
    number,
    number | null,
    number,
    number,
    number,
    string | null,
    string | null,
  ];
  return {
    address,
    unit,
    value: value ?? Number.NaN,
    ...(kind === null ? {} : { other: readOther({ kind, text: text! }) }),
    quality,
    sourceTimeUs,
    receiveTimeUs,
    reality: catalogue.realityOf(source),
  };
}

/** Samples with fromUs <= source time < toUs. @throws RungError `unknown-address` */
export async function range(
  reader: HistoryReader,
  catalogue: Catalogue,
  address: string,
  fromUs: TimeUs,
  toUs: TimeUs,
  limit: number,
): Promise<HistoryRange> {
  const { ids, list, unit } = tagsOf(catalogue, address);
  const [from, to] = [whole(fromUs), whole(toUs)];
  const { samples, others } = await reader.within({ tags: ids, fromUs: from, toUs: to });
  const times: number[] = [];
  const values: number[] = [];
  const qualities: number[] = [];
  const sources = new Set<number>();
  const where = `tag IN (${list}) AND time_us >= ${from} AND time_us < ${to}`;
  await reader.eachChunk(
    `SELECT time_us::DOUBLE, value, quality, source FROM ${samples} WHERE ${where} ORDER BY ${ORDER} LIMIT ${limit + 1}`,
    (chunk) => {
      for (let row = 0; row < chunk.rowCount; row++) {
        times.push(numberAt(chunk, 0, row));
        values.push(numberAt(chunk, 1, row));
        qualities.push(numberAt(chunk, 2, row));
        sources.add(numberAt(chunk, 3, row));
      }
    },
  );
  const complete = times.length <= limit;
  if (!complete) for (const column of [times, values, qualities]) column.length = limit;
  const other = new Map<number, unknown>();
  const found = await reader.rows(`SELECT row::DOUBLE, kind, text FROM (
       SELECT *, row_number() OVER (ORDER BY ${ORDER}) - 1 AS row FROM ${samples} WHERE ${where})
     JOIN ${others} USING (tag, source, epoch, sequence) WHERE tag IN (${list})`);
  for (const [row, kind, text] of found as [number, string, string][]) {
    if (row < times.length) other.set(row, readOther({ kind, text }));
  }
  return {
    address,
    unit,
    sourceTimeUs: Float64Array.from(times),
    value: Float64Array.from(values),
    quality: Uint32Array.from(qualities),
    other,
    realities: [...new Set([...sources].map((source) => catalogue.realityOf(source)))],
    complete,
  };
}

/** n buckets over [fromUs, toUs). The last value stands until the newest sample of any property, at most to `toUs`. */
export async function buckets(
  reader: HistoryReader,
  catalogue: Catalogue,
  address: string,
  fromUs: TimeUs,
  toUs: TimeUs,
  n: number,
): Promise<Buckets> {
  if (!Number.isInteger(n) || n < 1 || n > MAX_BUCKETS || !(toUs > fromUs)) {
    throw new RungError({
      code: "bad-range",
      where: address,
      what: `${n} buckets from ${fromUs} to ${toUs} cannot be made`,
      advice: `ask for 1 to ${MAX_BUCKETS} buckets over a time that does not end before it starts`,
    });
  }
  const { ids } = tagsOf(catalogue, address);
  const from = whole(fromUs);
  const to = whole(toUs);
  const gatherer = new BucketGatherer(from, to, n);
  await eachStanding(reader, ids, from, to, (timeUs, value, quality) => gatherer.add(timeUs, value, quality));
  return gatherer.finish((await reader.newestOfSourcesOf(ids)) ?? from);
}

/** What draws the line of [fromUs, toUs) where a pixel is `widthUs` wide, and before it what stood at `fromUs`. */
export async function decimated(
  reader: HistoryReader,
  catalogue: Catalogue,
  address: string,
  asked: { readonly fromUs: TimeUs; readonly toUs: TimeUs; readonly widthUs: number },
): Promise<DecimatedSamples> {
  const from = whole(asked.fromUs);
  const to = whole(asked.toUs);
  const gatherer = new RangeGatherer(address, from, to, asked.widthUs);
  const { ids } = tagsOf(catalogue, address);
  await eachStanding(reader, ids, from, to, (timeUs, value, quality) => gatherer.add(timeUs, value, quality));
  return gatherer.finish();
}

/** Walks the samples of a property with from <= source time < to, and before them what stood at `from`. */
export async function eachStanding(
  reader: HistoryReader,
  tags: readonly number[],
  from: TimeUs,
  to: TimeUs,
  take: (timeUs: TimeUs, value: number, quality: Quality) => void,
): Promise<void> {
  const begin = (await reader.stoodSince(tags, from)) ?? from;
  const { samples } = await reader.within({ tags, fromUs: begin, toUs: to });
  await reader.eachChunk(
    `SELECT time_us::DOUBLE, value, quality FROM ${samples}
     WHERE tag IN (${tags.join(", ")}) AND time_us >= ${begin} AND time_us < ${to} ORDER BY ${ORDER}`,
    (chunk) => {
      for (let row = 0; row < chunk.rowCount; row++)
        take(numberAt(chunk, 0, row), numberAt(chunk, 1, row), numberAt(chunk, 2, row));
    },
  );
}

/** What stood at one instant, for many properties in one walk. Addresses never stored have no data. */
export async function at(
  reader: HistoryReader,
  catalogue: Catalogue,
  addresses: readonly string[],
  timeUs: TimeUs,
): Promise<HistoryAt> {
  const rowsOfTag = new Map<number, number[]>();
  for (const [row, address] of addresses.entries()) {
    for (const id of catalogue.tagsOf(address).ids) {
      rowsOfTag.set(id, [...(rowsOfTag.get(id) ?? []), row]);
    }
  }
  const value = new Float64Array(addresses.length).fill(Number.NaN);
  const sourceTimeUs = new Float64Array(addresses.length).fill(Number.NaN);
  const quality = new Uint32Array(addresses.length).fill(BAD_NO_DATA);
  if (rowsOfTag.size > 0) {
    const tags = [...rowsOfTag.keys()];
    const { samples } = await reader.standingAt(tags, whole(timeUs));
    const found = await reader.rows(`SELECT tag, time_us::DOUBLE, value, quality FROM ${samples}
       WHERE tag IN (${tags.join(", ")}) AND time_us <= ${whole(timeUs)}
       QUALIFY row_number() OVER (PARTITION BY tag ORDER BY time_us DESC, epoch DESC, sequence DESC) = 1`);
    for (const [tag, time, number, mark] of found as [number, number, number | null, number][]) {
      for (const row of rowsOfTag.get(tag)!) {
        if (time < sourceTimeUs[row]!) continue;
        value[row] = number ?? Number.NaN;
        sourceTimeUs[row] = time;
        quality[row] = mark;
      }
    }
  }
  return { addresses, value, sourceTimeUs, quality };
}

/** Count and sums of everything one source ever stored, by address, in order of sequence. */
export async function totals(
  reader: HistoryReader,
  catalogue: Catalogue,
  source: string,
): Promise<ColumnTotal[]> {
  const ids = catalogue.sourcesNamed(source);
  if (ids.length === 0) return [];
  const { samples } = await reader.within({ sources: ids });
  const byTag = new Map<
    number,
    { sum: ExactSum; inOrder: number; count: number; bad: number; none: number }
  >();
  await reader.eachChunk(
    `SELECT tag, value, quality FROM ${samples} WHERE source IN (${ids.join(", ")}) ORDER BY tag, epoch, sequence`,
    (chunk) => {
      for (let row = 0; row < chunk.rowCount; row++) {
        const tag = numberAt(chunk, 0, row);
        const value = numberAt(chunk, 1, row);
        let total = byTag.get(tag);
        if (total === undefined) {
          total = { sum: new ExactSum(), inOrder: 0, count: 0, bad: 0, none: 0 };
          byTag.set(tag, total);
        }
        if (isBad(numberAt(chunk, 2, row))) total.bad++;
        if (Number.isFinite(value)) {
          total.count++;
          total.inOrder += value;
          total.sum.add(value);
        } else total.none++;
      }
    },
  );
  return [...byTag].map(([tag, total]) => ({
    address: catalogue.addressOf(tag),
    count: total.count,
    sum: total.sum.value,
    sumInOrder: total.inOrder,
    bad: total.bad,
    withoutNumber: total.none,
  }));
}

/** Samples that one query asks about. */
const MOST_ASKED = 2000;

/** Which of these samples of a source are stored, by tag, source time and value, in the same order. */
export async function holds(
  reader: HistoryReader,
  catalogue: Catalogue,
  source: string,
  samples: readonly StoredSample[],
): Promise<boolean[]> {
  const sources = catalogue.sourcesNamed(source);
  const held = new Array<boolean>(samples.length).fill(false);
  if (sources.length === 0) return held;
  for (let begin = 0; begin < samples.length; begin += MOST_ASKED) {
    const asked = samples.slice(begin, begin + MOST_ASKED);
    const tags = new Set<number>();
    const keys: string[] = [];
    for (const [i, { address, sourceTimeUs }] of asked.entries()) {
      for (const tag of catalogue.tagsOf(address).ids) {
        tags.add(tag);
        keys.push(`(${begin + i}, ${tag}, ${whole(sourceTimeUs)}::BIGINT)`);
      }
    }
    if (keys.length === 0) continue;
    const days = [...new Set(asked.map(({ sourceTimeUs }) => dayOf(whole(sourceTimeUs))))];
    const stored = await reader.within({ sources, tags: [...tags], days });
    const times = asked.map(({ sourceTimeUs }) => whole(sourceTimeUs));
    const found = await reader.rows(`WITH key (place, tag, time_us) AS (VALUES ${keys.join(", ")})
       SELECT place, value, text, quality FROM key JOIN ${stored.samples} AS stored USING (tag, time_us)
       LEFT JOIN ${stored.others} USING (tag, source, epoch, sequence)
       WHERE source IN (${sources.join(", ")})
       AND stored.time_us BETWEEN ${Math.min(...times)} AND ${Math.max(...times)}`);
    for (const [place, value, text, quality] of found as [number, number | null, string | null, Quality][]) {
      const sample = samples[place]!;
      // What has no number is stored as NULL.
      const isSameNumber = Number.isNaN(sample.value) ? value === null : value === sample.value;
      const isSame = isSameNumber && (text ?? undefined) === sample.text;
      if (isSame && isAsGood(quality, sample.quality)) held[place] = true;
    }
  }
  return held;
}

/** Whole microseconds for SQL text; infinities become the ends of time. */
export function whole(timeUs: TimeUs): number {
  if (Number.isNaN(timeUs)) {
    throw new RungError({ code: "bad-range", where: "time", what: "is no number" });
  }
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.ceil(timeUs)));
}
