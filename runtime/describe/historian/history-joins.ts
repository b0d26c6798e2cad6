import type { DuckDBConnection } from "@duckdb/node-api";
import { RungError } from "../../core/errors.ts";
import { BAD_NO_DATA, isBad } from "../../core/quality.ts";
import type { TimeUs } from "../../core/time.ts";
import type { Catalogue } from "./catalogue.ts";
import { rowsOf } from "./database.ts";
import { eachChunk, numberAt, ORDER, range, tagsOf, whole } from "./history-queries.ts";
import type { HistoryAsof, HistoryWindows, StoodColumn, TimeWindow } from "./history-types.ts";
import { readOther } from "./other-value.ts";
import { WindowGatherer } from "./window-gatherer.ts";

/** Windows of one question, and windows times properties: each keeps nine numbers. */
const MOST_WINDOWS = 100_000;
const MOST_CELLS = 2_000_000;

/**
 * Every sample of one property with fromUs <= source time < toUs, and what stood of others at its source time.
 * @throws RungError `unknown-address` for the base
 */
export async function asof(
  reader: DuckDBConnection,
  catalogue: Catalogue,
  base: string,
  addresses: readonly string[],
  fromUs: TimeUs,
  toUs: TimeUs,
  limit: number,
): Promise<HistoryAsof> {
  const found = await range(reader, catalogue, base, fromUs, toUs, limit);
  const { list } = tagsOf(catalogue, base);
  const spine = `(SELECT time_us, row_number() OVER (ORDER BY ${ORDER}) - 1 AS row FROM sample
    WHERE tag IN (${list}) AND time_us >= ${whole(fromUs)} AND time_us < ${whole(toUs)}
    ORDER BY ${ORDER} LIMIT ${limit})`;
  const columns: StoodColumn[] = [];
  for (const address of addresses) {
    columns.push(await stood(reader, catalogue, spine, found.value.length, address, toUs));
  }
  return { base: found, columns };
}

/** What stood of one property at each row of a spine of `time_us` and `row`. */
async function stood(
  reader: DuckDBConnection,
  catalogue: Catalogue,
  spine: string,
  rows: number,
  address: string,
  toUs: TimeUs,
): Promise<StoodColumn> {
  const { ids, unit } = catalogue.tagsOf(address);
  const value = new Float64Array(rows).fill(Number.NaN);
  const sourceTimeUs = new Float64Array(rows).fill(Number.NaN);
  const quality = new Uint32Array(rows).fill(BAD_NO_DATA);
  const other = new Map<number, unknown>();
  const column = { address, unit, value, sourceTimeUs, quality, other };
  if (ids.length === 0 || rows === 0) return column;
  const list = ids.join(", ");
  // Samples of one source time are a repetition: what was sent last is what stood.
  const joined = `SELECT e.row, s.* FROM ${spine} AS e ASOF JOIN (
      SELECT * FROM sample WHERE tag IN (${list}) AND time_us < ${whole(toUs)}
      QUALIFY row_number() OVER (PARTITION BY time_us ORDER BY epoch DESC, sequence DESC) = 1
    ) AS s ON e.time_us >= s.time_us`;
  await eachChunk(reader, `SELECT row::DOUBLE, time_us::DOUBLE, value, quality FROM (${joined})`, (chunk) => {
    for (let i = 0; i < chunk.rowCount; i++) {
      const row = numberAt(chunk, 0, i);
      sourceTimeUs[row] = numberAt(chunk, 1, i);
      value[row] = numberAt(chunk, 2, i);
      quality[row] = numberAt(chunk, 3, i);
    }
  });
  const others = await rowsOf(
    reader,
    `SELECT row::DOUBLE, kind, text FROM (${joined}) JOIN other USING (tag, source, epoch, sequence)
     WHERE tag IN (${list})`,
  );
  for (const [row, kind, text] of others as [number, string, string][])
    other.set(row, readOther({ kind, text }));
  return column;
}

/**
 * What each property did in each window, in one walk over a property's samples however many windows overlap.
 * @throws RungError `bad-range`
 */
export async function windows(
  reader: DuckDBConnection,
  catalogue: Catalogue,
  addresses: readonly string[],
  asked: readonly TimeWindow[],
): Promise<HistoryWindows[]> {
  const wrong = asked.find(({ fromUs, toUs }) => !(toUs > fromUs));
  if (wrong !== undefined || asked.length > MOST_WINDOWS || asked.length * addresses.length > MOST_CELLS) {
    throw new RungError({
      code: "bad-range",
      where: "windows",
      what:
        wrong === undefined
          ? `${asked.length} windows of ${addresses.length} properties are too many`
          : `a window runs from ${wrong.fromUs} to ${wrong.toUs}`,
      advice: `ask for at most ${MOST_WINDOWS} windows, each ending after it starts`,
    });
  }
  const stretches = asked.map(({ fromUs, toUs }) => ({ fromUs: whole(fromUs), toUs: whole(toUs) }));
  const answers: HistoryWindows[] = [];
  for (const address of addresses) answers.push(await windowsOf(reader, catalogue, address, stretches));
  return answers;
}

async function windowsOf(
  reader: DuckDBConnection,
  catalogue: Catalogue,
  address: string,
  asked: readonly TimeWindow[],
): Promise<HistoryWindows> {
  const { ids, unit } = catalogue.tagsOf(address);
  const gatherer = new WindowGatherer(asked);
  if (ids.length === 0 || asked.length === 0)
    return { address, unit, ...gatherer.finish(Number.NEGATIVE_INFINITY) };
  const list = ids.join(", ");
  const from = asked.reduce((least, { fromUs }) => Math.min(least, fromUs), Number.POSITIVE_INFINITY);
  const to = asked.reduce((most, { toUs }) => Math.max(most, toUs), 0);
  await eachChunk(
    reader,
    `SELECT time_us::DOUBLE, value, quality FROM sample WHERE tag IN (${list}) AND time_us < ${to}
     AND time_us >= coalesce((SELECT max(time_us) FROM sample WHERE tag IN (${list}) AND time_us <= ${from}), ${from})
     ORDER BY ${ORDER}`,
    (chunk) => {
      for (let i = 0; i < chunk.rowCount; i++) {
        const quality = numberAt(chunk, 2, i);
        gatherer.add(numberAt(chunk, 0, i), isBad(quality) ? Number.NaN : numberAt(chunk, 1, i), quality);
      }
    },
  );
  const [newest] = await rowsOf(
    reader,
    `SELECT max(time_us)::DOUBLE FROM sample WHERE source IN (SELECT source FROM sample WHERE tag IN (${list}))`,
  );
  return { address, unit, ...gatherer.finish((newest![0] as number | null) ?? from) };
}
