import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";

const READING = new Set(["GET", "HEAD", "OPTIONS"]);

export const FOREIGN = "a page of another origin must not write here";

/** The address people know this host by, where a reverse proxy stands before it. */
export interface PublicPlace {
  readonly publicUrl?: URL;
  /** Whether the host itself speaks TLS. */
  readonly isTls?: boolean;
}

/**
 * Why a request must not be answered, or undefined. Cookies ignore ports, and a page on any other local port is the
 * same site, so SameSite alone does not keep such a page from writing here: the origin is compared as well.
 */
export function originRefusal(request: IncomingMessage, place: PublicPlace): string | undefined {
  const host = request.headers.host;
  if (host === undefined || !isOurHost(host, place)) return "this name is not one of this host's";
  const isSocket = request.headers.upgrade !== undefined;
  if (READING.has(request.method ?? "GET") && !isSocket) return undefined;
  if (isFromElsewhere(request, place)) return FOREIGN;
  const { origin, cookie, authorization } = request.headers;
  // Every browser says where a request that writes comes from. A program that does not sends a token, no cookie.
  const isSaid = origin !== undefined || request.headers["sec-fetch-site"] !== undefined;
  if (isSaid || cookie === undefined || authorization !== undefined) return undefined;
  return "say by Origin where this comes from, or sign in by a token";
}

/** Whether a request says that a page of another origin made it. */
export function isFromElsewhere(request: IncomingMessage, place: PublicPlace): boolean {
  const { origin, host = "" } = request.headers;
  if (origin !== undefined) return !sameOrigin(origin, host, place);
  const site = request.headers["sec-fetch-site"];
  return site !== undefined && site !== "same-origin" && site !== "none";
}

/**
 * Names other than localhost and the public one are refused: a name that a stranger's server makes point here would
 * let that stranger's pages read what loopback may read (DNS rebinding). An address in digits cannot be rebound.
 */
function isOurHost(host: string, { publicUrl }: PublicPlace): boolean {
  if (publicUrl !== undefined && host === publicUrl.host) return true;
  const name = /^\[([^\]]*)\](?::\d+)?$/.exec(host)?.[1] ?? host.replace(/:\d+$/, "");
  return name === "localhost" || isIP(name) !== 0;
}

function sameOrigin(origin: string, host: string, { publicUrl, isTls }: PublicPlace): boolean {
  if (publicUrl !== undefined && origin === publicUrl.origin) return true;
  return origin === `${isTls ? "https" : "http"}://${host}`;
}

/** Whether a request comes from this machine itself, and not through a proxy on it. */
export function isFromLoopback(request: IncomingMessage): boolean {
  const forwarded =
    request.headers["x-forwarded-for"] !== undefined || request.headers.forwarded !== undefined;
  const address = request.socket.remoteAddress ?? "";
  return !forwarded && (address === "::1" || address.startsWith("127.") || address.startsWith("::ffff:127."));
}
