import { parentPort, workerData } from "node:worker_threads";
import { messageOf, RungError } from "../../core/errors.ts";
import type { HistorianNotice, HistorianReply, HistorianRequest } from "./historian-protocol.ts";
import { HistoryStore, type StoreOptions } from "./history-store.ts";
import type { Maintained } from "./history-types.ts";

/** Rows gather for so long before they are stored in one transaction. */
const FLUSH_MS = 100;
/** So many rows are stored at once. */
const FLUSH_ROWS = 65_536;
const MAINTAIN_MS = 60_000;

const port = parentPort!;
const store = HistoryStore.open(workerData as StoreOptions);
const settled = (): void => undefined;
/** Everything that writes runs one after another; what fails is told to whoever asked for it. */
const inTurn = oneAfterAnother();
/**
 * So does everything that reads: results are streamed, and a second query on the same connection would end the first
 * one's stream early, without an error.
 */
const inReadingTurn = oneAfterAnother();
/** Upkeep has a connection of its own, but only one round of it runs at a time. */
const inUpkeepTurn = oneAfterAnother();
let flushTimer: NodeJS.Timeout | undefined;
const maintenance = setInterval(() => {
  maintain(false).catch((error) => tell({ problem: faultOf(error)! }));
}, MAINTAIN_MS);

const tell = (notice: HistorianNotice): void => port.postMessage(notice);

/** @param isNow late samples of archived days are merged at once */
async function maintain(isNow: boolean): Promise<Maintained> {
  const opened = await store;
  return inUpkeepTurn(async () => {
    try {
      const maintained = await opened.archive(isNow);
      tell({ maintained });
      tell({ memoryBytes: await opened.memoryBytes() });
      return maintained;
    } finally {
      // Files that are no longer needed are removed while nobody reads them.
      await inReadingTurn(() => inTurn(() => opened.tidy()));
    }
  });
}

function oneAfterAnother(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = store.then(settled, settled);
  return (work) => {
    const turn = last.then(work);
    last = turn.then(settled, settled);
    return turn;
  };
}

function flush(): Promise<void> {
  clearTimeout(flushTimer);
  flushTimer = undefined;
  return inTurn(async () => (await store).flush());
}

async function append(request: HistorianRequest & { op: "append" }): Promise<unknown> {
  const opened = await store;
  const done = await inTurn(async () => {
    await opened.register(request.newTags);
    const stored = opened.append(request.rows);
    // Whoever appended awaits it below; until then a failure must not count as unhandled.
    stored.catch(settled);
    return { stored };
  });
  if (opened.waitingRows >= FLUSH_ROWS) await flush();
  else flushTimer ??= setTimeout(() => void flush(), FLUSH_MS);
  return done.stored;
}

/** Reads see everything that was appended before them. */
async function read<T>(query: (opened: HistoryStore) => Promise<T> | T): Promise<T> {
  await flush();
  return inReadingTurn(async () => query(await store));
}

function handle(request: HistorianRequest): Promise<unknown> {
  switch (request.op) {
    case "open":
      return store.then(() => undefined);
    case "append":
      return append(request);
    case "flush":
      return flush();
    case "last":
      return read((opened) => opened.last(request.address));
    case "range":
      return read((opened) => opened.range(request.address, request.fromUs, request.toUs, request.limit));
    case "buckets":
      return read((opened) => opened.buckets(request.address, request.fromUs, request.toUs, request.n));
    case "decimated":
      return read((opened) =>
        opened.decimated(request.address, request.fromUs, request.toUs, request.widthUs),
      );
    case "at":
      return read((opened) => opened.at(request.addresses, request.timeUs));
    case "asof":
      return read((opened) =>
        opened.asof(request.base, request.addresses, request.fromUs, request.toUs, request.limit),
      );
    case "windows":
      return read((opened) => opened.windows(request.addresses, request.windows));
    case "totals":
      return read((opened) => opened.totals(request.source));
    case "holds":
      return read((opened) => opened.holds(request.source, request.samples));
    case "addresses":
      return read((opened) => opened.addresses());
    case "facts":
      return read((opened) => opened.facts());
    case "maintain":
      return flush().then(() => maintain(true));
    case "limits":
      return inTurn(async () => (await store).setLimits(request.limits));
    case "prehistory":
      return flush().then(() =>
        inTurn(async () => (await store).importPrehistory(request.file, request.prefix)),
      );
    case "close":
      clearInterval(maintenance);
      return close();
  }
}

async function close(): Promise<void> {
  const opened = await store;
  await flush();
  opened.stop();
  await inUpkeepTurn(() => inReadingTurn(() => inTurn(() => opened.close())));
}

function faultOf(error: unknown): HistorianReply["error"] {
  if (error instanceof RungError) {
    return { code: error.code, where: error.where, message: error.message };
  }
  return { code: "history-failed", where: (workerData as StoreOptions).file, message: messageOf(error) };
}

port.on("message", (request: HistorianRequest) => {
  handle(request).then(
    (result) => port.postMessage({ id: request.id, result } satisfies HistorianReply),
    (error) => port.postMessage({ id: request.id, error: faultOf(error) } satisfies HistorianReply),
  );
});
