import http, { type IncomingMessage, type Server } from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";
import express, { type RequestHandler } from "express";
import { mayAs } from "../core/roles.ts";
import { isEverywhere } from "../core/scopes.ts";
import { type ServerCertificate, TLS_OPTIONS } from "../core/server-certificate.ts";
import type { OpenConnections } from "./open-connections.ts";
import { originRefusal, type PublicPlace } from "./request-origin.ts";
import { bareAnswer } from "./security-headers.ts";
import type { SignedIn } from "./signed-in.ts";

export interface FrontDoorParts {
  readonly signedIn: SignedIn;
  readonly connections: OpenConnections;
  readonly place: PublicPlace;
  /** Sets the headers that every answer has. */
  readonly headers: RequestHandler;
  /** Without one it speaks plain HTTP. */
  readonly certificate?: ServerCertificate;
}

/** Socket.IO answers by itself, without asking anybody behind the door. */
const SOCKET_IO = /\/socket\.io(\/|\?|$)/i;
/**
 * Where the editor and the dashboard listen, which ask for role and scope themselves. At other places flows do, which know
 * neither: a socket can write into them.
 */
const SCOPED_SOCKETS = [/^\/editor\/comms(\?|$)/, /^\/dashboard\/socket\.io\/?(\?|$)/];

/** As Node answers where nobody listens for the error (`_http_server.js`, socketOnError). */
const STATUS_OF: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "413 Payload Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/**
 * The server that listens. Whatever comes goes through it first, whoever takes it up behind: Node-RED, its nodes and
 * Socket.IO listen at a server of their own that is on no port, and get what this one passes on. So nothing that they
 * do to their server's listeners gets round the headers, the origin check and the sign-in of sockets.
 * @param inside what Node-RED knows as its server
 */
export function frontDoor(inside: Server, parts: FrontDoorParts): Server {
  const { signedIn, connections, place, headers, certificate } = parts;
  const door = express();
  door.disable("x-powered-by");
  door.use(headers, (request, response, next) => {
    const refusal = originRefusal(request, place);
    if (refusal === undefined) next();
    else response.status(403).json({ error: refusal });
  });
  door.use((request, response, next) => {
    if (SOCKET_IO.test(request.originalUrl)) signedIn.required(request, response, next);
    else next();
  });
  door.use((request, response) => {
    inside.emit("request", request, response);
  });

  const server =
    certificate === undefined
      ? http.createServer(door)
      : https.createServer({ ...certificate, ...TLS_OPTIONS }, door);
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // A line that breaks is no reason for the host to end.
    socket.on("error", () => socket.destroy());
    const token = signedIn.token(request);
    const person = signedIn.sessions.person(token);
    if (token === undefined || person === undefined) return socket.end(bareAnswer("401 Unauthorized"));
    const isOfFlows = !SCOPED_SOCKETS.some((path) => path.test(request.url ?? ""));
    const mayWriteAnywhere = mayAs(person.role, "operator") && isEverywhere(person);
    if (originRefusal(request, place) !== undefined || (isOfFlows && !mayWriteAnywhere))
      return socket.end(bareAnswer("403 Forbidden"));
    const closed = connections.add(token, person, () => socket.destroy());
    socket.once("close", closed);
    signedIn.lendToken(request);
    inside.emit("upgrade", request, socket, head);
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === "ECONNRESET" || !socket.writable) socket.destroy();
    else socket.end(bareAnswer(STATUS_OF[error.code ?? ""] ?? "400 Bad Request"));
  });
  return server;
}
