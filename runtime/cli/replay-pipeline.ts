import { basename, dirname, extname, resolve } from "node:path";
import { formatAddress, segmentFromText } from "../core/address.ts";
import type { Evidence } from "../core/evidence.ts";
import { describeEvidence } from "../describe/describe-evidence.ts";
import type { ColumnTotal } from "../describe/historian/history-types.ts";
import { readColumnMap } from "../describe/recording/column-map.ts";
import { isFrameFile } from "../describe/recording/frame-file.ts";
import { FrameRecording } from "../describe/recording/frame-recording.ts";
import { openPlayedFile } from "../describe/recording/open-recording.ts";
import type { BadCell, ColumnTally, PlayedFile } from "../describe/recording/played-file.ts";
import type { Services } from "../host/services.ts";
import { type Detection, ReplayDetection } from "./replay-detection.ts";

export interface ReplayOptions {
  readonly file: string;
  readonly timeColumn: string;
  readonly separator: string;
  readonly decimal: "." | ",";
  /** Path of a map file. */
  readonly map?: string;
  readonly twin?: string;
  /** Rows the detector is calibrated on; 0 = none. */
  readonly train: number;
  readonly speed: number | "max";
}

export interface StoredColumn {
  readonly count: number;
  readonly sum: number;
  readonly sumInOrder: number;
  readonly bad: number;
}

export interface ReplayReport {
  readonly file: string;
  readonly twin: string;
  readonly source: string;
  readonly rows: number;
  /** received = stored + deduplicated + dropped, over state and historian together. */
  readonly samples: {
    readonly received: number;
    readonly stored: number;
    readonly deduplicated: number;
    readonly late: number;
    readonly dropped: Readonly<Record<string, number>>;
  };
  readonly badCells: { readonly count: number; readonly first: readonly BadCell[] };
  /** Where the file ends within a record; what is whole was played. */
  readonly cutOff?: { readonly code: string; readonly where: string; readonly message: string };
  readonly unmapped: readonly string[];
  /** Per column what the historian holds of this file, and what the file held. */
  readonly columns: readonly {
    readonly column: string;
    readonly address: string;
    readonly file: StoredColumn;
    readonly stored: StoredColumn;
    readonly matches: boolean;
  }[];
  /** True where count and both sums of every column are the same. */
  readonly matches: boolean;
  readonly detection: Detection;
  readonly evidence: readonly Evidence[];
}

/**
 * The twin a file's columns belong to unless told otherwise: `recording/<folder>/<name>`, so that files of one name
 * in several folders stay apart.
 */
export function twinOfFile(file: string): string {
  const path = resolve(file);
  const folder = basename(dirname(path));
  const name = segmentFromText(basename(path, extname(path)));
  return formatAddress(folder === "" ? ["recording", name] : ["recording", segmentFromText(folder), name]);
}

/** The recording that the options describe. @throws RungError as `Recording.open` and `readColumnMap` */
export async function openRecording(options: ReplayOptions & { twin: string }): Promise<PlayedFile> {
  const { map, train: _, ...rest } = options;
  const rows = map === undefined ? undefined : await readColumnMap(map);
  return openPlayedFile({ ...rest, ...(rows === undefined ? {} : { map: rows }) });
}

/** The twin that was asked for; else the one a file of frames names itself, or that of a CSV's name. */
async function twinOf({ file, twin }: ReplayOptions): Promise<string> {
  if (twin !== undefined) return twin;
  return isFrameFile(file) ? (await FrameRecording.open({ file })).twin : twinOfFile(file);
}

/**
 * Plays a file through source, state, detector and historian, and compares what is stored with what was read.
 * @throws RungError for a fault of the input or of the historian
 */
export async function replay(options: ReplayOptions, services: Services): Promise<ReplayReport> {
  const twin = await twinOf(options);
  const recording = await openRecording({ ...options, twin });
  const historian = services.historian();
  await historian.open();
  services.clocks.set(recording.source, recording.clock);
  const { state } = services.twins.define({
    address: twin,
    name: basename(options.file),
    scope: "process",
    needed: true,
    objective: "replay",
    targetRung: 2,
  });
  const detection = new ReplayDetection(twin, recording.dictionary, options.train);
  const before = historian.counts;
  const appends: Promise<unknown>[] = [];
  for await (const frame of recording.frames()) {
    const accepted = state.accept(frame);
    detection.consume(accepted);
    await historian.room();
    appends.push(historian.append(accepted));
  }
  await Promise.all(appends);
  const after = historian.counts;
  const columns = compare(recording.tallies, await historian.totals(recording.source));
  const { counts } = state;
  const report: ReplayReport = {
    file: options.file,
    twin,
    source: recording.source,
    rows: recording.rows,
    samples: {
      received: counts.received,
      stored: after.stored - before.stored,
      deduplicated: counts.deduplicated + after.deduplicated - before.deduplicated,
      late: counts.late,
      dropped: { ...counts.dropped, ...after.dropped },
    },
    badCells: recording.badCells,
    ...(recording.cutOff === undefined ? {} : { cutOff: recording.cutOff.toJSON() }),
    unmapped: recording.unmapped,
    columns,
    matches: columns.every(({ matches }) => matches),
    detection: detection.result,
    evidence: describeEvidence(state, state.nowUs(), "replay"),
  };
  services.clocks.delete(recording.source);
  services.twins.remove(twin);
  return report;
}

/** Lays what was stored beside what was read. Equal means equal to the last bit. */
export function compare(
  tallies: readonly ColumnTally[],
  totals: readonly ColumnTotal[],
): ReplayReport["columns"] {
  const byAddress = new Map(totals.map((total) => [total.address, total]));
  return tallies.map(({ column, address, count, sum, sumInOrder, badCells }) => {
    const total = byAddress.get(address);
    const file = { count, sum, sumInOrder, bad: badCells };
    const stored = {
      count: total?.count ?? 0,
      sum: total?.sum ?? 0,
      sumInOrder: total?.sumInOrder ?? 0,
      bad: total?.bad ?? 0,
    };
    const matches =
      file.count === stored.count && file.sum === stored.sum && sumInOrder === stored.sumInOrder;
    return { column, address, file, stored, matches };
  });
}
