import { HttpError, InfluxDB, type QueryApi, RequestTimedOutError } from "@influxdata/influxdb-client";
import { messageOf, RungError } from "../../core/errors.ts";
import { withDeadline } from "./deadline.ts";
import { fluxAddresses, fluxForeign, fluxPoints } from "./flux.ts";
import { influxError } from "./influx-error.ts";
import type {
  ForeignField,
  ForeignPoint,
  InfluxProbe,
  InfluxServer,
  PointQuestion,
  StoredPoint,
  Whose,
} from "./influx-server.ts";
import { INFLUX_DEFAULTS, type InfluxSettings } from "./influx-settings.ts";
import { nanoTimeOf } from "./nano-time.ts";

/** Bodies below it are not worth compressing, in bytes. */
const GZIP_THRESHOLD = 1000;

type Row = Readonly<Record<string, unknown>>;

/**
 * InfluxDB 2.x, by buckets and Flux, or whatever else takes lines at `/api/v2/write`.
 *
 * Lines go by the client's transport, one request a batch with its own answer. The client's WriteApi is not used: it
 * buffers and retries behind one's back, and its `close()` succeeds after errors that a `writeFailed` handler took.
 */
export class InfluxTwo implements InfluxServer {
  readonly where: string;
  readonly #settings: InfluxSettings;
  readonly #client: InfluxDB;
  readonly #queries: QueryApi;
  readonly #timeoutMs: number;

  constructor(settings: InfluxSettings) {
    const { url, token, ca, database, organisation = "" } = settings;
    this.#settings = settings;
    this.where = database === "" ? url : `${url}, bucket ${database}`;
    this.#timeoutMs = settings.timeoutMs ?? INFLUX_DEFAULTS.timeoutMs;
    this.#client = new InfluxDB({
      url,
      timeout: this.#timeoutMs,
      ...(token ? { token } : {}),
      ...(ca ? { transportOptions: { ca } } : {}),
    });
    this.#queries = this.#client.getQueryApi(organisation);
  }

  async write(lines: string, signal?: AbortSignal): Promise<void> {
    const { organisation = "", database } = this.#settings;
    const query = new URLSearchParams({ org: organisation, bucket: database, precision: "ns" });
    await this.#asked(
      this.#client.transport.request(`/api/v2/write?${query}`, lines, {
        method: "POST",
        headers: { "content-type": "text/plain; charset=utf-8" },
        gzipThreshold: GZIP_THRESHOLD,
        ...(signal === undefined ? {} : { signal }),
      }),
      signal,
    );
  }

  async *points(whose: Whose, question: PointQuestion, signal?: AbortSignal): AsyncGenerator<StoredPoint> {
    const { database, measurement } = this.#settings;
    const rows = this.#rows(fluxPoints(database, measurement, whose, question), signal);
    for await (const row of rows) yield storedPoint(row);
  }

  async *foreign(field: ForeignField, question: PointQuestion): AsyncGenerator<ForeignPoint> {
    for await (const row of this.#rows(fluxForeign(this.#settings.database, field, question))) {
      yield {
        timeUs: nanoTimeOf(row._time as string).timeUs,
        value: row._value as ForeignPoint["value"],
      };
    }
  }

  async addresses(): Promise<string[]> {
    const found: string[] = [];
    const { database, measurement } = this.#settings;
    for await (const row of this.#rows(fluxAddresses(database, measurement)))
      found.push(row._value as string);
    return found;
  }

  async probe(): Promise<InfluxProbe> {
    let version = "";
    await this.#asked(
      this.#client.transport.request("/ping", "", { method: "GET" }, (headers) => {
        version = String(headers["x-influxdb-version"] ?? "");
      }),
    );
    const { writeOnly, database } = this.#settings;
    const product = `InfluxDB ${version.replace(/^v/, "") || "2.x"}`;
    // A receiver of lines calls itself an InfluxDB of some version, whatever it is.
    if (writeOnly)
      return { product: "takes lines at /api/v2/write", database: undefined, answersQueries: false };
    const query = new URLSearchParams({ name: database });
    const answer = (await this.#asked(
      this.#client.transport.request(`/api/v2/buckets?${query}`, "", { method: "GET" }),
    )) as { buckets?: readonly { name: string }[] } | undefined;
    const found = answer?.buckets?.some(({ name }) => name === database) ?? false;
    return { product, database: { name: database, found }, answersQueries: true };
  }

  async *#rows(flux: string, signal?: AbortSignal): AsyncGenerator<Row> {
    if (this.#settings.writeOnly) {
      throw new RungError({
        code: "influx-write-only",
        where: this.where,
        what: "takes writes only",
        advice: "ask another historian, or clear the mark in this one",
      });
    }
    const rows = this.#queries.iterateRows(flux)[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { done, value } = await this.#asked(rows.next(), signal);
        if (done) return;
        yield value.tableMeta.toObject(value.values) as Row;
      }
    } finally {
      // Lets the connection go where nobody reads on; an answer that hangs is let go by its own time-out.
      rows.return?.(undefined).catch(() => undefined);
    }
  }

  async #asked<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await withDeadline(work, this.#timeoutMs, signal);
    } catch (thrown) {
      throw this.#fault(thrown);
    }
  }

  #fault(thrown: unknown): RungError {
    const cause = { cause: thrown };
    if (thrown instanceof HttpError)
      return influxError(this.where, {
        status: thrown.statusCode,
        text: thrown.body ?? thrown.message,
        ...cause,
      });
    const text = thrown instanceof RequestTimedOutError ? "timed out" : messageOf(thrown);
    return influxError(this.where, { text, ...cause });
  }
}

const textOf = (value: unknown): string | undefined =>
  value === null || value === undefined || value === "" ? undefined : String(value);

function storedPoint(row: Row): StoredPoint {
  const { value } = row;
  const kind = textOf(row.kind);
  return {
    ...nanoTimeOf(row._time as string),
    address: String(row.address),
    source: String(row.source),
    reality: String(row.reality),
    unit: textOf(row.unit),
    value: value === null || value === undefined || value === "" ? undefined : Number(value),
    kind,
    // CSV does not tell an empty text from none; that there is one is told by `kind`.
    text: kind === undefined ? undefined : String(row.text ?? ""),
    quality: Number(row.quality ?? 0),
    receivedUs: Number(row.received ?? 0),
    epoch: Number(row.epoch ?? 0),
    sequence: Number(row.sequence ?? 0),
  };
}
