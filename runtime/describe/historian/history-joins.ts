import { RungError } from "../../core/errors.ts";
import { BAD_NO_DATA, isBad } from "../../core/quality.ts";
import type { TimeUs } from "../../core/time.ts";
import type { HistoryReader } from "./archive/history-reader.ts";
import type { Catalogue } from "./catalogue.ts";
import { eachStanding, numberAt, ORDER, range, tagsOf, whole } from "./history-queries.ts";
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
  reader: HistoryReader,
  catalogue: Catalogue,
  base: string,
  addresses: readonly string[],
  fromUs: TimeUs,
  toUs: TimeUs,
  limit: number,
): Promise<HistoryAsof> {
  const found = await range(reader, catalogue, base, fromUs, toUs, limit);
  const { ids, list } = tagsOf(catalogue, base);
  const [from, to] = [whole(fromUs), whole(toUs)];
  const { samples } = await reader.within({ tags: ids, fromUs: from, toUs: to });
  const spine = `(SELECT time_us, row_number() OVER (ORDER BY ${ORDER}) - 1 AS row FROM ${samples}
    WHERE tag IN (${list}) AND time_us >= ${from} AND time_us < ${to} ORDER BY ${ORDER} LIMIT ${limit})`;
  const columns: StoodColumn[] = [];
  for (const address of addresses) {
    columns.push(await stood(reader, catalogue, spine, found.value.length, address, from, to));
  }
  return { base: found, columns };
}

/** What stood of one property at each row of a spine of `time_us` and `row`. */
async function stood(
  reader: HistoryReader,
  catalogue: Catalogue,
  spine: string,
  rows: number,
  address: string,
  from: TimeUs,
  to: TimeUs,
): Promise<StoodColumn> {
  const { ids, unit } = catalogue.tagsOf(address);
  const value = new Float64Array(rows).fill(Number.NaN);
  const sourceTimeUs = new Float64Array(rows).fill(Number.NaN);
  const quality = new Uint32Array(rows).fill(BAD_NO_DATA);
  const other = new Map<number, unknown>();
  const column = { address, unit, value, sourceTimeUs, quality, other };
  if (ids.length === 0 || rows === 0) return column;
  const list = ids.join(", ");
  const begin = (await reader.stoodSince(ids, from)) ?? from;
  const { samples, others } = await reader.within({ tags: ids, fromUs: begin, toUs: to });
  // Samples of one source time are a repetition: what was sent last is what stood.
  const joined = `SELECT e.row, s.* FROM ${spine} AS e ASOF JOIN (
      SELECT * FROM ${samples} WHERE tag IN (${list}) AND time_us >= ${begin} AND time_us < ${to}
      QUALIFY row_number() OVER (PARTITION BY time_us ORDER BY epoch DESC, sequence DESC) = 1
    ) AS s ON e.time_us >= s.time_us`;
  await reader.eachChunk(`SELECT row::DOUBLE, time_us::DOUBLE, value, quality FROM (${joined})`, (chunk) => {
    for (let i = 0; i < chunk.rowCount; i++) {
      const row = numberAt(chunk, 0, i);
      sourceTimeUs[row] = numberAt(chunk, 1, i);
      value[row] = numberAt(chunk, 2, i);
      quality[row] = numberAt(chunk, 3, i);
    }
  });
  const found =
    await reader.rows(`SELECT row::DOUBLE, kind, text FROM (${joined}) JOIN ${others} USING (tag, source, epoch, sequence)
     WHERE tag IN (${list})`);
  for (const [row, kind, text] of found as [number, string, string][])
    other.set(row, readOther({ kind, text }));
  return column;
}

/**
 * What each property did in each window, in one walk over a property's samples however many windows overlap.
 * @throws RungError `bad-range`
 */
export async function windows(
  reader: HistoryReader,
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
  reader: HistoryReader,
  catalogue: Catalogue,
  address: string,
  asked: readonly TimeWindow[],
): Promise<HistoryWindows> {
  const { ids, unit } = catalogue.tagsOf(address);
  const gatherer = new WindowGatherer(asked);
  if (ids.length === 0 || asked.length === 0)
    return { address, unit, ...gatherer.finish(Number.NEGATIVE_INFINITY) };
  const from = asked.reduce((least, { fromUs }) => Math.min(least, fromUs), Number.POSITIVE_INFINITY);
  const to = asked.reduce((most, { toUs }) => Math.max(most, toUs), 0);
  await eachStanding(reader, ids, from, to, (timeUs, value, quality) =>
    gatherer.add(timeUs, isBad(quality) ? Number.NaN : value, quality),
  );
  return { address, unit, ...gatherer.finish((await reader.newestOfSourcesOf(ids)) ?? from) };
}
