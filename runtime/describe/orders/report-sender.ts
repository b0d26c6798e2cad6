import { join } from "node:path";
import { messageOf, RungError } from "../../core/errors.ts";
import { writeWhole } from "../../core/private-file.ts";
import type { OrderStore } from "./order-store.ts";
import { type ReportFormat, writeReport } from "./report-format.ts";
import type { Report, WaitingReport } from "./report-outbox.ts";

/** Where reports go. */
export type ReportTarget =
  | { readonly kind: "file"; readonly folder: string; readonly format: ReportFormat }
  | { readonly kind: "rest"; readonly url: string; readonly format: ReportFormat };

export interface ReportSenderOptions {
  readonly store: OrderStore;
  readonly target: ReportTarget;
  /** Told once until it works again, and for each report that is refused for good. */
  readonly onProblem: (error: RungError) => void;
  readonly onSent?: (report: Report) => void;
  readonly firstRetryMs?: number;
  readonly longestRetryMs?: number;
}

/** Defaults with their units. */
export const SENDER_DEFAULTS = { firstRetryMs: 1000, longestRetryMs: 60_000, answerMs: 10_000 };

/** Answers after which a report may be taken later; any other 4xx says that it never will (RFC 9110, 15.5). */
const TRY_AGAIN = new Set([401, 403, 404, 408, 409, 423, 425, 429]);

/** The receiver will never take it. */
class Refused extends Error {}

/**
 * Sends reports one after another, each at least once: a report leaves the store only when its receiver took it. What
 * fails is tried again with growing pauses and holds back those after it, so that their order stays; what is refused
 * for good stays in the store, marked, and is told. A receiver tells repetitions by the report's key: the file's name,
 * or the header `Idempotency-Key`.
 */
export class ReportSender {
  readonly #options: ReportSenderOptions;
  readonly #firstRetryMs: number;
  readonly #longestRetryMs: number;
  readonly #ending = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isWoken = false;
  #told = "";

  constructor(options: ReportSenderOptions) {
    this.#options = options;
    this.#firstRetryMs = options.firstRetryMs ?? SENDER_DEFAULTS.firstRetryMs;
    this.#longestRetryMs = options.longestRetryMs ?? SENDER_DEFAULTS.longestRetryMs;
  }

  /** There may be something to send: called at the start and after each new report. */
  wake(): void {
    this.#isWoken = true;
    // While a pause after a failure runs, new reports wait behind the one that failed.
    if (this.#running !== undefined || this.#timer !== undefined || this.#ending.signal.aborted) return;
    this.#running = this.#sendAll()
      .catch((thrown: unknown) => this.#options.onProblem(storeFault(thrown)))
      .finally(() => {
        this.#running = undefined;
        if (this.#isWoken) this.wake();
      });
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #sendAll(): Promise<void> {
    while (this.#isWoken && !this.#ending.signal.aborted) {
      this.#isWoken = false;
      const { store } = this.#options;
      for (let next = store.reports.next(); next !== undefined; next = store.reports.next()) {
        if (!(await this.#sendOne(next))) return;
      }
    }
  }

  /** @returns false where it has to be tried again, or the sender ends */
  async #sendOne({ seq, body, attempts }: WaitingReport): Promise<boolean> {
    const { store, onProblem, onSent } = this.#options;
    try {
      await this.#send(body);
    } catch (thrown) {
      if (this.#ending.signal.aborted) return false;
      const isFinal = thrown instanceof Refused;
      store.reports.failed(seq, messageOf(thrown), isFinal);
      this.#tell(body, messageOf(thrown), isFinal, onProblem);
      if (isFinal) return true;
      const waitMs = Math.min(this.#longestRetryMs, this.#firstRetryMs * 2 ** Math.min(attempts, 20));
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.wake();
      }, waitMs);
      this.#timer.unref();
      return false;
    }
    store.reports.sent(seq);
    this.#told = "";
    onSent?.(body);
    return !this.#ending.signal.aborted;
  }

  #tell(report: Report, what: string, isFinal: boolean, onProblem: (error: RungError) => void): void {
    if (!isFinal && this.#told === what) return;
    if (!isFinal) this.#told = what;
    const { target } = this.#options;
    onProblem(
      new RungError({
        code: isFinal ? "report-refused" : "report-not-sent",
        where: target.kind === "file" ? target.folder : target.url,
        what: `report ${report.key}: ${what}`,
        advice: isFinal ? "it is kept and not sent again" : "it is tried again until it is taken",
      }),
    );
  }

  async #send(report: Report): Promise<void> {
    const { target } = this.#options;
    const createdUs = report.order.actualEndUs ?? report.order.actualStartUs ?? 0;
    const { text, mediaType, ending } = writeReport(report, target.format, createdUs);
    if (target.kind === "file") {
      writeWhole(join(target.folder, `${fileName(report.key)}.${ending}`), text, 0o640);
      return;
    }
    const response = await fetch(target.url, {
      method: "POST",
      body: text,
      headers: { "content-type": mediaType, "idempotency-key": report.key },
      redirect: "error",
      signal: AbortSignal.any([this.#ending.signal, AbortSignal.timeout(SENDER_DEFAULTS.answerMs)]),
    });
    await response.arrayBuffer();
    if (response.ok) return;
    const said = `the receiver answered ${response.status}`;
    if (response.status >= 400 && response.status < 500 && !TRY_AGAIN.has(response.status))
      throw new Refused(said);
    throw new Error(said);
  }
}

/** The store itself failed: nothing is lost, and the next report tries again. */
function storeFault(thrown: unknown): RungError {
  if (thrown instanceof RungError) return thrown;
  return new RungError({
    code: "orders-write",
    where: "reports",
    what: messageOf(thrown),
    advice: "free disk space, or look at the file's permissions",
    cause: thrown,
  });
}

/** A key as a file's name: whatever is no plain letter is written by its code. */
const fileName = (key: string): string =>
  encodeURIComponent(key).replaceAll("*", "%2A").replace(/^\./, "%2E").slice(0, 200);

/** @throws RungError `bad-target` */
export function checkedTarget(target: ReportTarget, where: string): ReportTarget {
  const fault = (what: string): RungError =>
    new RungError({
      code: "bad-target",
      where,
      what,
      advice: "name a folder, or an address beginning with http",
    });
  if (target.kind === "file") {
    if (target.folder.trim() === "") throw fault("has no folder for its reports");
    return target;
  }
  if (!URL.canParse(target.url) || !/^https?:$/.test(new URL(target.url).protocol))
    throw fault(`${JSON.stringify(target.url)} is no address to post to`);
  return target;
}
