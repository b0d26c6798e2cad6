import { join } from "node:path";
import { messageOf } from "../../core/errors.ts";
import { decodeStream } from "../../core/frame-codec.ts";
import type { TimeUs } from "../../core/time.ts";
import type { RecordHead } from "./record.ts";
import { Segment } from "./segment.ts";
import { isWhole } from "./segment-walk.ts";
import type { SpoolDisk } from "./spool-disk.ts";
import type { Cursor, SourceHead, SourceHeads, SpoolLoss, SpoolReport } from "./spool-types.ts";

/** A spool as it was found on disk. */
export interface FoundSpool {
  readonly segments: Segment[];
  readonly before: Map<Segment, SourceHeads>;
  readonly cursors: Map<string, Cursor>;
  readonly sources: Record<string, SourceHead>;
  readonly report: SpoolReport;
}

const NOTHING: SourceHead = { rows: 0, newestUs: 0, epoch: 0, last: -1 };

/** How far a source is after a record. */
export const headAfter = (
  head: Omit<RecordHead, "payloadBytes">,
  before: SourceHead | undefined,
): SourceHead => ({
  rows: head.rowsBefore + head.rows,
  newestUs: Math.max(before?.newestUs ?? 0, head.toUs),
  ...(head.presentUs > 0 ? { presentUs: head.presentUs } : {}),
  ...(head.receivedUs > 0 ? { receivedUs: head.receivedUs } : {}),
  epoch: head.epoch,
  last: head.last,
});

/**
 * Where a source stood before the frame that the description of its stream was written for: what follows may be
 * damaged. Its newest source time is not known; no lost sample is older than the one told.
 */
const headBefore = ({ rowsBefore, fromUs, epoch, first, receivedUs }: RecordHead): SourceHead => ({
  rows: rowsBefore,
  newestUs: fromUs,
  ...(receivedUs > 0 ? { receivedUs } : {}),
  epoch,
  last: first - 1,
});

/** How far the clock of some tag of a source is ahead; what such a tag misses lies as much later. */
export const aheadOf = ({ newestUs, presentUs = newestUs }: SourceHead): TimeUs =>
  Math.max(0, newestUs - presentUs);

/** The samples between two places of a source, where the second is known to follow the first. */
export function lossBetween(
  source: string,
  before: SourceHead,
  next: RecordHead,
): Omit<SpoolLoss, "reason"> | undefined {
  const rows = next.rowsBefore - before.rows;
  if (rows <= 0) return undefined;
  const aheadUs = aheadOf(before);
  return {
    source,
    rows,
    from: { epoch: before.epoch, sequence: before.last + 1, timeUs: before.newestUs - aheadUs },
    to: { epoch: next.epoch, sequence: next.first - 1, timeUs: next.fromUs + aheadUs },
    filledSinceUs: before.receivedUs ?? 0,
  };
}

/**
 * Reads a spool's folder through: every record is checked, a torn end is cut off, and what is damaged is told with
 * the samples it held: by its head where that is readable, else by the records of the same source around it.
 */
export function scanSpool(
  disk: SpoolDisk,
  folder: string,
  headsFile: string,
  cursorFolder: string,
  cursorEnding: string,
): FoundSpool {
  const problems: string[] = [];
  const names = disk.list(folder);
  const cursors = readCursors(disk, join(folder, cursorFolder), cursorEnding, problems);
  const saved = readJson<{ next: number; sources: Record<string, SourceHead> }>(
    disk,
    join(folder, headsFile),
    problems,
    (thing) => Number.isSafeInteger(thing.next) && typeof thing.sources === "object",
  );
  const segments: Segment[] = [];
  const firsts = new Map<Segment, SourceHeads>();
  const losses: SpoolLoss[] = [];
  const torn: { segment: string; bytes: number }[] = [];
  const damaged: { segment: string; from: number; to: number }[] = [];
  const heads = new Map<string, SourceHead>();
  let next = 0;
  for (const name of names) {
    const segment = Segment.found(disk, folder, name);
    if (segment === undefined) continue;
    const content = segment.scan();
    const first: Record<string, SourceHead> = {};
    if (content.length > segment.bytes) {
      torn.push({ segment: name, bytes: content.length - segment.bytes });
      segment.cut();
    }
    const sourceOf = sourceNames(segment);
    const starts = new Map<string, SourceHead>();
    for (const part of content.parts) {
      if (!isWhole(part)) damaged.push({ segment: name, from: part.from, to: part.to });
      const head = part.head;
      if (head?.kind === "stream") {
        const source = sourceOf(head.stream);
        if (source !== undefined && !starts.has(source)) starts.set(source, headBefore(head));
      }
      if (head === undefined || head.kind !== "frame" || head.number < next) continue;
      next = head.number + 1;
      const source = sourceOf(head.stream);
      if (source === undefined) continue;
      const start = starts.get(source);
      const before = heads.get(source) ?? start;
      const loss = before === undefined ? undefined : lossBetween(source, before, head);
      if (loss !== undefined) losses.push({ ...loss, reason: "damaged" });
      first[source] ??= { ...NOTHING, ...before, rows: start?.rows ?? head.rowsBefore };
      heads.set(source, headAfter(head, before));
      if (!isWhole(part)) losses.push({ ...lossOf(source, head), reason: "damaged" });
    }
    segment.next = Math.max(next, segment.first);
    segment.release();
    segments.push(segment);
    firsts.set(segment, first);
  }
  const sources: Record<string, SourceHead> = {};
  const further = [saved?.sources ?? {}, ...[...cursors.values()].map((cursor) => cursor.sources)];
  for (const known of [...further, Object.fromEntries(heads)]) {
    for (const [source, head] of Object.entries(known)) {
      if (head.rows > (sources[source]?.rows ?? -1)) sources[source] = head;
    }
  }
  for (const least of [saved?.next ?? 0, ...[...cursors.values()].map((cursor) => cursor.next)]) {
    next = Math.max(next, least);
  }
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  const report = { next, sources: { ...sources }, losses, torn, damaged, problems, bytes };
  return { segments, before: beforeEach(segments, firsts, sources), cursors, sources, report };
}

function lossOf(source: string, head: RecordHead): Omit<SpoolLoss, "reason"> {
  const { rows, epoch, first, last, fromUs, toUs } = head;
  return {
    source,
    rows,
    from: { epoch, sequence: first, timeUs: fromUs },
    to: { epoch, sequence: last, timeUs: toUs },
  };
}

/** Where each source stood before each segment: from the end backwards, as its first record there says. */
function beforeEach(
  segments: readonly Segment[],
  firsts: ReadonlyMap<Segment, SourceHeads>,
  sources: SourceHeads,
): Map<Segment, SourceHeads> {
  const before = new Map<Segment, SourceHeads>();
  let running = { ...sources };
  for (const segment of [...segments].reverse()) {
    running = { ...running, ...firsts.get(segment) };
    before.set(segment, running);
  }
  return before;
}

function sourceNames(segment: Segment): (stream: number) => string | undefined {
  const names = new Map<number, string | undefined>();
  return (stream) => {
    if (!names.has(stream)) {
      const bytes = segment.stream(stream);
      names.set(stream, bytes === undefined ? undefined : decodeStream(bytes).source);
    }
    return names.get(stream);
  };
}

function readCursors(
  disk: SpoolDisk,
  folder: string,
  ending: string,
  problems: string[],
): Map<string, Cursor> {
  const cursors = new Map<string, Cursor>();
  for (const file of disk.list(folder)) {
    if (!file.endsWith(ending)) continue;
    const cursor = readJson<Cursor & { name: string }>(
      disk,
      join(folder, file),
      problems,
      (thing) => Number.isSafeInteger(thing.next) && thing.next >= 0 && typeof thing.sources === "object",
    );
    if (cursor === undefined) continue;
    cursors.set(decodeURIComponent(file.slice(0, -ending.length)), {
      next: cursor.next,
      sources: cursor.sources,
    });
  }
  return cursors;
}

/** A small file of the spool. One that is damaged is told and begun anew: a sink then gets more than it needs. */
function readJson<T>(
  disk: SpoolDisk,
  file: string,
  problems: string[],
  isRight: (thing: T) => boolean,
): T | undefined {
  const bytes = disk.read(file);
  if (bytes === undefined) return undefined;
  try {
    const thing = JSON.parse(bytes.toString()) as T;
    if (thing !== null && isRight(thing)) return thing;
    problems.push(`${file}: its content makes no sense, it is begun anew`);
  } catch (thrown) {
    problems.push(`${file}: ${messageOf(thrown)}, it is begun anew`);
  }
  return undefined;
}
