import type { IncomingMessage, ServerResponse } from "node:http";
import { messageOf, RungError } from "../../core/errors.ts";
import type { OrderDesk } from "./order-desk.ts";
import type { IntakeResult } from "./order-store.ts";
import type { OrderFormat } from "./read-orders.ts";
import { LARGEST_DOCUMENT } from "./read-problems.ts";
import { jsonOfOrder } from "./report-format.ts";

/** The status of each error; the others are the server's own, 500. */
const STATUS: Readonly<Record<string, number>> = {
  "too-large": 413,
  "malformed-order": 400,
  "malformed-xml": 400,
  "not-orders": 400,
  "unknown-media-type": 415,
};

/** Orders by REST, for the desks of this process by name. Who may write is the host's business. */
export class OrderRoutes {
  readonly #desks = new Map<string, OrderDesk>();

  /** @throws RungError `intake-taken` */
  open(intake: string, desk: OrderDesk): () => void {
    if (this.#desks.has(intake)) {
      throw new RungError({
        code: "intake-taken",
        where: intake,
        what: "is the intake of another orders node",
        advice: "give each its own name",
      });
    }
    this.#desks.set(intake, desk);
    return () => {
      if (this.#desks.get(intake) === desk) this.#desks.delete(intake);
    };
  }

  /** POST: the body is a document in JSON, XML or CSV. Answers what became of it. */
  async post(intake: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    await this.#answer(intake, response, async (desk) => {
      const format = formatOfType(request.headers["content-type"]);
      const result = await desk.takeDocument(await bodyOf(request), "rest", format);
      return { status: statusOf(result), body: plain(result) };
    });
  }

  /** GET: the orders as they stand, the latest changed first, or one of them. */
  async get(intake: string, id: string | undefined, response: ServerResponse): Promise<void> {
    await this.#answer(intake, response, async ({ store }) => {
      if (id === undefined) return { status: 200, body: { orders: store.list().map(jsonOfOrder) } };
      const order = store.get(id);
      return order === undefined
        ? { status: 404, body: { error: `there is no order ${id.slice(0, 80)}` } }
        : { status: 200, body: jsonOfOrder(order) };
    });
  }

  async #answer(
    intake: string,
    response: ServerResponse,
    work: (desk: OrderDesk) => Promise<{ status: number; body: object }>,
  ): Promise<void> {
    const desk = this.#desks.get(intake);
    let status = 404;
    let body: object = { error: `there is no intake ${intake.slice(0, 80)}` };
    try {
      if (desk !== undefined) ({ status, body } = await work(desk));
    } catch (thrown) {
      status = thrown instanceof RungError ? (STATUS[thrown.code] ?? 500) : 500;
      body = thrown instanceof RungError ? { errors: [thrown.toJSON()] } : { error: messageOf(thrown) };
    }
    if (response.headersSent || response.destroyed) return;
    response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(body)}\n`);
  }
}

/** 200 where anything was taken or known; 409 where all was refused and something contradicts what is known. */
function statusOf({ received, refused, problems }: IntakeResult): number {
  if (refused < received || received === 0) return 200;
  return problems.some(({ code }) => code === "order-conflict") ? 409 : 422;
}

const plain = ({ problems, ...counts }: IntakeResult): object => ({
  ...counts,
  problems: problems.map((problem) => problem.toJSON()),
});

const TYPES: readonly [RegExp, OrderFormat][] = [
  [/^(application|text)\/(.+\+)?xml$/, "b2mml"],
  [/^application\/(.+\+)?json$/, "json"],
  [/^text\/csv$/, "csv"],
];

/** Nothing, and kinds that say nothing, leave it to the document. @throws RungError `unknown-media-type` */
function formatOfType(header: string | undefined): OrderFormat | undefined {
  const type = (header ?? "").split(";")[0]!.trim().toLowerCase();
  if (["", "text/plain", "application/octet-stream"].includes(type)) return undefined;
  const found = TYPES.find(([pattern]) => pattern.test(type));
  if (found !== undefined) return found[1];
  throw new RungError({
    code: "unknown-media-type",
    where: "rest",
    what: `${JSON.stringify(type.slice(0, 80))} holds no orders`,
    advice: "send application/json, application/xml or text/csv",
  });
}

/** @throws RungError `too-large` */
function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  // Something before may have read the body already.
  const read = (request as { body?: unknown }).body;
  if (typeof read === "string" || Buffer.isBuffer(read)) return Promise.resolve(Buffer.from(read));
  if (read !== undefined && request.readableEnded) return Promise.resolve(Buffer.from(JSON.stringify(read)));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.byteLength;
      // What is too much is read to its end and forgotten, so that the sender hears why.
      if (bytes <= LARGEST_DOCUMENT) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.once("error", reject);
    request.once("aborted", () => reject(new Error("the sender went away")));
    request.once("end", () => {
      if (bytes <= LARGEST_DOCUMENT) return resolve(Buffer.concat(chunks));
      const what = `has ${bytes} bytes, at most ${LARGEST_DOCUMENT} are read`;
      reject(new RungError({ code: "too-large", where: "rest", what, advice: "send it in parts" }));
    });
  });
}
