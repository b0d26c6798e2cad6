/** A socket of the host's as a page opens it: the messages that came, and how it ended. */
export class PageSocket {
  readonly messages: string[] = [];
  readonly #socket: WebSocket;
  readonly opened: Promise<void>;

  /** @param answer what is sent back for a message, where anything is */
  constructor(
    url: string,
    headers: Record<string, string>,
    answer?: (message: string) => string | undefined,
  ) {
    // Node's WebSocket takes headers, which a browser's does not.
    const options = { headers } as unknown as string[];
    this.#socket = new WebSocket(url.replace(/^http/, "ws"), options);
    this.opened = new Promise((resolve, reject) => {
      this.#socket.addEventListener("open", () => resolve());
      this.#socket.addEventListener("error", () => reject(new Error(`${url} was refused`)));
    });
    this.#socket.addEventListener("message", ({ data }) => {
      this.messages.push(String(data));
      const back = answer?.(String(data));
      if (back !== undefined) this.#socket.send(back);
    });
  }

  send(message: string): void {
    this.#socket.send(message);
  }

  close(): void {
    this.#socket.close();
  }

  /** Waits until a message that came so far or comes yet fits. */
  async until(fits: (message: string) => boolean): Promise<string> {
    for (;;) {
      const found = this.messages.find(fits);
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** The dashboard's socket (Socket.IO 4 over Engine.IO 4): connects to the default namespace and answers pings. */
export function dashboardSocket(url: string, headers: Record<string, string>): PageSocket {
  return new PageSocket(`${url}/dashboard/socket.io/?EIO=4&transport=websocket`, headers, (message) =>
    message.startsWith("0") ? "40" : message === "2" ? "3" : undefined,
  );
}
