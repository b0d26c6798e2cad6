import { createHash } from "node:crypto";
import type { NodeAPI } from "node-red";

/** Below the dashboard, where the host asks for a sign-in and lets people with scopes read. */
const CELL_ROUTE = "dashboard/rung-cell";
const LONG = "private, max-age=31536000, immutable";

interface Thing {
  readonly type: string;
  readonly bytes: Buffer;
}

interface Answer {
  status(code: number): Answer;
  set(headers: Readonly<Record<string, string>>): Answer;
  type(type: string): Answer;
  send(body: string | Buffer): void;
}

/**
 * What widgets have laid out for browsers to fetch, each thing at an address made of its own digest: fetched once,
 * cached for good. The address is also the right to it: it is told in a widget's view alone, which reaches only who may
 * see that widget.
 */
export class Shelf {
  readonly #root: string;
  readonly #route: string;
  readonly #byOwner = new Map<string, Map<string, Thing>>();

  /** @param root of the paths that flows serve: `/` */
  constructor(root: string, route: string = CELL_ROUTE) {
    this.#root = root.endsWith("/") ? root : `${root}/`;
    this.#route = route;
  }

  /** @returns the address, a path of this host */
  lay(owner: string, type: string, bytes: Uint8Array): string {
    const digest = createHash("sha256").update(bytes).digest("base64url");
    const things = this.#byOwner.get(owner) ?? new Map<string, Thing>();
    // A view of the same memory: express sends a Buffer as it is, and any other array as JSON.
    const own = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#byOwner.set(owner, things.set(digest, { type, bytes: own }));
    return `${this.#root}${this.#route}/${digest}`;
  }

  /** Takes away all that an owner has laid out. */
  clear(owner: string): void {
    this.#byOwner.delete(owner);
  }

  find(digest: string): Thing | undefined {
    for (const things of this.#byOwner.values()) {
      const thing = things.get(digest);
      if (thing !== undefined) return thing;
    }
    return undefined;
  }
}

/** The shelf of a runtime, with its route: each kind of widget has one of its own. */
export function openShelf(RED: NodeAPI, route: string = CELL_ROUTE): Shelf {
  const { httpNodeRoot } = RED.settings as { httpNodeRoot?: string | false };
  const shelf = new Shelf(httpNodeRoot === false || httpNodeRoot === undefined ? "/" : httpNodeRoot, route);
  RED.httpNode.get(`/${route}/:digest`, ((request: { params: { digest: string } }, response: Answer) => {
    const thing = shelf.find(request.params.digest);
    if (thing === undefined) response.status(404).type("text/plain").send("no longer shown");
    else response.set({ "Cache-Control": LONG }).type(thing.type).send(thing.bytes);
  }) as never);
  return shelf;
}
