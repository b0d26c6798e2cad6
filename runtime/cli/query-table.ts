import { qualityWord } from "../core/quality.ts";
import type { TimeUs } from "../core/time.ts";
import { isWaveform } from "../core/waveform.ts";
import type { HistoryAnswer, PlainBucket, PlainSample } from "../describe/historian/history-query.ts";

type Cell = string | number | null | undefined;

/** ISO 8601 in UTC with all six digits of the microsecond. */
export function isoUs(timeUs: TimeUs | null): string {
  if (timeUs === null) return "";
  const ms = Math.floor(timeUs / 1000);
  const us = String(timeUs - ms * 1000).padStart(3, "0");
  return new Date(ms).toISOString().replace("Z", `${us}Z`);
}

/** RFC 4180: quoted where it must be. */
export const cell = (value: Cell): string => {
  const text = value === null || value === undefined ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** A value that is no number: text as it is, the rest as JSON. */
function valueCell({ value, other }: Pick<PlainSample, "value" | "other">): Cell {
  if (other === undefined) return value;
  return typeof other === "string" ? other : textOf(other);
}

/** JSON knows neither large integers nor typed arrays. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (isWaveform(value)) return { samples: [...value.samples], sampleRateHz: value.sampleRateHz };
  if (ArrayBuffer.isView(value))
    return Array.from(value as unknown as ArrayLike<number | bigint>, (each) =>
      typeof each === "bigint" ? String(each) : each,
    );
  return value;
}

const textOf = (value: unknown): string => JSON.stringify(value, plain);

export const jsonOfAnswers = (answers: readonly HistoryAnswer[]): string => `${textOf(answers)}\n`;

/**
 * The answers to one question as CSV with a header line.
 * @param addresses as asked, for the columns of a join
 */
export function csvOfAnswers(answers: readonly HistoryAnswer[], addresses: readonly string[]): string {
  const lines: Cell[][] = [];
  for (const answer of answers) {
    if (lines.length === 0) lines.push(headerOf(answer, addresses));
    lines.push(...rowsOf(answer, addresses));
  }
  return `${lines.map((line) => line.map(cell).join(",")).join("\n")}\n`;
}

const CONDITIONS = ["atEntry", "min", "mean", "max", "atExit", "count", "covered", "quality"] as const;

function headerOf(answer: HistoryAnswer, addresses: readonly string[]): string[] {
  if ("buckets" in answer) return ["address", "from", "min", "mean", "max", "count", "covered", "quality"];
  if ("rows" in answer)
    return ["time", answer.base, "quality", ...addresses.flatMap((each) => [each, `${each} quality`])];
  if ("passages" in answer)
    return [
      "id",
      "entered",
      "left",
      ...addresses.flatMap((each) => CONDITIONS.map((what) => `${each} ${what}`)),
    ];
  return ["address", "unit", "time", "value", "quality"];
}

function rowsOf(answer: HistoryAnswer, addresses: readonly string[]): Cell[][] {
  if ("buckets" in answer) return answer.buckets.map((bucket) => [answer.address, ...bucketCells(bucket)]);
  if ("rows" in answer) {
    return answer.rows.map((row) => [
      isoUs(row.timeUs),
      valueCell(row),
      qualityWord(row.quality),
      ...addresses.flatMap((each) => [valueCell(row.at[each]!), qualityWord(row.at[each]!.quality)]),
    ]);
  }
  if ("passages" in answer) {
    return answer.passages.map(({ id, enteredUs, leftUs, conditions }) => [
      id,
      isoUs(enteredUs),
      isoUs(leftUs),
      ...addresses.flatMap((each) =>
        CONDITIONS.map((what) =>
          what === "quality" ? qualityWord(conditions[each]!.quality) : conditions[each]![what],
        ),
      ),
    ]);
  }
  const samples = "samples" in answer ? answer.samples : [answer];
  return samples.map((sample) => [
    answer.address,
    answer.unit,
    isoUs(sample.timeUs),
    valueCell(sample),
    qualityWord(sample.quality),
  ]);
}

const bucketCells = ({ fromUs, min, mean, max, count, covered, quality }: PlainBucket): Cell[] => [
  isoUs(fromUs),
  min,
  mean,
  max,
  count,
  covered,
  qualityWord(quality),
];
