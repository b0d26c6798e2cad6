import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { Pool, RequestError } from "influx/lib/src/pool.js";
import { messageOf, type RungError } from "../../core/errors.ts";
import { withDeadline } from "./deadline.ts";
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
import { foreignQuery, identifier, pointsQuery } from "./influxql.ts";
import { type NanoTime, nanoTimeOf } from "./nano-time.ts";

const compressed = promisify(gzip);
/** Points of one answer: what is parsed between two turns of the event loop. */
export const PAGE = 2000;

/** Keeps the pool from locking its only host away after a fault: the feed has pauses of its own. */
const NO_PAUSE = { getDelay: () => 0, next: () => NO_PAUSE, reset: () => NO_PAUSE };

interface Series {
  readonly columns: readonly string[];
  readonly values: readonly (readonly unknown[])[];
}
interface Answer {
  readonly results: readonly { readonly series?: readonly Series[]; readonly error?: string }[];
}

/** InfluxDB 1.x, by databases and InfluxQL, over the connection of the `influx` package. */
export class InfluxOne implements InfluxServer {
  readonly where: string;
  readonly #settings: InfluxSettings;
  readonly #pool: Pool;
  readonly #auth: { auth?: string };
  readonly #timeoutMs: number;
  /** Rung's own measurement in InfluxQL. */
  readonly #own: string;

  constructor(settings: InfluxSettings) {
    this.#settings = settings;
    this.where = `${settings.url}, database ${settings.database}`;
    this.#auth = settings.user ? { auth: `${settings.user}:${settings.password ?? ""}` } : {};
    this.#timeoutMs = settings.timeoutMs ?? INFLUX_DEFAULTS.timeoutMs;
    this.#pool = new Pool({ maxRetries: 0, requestTimeout: this.#timeoutMs, backoff: NO_PAUSE });
    this.#pool.addHost(withPort(settings.url), settings.ca ? { ca: settings.ca } : {});
    this.#own = this.#from(settings.measurement);
  }

  async write(lines: string, signal?: AbortSignal): Promise<void> {
    const body = await compressed(lines);
    const { database, retentionPolicy } = this.#settings;
    const query = { db: database, precision: "ns", ...(retentionPolicy ? { rp: retentionPolicy } : {}) };
    await this.#asked(
      this.#pool.discard({
        method: "POST",
        path: "/write",
        query,
        // Declared as text; the pool measures and sends whatever bytes there are.
        body: body as unknown as string,
        headers: { "content-encoding": "gzip", "content-type": "text/plain; charset=utf-8" },
        ...this.#auth,
        ...(signal === undefined ? {} : { signal }),
      }),
      signal,
    );
  }

  async *points(whose: Whose, question: PointQuestion, signal?: AbortSignal): AsyncGenerator<StoredPoint> {
    const pages = this.#pages(question, (part) => pointsQuery(this.#own, whose, part), signal);
    for await (const { time, row } of pages) yield storedPoint(time, row);
  }

  async *foreign(field: ForeignField, question: PointQuestion): AsyncGenerator<ForeignPoint> {
    const from = this.#from(field.measurement);
    for await (const { time, row } of this.#pages(question, (part) => foreignQuery(from, field, part))) {
      yield { timeUs: time.timeUs, value: row[1] as ForeignPoint["value"] };
    }
  }

  async addresses(): Promise<string[]> {
    const answer = await this.#query(`SHOW TAG VALUES FROM ${this.#own} WITH KEY = "address"`);
    return answer.flatMap(({ values }) => values.map(([, address]) => address as string));
  }

  async probe(): Promise<InfluxProbe> {
    const [pinged] = await this.#pool.ping(this.#timeoutMs);
    const { database } = this.#settings;
    const answer = await this.#query("SHOW DATABASES");
    const names = answer.flatMap(({ values }) => values.map(([name]) => name));
    return {
      product: `InfluxDB ${pinged?.version ?? "1.x"}`,
      database: { name: database, found: names.includes(database) },
      answersQueries: true,
    };
  }

  /** Page by page, each beginning at the very time where the one before ended, since several points may share it. */
  async *#pages(
    question: PointQuestion,
    queryOf: (part: PointQuestion) => string,
    signal?: AbortSignal,
  ): AsyncGenerator<{ time: NanoTime; row: readonly unknown[] }> {
    let from: NanoTime = { timeUs: question.fromUs, slot: 0 };
    let left = question.limit;
    let edge = "";
    let seen = new Set<string>();
    for (;;) {
      const asked = Math.min(PAGE, left) + seen.size;
      const part = { ...question, fromUs: from.timeUs, fromSlot: from.slot, limit: asked };
      const [series] = await this.#query(queryOf(part), signal);
      const rows = series?.values ?? [];
      for (const row of rows) {
        if (row[0] === edge && seen.has(JSON.stringify(row))) continue;
        yield { time: nanoTimeOf(row[0] as string), row };
        left--;
      }
      if (rows.length < asked || left <= 0) return;
      edge = rows.at(-1)![0] as string;
      from = nanoTimeOf(edge);
      seen = new Set(rows.filter((row) => row[0] === edge).map((row) => JSON.stringify(row)));
    }
  }

  async #query(q: string, signal?: AbortSignal): Promise<readonly Series[]> {
    const { database } = this.#settings;
    const answer = (await this.#asked(
      this.#pool.json({
        method: "POST",
        path: "/query",
        body: new URLSearchParams({ db: database, q }).toString(),
        ...this.#auth,
        ...(signal === undefined ? {} : { signal }),
      }),
      signal,
    )) as Answer;
    const error = answer.results.find((result) => result.error !== undefined)?.error;
    if (error !== undefined) throw this.#fault(/not found/.test(error) ? 404 : 400, error);
    return answer.results.flatMap(({ series }) => series ?? []);
  }

  async #asked<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    try {
      return await withDeadline(work, this.#timeoutMs, signal);
    } catch (thrown) {
      const status = thrown instanceof RequestError ? thrown.res.statusCode : statusOf(thrown);
      throw this.#fault(status, messageOf(thrown), thrown);
    }
  }

  #fault(status: number | undefined, text: string, cause?: unknown): RungError {
    return influxError(this.where, { ...(status === undefined ? {} : { status }), text, cause });
  }

  #from(measurement: string): string {
    const { retentionPolicy } = this.#settings;
    return retentionPolicy
      ? `${identifier(retentionPolicy)}.${identifier(measurement)}`
      : identifier(measurement);
  }
}

/** The pool keeps of an answer above 499 only its words, such as "Service Unavailable". */
function statusOf(thrown: unknown): number | undefined {
  const text = messageOf(thrown);
  if (/service unavailable/i.test(text)) return 503;
  return /internal server error|bad gateway|gateway timeout/i.test(text) ? 500 : undefined;
}

/** The pool takes the port from the text alone, and adds its path to whatever path there is. */
function withPort(url: string): string {
  const { protocol, hostname, port, pathname } = new URL(url);
  return `${protocol}//${hostname}:${port || (protocol === "https:" ? 443 : 80)}${pathname.replace(/\/+$/, "")}`;
}

function storedPoint({ timeUs, slot }: NanoTime, row: readonly unknown[]): StoredPoint {
  const [, address, source, reality, unit, value, kind, text, quality, received, epoch, sequence] = row;
  return {
    timeUs,
    slot,
    address: address as string,
    source: source as string,
    reality: reality as string,
    unit: (unit as string | null) || undefined,
    value: (value as number | null) ?? undefined,
    kind: (kind as string | null) ?? undefined,
    text: (text as string | null) ?? undefined,
    quality: Number(quality ?? 0),
    receivedUs: Number(received ?? 0),
    epoch: Number(epoch ?? 0),
    sequence: Number(sequence ?? 0),
  };
}
