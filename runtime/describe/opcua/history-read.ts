import { setTimeout as pause } from "node:timers/promises";
import type { ClientSession, DataValue, HistoryReadResponse, StatusCode } from "node-opcua";
import { messageOf } from "../../core/errors.ts";
import type { Quality } from "../../core/quality.ts";
import type { Interval } from "../missing-intervals.ts";
import type { PastAnswer } from "../past-reader.ts";
import { loadOpcua } from "./load-opcua.ts";
import { sourceTimeUs } from "./sample-value.ts";

/** Server_ServerCapabilities_OperationLimits_MaxNodesPerHistoryReadData (OPC 10000-5, 6.3.11); 0 = no limit. */
const NODE_LIMIT_NODE = "i=12165";
/** Nodes in one request, and values of all of them: some milliseconds of decoding between two publish responses. */
export const HISTORY_DEFAULTS = { nodesPerCall: 20, valuesPerCall: 5000 };
/** ms that live samples have the connection to themselves after a request, at most. */
const LONGEST_REST_MS = 200;

/** One node and the interval asked for; values at its ends are left out. */
export interface HistoryPart extends Interval {
  readonly nodeId: string;
}

/** Values of one part, in the order of source time. */
export interface HistoryPage {
  readonly part: number;
  readonly values: readonly DataValue[];
}

/**
 * Bad_NoData, Bad_DataLost, Bad_BoundNotFound, Bad_BoundNotSupported: rows in which a historian says that it has
 * nothing (OPC 10000-11, 6.3); they are no samples.
 */
const NO_SAMPLE: ReadonlySet<number> = new Set([0x809b0000, 0x809d0000, 0x80d70000, 0x80d80000]);

/** A node of which the server keeps no history, or shows none to this user: asking again does not help. */
const NO_HISTORY: ReadonlySet<string> = new Set([
  "BadHistoryOperationUnsupported",
  "BadHistoryOperationInvalid",
  "BadServiceUnsupported",
  "BadNotReadable",
  "BadNotSupported",
  "BadUserAccessDenied",
  "BadNodeIdUnknown",
  "BadNodeIdInvalid",
  "BadAttributeIdInvalid",
]);
/** The server has no data of the interval, which is an answer (OPC 10000-11, 6.4.3.2). */
const NO_DATA: ReadonlySet<string> = new Set(["GoodNoData", "BadNoData", "BadBoundNotFound"]);

/** Of the status of a data value (OPC 10000-4, 7.39.1). */
const HISTORIAN_BITS = 0x001f;
const OVERFLOW_BIT = 0x0080;
const DATA_VALUE_INFO = 0x0400;
const INFO_BITS = 0x0fff;
/** DateTime.MinValue: no time is given (OPC 10000-6, 5.2.2.5). */
const NO_TIME = new Date(Date.UTC(1601, 0, 1));
/** ms for giving continuation points back. */
const RELEASE_MS = 2000;
const BROKEN_OFF = { kind: "failed", why: "reading the history was broken off" } as const;

interface Asked {
  readonly part: number;
  readonly continuationPoint: Buffer | undefined;
}

/**
 * Reads raw values of many nodes (OPC 10000-11, 6.4.3.2), some nodes at a time and each page by page with the
 * server's continuation points, which are given back where reading is broken off.
 * @param take is waited for before the next request
 * @param most nodes in one request where the server names no lower limit, and values of all of them
 * @returns what became of each part; `failed` where the server or the connection did not answer as it should
 */
export async function historyRead(
  session: ClientSession,
  parts: readonly HistoryPart[],
  take: (pages: readonly HistoryPage[]) => Promise<void>,
  signal: AbortSignal,
  most: typeof HISTORY_DEFAULTS = HISTORY_DEFAULTS,
): Promise<PastAnswer[]> {
  const answers: PastAnswer[] = parts.map(() => BROKEN_OFF);
  const waiting: Asked[] = parts.map((_, part) => ({ part, continuationPoint: undefined }));
  let perCall = await nodesPerCall(session, most.nodesPerCall, signal);
  while (waiting.length > 0 && !signal.aborted) {
    const batch = waiting.splice(0, alike(waiting, parts, perCall));
    const beganMs = performance.now();
    const { fromUs, toUs } = parts[batch[0]!.part]!;
    // A server counts in its own steps and includes the start: whole milliseconds around, and what is outside is left.
    const details = {
      startTime: new Date(Math.floor(fromUs / 1000)),
      endTime: new Date(Math.ceil(toUs / 1000) + 1),
      numValuesPerNode: Math.max(1, Math.floor(most.valuesPerCall / batch.length)),
    };
    const response = await ask(session, parts, batch, details, signal);
    if ("isTooMuch" in response) {
      if (response.isTooMuch && batch.length > 1) {
        perCall = batch.length >> 1;
        waiting.unshift(...batch);
        continue;
      }
      // Who does not answer for these will not answer for the others either.
      const left = response.kind === "failed" ? [...batch, ...waiting.splice(0)] : batch;
      for (const { part } of left) answers[part] = { kind: response.kind, why: response.why };
      continue;
    }
    const pages: HistoryPage[] = [];
    const begun: Asked[] = [];
    for (const [i, { part }] of batch.entries()) {
      const { statusCode, continuationPoint, historyData } = response.results![i]!;
      if (statusCode.name === "BadNoContinuationPoints" && batch.length > 1) {
        perCall = 1;
        waiting.push({ part, continuationPoint: undefined });
        continue;
      }
      const answer = answerOf(statusCode);
      answers[part] = answer;
      if (answer.kind !== "read") continue;
      const dataValues = (historyData as { dataValues?: DataValue[] | null } | null)?.dataValues ?? [];
      const values = dataValues.filter((value) => isSampleWithin(value, parts[part]!));
      if (values.length > 0) pages.push({ part, values });
      if (continuationPoint && continuationPoint.length > 0) {
        answers[part] = BROKEN_OFF;
        begun.push({ part, continuationPoint });
      }
    }
    // Begun parts first: a server keeps few continuation points.
    waiting.unshift(...begun);
    const restMs = Math.min(performance.now() - beganMs, LONGEST_REST_MS);
    if (pages.length > 0) await take(pages);
    if (waiting.length > 0) await pause(restMs);
  }
  await release(session, parts, waiting);
  return answers;
}

/**
 * Whether the server has a value at or before the beginning of each part: where it has none, its history does not
 * reach back to what was there before (OPC 10000-11, 6.4.3.2: without a start, values come in reverse order).
 */
export async function historyReachesBack(
  session: ClientSession,
  parts: readonly HistoryPart[],
  signal: AbortSignal,
): Promise<boolean[]> {
  const reaches = parts.map(() => false);
  const waiting: Asked[] = parts.map((_, part) => ({ part, continuationPoint: undefined }));
  const perCall = await nodesPerCall(session, HISTORY_DEFAULTS.nodesPerCall, signal);
  while (waiting.length > 0 && !signal.aborted) {
    const batch = waiting.splice(0, alike(waiting, parts, perCall));
    const { fromUs } = parts[batch[0]!.part]!;
    const details = { startTime: NO_TIME, endTime: new Date(Math.ceil(fromUs / 1000)), numValuesPerNode: 1 };
    const response = await ask(session, parts, batch, details, signal);
    if ("isTooMuch" in response) break;
    const begun: Asked[] = [];
    for (const [i, { part }] of batch.entries()) {
      const { historyData, continuationPoint } = response.results![i]!;
      const [value] = (historyData as { dataValues?: DataValue[] | null } | null)?.dataValues ?? [];
      reaches[part] = value !== undefined && isSample(value);
      if (continuationPoint && continuationPoint.length > 0) begun.push({ part, continuationPoint });
    }
    await release(session, parts, begun);
  }
  return reaches;
}

async function release(
  session: ClientSession,
  parts: readonly HistoryPart[],
  asked: readonly Asked[],
): Promise<void> {
  const held = asked.filter(({ continuationPoint }) => continuationPoint !== undefined);
  if (held.length > 0) await ask(session, parts, held, "release", AbortSignal.timeout(RELEASE_MS));
}

/** How many at the beginning go into one request: begun or not, and of the same interval. */
function alike(waiting: readonly Asked[], parts: readonly HistoryPart[], most: number): number {
  const first = waiting[0]!;
  const { fromUs, toUs } = parts[first.part]!;
  let count = 1;
  while (count < Math.min(most, waiting.length)) {
    const { part, continuationPoint } = waiting[count]!;
    const isBegun = continuationPoint !== undefined;
    if (isBegun !== (first.continuationPoint !== undefined)) break;
    if (parts[part]!.fromUs !== fromUs || parts[part]!.toUs !== toUs) break;
    count++;
  }
  return count;
}

async function nodesPerCall(session: ClientSession, most: number, signal: AbortSignal): Promise<number> {
  const read = session.read({ nodeId: NODE_LIMIT_NODE }).then(
    ({ value }): unknown => value?.value,
    // A server that does not say has no limit; one that has gone does not answer what comes next either.
    () => undefined,
  );
  const limit = await orAborted(read, signal);
  return typeof limit === "number" && limit > 0 ? Math.min(limit, most) : most;
}

/** Why a whole request came to nothing. */
interface Refused {
  readonly kind: "none" | "failed";
  readonly why: string;
  readonly isTooMuch: boolean;
}

async function ask(
  session: ClientSession,
  parts: readonly HistoryPart[],
  batch: readonly Asked[],
  details: { startTime: Date; endTime: Date; numValuesPerNode: number } | "release",
  signal: AbortSignal,
): Promise<HistoryReadResponse | Refused> {
  const opcua = await loadOpcua();
  const isRelease = details === "release";
  const request = new opcua.HistoryReadRequest({
    historyReadDetails: new opcua.ReadRawModifiedDetails({
      isReadModified: false,
      returnBounds: false,
      ...(isRelease ? { startTime: NO_TIME, endTime: NO_TIME, numValuesPerNode: 0 } : details),
    }),
    releaseContinuationPoints: isRelease,
    timestampsToReturn: opcua.TimestampsToReturn.Both,
    nodesToRead: batch.map(({ part, continuationPoint }) => ({
      nodeId: opcua.resolveNodeId(parts[part]!.nodeId),
      ...(continuationPoint === undefined ? {} : { continuationPoint }),
    })),
  });
  try {
    const response = await orAborted(session.historyRead(request), signal);
    if (response === undefined) return { ...BROKEN_OFF, isTooMuch: false };
    const status = response.responseHeader.serviceResult;
    if (status.isGood() && response.results?.length === batch.length) return response;
    return refusal(status.isGood() ? "it answers without results" : status.name);
  } catch (thrown) {
    return refusal(messageOf(thrown).split("\n")[0]!);
  }
}

function refusal(what: string): Refused {
  const isUnsupported = [...NO_HISTORY].some((name) => what.includes(name));
  return {
    kind: isUnsupported ? "none" : "failed",
    why: isUnsupported ? `the server keeps no history: ${what}` : `the history could not be read: ${what}`,
    isTooMuch: /BadTooManyOperations|TooLarge|EncodingLimits/.test(what),
  };
}

function answerOf(status: StatusCode): PastAnswer {
  if (status.isGood() || NO_DATA.has(status.name)) return { kind: "read" };
  if (NO_HISTORY.has(status.name))
    return { kind: "none", why: `the server keeps no history: ${status.name}` };
  return { kind: "failed", why: `the history could not be read: ${status.name}` };
}

function isSampleWithin(value: DataValue, { fromUs, toUs }: Interval): boolean {
  const timeUs = sourceTimeUs(value);
  return timeUs > fromUs && timeUs < toUs && isSample(value);
}

const isSample = (value: DataValue): boolean => !NO_SAMPLE.has((value.statusCode.value & 0xffff0000) >>> 0);

/** What a promise is kept with; undefined where the signal comes first: a broken session may answer very late. */
async function orAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return undefined;
  let stop: (() => void) | undefined;
  const aborted = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    signal.removeEventListener("abort", stop!);
  }
}

/**
 * The quality of a raw historical value without what only its historian says: raw or not (OPC 10000-11, 6.3.2), and
 * an overflow of some queue of long ago.
 */
export function pastQuality(quality: Quality): Quality {
  const cleared = (quality & ~(HISTORIAN_BITS | OVERFLOW_BIT)) >>> 0;
  // Without any bit left that it announces, the type of information is none.
  return (cleared & INFO_BITS) === DATA_VALUE_INFO ? (cleared & ~DATA_VALUE_INFO) >>> 0 : cleared;
}
