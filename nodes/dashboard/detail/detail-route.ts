import { randomUUID } from "node:crypto";
import type { NodeAPI } from "node-red";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";

/** Below the dashboard, where the host asks for a sign-in and lets people with scopes read. */
const ROUTE = "dashboard/rung-detail";
/** Longest address that is looked for. */
const LONGEST = 400;

type Query = Readonly<Record<string, unknown>>;

export interface DetailAnswers {
  /** What `?property=` or `?station=` names. */
  readonly detail: (query: Query) => object;
  /** The curve of a property, or with `from` and `to` a stretch of it. */
  readonly curve: (property: string, query: Query) => object | Promise<object>;
}

interface Request {
  readonly params: { readonly token: string; readonly property?: string };
  readonly query: Query;
}
interface Response {
  status(code: number): Response;
  set(headers: Readonly<Record<string, string>>): Response;
  json(body: object): void;
}

/**
 * Where the detail page asks. Its address is random and told in the widget's view alone, as that of a trend
 * (../trend/trend-route.ts): it is the right to read what lies within the widget's twin.
 */
export class DetailRoute {
  readonly #root: string;
  readonly #open = new Map<string, DetailAnswers>();

  constructor(RED: NodeAPI) {
    const { httpNodeRoot } = RED.settings as { httpNodeRoot?: string | false };
    const root = httpNodeRoot === false || httpNodeRoot === undefined ? "/" : httpNodeRoot;
    this.#root = root.endsWith("/") ? root : `${root}/`;
    const serve = (request: Request, response: Response) => {
      void this.answer(request.params.token, request.params.property, request.query).then(
        ({ status, body }) => response.status(status).set({ "Cache-Control": "no-store" }).json(body),
      );
    };
    RED.httpNode.get(`/${ROUTE}/:token`, serve as never);
    RED.httpNode.get(`/${ROUTE}/:token/curve/:property`, serve as never);
  }

  /** @returns the address, and a function that takes it away */
  open(answers: DetailAnswers): { readonly address: string; readonly close: () => void } {
    const token = randomUUID();
    this.#open.set(token, answers);
    return { address: `${this.#root}${ROUTE}/${token}`, close: () => this.#open.delete(token) };
  }

  /** @returns status and body */
  async answer(
    token: string,
    property: string | undefined,
    query: Query,
  ): Promise<{ readonly status: number; readonly body: object }> {
    const answers = this.#open.get(token);
    if (answers === undefined) return { status: 404, body: { error: "no longer shown" } };
    try {
      const body = property === undefined ? answers.detail(query) : await answers.curve(property, query);
      return { status: 200, body };
    } catch (error) {
      const code = error instanceof RungError ? error.code : "";
      const status = code === "outside" ? 403 : code === "bad-range" || code === "bad-address" ? 400 : 503;
      return { status, body: { error: messageOf(error) } };
    }
  }
}

/** The address that a query names. @throws RungError `bad-address` */
export function askedAddress(query: Query): { readonly address: string; readonly isProperty: boolean } {
  const isProperty = query.property !== undefined;
  const address = isProperty ? query.property : query.station;
  if (typeof address === "string" && address !== "" && address.length <= LONGEST)
    return { address, isProperty };
  throw new RungError({
    code: "bad-address",
    where: "detail",
    what: "names neither a property nor a station",
    advice: "write ?property= or ?station= with an address",
  });
}
