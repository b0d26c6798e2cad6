import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import express, { type ErrorRequestHandler } from "express";
import { messageOf, RungError } from "../../core/errors.ts";
import { type ServerCertificate, STRICT_TRANSPORT, TLS_OPTIONS } from "../../core/server-certificate.ts";
import type { Actuator } from "../actuator.ts";
import { pageRoutes } from "../page/page-routes.ts";
import type { People } from "../people.ts";
import { ownOriginOnly, securityHeaders } from "./guards.ts";
import { hostRoutes } from "./host-routes.ts";
import type { HostToken } from "./host-token.ts";
import { personRoutes } from "./person-routes.ts";
import { sharedRoutes } from "./shared-routes.ts";
import { SignInSessions } from "./sign-in-sessions.ts";

export interface ServerParts {
  readonly actuator: Actuator;
  readonly people: People;
  readonly token: HostToken;
  /** 0 takes any free port. */
  readonly port: number;
  /** Its own, in its own directory; without one it speaks plain HTTP on the loopback. */
  readonly certificate?: ServerCertificate | undefined;
  /** Further origins of the arming page, behind a proxy. */
  readonly origins?: readonly string[];
}

const STATUS_OF: Readonly<Record<string, number>> = {
  "wrong-token": 401,
  "not-signed-in": 401,
  "wrong-password": 401,
  "too-many-tries": 429,
  "foreign-host": 403,
  "foreign-origin": 403,
  "self-approval": 403,
  "not-allowed": 403,
  "same-hand": 403,
  "unknown-envelope": 404,
  "no-approval-open": 404,
  "no-such-page": 404,
  "cannot-arm": 409,
  "envelope-changed": 409,
  "proposal-changed": 409,
  "target-taken": 409,
  "node-taken": 409,
};

/** Who sends slowly, or opens many connections, must not keep the host's heartbeat and people's disarm out for long. */
const HEADERS_MS = 5_000;
const REQUEST_MS = 10_000;
const MOST_CONNECTIONS = 256;

/** Serves the actuator on the loopback. @returns the server and the port it got @throws RungError `port-in-use` */
export async function serveActuator(parts: ServerParts): Promise<{ server: Server; port: number }> {
  const app = express();
  app.disable("x-powered-by");
  const { certificate } = parts;
  if (certificate !== undefined)
    app.use((_request, response, next) => {
      response.set("Strict-Transport-Security", STRICT_TRANSPORT);
      next();
    });
  app.use(securityHeaders, ownOriginOnly(parts.origins ?? [], certificate !== undefined));
  const sessions = new SignInSessions(parts.people);
  app.use(pageRoutes());
  app.use(hostRoutes(parts.actuator, parts.token));
  app.use(personRoutes(parts.actuator, sessions));
  app.use(sharedRoutes(parts.actuator, parts.token, sessions));
  app.use((request, _response, next) => {
    next(new RungError({ code: "no-such-page", where: request.path, what: "is not here" }));
  });
  app.use(errorAnswer(parts.actuator));
  const server =
    certificate === undefined ? createServer(app) : createTlsServer({ ...certificate, ...TLS_OPTIONS }, app);
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = REQUEST_MS;
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(error, parts.port)));
    server.listen(parts.port, "127.0.0.1", resolve);
  });
  return { server, port: (server.address() as AddressInfo).port };
}

function listenError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code !== "EADDRINUSE") return error;
  return new RungError({
    code: "port-in-use",
    where: `port ${port}`,
    what: "is in use by another program",
    advice: "set RUNG_ACTUATOR_PORT to a free one, or to 0 for any",
    cause: error,
  });
}

/**
 * Errors as JSON with a fitting status; a fault of ours says no more than that there was one. Each stands in the audit,
 * by the route it was for and never by a path that somebody made up.
 */
function errorAnswer(actuator: Actuator): ErrorRequestHandler {
  return (error, request, response, _next) => {
    const { status, body } = answerOf(error);
    response.status(status).json({ error: body });
    actuator.refusedRequest(body.code, `${request.method} ${String(request.route?.path ?? "elsewhere")}`);
  };
}

function answerOf(error: unknown): { status: number; body: { readonly code: string } } {
  if (error instanceof RungError) return { status: STATUS_OF[error.code] ?? 400, body: error.toJSON() };
  const given = (error as { status?: unknown } | null)?.status;
  const status = typeof given === "number" && given >= 400 && given < 500 ? given : 500;
  if (status === 500)
    process.stderr.write(`actuator: ${error instanceof Error ? error.stack : String(error)}\n`);
  const message = status === 500 ? "the actuator failed at this request" : messageOf(error);
  return { status, body: { code: "request-failed", where: "actuator", message } as { code: string } };
}
