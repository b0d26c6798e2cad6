import { messageOf, RungError } from "../../core/errors.ts";
import { SegmentLog } from "./segment-log.ts";
import type { SpoolDisk } from "./spool-disk.ts";
import type { Fault, SpoolRequest, SpoolSignal } from "./spool-protocol.ts";
import type { SpoolOptions } from "./spool-types.ts";

/** Frames that come within this time are made durable together; with the sync itself it stays below 20 ms. */
const COMMIT_MS = 8;
/** A write that failed is tried again after this. */
const RETRY_MS = 250;

/** Keeps a segment log for somebody who only sends messages: group commit, retries, answers. */
export class LogKeeper {
  readonly #log: SegmentLog | undefined;
  readonly #post: (signal: SpoolSignal) => void;
  #timer: NodeJS.Timeout | undefined;
  #stalledBy: string | undefined;
  #toldRemovals = 0;

  constructor(options: SpoolOptions, disk: SpoolDisk, post: (signal: SpoolSignal) => void) {
    this.#post = post;
    try {
      this.#log = new SegmentLog(options, disk);
      post({ op: "opened", report: this.#log.report });
    } catch (thrown) {
      post({ op: "failed", fault: faultOf(thrown, options.folder) });
    }
  }

  handle(request: SpoolRequest): void {
    if (request.op === "frames") {
      this.#take(request);
      return;
    }
    try {
      const result = this.#answer(request);
      this.#post({ op: "answer", id: request.id, result });
    } catch (thrown) {
      this.#post({ op: "answer", id: request.id, fault: faultOf(thrown, request.op) });
    }
  }

  /** Ends the timer without writing what is pending. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #take(request: SpoolRequest & { op: "frames" }): void {
    const log = this.#opened();
    try {
      for (const { stream, bytes } of request.define) log.define(stream, bytes);
      for (const { number, payload } of request.frames) log.append(number, payload);
      log.forgetStreams(request.forgetBelow);
    } catch (thrown) {
      this.#post({ op: "failed", fault: faultOf(thrown, "spool") });
      return;
    }
    this.#timer ??= setTimeout(() => this.#commit(), COMMIT_MS);
  }

  #answer(request: Exclude<SpoolRequest, { op: "frames" }>): unknown {
    const log = this.#opened();
    switch (request.op) {
      case "read":
        return log.read(request.from, request.mostBytes);
      case "attach":
        return log.attach(request.name);
      case "detach":
        return log.detach(request.name);
      case "forget":
        log.forget(request.name);
        return this.#roomMade();
      case "cursor":
        log.setCursor(request.name, request.cursor);
        return this.#roomMade();
      case "close":
        this.#commit();
        this.stop();
        return log.close();
    }
  }

  /** What waited for room on disk need not wait for the next retry. */
  #roomMade(): void {
    if (this.#stalledBy === "spool-full") this.#commit();
  }

  #commit(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const log = this.#opened();
    const before = log.committed;
    try {
      log.commit();
      this.#stalledBy = undefined;
    } catch (thrown) {
      const fault = faultOf(thrown, "spool");
      if (this.#stalledBy !== fault.code) this.#post({ op: "stalled", fault });
      this.#stalledBy = fault.code;
      this.#timer = setTimeout(() => this.#commit(), RETRY_MS);
    }
    for (const problem of log.takeProblems()) {
      this.#post({ op: "problem", fault: faultOf(problem, "spool") });
    }
    if (log.removals.length > this.#toldRemovals) {
      this.#post({ op: "removed", removals: log.removals.slice(this.#toldRemovals) });
      this.#toldRemovals = log.removals.length;
    }
    if (log.committed > before) {
      this.#post({ op: "committed", upTo: log.committed, bytes: log.bytes, segments: log.segmentCount });
    }
  }

  #opened(): SegmentLog {
    if (this.#log !== undefined) return this.#log;
    throw new RungError({ code: "spool-closed", where: "spool", what: "could not be opened" });
  }
}

function faultOf(thrown: unknown, where: string): Fault {
  if (!(thrown instanceof RungError)) {
    return { code: "spool-failed", where, what: messageOf(thrown), advice: "look at the disk" };
  }
  // The message is put together again from its parts on the other side.
  const tail = thrown.advice === "" ? "" : ` (${thrown.advice})`;
  const what = thrown.message.slice(thrown.where.length + 2, thrown.message.length - tail.length);
  return { code: thrown.code, where: thrown.where, what, advice: thrown.advice };
}
