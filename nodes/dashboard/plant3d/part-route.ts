import { randomUUID } from "node:crypto";
import type { NodeAPI } from "node-red";
import type { PartValues } from "./plant3d-view.ts";

/** Below the dashboard, where the host asks for a sign-in and lets people with scopes read. */
const ROUTE = "dashboard/rung-plant3d-values";

/** @returns undefined for a place where the layout has no part */
type Answers = (part: number) => PartValues | undefined;

interface Request {
  readonly params: { readonly token: string };
  readonly query: Readonly<Record<string, unknown>>;
}

interface Response {
  status(code: number): Response;
  set(headers: Readonly<Record<string, string>>): Response;
  json(body: object): void;
}

/**
 * Where browsers ask for the values of the part that is open on them. An address is random and told in a widget's view
 * alone, which reaches only who may see that widget: it is the right to read it, which a viewer has too.
 */
export class PartRoute {
  readonly #root: string;
  readonly #widgets = new Map<string, Answers>();

  /** @param root of the paths that flows serve: `/` */
  constructor(root: string) {
    this.#root = root.endsWith("/") ? root : `${root}/`;
  }

  /** @returns the address, and a function that takes it away */
  open(answers: Answers): { readonly address: string; readonly close: () => void } {
    const token = randomUUID();
    this.#widgets.set(token, answers);
    return { address: `${this.#root}${ROUTE}/${token}`, close: () => this.#widgets.delete(token) };
  }

  answer(token: string, part: unknown): { readonly status: number; readonly body: object } {
    const answers = this.#widgets.get(token);
    if (answers === undefined) return { status: 404, body: { error: "no longer shown" } };
    const body = /^\d{1,6}$/.test(String(part)) ? answers(Number(part)) : undefined;
    return body === undefined
      ? { status: 400, body: { error: "the layout has no such part" } }
      : { status: 200, body };
  }
}

/** The route of a runtime. */
export function openPartRoute(RED: NodeAPI): PartRoute {
  const { httpNodeRoot } = RED.settings as { httpNodeRoot?: string | false };
  const route = new PartRoute(httpNodeRoot === false || httpNodeRoot === undefined ? "/" : httpNodeRoot);
  RED.httpNode.get(`/${ROUTE}/:token`, ((request: Request, response: Response) => {
    const { status, body } = route.answer(request.params.token, request.query.part);
    response.status(status).set({ "Cache-Control": "no-store" }).json(body);
  }) as never);
  return route;
}
