import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { gunzipSync } from "node:zlib";

type Value = number | string | boolean;

interface Point {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, Value>>;
  /** Nanoseconds. */
  readonly time: bigint;
}

/**
 * Stands for an InfluxDB 2.x: takes lines at `/api/v2/write`, and answers the Flux that Rung sends with annotated CSV
 * as the reference describes it. It knows no other Flux.
 */
export class FakeInfluxTwo {
  static readonly token = "a-token";
  readonly points = new Map<string, Point>();
  /** Answers of the next writes, instead of storing. */
  readonly faults: { readonly status: number; readonly body: string }[] = [];
  readonly #server: Server;
  url = "";

  constructor() {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const raw = Buffer.concat(chunks);
      const body = (request.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw).toString();
      const url = new URL(request.url!, "http://fake");
      const answer = (status: number, text = "", type = "application/json"): void => {
        response.writeHead(status, { "content-type": type, "x-influxdb-version": "v2.7.10" }).end(text);
      };
      if (url.pathname === "/ping") return answer(204);
      if (request.headers.authorization !== `Token ${FakeInfluxTwo.token}`) {
        return answer(401, '{"code":"unauthorized","message":"unauthorized access"}');
      }
      if (url.pathname === "/api/v2/buckets") {
        const buckets = url.searchParams.get("name") === "plant" ? [{ name: "plant" }] : [];
        return answer(200, JSON.stringify({ buckets }));
      }
      if (url.pathname === "/api/v2/write") {
        if (url.searchParams.get("bucket") !== "plant" || url.searchParams.get("org") !== "acme") {
          return answer(404, '{"code":"not found","message":"bucket not found"}');
        }
        const fault = this.faults.shift();
        if (fault !== undefined) return answer(fault.status, fault.body);
        for (const line of linesOf(body)) this.#take(line);
        return answer(204);
      }
      if (url.pathname === "/api/v2/query") {
        const { query } = JSON.parse(body) as { query: string };
        return answer(200, this.#ask(query), "text/csv; charset=utf-8");
      }
      answer(404, '{"code":"not found","message":"path not found"}');
    });
  }

  async start(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.url = `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
    return this;
  }

  end(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #take(line: string): void {
    const [series, fields, time] = cut(line, " ", 3);
    const [measurement, ...tags] = cut(series!, ",");
    const key = `${series} ${time}`;
    const pairs = (list: readonly string[]) => list.map((pair) => cut(pair, "=", 2) as [string, string]);
    const point: Point = {
      measurement: plain(measurement!),
      tags: Object.fromEntries(pairs(tags).map(([name, value]) => [plain(name), plain(value)])),
      fields: {
        ...this.points.get(key)?.fields,
        ...Object.fromEntries(pairs(cut(fields!, ",")).map(([name, value]) => [plain(name), fieldOf(value)])),
      },
      time: BigInt(time!),
    };
    this.points.set(key, point);
  }

  #ask(flux: string): string {
    if (flux.startsWith("import")) {
      const [, measurement] = /r\._measurement == "([^"]*)"/.exec(flux)!;
      const found = [...this.points.values()].filter((point) => point.measurement === measurement);
      return csv(
        [...new Set(found.map(({ tags }) => tags.address!))].map((address) => ({ _value: address })),
      );
    }
    const [, from, to] = /start: time\(v: (\d+)\), stop: time\(v: (\d+)\)/.exec(flux)!;
    const [, limit] = /limit\(n: (\d+)\)/.exec(flux)!;
    const [, filter] = /filter\(fn: \(r\) => (.*)\)\n/.exec(flux)!;
    const isWanted = conditionOf(filter!);
    const rows: Record<string, Value>[] = [];
    const sorted = [...this.points.values()].sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
    if (/desc: true/.test(flux)) sorted.reverse();
    for (const { measurement, tags, fields, time } of sorted) {
      if (time < BigInt(from!) || time >= BigInt(to!)) continue;
      const row = { _time: rfc3339(time), _measurement: measurement, ...tags };
      if (/pivot\(/.test(flux)) {
        if (isWanted({ ...row })) rows.push({ ...row, ...fields });
        continue;
      }
      for (const [field, value] of Object.entries(fields))
        if (isWanted({ ...row, _field: field })) rows.push({ _time: row._time, _value: value });
    }
    return csv(rows.slice(0, Number(limit)));
  }
}

/** `r.a == "x" and (r.b == "y" or r.b == "z") and r["c"] == "w"` */
function conditionOf(text: string): (row: Readonly<Record<string, Value>>) => boolean {
  const equal = /r(?:\.(\w+)|\["([^"]+)"\]) == "((?:[^"\\]|\\.)*)"/;
  const parts = text.split(" and ").map((part) =>
    part
      .replace(/^\(|\)$/g, "")
      .split(" or ")
      .map((each) => {
        const [, name, quoted, value] = equal.exec(each)!;
        return [name ?? quoted!, value!.replaceAll(/\\(.)/g, "$1")] as const;
      }),
  );
  return (row) => parts.every((any) => any.some(([name, value]) => row[name] === value));
}

/** Lines of line protocol; a line may end within a quoted text only. */
function linesOf(body: string): string[] {
  const lines: string[] = [];
  let begin = 0;
  let isQuoted = false;
  for (let i = 0; i < body.length; i++) {
    if (body[i] === "\\") i++;
    else if (body[i] === '"') isQuoted = !isQuoted;
    else if (body[i] === "\n" && !isQuoted) {
      lines.push(body.slice(begin, i));
      begin = i + 1;
    }
  }
  return [...lines, body.slice(begin)];
}

/** Parts between separators that are neither escaped nor within a quoted text. */
function cut(text: string, separator: string, most = Number.POSITIVE_INFINITY): string[] {
  const parts: string[] = [];
  let begin = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length && parts.length < most - 1; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === '"') isQuoted = !isQuoted;
    else if (text[i] === separator && !isQuoted) {
      parts.push(text.slice(begin, i));
      begin = i + 1;
    }
  }
  return [...parts, text.slice(begin)];
}

const plain = (text: string): string => text.replaceAll(/\\([ ,=])/g, "$1");

function fieldOf(text: string): Value {
  if (text.startsWith('"')) return text.slice(1, -1).replaceAll(/\\(["\\])/g, "$1");
  if (text === "true" || text === "false") return text === "true";
  if (text.endsWith("i")) return Number(text.slice(0, -1));
  return Number(text);
}

const rfc3339 = (time: bigint): string => {
  const seconds = new Date(Number(time / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  const rest = String(time % 1_000_000_000n)
    .padStart(9, "0")
    .replace(/0+$/, "");
  return rest === "" ? `${seconds}Z` : `${seconds}.${rest}Z`;
};

const INTEGERS = new Set(["quality", "received", "epoch", "sequence"]);

/** Rows as one table of annotated CSV. */
function csv(rows: readonly Readonly<Record<string, Value>>[]): string {
  if (rows.length === 0) return "\r\n";
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const typeOf = (column: string): string => {
    if (column === "_time") return "dateTime:RFC3339";
    if (INTEGERS.has(column)) return "long";
    const value = rows.find((row) => row[column] !== undefined)![column];
    return typeof value === "number" ? "double" : typeof value === "boolean" ? "boolean" : "string";
  };
  const cell = (value: Value | undefined): string => {
    const text = value === undefined ? "" : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [
    ["#datatype", "string", "long", ...columns.map(typeOf)],
    ["#group", "false", "false", ...columns.map(() => "false")],
    ["#default", "_result", "", ...columns.map(() => "")],
    ["", "result", "table", ...columns],
    ...rows.map((row) => ["", "", "0", ...columns.map((column) => cell(row[column]))]),
    [],
  ]
    .map((line) => `${line.join(",")}\r\n`)
    .join("");
}
