import { RungError } from "../../core/errors.ts";
import type { Quality } from "../../core/quality.ts";
import type { TimeUs } from "../../core/time.ts";
import type { History } from "./history.ts";
import type { HistoryRange } from "./history-types.ts";
import { conditionsDuring, type Passage, type PassageConditions, passageConditions } from "./passages.ts";
import { valueSpans } from "./value-spans.ts";

export const QUERY_KINDS = ["last", "range", "buckets", "asof", "eventWindow"] as const;
export type QueryKind = (typeof QUERY_KINDS)[number];

/**
 * What the mean of a bucket is: of usable values weighed by the time they stood, of good ones weighed so, or of the
 * good samples in it, each counted once.
 */
export const MEAN_KINDS = ["time", "goodTime", "samples"] as const;
export type MeanKind = (typeof MEAN_KINDS)[number];

/** A question to the history, as a node, a command or a screen asks it. */
export interface HistoryQuestion {
  readonly kind: QueryKind;
  readonly addresses: readonly string[];
  /** For range and buckets: the time asked about, either both ends or the time back from now. */
  readonly fromUs?: TimeUs;
  readonly toUs?: TimeUs;
  readonly backS?: number;
  /** For buckets; the mean is weighed by time unless told otherwise. */
  readonly n?: number;
  readonly mean?: MeanKind;
  /** For asof: the property at whose samples the others are looked up. */
  readonly base?: string;
  /** For eventWindow: the events whose value says what enters and what leaves, */
  readonly entry?: string;
  readonly exit?: string;
  /** or one event, the value with which a window begins, and that with which it ends, else any other. */
  readonly event?: string;
  readonly begin?: string;
  readonly end?: string;
}

export interface PlainSample {
  readonly timeUs: TimeUs;
  /** null where the sample is no number. */
  readonly value: number | null;
  readonly other?: unknown;
  readonly quality: Quality;
}

export interface PlainBucket {
  readonly fromUs: TimeUs;
  readonly min: number | null;
  readonly mean: number | null;
  readonly max: number | null;
  readonly count: number;
  readonly quality: Quality;
  /** Share of the bucket in which a value stood that the mean counts: a usable one, or a good one. */
  readonly covered: number;
}

/** What stood of one property. */
export type PlainStood = Omit<PlainSample, "timeUs"> & {
  /** Source time of the sample that stood; null where none did. */
  readonly timeUs: TimeUs | null;
};

export interface PlainAsofRow extends PlainSample {
  /** What stood at that time, by address. */
  readonly at: Readonly<Record<string, PlainStood>>;
}

/** What one property did while something passed. */
export interface PlainCondition {
  readonly atEntry: number | null;
  readonly min: number | null;
  readonly mean: number | null;
  readonly max: number | null;
  readonly atExit: number | null;
  readonly count: number;
  readonly quality: Quality;
  readonly covered: number;
}

export interface PlainPassage extends Passage {
  readonly conditions: Readonly<Record<string, PlainCondition>>;
}

/** Plain data, one entry per address in the order asked: what fits a message, JSON and a chart. */
export type HistoryAnswer =
  | ({ readonly address: string; readonly unit?: string } & PlainSample)
  | {
      readonly address: string;
      readonly unit?: string;
      readonly samples: readonly PlainSample[];
      readonly complete: boolean;
    }
  | { readonly address: string; readonly buckets: readonly PlainBucket[] }
  | {
      readonly base: string;
      readonly unit?: string;
      readonly rows: readonly PlainAsofRow[];
      readonly complete: boolean;
    }
  | { readonly entry: string; readonly exit: string; readonly passages: readonly PlainPassage[] }
  | { readonly event: string; readonly passages: readonly PlainPassage[] };

const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);
const DEFAULT_BACK_S = 3600;
const DEFAULT_BUCKETS = 100;

/**
 * Answers a question.
 * @param nowUs on the clock of the twin asked about, for a time back from now
 * @throws RungError `bad-query`, `unknown-address`, `bad-range`
 */
export async function askHistory(
  historian: History,
  question: HistoryQuestion,
  nowUs: TimeUs,
): Promise<HistoryAnswer[]> {
  const fault = (what: string): RungError =>
    new RungError({
      code: "bad-query",
      where: "query",
      what,
      advice: "correct the query node or the message",
    });
  if (!QUERY_KINDS.includes(question.kind)) {
    throw fault(`${JSON.stringify(question.kind)} is no kind of query, known are ${QUERY_KINDS.join(", ")}`);
  }
  if (question.addresses.length === 0) throw fault("no address is given");
  const toUs = question.toUs ?? nowUs;
  const fromUs = question.fromUs ?? toUs - (question.backS ?? DEFAULT_BACK_S) * 1e6;
  if (!(fromUs <= toUs)) throw fault(`the time asked about runs from ${fromUs} to ${toUs}`);
  if (question.kind === "asof") {
    if (!question.base)
      throw fault('asof needs "base", the property at whose samples the others are looked up');
    return [await asof(historian, question.base, question.addresses, fromUs, toUs)];
  }
  if (question.kind === "eventWindow") {
    const { entry, exit, event, begin, end, addresses } = question;
    if (entry && exit) {
      const found = await passageConditions(historian, { entry, exit, fromUs, toUs, addresses });
      return [{ entry, exit, passages: plainPassages(found) }];
    }
    if (!event || begin === undefined || begin === "")
      throw fault(
        'eventWindow needs "entry" and "exit", or "event" and "begin", the value that begins a window',
      );
    const asked = { event, begin, ...(end === undefined || end === "" ? {} : { end }), fromUs, toUs };
    const spans = await valueSpans(historian, asked);
    const found = await conditionsDuring(historian, spans, { fromUs, toUs, addresses });
    return [{ event, passages: plainPassages(found) }];
  }
  const mean = question.mean ?? "time";
  if (!MEAN_KINDS.includes(mean))
    throw fault(`${JSON.stringify(mean)} is no kind of mean, known are ${MEAN_KINDS.join(", ")}`);
  const answers: HistoryAnswer[] = [];
  for (const address of question.addresses) {
    if (question.kind === "last") answers.push(await last(historian, address));
    else if (question.kind === "range") answers.push(await range(historian, address, fromUs, toUs));
    else answers.push(await buckets(historian, address, fromUs, toUs, question.n ?? DEFAULT_BUCKETS, mean));
  }
  return answers;
}

async function last(historian: History, address: string): Promise<HistoryAnswer> {
  const sample = await historian.last(address);
  if (sample === undefined) {
    throw new RungError({
      code: "unknown-address",
      where: address,
      what: "was never stored in this history",
      advice: "wire a history node after the state of its twin, or correct the address",
    });
  }
  return {
    address,
    ...(sample.unit === undefined ? {} : { unit: sample.unit }),
    timeUs: sample.sourceTimeUs,
    value: orNull(sample.value),
    ...(sample.other === undefined ? {} : { other: sample.other }),
    quality: sample.quality,
  };
}

async function range(
  historian: History,
  address: string,
  fromUs: TimeUs,
  toUs: TimeUs,
): Promise<HistoryAnswer> {
  const found = await historian.range(address, fromUs, toUs);
  return {
    address,
    ...(found.unit === undefined ? {} : { unit: found.unit }),
    samples: Array.from(found.sourceTimeUs, (timeUs, i) => ({
      timeUs,
      value: orNull(found.value[i]!),
      ...(found.other.has(i) ? { other: found.other.get(i) } : {}),
      quality: found.quality[i]!,
    })),
    complete: found.complete,
  };
}

async function buckets(
  historian: History,
  address: string,
  fromUs: TimeUs,
  toUs: TimeUs,
  n: number,
  mean: MeanKind,
): Promise<HistoryAnswer> {
  const found = await historian.buckets(address, fromUs, toUs, n);
  const means = { time: found.mean, goodTime: found.goodMean, samples: found.sampleMean }[mean];
  const covered = mean === "time" ? found.covered : found.goodCovered;
  return {
    address,
    buckets: Array.from(found.fromUs, (from, i) => ({
      fromUs: from,
      min: orNull(found.min[i]!),
      mean: orNull(means[i]!),
      max: orNull(found.max[i]!),
      count: found.count[i]!,
      quality: found.quality[i]!,
      covered: covered[i]!,
    })),
  };
}

async function asof(
  historian: History,
  base: string,
  addresses: readonly string[],
  fromUs: TimeUs,
  toUs: TimeUs,
): Promise<HistoryAnswer> {
  const found = await historian.asof(base, addresses, fromUs, toUs);
  const sampleAt = (column: Stood, i: number) => ({
    value: orNull(column.value[i]!),
    ...(column.other.has(i) ? { other: column.other.get(i) } : {}),
    quality: column.quality[i]!,
  });
  return {
    base,
    ...(found.base.unit === undefined ? {} : { unit: found.base.unit }),
    rows: Array.from(found.base.sourceTimeUs, (timeUs, i) => ({
      timeUs,
      ...sampleAt(found.base, i),
      at: Object.fromEntries(
        found.columns.map((column) => [
          column.address,
          { timeUs: orNull(column.sourceTimeUs[i]!), ...sampleAt(column, i) },
        ]),
      ),
    })),
    complete: found.base.complete,
  };
}

type Stood = Pick<HistoryRange, "value" | "quality" | "other">;

const plainPassages = ({ passages, conditions }: PassageConditions): PlainPassage[] =>
  passages.map((passage, i) => ({
    ...passage,
    conditions: Object.fromEntries(
      conditions.map((column) => [
        column.address,
        {
          atEntry: orNull(column.atStart[i]!),
          min: orNull(column.min[i]!),
          mean: orNull(column.mean[i]!),
          max: orNull(column.max[i]!),
          atExit: orNull(column.atEnd[i]!),
          count: column.count[i]!,
          quality: column.quality[i]!,
          covered: column.covered[i]!,
        },
      ]),
    ),
  }));
