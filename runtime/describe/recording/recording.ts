import { setImmediate as nextTurn } from "node:timers/promises";
import { RecordedClock } from "../../core/clock.ts";
import { Dictionary } from "../../core/dictionary.ts";
import { RungError } from "../../core/errors.ts";
import { type Frame, FrameBuilder } from "../../core/frame.ts";
import { isScalar, type PropertyType } from "../../core/property.ts";
import { isStorableTimeUs, type TimeUs, wallTimeUs } from "../../core/time.ts";
import type { BindingRow } from "../binding-table.ts";
import { ExactSum } from "../historian/exact-sum.ts";
import { bindColumns, columnIndex, type RecordedColumn } from "./column-map.ts";
import { csvRows, digestOf } from "./csv-rows.ts";
import { Pace } from "./pace.ts";
import type { BadCell, ColumnTally, PlayedFile } from "./played-file.ts";
import { timeOfCell } from "./time-cell.ts";
import { valueOfCell } from "./value-cell.ts";

export interface RecordingOptions {
  readonly file: string;
  readonly timeColumn: string;
  /** Address the columns stand below. */
  readonly twin: string;
  readonly separator?: string;
  /** Decimal mark of the numbers. */
  readonly decimal?: "." | ",";
  /** Which columns, and what they become; all of them where it is missing. */
  readonly map?: readonly BindingRow[];
  /** Recorded seconds per wall second, or as fast as it goes. */
  readonly speed?: number | "max";
}

export const RECORDING_DEFAULTS = { separator: ",", decimal: ".", speed: "max" } as const;

/** Rows looked at before reading, for types and period. */
const PEEK_ROWS = 200;
/** Rows in a frame at full speed. */
const BATCH_ROWS = 100;
const BAD_CELLS_KEPT = 100;
const PERIOD_WITHOUT_ROWS_MS = 1000;

interface Tally {
  count: number;
  inOrder: number;
  readonly sum: ExactSum;
  bad: number;
}

/**
 * A recorded file as a source: rows of a CSV file become frames of reality `recorded`, whose clock is the row's
 * time. Nothing in a cell can stop it: what is no number or no time is a sample of bad quality, counted with row
 * and column.
 *
 * The source's name holds the digest of the file and of how it is read, and sequences count its cells, so that
 * reading the same file again repeats the same samples and is stored once.
 */
export class Recording implements PlayedFile {
  readonly source: string;
  readonly clock: RecordedClock;
  readonly dictionary: Dictionary;
  readonly columns: readonly RecordedColumn[];
  /** Columns of the file that the map leaves out. */
  readonly unmapped: readonly string[];
  readonly #options: Required<Omit<RecordingOptions, "map">>;
  readonly #timeAt: number;
  readonly #tallies: Tally[];
  readonly #badCells: BadCell[] = [];
  #badCellCount = 0;
  #rows = 0;

  private constructor(
    options: Required<Omit<RecordingOptions, "map">>,
    header: readonly string[],
    columns: readonly RecordedColumn[],
    digest: string,
  ) {
    this.#options = options;
    this.#timeAt = header.indexOf(options.timeColumn);
    this.columns = columns;
    this.dictionary = new Dictionary(columns.map((column) => column.property));
    this.source = `recording:${digest.slice(0, 16)}`;
    this.clock = new RecordedClock(options.speed === "max" ? Number.POSITIVE_INFINITY : options.speed);
    const used = new Set(columns.map((column) => column.at));
    this.unmapped = header.filter((_, at) => at !== this.#timeAt && !used.has(at));
    this.#tallies = columns.map(() => ({ count: 0, inOrder: 0, sum: new ExactSum(), bad: 0 }));
  }

  /**
   * Reads the header and the first rows.
   * @throws RungError `no-file`, `bad-csv`, `no-column`, `bad-map`, `bad-option`
   */
  static async open(given: RecordingOptions): Promise<Recording> {
    const { map, ...rest } = given;
    const options = { ...RECORDING_DEFAULTS, ...rest };
    checkOptions(options);
    const { header, rows } = await peek(options.file, options.separator);
    const timeAt = columnIndex(options.file, header, options.timeColumn);
    const periodMs = periodOf(rows.map((row) => timeOfCell(row[timeAt] ?? "")));
    const columns = bindColumns({
      ...options,
      header,
      map,
      guess: (at) => ({ type: typeOf(rows, at, options.decimal), periodMs }),
    });
    if (columns.length === 0) {
      throw new RungError({
        code: "no-column",
        where: options.file,
        what: `has no column besides the time ${JSON.stringify(options.timeColumn)}`,
        advice: "is the separator right?",
      });
    }
    const reading = [
      options.timeColumn,
      options.decimal,
      ...columns.flatMap(({ tag, property }) => [tag, JSON.stringify(property)]),
    ];
    return new Recording(options, header, columns, await digestOf(options.file, reading));
  }

  /** Data rows read so far. */
  get rows(): number {
    return this.#rows;
  }

  /** Cells that became bad samples, and the first hundred of them. */
  get badCells(): { readonly count: number; readonly first: readonly BadCell[] } {
    return { count: this.#badCellCount, first: this.#badCells };
  }

  get tallies(): ColumnTally[] {
    return this.columns.map(({ tag, property }, i) => {
      const { count, inOrder, sum, bad } = this.#tallies[i]!;
      return {
        column: tag,
        address: property.address,
        count,
        sum: sum.value,
        sumInOrder: inOrder,
        badCells: bad,
      };
    });
  }

  /**
   * The frames, in order of the file: one per row at a speed, one per hundred rows at full speed.
   * @throws RungError `bad-csv`
   */
  async *frames(signal?: AbortSignal): AsyncGenerator<Frame> {
    const pace = this.#options.speed === "max" ? undefined : new Pace(this.#options.speed);
    let builder = this.#builder();
    let first = 0;
    let isHeader = true;
    for await (const row of csvRows(this.#options.file, this.#options.separator, signal)) {
      if (isHeader) {
        isHeader = false;
        continue;
      }
      const timeUs = timeOfCell(row[this.#timeAt] ?? "");
      if (pace !== undefined && !(await pace.waitFor(timeUs, signal))) return;
      this.#addRow(builder, row, timeUs);
      if (pace === undefined && builder.length < BATCH_ROWS * this.columns.length) continue;
      const frame = builder.build({ epoch: 0, first, receiveTimeUs: wallTimeUs() });
      first += frame.length;
      builder = this.#builder();
      yield frame;
      // A file in the page cache is read faster than anything else gets a turn.
      await nextTurn();
      if (signal?.aborted) return;
    }
    if (builder.length > 0) yield builder.build({ epoch: 0, first, receiveTimeUs: wallTimeUs() });
  }

  #builder(): FrameBuilder {
    const capacity = this.columns.length * (this.#options.speed === "max" ? BATCH_ROWS : 1);
    return new FrameBuilder(
      { source: this.source, reality: "recorded", dictionary: this.dictionary },
      capacity,
    );
  }

  #addRow(builder: FrameBuilder, row: readonly string[], timeUs: TimeUs): void {
    this.#rows++;
    if (isStorableTimeUs(timeUs)) this.clock.observe(timeUs);
    else this.#noteBad(this.#options.timeColumn, row[this.#timeAt] ?? "", "not-a-time");
    for (const [index, column] of this.columns.entries()) {
      const cell = row[column.at];
      const { value, other, quality, reason } = valueOfCell(
        cell,
        column.property.type,
        this.#options.decimal,
      );
      const tally = this.#tallies[index]!;
      const own = Number.isNaN(value) ? value : column.toProperty(value);
      if (reason !== undefined) {
        tally.bad++;
        this.#noteBad(column.tag, cell ?? "", reason);
      } else if (isScalar(column.property.type)) {
        tally.count++;
        tally.inOrder += own;
        tally.sum.add(own);
      }
      builder.add(index, own, timeUs, quality, other);
    }
  }

  #noteBad(column: string, text: string, reason: BadCell["reason"]): void {
    this.#badCellCount++;
    if (this.#badCells.length < BAD_CELLS_KEPT) {
      this.#badCells.push({ row: this.#rows, column, text: text.slice(0, 40), reason });
    }
  }
}

function checkOptions(options: Required<Omit<RecordingOptions, "map">>): void {
  const fault = (what: string): RungError =>
    new RungError({
      code: "bad-option",
      where: options.file,
      what,
      advice: "correct the recording's options",
    });
  if (options.separator.length !== 1) {
    throw fault(`the separator must be one character, got ${JSON.stringify(options.separator)}`);
  }
  if (options.decimal === options.separator) throw fault("the separator is the decimal mark as well");
  if (options.speed !== "max" && !(options.speed > 0 && Number.isFinite(options.speed))) {
    throw fault(`the speed must be a number > 0 or "max", got ${options.speed}`);
  }
}

async function peek(file: string, separator: string): Promise<{ header: string[]; rows: string[][] }> {
  let header: string[] | undefined;
  const rows: string[][] = [];
  try {
    for await (const row of csvRows(file, separator)) {
      if (header === undefined) header = row.map((name) => name.trim());
      else if (rows.push(row) === PEEK_ROWS) break;
    }
  } catch (error) {
    // What stands after the header is judged when it is read.
    if (header === undefined || !(error instanceof RungError)) throw error;
  }
  if (header !== undefined) return { header, rows };
  throw new RungError({
    code: "bad-csv",
    where: file,
    what: "is empty",
    advice: "give a CSV file with a header line",
  });
}

/** Median step between rows; a second where fewer than two rows have a time. */
function periodOf(timesUs: readonly TimeUs[]): number {
  const steps = timesUs
    .slice(1)
    .map((timeUs, i) => timeUs - timesUs[i]!)
    .filter((step) => step > 0)
    .sort((a, b) => a - b);
  return steps.length === 0 ? PERIOD_WITHOUT_ROWS_MS : steps[Math.floor(steps.length / 2)]! / 1000;
}

/** Text where the first cells hold nothing but text. */
function typeOf(rows: readonly (readonly string[])[], at: number, decimal: "." | ","): PropertyType {
  const cells = rows.map((row) => valueOfCell(row[at], "number", decimal));
  const texts = cells.filter(({ reason }) => reason === "text").length;
  return texts > 0 && cells.every(({ reason }) => reason !== undefined) ? "string" : "number";
}
