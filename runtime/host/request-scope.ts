import type { IncomingMessage } from "node:http";
import { EVERYWHERE, type Scoped } from "../core/scopes.ts";

/** Registered, since nodes that run from the built pack and a host that runs from source must mean the same one. */
const SCOPES = Symbol.for("rung.scopes");

type BoundRequest = IncomingMessage & { [SCOPES]?: readonly string[] };

/** The host notes with each request whose it is, for the routes of nodes and plugins. */
export function bindRequest(request: IncomingMessage, person: Scoped): void {
  (request as BoundRequest)[SCOPES] = person.scopes;
}

/** Which parts of the plant may be told in answer to a request. In a plain Node-RED nobody is bound to any. */
export function scopeOfRequest(request: unknown): Scoped {
  return { scopes: (request as BoundRequest)[SCOPES] ?? EVERYWHERE };
}
