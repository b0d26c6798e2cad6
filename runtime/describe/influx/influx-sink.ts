import { setImmediate as turn } from "node:timers/promises";
import { RungError } from "../../core/errors.ts";
import type { Frame } from "../../core/frame.ts";
import type { Quality } from "../../core/quality.ts";
import type { TimeUs } from "../../core/time.ts";
import type { SampleKey } from "../dedupe.ts";
import { type RefusedRow, RowsRefused, type Sink } from "../sink.ts";
import { droppedOf, INFLUX_REFUSED, INFLUX_TOO_LARGE, namesPoints } from "./influx-error.ts";
import type { InfluxServer, StoredPoint } from "./influx-server.ts";
import { INFLUX_DEFAULTS, type InfluxSettings } from "./influx-settings.ts";
import { PointSlots, SLOTS, type Span, spansOf } from "./point-slots.ts";
import { type LineFault, SampleLines } from "./sample-line.ts";
import { SharedMilliseconds } from "./shared-milliseconds.ts";
import { textOfValue } from "./text-value.ts";

/** Points that one question about what is stored may bring; what is left is asked for from there on. */
export const MOST_STORED = 50_000;
/** Rows put into lines between two turns of the event loop. */
const ROWS_A_TURN = 2000;

/** After so many refusals in a row that name no point it is the server, not the lines. */
const REFUSALS_IN_A_ROW = 64;

interface Line {
  readonly text: string;
  readonly bytes: number;
  readonly frame: Frame;
  readonly row: number;
  /** Lines without a number have other fields, and so can be refused for reasons of their own. */
  readonly hasNumber: boolean;
}

const FAULT_WORDS: Readonly<Record<LineFault | "time-full", string>> = {
  "bad-name": "its address, source or unit holds a backslash or a control character",
  "text-too-long": "its text is longer than the 65,535 bytes that InfluxDB takes",
  "no-number": "it is no number, and the receiver keeps numbers only",
  "time-full": "its tag has 1,000 samples of one microsecond already",
};

/**
 * An InfluxDB as the sink of a synchroniser: one point per sample, by address, source and time, so that writing again
 * changes nothing. Samples of one tag and time are told apart by nanoseconds (see PointSlots); at a receiver that
 * keeps milliseconds the newest of them stands, and the others are counted as overwritten.
 */
export class InfluxSink implements Sink {
  readonly name: string;
  readonly yields: boolean;
  readonly holds?: Sink["holds"];
  readonly #server: InfluxServer;
  readonly #lines: SampleLines;
  readonly #numbersOnly: boolean;
  readonly #batchBytes: number;
  readonly #slots: PointSlots | undefined;
  readonly #shared = new SharedMilliseconds();
  #signal: AbortSignal | undefined;
  /** The line that the server took last. Writing it again changes nothing, and shows whether it takes any. */
  #taken: string | undefined;

  /** @param name of its cursor @param yields true for the mirror of another store */
  constructor(name: string, server: InfluxServer, settings: InfluxSettings, yields = false) {
    const { measurement, writeOnly = false, batchBytes = INFLUX_DEFAULTS.batchBytes } = settings;
    this.name = name;
    this.yields = yields;
    this.#server = server;
    this.#lines = new SampleLines({ measurement, numbersOnly: writeOnly });
    this.#numbersOnly = writeOnly;
    this.#batchBytes = batchBytes;
    if (writeOnly) return;
    this.#slots = new PointSlots((span) => this.#stored(span));
    this.holds = (source, samples) => this.#holds(source, samples);
  }

  async store(frames: readonly Frame[], signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    const refused: RefusedRow[] = [];
    let why = "";
    const refuse = (frame: Frame, row: number, words: string): void => {
      why ||= `${frame.addressAt(row)}: ${words}`;
      refused.push({ frame, row, reason: "refused" });
    };
    const lines = await this.#linesOf(frames, refuse);
    for (const batch of batchesOf(lines, this.#batchBytes)) {
      await this.#write(batch, signal, (line, error) => refuse(line.frame, line.row, error.message));
    }
    if (this.#numbersOnly) {
      const lost = Map.groupBy(refused, ({ frame }) => frame);
      const isStored = (frame: Frame, row: number): boolean =>
        lost.get(frame)?.some((one) => one.row === row) !== true;
      const overwritten = this.#shared.note(frames, isStored);
      if (overwritten.length > 0) why ||= "several samples of one tag fall into one millisecond";
      refused.push(...overwritten);
    }
    if (refused.length > 0) {
      const what = `${refused.length} samples are not there: ${why}`;
      throw new RowsRefused(this.#server.where, refused, what, "see the help of the historian node");
    }
  }

  async #linesOf(
    frames: readonly Frame[],
    refuse: (frame: Frame, row: number, words: string) => void,
  ): Promise<Line[]> {
    const slots = await this.#slots?.give(frames);
    const lines: Line[] = [];
    let rows = 0;
    for (const [i, frame] of frames.entries()) {
      for (let row = 0; row < frame.length; row++) {
        if (++rows % ROWS_A_TURN === 0) await turn();
        const slot = slots?.[i]?.[row] ?? 0;
        const text = slot < SLOTS ? this.#lines.of(frame, row, slot) : "time-full";
        if (Object.hasOwn(FAULT_WORDS, text))
          refuse(frame, row, FAULT_WORDS[text as keyof typeof FAULT_WORDS]);
        else {
          const hasNumber = Number.isFinite(frame.valueAt(row)) && frame.otherAt(row) === undefined;
          lines.push({ text, bytes: Buffer.byteLength(text) + 1, frame, row, hasNumber });
        }
      }
    }
    return lines;
  }

  /**
   * Stores what the server takes of a batch. Its other lines are refused where the server says that it is for them;
   * where it does not, only if it still takes a line that it took before.
   * @throws RungError where the server refuses everything, as a proxy before it may: it is to be tried again
   */
  async #write(
    batch: readonly Line[],
    signal: AbortSignal,
    refuse: (line: Line, error: RungError) => void,
  ): Promise<void> {
    const refused: { readonly line: Line; readonly error: RungError }[] = [];
    let unexplained: RungError | undefined;
    let inARow = 0;
    const write = async (lines: readonly Line[]): Promise<void> => {
      try {
        await this.#server.write(lines.map(({ text }) => text).join("\n"), signal);
        this.#taken = lines.at(-1)!.text;
        inARow = 0;
        return;
      } catch (thrown) {
        if (!(thrown instanceof RungError)) throw thrown;
        const isRefused = thrown.code === INFLUX_REFUSED;
        if (!isRefused && thrown.code !== INFLUX_TOO_LARGE) throw thrown;
        if (namesPoints(thrown)) inARow = 0;
        else if (++inARow >= REFUSALS_IN_A_ROW) throw refusesAll(thrown);
        if (lines.length === 1 || (isRefused && droppedOf(thrown) === lines.length)) {
          for (const line of lines) refused.push({ line, error: thrown });
          if (!namesPoints(thrown)) unexplained = thrown;
          return;
        }
      }
      // Those that it refuses are found by halving.
      for (const part of halvesOf(lines)) await write(part);
    };
    await write(batch);
    if (unexplained !== undefined) {
      if (this.#taken === undefined) throw refusesAll(unexplained);
      await this.#server.write(this.#taken, signal);
    }
    for (const { line, error } of refused) refuse(line, error);
  }

  async #stored({ source, fromUs, toUs }: Span): Promise<StoredPoint[]> {
    const found: StoredPoint[] = [];
    for (let beginUs = fromUs; ; ) {
      const question = { fromUs: beginUs, toUs, limit: MOST_STORED };
      let count = 0;
      for await (const point of this.#server.points({ sources: [source] }, question, this.#signal)) {
        found.push(point);
        count++;
      }
      const lastUs = found.at(-1)?.timeUs;
      if (count < MOST_STORED || lastUs === undefined || lastUs <= beginUs) return found;
      // Those of the last microsecond come again: not all of them may have been among these.
      beginUs = lastUs;
    }
  }

  async #holds(source: string, samples: readonly SampleKey[]): Promise<boolean[]> {
    const times = new Map([[source, samples.map(({ sourceTimeUs }) => sourceTimeUs)]]);
    const stored = new Set<string>();
    for (const span of spansOf(times)) {
      for (const { address, timeUs, quality, value, kind, text } of await this.#stored(span))
        stored.add(contentKey(address, timeUs, quality, value, kind, text));
    }
    return samples.map(({ address, sourceTimeUs, quality, value, other }) => {
      if (other === undefined && Number.isFinite(value))
        return stored.has(contentKey(address, sourceTimeUs, quality, value, undefined, undefined));
      const { kind, text } = textOfValue(value, other);
      return stored.has(contentKey(address, sourceTimeUs, quality, undefined, kind, text));
    });
  }
}

const refusesAll = (cause: RungError): RungError =>
  new RungError({
    code: "influx-refuses-all",
    where: cause.where,
    what: `takes none of the lines and names none of them: ${cause.message.slice(cause.where.length + 2)}`,
    advice: "nothing is lost, it is tried again; look at the server, and at any proxy before it",
    cause,
  });

const contentKey = (
  address: string,
  timeUs: TimeUs,
  quality: Quality,
  value: number | undefined,
  kind: string | undefined,
  text: string | undefined,
): string => JSON.stringify([address, timeUs, quality >>> 30, value ?? null, kind ?? null, text ?? null]);

function* batchesOf(lines: readonly Line[], mostBytes: number): Generator<Line[]> {
  let batch: Line[] = [];
  let bytes = 0;
  for (const line of lines) {
    if (batch.length > 0 && bytes + line.bytes > mostBytes) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(line);
    bytes += line.bytes;
  }
  if (batch.length > 0) yield batch;
}

/** Two parts: by their fields where these differ, since a type conflict concerns all lines of a kind, else by place. */
function halvesOf(lines: readonly Line[]): readonly (readonly Line[])[] {
  const withNumber = lines.filter(({ hasNumber }) => hasNumber);
  if (withNumber.length > 0 && withNumber.length < lines.length) {
    return [withNumber, lines.filter(({ hasNumber }) => !hasNumber)];
  }
  const half = lines.length >> 1;
  return [lines.slice(0, half), lines.slice(half)];
}
