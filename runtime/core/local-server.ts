import { X509Certificate } from "node:crypto";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect, type TLSSocket } from "node:tls";
import { RungError } from "./errors.ts";
import { TLS_OPTIONS } from "./server-certificate.ts";

/** A server of ours on this machine, as its run file tells it. */
export interface LocalServer {
  readonly port: number;
  /** PEM; undefined where it speaks plain HTTP. */
  readonly certificate?: string;
}

const LOOPBACK = "127.0.0.1";
const NO_BODY = [204, 304];

/** `http://127.0.0.1:1880` */
export const originOf = ({ port, certificate }: LocalServer): string =>
  `${certificate === undefined ? "http" : "https"}://${LOOPBACK}:${port}`;

/** The part of `fetch`'s options that our servers are asked with. */
export interface LocalRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/**
 * `fetch` for a server of ours. Over TLS it is known by the very certificate of its run file, not by a name or an
 * issuer, and nothing is sent before that is certain.
 * @throws RungError `wrong-certificate`, and whatever the connection fails with
 */
export async function fetchLocal(
  server: LocalServer,
  path: string,
  asked: LocalRequest = {},
): Promise<Response> {
  if (server.certificate === undefined) return fetch(originOf(server) + path, asked);
  const { method = "GET", headers = {}, body, signal } = asked;
  const socket = await pinned(server.port, server.certificate, signal);
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = httpRequest({
        host: LOOPBACK,
        port: server.port,
        path,
        method,
        headers: { ...headers, Connection: "close" },
        createConnection: () => socket,
        ...(signal === undefined ? {} : { signal }),
      });
      request.once("response", resolve);
      request.once("error", reject);
      request.end(body);
    });
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    const status = answer.statusCode!;
    const told = Object.entries(answer.headersDistinct).flatMap(([name, values]) =>
      (values ?? []).map((value): [string, string] => [name, value]),
    );
    return new Response(NO_BODY.includes(status) ? null : Buffer.concat(chunks), { status, headers: told });
  } finally {
    socket.destroy();
  }
}

function pinned(port: number, certificate: string, signal: AbortSignal | undefined): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    // Not trusted for who has signed it: compared with the one that is expected, below.
    const socket = connect({ host: LOOPBACK, port, rejectUnauthorized: false, ...TLS_OPTIONS });
    const fail = (error: unknown) => {
      socket.destroy();
      reject(error);
    };
    const abort = () => fail(signal?.reason);
    if (signal?.aborted) return abort();
    signal?.addEventListener("abort", abort, { once: true });
    socket.once("error", fail);
    socket.once("secureConnect", () => {
      signal?.removeEventListener("abort", abort);
      socket.off("error", fail);
      const expected = new X509Certificate(certificate).fingerprint256;
      if (socket.getPeerX509Certificate()?.fingerprint256 === expected) return resolve(socket);
      fail(
        new RungError({
          code: "wrong-certificate",
          where: `${LOOPBACK}:${port}`,
          what: "answers with another certificate than its run file names",
          advice: "another program listens there; stop it, or start Rung again",
        }),
      );
    });
  });
}
