import { createSocket, type Socket } from "node:dgram";
import { hostname } from "node:os";

const PORT = 514;
/** Facility 10 (security), severity 5 (notice). RFC 5424, 6.2.1. */
const PRIORITY = 10 * 8 + 5;

/** @param timestamp ISO 8601 @param message without control characters */
export function syslogMessage(timestamp: string, message: string): string {
  return `<${PRIORITY}>1 ${timestamp} ${hostname() || "-"} rung-actuator ${process.pid} audit - ${message}`;
}

/**
 * Sends to the syslog of this machine: RFC 5424 over UDP (RFC 5426) to 127.0.0.1. Node has no unix datagrams, so not to
 * /dev/log. Nobody answers a datagram: what is lost on the way is not seen here.
 */
export class Syslog {
  readonly #port: number;
  readonly #socket: Socket;
  #problem: string | undefined;

  constructor(port = PORT) {
    this.#port = port;
    this.#socket = createSocket("udp4");
    this.#socket.unref();
    this.#socket.on("error", (error) => this.#tell(error.message));
  }

  send(timestamp: string, message: string): void {
    this.#socket.send(syslogMessage(timestamp, message), this.#port, "127.0.0.1", (error) => {
      if (error !== null) this.#tell(error.message);
    });
  }

  close(): void {
    this.#socket.close();
  }

  /** Once for each reason: a syslog that is away would fill the log. */
  #tell(problem: string): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    process.stderr.write(`actuator: syslog at port ${this.#port}: ${problem}\n`);
  }
}
