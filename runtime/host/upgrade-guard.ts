import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import type { OpenConnections } from "./open-connections.ts";
import { originRefusal, type PublicPlace } from "./request-origin.ts";
import type { SignedIn } from "./signed-in.ts";

/** A path that nothing listens on. */
const NOWHERE = "/refused";

/**
 * Lets only people who have signed in, from pages of ours, open a web socket, and hands their session on to
 * Node-RED. Must be set up before anything else listens for upgrades.
 */
export function guardUpgrades(
  server: Server,
  parts: { signedIn: SignedIn; connections: OpenConnections; place: PublicPlace },
): void {
  server.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
    const token = parts.signedIn.token(request);
    const person = parts.signedIn.sessions.person(token);
    if (token === undefined || person === undefined) return refuse(request, socket, "401 Unauthorized");
    if (originRefusal(request, parts.place) !== undefined) return refuse(request, socket, "403 Forbidden");
    const closed = parts.connections.add(token, person, () => socket.destroy());
    socket.once("close", closed);
    parts.signedIn.lendToken(request);
  });
}

function refuse(request: IncomingMessage, socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  // The listeners after this one go by the path: none of them takes this one up.
  request.url = NOWHERE;
}
