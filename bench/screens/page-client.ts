import { SCREEN_WATCH } from "../../runtime/core/screen-frame.ts";
import type { PageLoad } from "./load-flow.ts";
import { widgetsOf } from "./load-flow.ts";

/** A dashboard page without a browser: asks for its widgets as a page does, and counts what it is sent. */
export class PageClient {
  messages = 0;
  bytes = 0;
  readonly page: PageLoad;
  readonly #socket: WebSocket;
  readonly opened: Promise<void>;

  constructor(url: string, token: string, page: PageLoad) {
    this.page = page;
    // Node's WebSocket takes headers, which a browser's does not.
    const options = { headers: { Authorization: `Bearer ${token}` } } as unknown as string[];
    this.#socket = new WebSocket(
      `${url.replace(/^http/, "ws")}/dashboard/socket.io/?EIO=4&transport=websocket`,
      options,
    );
    this.opened = new Promise((resolve, reject) => {
      this.#socket.addEventListener("error", () => reject(new Error(`${url} was refused`)));
      this.#socket.addEventListener("message", ({ data }) => {
        const text = String(data);
        this.messages++;
        this.bytes += text.length;
        // Engine.IO 4: 0 opens, 2 pings; Socket.IO 5: 40 connects.
        if (text.startsWith("0")) this.#socket.send("40");
        else if (text === "2") this.#socket.send("3");
        else if (text.startsWith("40")) {
          this.#ask(page);
          resolve();
        }
      });
    });
  }

  close(): void {
    this.#socket.close();
  }

  #ask(page: PageLoad): void {
    this.#socket.send(`42${JSON.stringify([SCREEN_WATCH, widgetsOf(page)])}`);
  }
}
