import { once } from "node:events";
import { PASSWORD, type Product } from "../flows/product.ts";
import type { ExampleNode } from "./example-files.ts";

/** A line of the debug sidebar. */
export interface DebugLine {
  /** The node it comes from. */
  readonly id: string;
  readonly topic?: string;
  /** What the sidebar shows: text, or JSON for objects. */
  readonly msg: string;
  /** 20 an error, 30 a warning; absent for a debug node. */
  readonly level?: number;
}

/** A browser's view of the editor without a browser: deploys, and hears statuses and debug messages. */
export class EditorSession {
  readonly statuses = new Map<string, string>();
  readonly lines: DebugLine[] = [];
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #socket: WebSocket;

  private constructor(url: string, headers: Record<string, string>, socket: WebSocket) {
    this.#url = url;
    this.#headers = headers;
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#take(String(data)));
  }

  /** Signs in as admin, who has taken the one-time link before. */
  static async open(product: Product): Promise<EditorSession> {
    const { url } = product;
    const answer = await fetch(`${url}/sign-in`, {
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/json", origin: url },
      body: JSON.stringify({ user: "admin", password: PASSWORD }),
    });
    const { token } = (await answer.json()) as { token: string };
    const headers = { authorization: `Bearer ${token}`, accept: "application/json", origin: url };
    // Node's own WebSocket takes headers, which the declared type of browsers does not know.
    const options = { headers } as unknown as string[];
    const socket = new WebSocket(`${url.replace("http", "ws")}/editor/comms`, options);
    const session = new EditorSession(url, headers, socket);
    await once(socket, "open");
    socket.send(JSON.stringify({ auth: token }));
    for (const topic of ["status/#", "debug"]) socket.send(JSON.stringify({ subscribe: topic }));
    return session;
  }

  async deploy(flows: readonly ExampleNode[]): Promise<void> {
    const answer = await fetch(`${this.#url}/editor/flows`, {
      method: "POST",
      headers: { ...this.#headers, "content-type": "application/json", "Node-RED-Deployment-Type": "full" },
      body: JSON.stringify(flows),
    });
    if (!answer.ok) throw new Error(`deploy: ${answer.status} ${await answer.text()}`);
  }

  async get<T>(path: string): Promise<T> {
    const answer = await fetch(this.#url + path, { headers: this.#headers });
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** What a debug node has said so far. */
  said(id: string): string[] {
    return this.lines.filter((line) => line.id === id && line.level === undefined).map(({ msg }) => msg);
  }

  /** Errors and warnings of nodes. */
  complaints(): DebugLine[] {
    return this.lines.filter(({ level }) => level !== undefined);
  }

  close(): void {
    this.#socket.close();
  }

  #take(text: string): void {
    const messages = JSON.parse(text) as { topic?: string; data?: unknown }[] | { auth: string };
    if (!Array.isArray(messages)) return;
    for (const { topic, data } of messages) {
      if (topic === "debug") this.lines.push(data as DebugLine);
      const node = /^status\/(.+)$/.exec(topic ?? "")?.[1];
      if (node !== undefined) this.statuses.set(node, (data as { text?: string }).text ?? "");
    }
  }
}
