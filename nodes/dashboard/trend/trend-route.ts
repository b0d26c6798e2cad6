import { randomUUID } from "node:crypto";
import type { NodeAPI } from "node-red";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";

/** Below the dashboard, where the host asks for a sign-in and lets people with scopes read. */
const ROUTE = "dashboard/rung-trend";
/** Stretches that one trend reads at a time: each costs history a walk over its samples. */
const MOST_AT_ONCE = 4;
const LEAST_COLUMNS = 50;
const MOST_COLUMNS = 2400;

/** A stretch of time asked for, on the plant's clock. */
export interface AskedStretch {
  readonly fromS: number;
  readonly toS: number;
  readonly columns: number;
}

export interface TrendAnswers {
  whole(): object;
  stretch(asked: AskedStretch): Promise<object>;
}

interface Request {
  readonly params: { readonly token: string };
  readonly query: Readonly<Record<string, unknown>>;
}

interface Response {
  status(code: number): Response;
  set(headers: Readonly<Record<string, string>>): Response;
  json(body: object): void;
}

/** @throws RungError `bad-range` */
export function askedStretch(query: Readonly<Record<string, unknown>>): AskedStretch {
  const fromS = Number(query.from);
  const toS = Number(query.to);
  const columns = Math.min(MOST_COLUMNS, Math.max(LEAST_COLUMNS, Math.round(Number(query.columns ?? 600))));
  if (fromS >= 0 && toS > fromS && Number.isFinite(toS) && Number.isFinite(columns))
    return { fromS, toS, columns };
  throw new RungError({
    code: "bad-range",
    where: "trend",
    what: `a stretch from ${String(query.from)} to ${String(query.to)} cannot be drawn`,
    advice: "give from and to in seconds since 1970, the end after the beginning",
  });
}

/**
 * Where browsers fetch whole curves and stretches of them. An address is random and told in a widget's view alone,
 * which reaches only who may see that widget: it is the right to read it, which a viewer has too.
 */
export class TrendRoute {
  readonly #root: string;
  readonly #trends = new Map<string, { readonly answers: TrendAnswers; open: number }>();

  /** @param root of the paths that flows serve: `/` */
  constructor(root: string) {
    this.#root = root.endsWith("/") ? root : `${root}/`;
  }

  /** @returns the address, and a function that takes it away */
  open(answers: TrendAnswers): { readonly address: string; readonly close: () => void } {
    const token = randomUUID();
    this.#trends.set(token, { answers, open: 0 });
    return { address: `${this.#root}${ROUTE}/${token}`, close: () => this.#trends.delete(token) };
  }

  /** @returns status and body */
  async answer(
    token: string,
    query: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly status: number; readonly body: object }> {
    const trend = this.#trends.get(token);
    if (trend === undefined) return { status: 404, body: { error: "no longer shown" } };
    try {
      if (query.from === undefined) return { status: 200, body: trend.answers.whole() };
      const asked = askedStretch(query);
      if (trend.open >= MOST_AT_ONCE) return { status: 503, body: { error: "history is busy: try again" } };
      trend.open++;
      try {
        return { status: 200, body: await trend.answers.stretch(asked) };
      } finally {
        trend.open--;
      }
    } catch (error) {
      const isAsked = error instanceof RungError && error.code === "bad-range";
      return { status: isAsked ? 400 : 503, body: { error: messageOf(error) } };
    }
  }
}

/** The route of a runtime. */
export function openTrendRoute(RED: NodeAPI): TrendRoute {
  const { httpNodeRoot } = RED.settings as { httpNodeRoot?: string | false };
  const route = new TrendRoute(httpNodeRoot === false || httpNodeRoot === undefined ? "/" : httpNodeRoot);
  RED.httpNode.get(`/${ROUTE}/:token`, ((request: Request, response: Response) => {
    void route.answer(request.params.token, request.query).then(({ status, body }) => {
      response.status(status).set({ "Cache-Control": "no-store" }).json(body);
    });
  }) as never);
  return route;
}
