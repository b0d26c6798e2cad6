import express, { type Request, type RequestHandler, type Router } from "express";
import { mayAs } from "../core/roles.ts";
import { isEverywhere, mayTouch, scopesText } from "../core/scopes.ts";
import type { FlowShops } from "./flow-shops.ts";
import { bindRequest } from "./request-scope.ts";
import type { Person } from "./sessions.ts";
import type { SignedIn } from "./signed-in.ts";

export interface AdminScopeParts {
  readonly signedIn: SignedIn;
  readonly shops: () => FlowShops;
}

/**
 * Stands before the admin routes of Node-RED, of its nodes and of ours, for people with scopes: what is of one node or
 * twin goes by its shop, what computes on its own input and what everyone may read goes through, and every other route
 * of ours, and every other request that writes, is refused. What deploys is judged by editor-scope.ts.
 */
export function adminScope({ signedIn, shops }: AdminScopeParts): Router {
  const router = express.Router();
  router.use((request, _response, next) => {
    const person = signedIn.person(request)!;
    bindRequest(request, person);
    // Past the rules below, where nothing binds the person.
    next(isEverywhere(person) ? "router" : undefined);
  });

  const personOf = (request: Request): Person => signedIn.person(request)!;
  const ofNode: RequestHandler = (request, response, next) => {
    const id = String(request.params.id);
    if (shops().isRunningWithin(personOf(request), id)) next("router");
    else refuse(personOf(request), response, shops().nameOf(id));
  };
  /** An engineer binds tags of any link on tabs of the own shop; what a server offers knows no shops. */
  const ofLink: RequestHandler = (request, response, next) => {
    if (mayAs(personOf(request).role, "engineer")) next("router");
    else ofNode(request, response, next);
  };
  const free: RequestHandler = (_request, _response, next) => next("router");

  router.post(["/inject/:id", "/debug/:id/:state", "/dashboard/chart/:id/clear"], ofNode);
  router.get("/rung/source/:id", ofNode);
  router.post("/rung/opcua-link/:id/:act", (request, response, next) => {
    const reads = ["values", "suggest", "preview"].includes(String(request.params.act));
    (reads ? ofLink : ofNode)(request, response, next);
  });
  router.get(["/rung/opcua-link/:id/:act", "/rung/mqtt-link/:id/state"], ofLink);
  router.get("/rung/passport/*twin", (request, response, next) => {
    const twin = [request.params.twin].flat().join("/");
    if (mayTouch(personOf(request), twin)) next("router");
    else refuse(personOf(request), response, twin);
  });
  // Answered for the twins within the scopes (scopeOfRequest).
  router.get(["/rung/ladder", "/rung/ladder/changes"], free);
  router.get(["/rung/deployments", "/rung/kernel/backends"], free);
  router.post(
    [
      "/rung/bindings/:act",
      "/rung/kernel/:act",
      "/rung/oven/try",
      "/rung/booth/airflow",
      "/rung/ergonomics/rate",
    ],
    free,
  );
  router.post(["/flows", "/flow", "/settings/user", "/auth/:act"], free);
  router.all("/flow/:id", free);
  router.use((request, response, next) => {
    const reading = request.method === "GET" || request.method === "HEAD";
    if (reading && !/^\/+rung(\/|$)/i.test(request.path)) next();
    else refuse(personOf(request), response, `${request.method} ${request.path}`);
  });
  return router;
}

function refuse(person: Person, response: Parameters<RequestHandler>[1], what: string): void {
  const message = `${what} is outside the scope of ${person.name}, who may touch ${scopesText(person)}`;
  response.status(403).json({ code: "outside-scope", message });
}
