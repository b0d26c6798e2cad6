import { RungError } from "../../core/errors.ts";
import type { TextRow } from "./delimited-text.ts";
import {
  celsiusOf,
  clockS,
  isClock,
  isFailure,
  isNumber,
  isPlainClock,
  numberOf,
  SECONDS_OF,
  type TemperatureUnit,
  type TimeUnit,
  temperatureUnitOf,
  timeUnitOf,
} from "./logger-cell.ts";
import { findTable, type LoggerTable } from "./logger-table.ts";

/** One probe. */
export interface LoggerChannel {
  readonly name: string;
  /** °C per sample; NaN where the probe gave nothing. */
  readonly celsius: Float64Array;
  /** How many samples gave nothing. */
  readonly failed: number;
}

/** What a profile logger has exported. */
export interface LoggerFile {
  readonly metadata: readonly (readonly [string, string])[];
  /** s, rising; from midnight where the file says clock times, else as in the file. */
  readonly timeS: Float64Array;
  /** Whether the times are a clock's or run from the logger's start. */
  readonly clock: boolean;
  readonly channels: readonly LoggerChannel[];
  /** Time of the first mark or event, if the file has a column of them. */
  readonly markS?: number;
  /** What was taken for granted: shown to the person. */
  readonly notes: readonly string[];
}

/** What a person says of a file that does not say it. */
export interface LoggerHints {
  readonly timeUnit?: TimeUnit;
  readonly temperatureUnit?: TemperatureUnit;
}

const TIME_HEADING =
  /^(?:(?:elapsed|rel(?:ative)?|abs|clock)?[ _.-]*(?:time|zeit|uhrzeit)(?!\p{L})|t(?=$|\s*[([])|laufzeit|elapsed|timestamp|date ?\/?[& ]*time|datum ?[/&]? ?(?:uhr)?zeit)/iu;
const DATE_HEADING = /^(?:date|datum|day|tag)(?!\p{L})(?!.*(?:time|zeit))/iu;
const INDEX_HEADING =
  /^(?:no|nr|nummer|sample|index|idx|rec(?:ord)?|reading|punkt|messung|point|scan|#)(?!\p{L})/iu;
const MARK_HEADING = /^(?:mark(?:er|e)?|event|ereignis|trigger|flag)(?!\p{L})/iu;
const REMARK_HEADING = /^(?:remark|comment|note|bemerkung|kommentar|status|alarm)/i;
const INTERVAL_KEY = /(?:interval|intervall|abtastzeit|sample ?time|log(?:ging)? ?rate)/i;
/** What an oven's probe can show; outside it is a broken wire read as the end of the range. */
const LEAST_C = -50;
const MOST_C = 600;
const HALF_DAY_S = 43_200;
const DAY_S = 86_400;

/**
 * Reads a profile as oven loggers export it: lines of metadata, a heading (names, maybe a row of units), then one line a
 * sample; parted by ; , or tabs; decimal point or comma; times as clock or count; °C, °F or K; failed probes in words,
 * dashes or nines.
 * @param file its name, for errors
 * @throws RungError `logger-file` with line and column
 */
export function readLoggerFile(text: string, file: string, hints: LoggerHints = {}): LoggerFile {
  const table = findTable(text, file);
  const notes: string[] = [];
  const columns = columnsOf(table, file);
  const { timeS, clock } = readTimes(table, columns.time, file, hints, notes);
  checkTimes(timeS, table, columns.time, file);
  const defaultUnit = hints.temperatureUnit ?? metadataUnit(table);
  const channels = columns.channels.map((column) => readChannel(table, column, file, defaultUnit, notes));
  const marked = columns.mark === undefined ? -1 : table.rows.findIndex((row) => isMark(row, columns.mark!));
  return {
    metadata: table.metadata,
    timeS,
    clock,
    channels,
    ...(marked < 0 ? {} : { markS: timeS[marked]! }),
    notes,
  };
}

interface Columns {
  /** Undefined where the samples are only counted. */
  readonly time: number | undefined;
  readonly mark: number | undefined;
  readonly channels: readonly number[];
}

function columnsOf({ headings, rows }: LoggerTable, file: string): Columns {
  const column = (i: number): string[] => rows.map((row) => row.cells[i]!);
  const all = headings.map((_, i) => i);
  const empty = (i: number): boolean => headings[i] === "" && column(i).every((cell) => cell === "");
  const kinds: readonly RegExp[] = [DATE_HEADING, INDEX_HEADING, MARK_HEADING, REMARK_HEADING];
  const isKind = (i: number): boolean => kinds.some((kind) => kind.test(headings[i]!));
  const clocks = all.filter((i) => !isKind(i) && isClock(rows[0]!.cells[i]!));
  const isTime = (heading: string): boolean =>
    TIME_HEADING.test(heading) && temperatureUnitOf(heading) === undefined;
  const named = all.filter((i) => isTime(headings[i]!) && !isKind(i));
  // Beside a clock a column of elapsed time is the better one: it does not fall at midnight.
  const elapsed = named.filter((i) => isNumber(rows[0]!.cells[i]!));
  const unnamed = all.find((i) => headings[i] === "" && isNumber(rows[0]!.cells[i]!));
  const time = elapsed[0] ?? clocks[0] ?? named[0] ?? (headings[0] === "" ? unnamed : undefined);
  const mark = all.find((i) => MARK_HEADING.test(headings[i]!));
  const channels = all.filter(
    (i) => i !== time && !named.includes(i) && !clocks.includes(i) && !isKind(i) && !empty(i),
  );
  if (channels.length > 0) return { time, mark, channels };
  throw new RungError({
    code: "logger-file",
    where: file,
    what: `has no column of a probe: its columns are ${headings.join(", ")}`,
    advice: "export one column per probe",
  });
}

function readTimes(
  table: LoggerTable,
  column: number | undefined,
  file: string,
  hints: LoggerHints,
  notes: string[],
): { timeS: Float64Array; clock: boolean } {
  if (column === undefined) {
    const everyS = intervalS(table);
    if (everyS === undefined) {
      throw new RungError({
        code: "logger-file",
        where: file,
        what: `no column is the time and no line says the sample interval: its columns are ${table.headings.join(", ")}`,
        advice: 'name a column "Time (s)"',
      });
    }
    notes.push(`no column of times: one sample every ${everyS} s, as the file's head says`);
    return { timeS: Float64Array.from(table.rows, (_, i) => i * everyS), clock: false };
  }
  const heading = table.headings[column]!;
  const cell = (row: TextRow): string => row.cells[column]!;
  const unit = hints.timeUnit ?? timeUnitOf(heading);
  const first = cell(table.rows[0]!);
  if (isClock(first)) {
    const twoParts = twoPartClock(table, column, file, unit);
    let dayS = 0;
    let before = Number.NEGATIVE_INFINITY;
    const timeS = Float64Array.from(table.rows, (row) => {
      if (!isClock(cell(row))) throw unreadable(file, row, column, heading, "no time");
      let seconds = clockS(cell(row), twoParts) + dayS;
      if (before - seconds > HALF_DAY_S) {
        dayS += DAY_S;
        seconds += DAY_S;
      }
      before = seconds;
      return seconds;
    });
    return { timeS, clock: timeS[0]! >= 3600 || /\d{4}/.test(first) };
  }
  if (unit === undefined || unit === "mm:ss" || unit === "hh:mm") {
    throw new RungError({
      code: "logger-file",
      where: `${file} line ${table.rows[0]!.line}, column ${column + 1}`,
      what: `${JSON.stringify(heading)} does not say the unit of its times`,
      advice: "say it with --time s or --time min",
    });
  }
  const timeS = Float64Array.from(table.rows, (row) => {
    if (!isNumber(cell(row))) throw unreadable(file, row, column, heading, "no time");
    return numberOf(cell(row)) * SECONDS_OF[unit];
  });
  return { timeS, clock: false };
}

/** What 0:30 without seconds means. */
function twoPartClock(
  table: LoggerTable,
  column: number,
  file: string,
  unit: TimeUnit | undefined,
): "hh:mm" | "mm:ss" {
  if (unit === "hh:mm" || unit === "mm:ss") return unit;
  if (table.rows.every((row) => !isClock(row.cells[column]!) || isPlainClock(row.cells[column]!)))
    return "hh:mm";
  throw new RungError({
    code: "logger-file",
    where: `${file} line ${table.rows[0]!.line}, column ${column + 1}`,
    what: `${JSON.stringify(table.rows[0]!.cells[column]!)} may be minutes and seconds or hours and minutes`,
    advice: "say it with --time mm:ss or --time hh:mm",
  });
}

function checkTimes(timeS: Float64Array, table: LoggerTable, column: number | undefined, file: string): void {
  for (let i = 1; i < timeS.length; i++) {
    if (timeS[i]! > timeS[i - 1]!) continue;
    const row = table.rows[i]!;
    throw unreadable(file, row, column ?? 0, table.headings[column ?? 0]!, "not after the time before it");
  }
}

function intervalS(table: LoggerTable): number | undefined {
  const value = table.metadata.find(([key]) => INTERVAL_KEY.test(key));
  if (value === undefined) return undefined;
  if (isClock(value[1])) return clockS(value[1], "mm:ss");
  const [, number, unit = ""] = /^(\d+(?:[.,]\d+)?)\s*([a-z]*)/i.exec(value[1]) ?? [];
  const known = timeUnitOf(unit === "" ? value[0] : unit);
  if (number === undefined || known === undefined || known === "mm:ss" || known === "hh:mm") return undefined;
  return numberOf(number) * SECONDS_OF[known];
}

function metadataUnit(table: LoggerTable): TemperatureUnit | undefined {
  const said = table.metadata.find(([key]) => /unit|einheit/i.test(key) && !/time|zeit/i.test(key));
  return said === undefined ? undefined : temperatureUnitOf(`[${said[1]}]`);
}

function readChannel(
  table: LoggerTable,
  column: number,
  file: string,
  defaultUnit: TemperatureUnit | undefined,
  notes: string[],
): LoggerChannel {
  const heading = table.headings[column]!;
  const said = temperatureUnitOf(heading) ?? defaultUnit;
  const name = nameOf(heading) || `channel ${column + 1}`;
  if (said === undefined) notes.push(`${name}: no unit is said; read as °C`);
  let outside = 0;
  const celsius = Float64Array.from(table.rows, (row) => {
    const cell = row.cells[column]!;
    if (isFailure(cell)) return Number.NaN;
    if (!isNumber(cell)) throw unreadable(file, row, column, heading, "no temperature");
    const value = celsiusOf(numberOf(cell), said ?? "C");
    if (value >= LEAST_C && value <= MOST_C) return value;
    outside++;
    return Number.NaN;
  });
  if (outside > 0) notes.push(`${name}: ${outside} samples beyond ${LEAST_C} to ${MOST_C} °C are left out`);
  return { name, celsius, failed: celsius.reduce((sum, c) => sum + (Number.isNaN(c) ? 1 : 0), 0) };
}

/** A heading without its unit. */
function nameOf(heading: string): string {
  const bare = heading.replace(/[([][^)\]]*[)\]]/g, (bracket) =>
    temperatureUnitOf(bracket) === undefined ? bracket : "",
  );
  return bare.replace(/\s+(?:°|º|deg\.?)\s?[CF]$/i, "").trim();
}

const isMark = (row: TextRow, column: number): boolean =>
  !/^(?:|0|-+|no|nein|false)$/i.test(row.cells[column]!);

function unreadable(file: string, row: TextRow, column: number, heading: string, what: string): RungError {
  const named = heading === "" ? "" : ` (${heading})`;
  return new RungError({
    code: "logger-file",
    where: `${file} line ${row.line}, column ${column + 1}${named}`,
    what: `${JSON.stringify(row.cells[column] ?? "")} is ${what}`,
    advice: "correct the line, or export the profile again",
  });
}
