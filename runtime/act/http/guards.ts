import type { RequestHandler } from "express";
import { RungError } from "../../core/errors.ts";

/** What a browser must never do with the actuator's answers: be framed, cached, or load anything from elsewhere. */
const HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "X-Frame-Options": "DENY",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
};

export const securityHeaders: RequestHandler = (_request, response, next) => {
  response.set(HEADERS);
  next();
};

/**
 * Refuses a foreign `Host` (a name that was rebound to this address) and a foreign `Origin` (a page of another
 * site or port).
 * @param origins further origins that are this actuator's own, behind a proxy of the plant
 * @param isTls whether it speaks TLS itself
 */
export function ownOriginOnly(origins: readonly string[], isTls = false): RequestHandler {
  const scheme = isTls ? "https" : "http";
  return (request, _response, next) => {
    const port = request.socket.localPort;
    const own = new Set([`${scheme}://127.0.0.1:${port}`, `${scheme}://localhost:${port}`, ...origins]);
    const hosts = new Set([...own].map((origin) => new URL(origin).host));
    const { host, origin } = request.headers;
    if (host === undefined || !hosts.has(host)) {
      return next(
        new RungError({
          code: "foreign-host",
          where: "actuator",
          what: `answers no ${host ?? "nameless"} host`,
        }),
      );
    }
    if (origin !== undefined && !own.has(origin)) {
      return next(
        new RungError({ code: "foreign-origin", where: "actuator", what: `refuses requests of ${origin}` }),
      );
    }
    next();
  };
}
