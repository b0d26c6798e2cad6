import { isDeepStrictEqual } from "node:util";
import type { Person, Sessions } from "./sessions.ts";

interface Connection {
  readonly token: string;
  readonly person: Person;
  readonly end: () => void;
}

/** How long somebody who was signed out, removed or given another role or scope may still listen. */
const CHECK_EVERY_MS = 2_000;

/** The sockets that stay open after their sign-in was checked: ended when it no longer holds. */
export class OpenConnections {
  readonly #sessions: Sessions;
  readonly #open = new Set<Connection>();
  readonly #timer: NodeJS.Timeout;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
    this.#timer = setInterval(() => this.check(), CHECK_EVERY_MS).unref();
  }

  /** @returns to be called when the connection has closed by itself */
  add(token: string, person: Person, end: () => void): () => void {
    const connection = { token, person, end };
    this.#open.add(connection);
    return () => this.#open.delete(connection);
  }

  get size(): number {
    return this.#open.size;
  }

  check(): void {
    for (const connection of this.#open) {
      const now = this.#sessions.glance(connection.token);
      if (isDeepStrictEqual(now, connection.person)) continue;
      this.#open.delete(connection);
      connection.end();
    }
  }

  close(): void {
    clearInterval(this.#timer);
    for (const connection of this.#open) connection.end();
    this.#open.clear();
  }
}
