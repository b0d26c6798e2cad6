import type { Node, NodeStatus } from "node-red";

/** Node-RED publishes each status to every open editor, so a node says at most this often. */
const SHORTEST_INTERVAL_MS = 500;
/** More characters run into the nodes beside it. */
const MOST_CHARACTERS = 72;

/**
 * Sets a node's status, at most twice a second: the newest one wins, and the last one is always shown.
 * Call `close()` when the node closes.
 */
export class StatusLine {
  readonly #node: Node;
  #waiting: NodeStatus | undefined;
  #timer: NodeJS.Timeout | undefined;
  #shown = "";

  constructor(node: Node) {
    this.#node = node;
  }

  /** Plain text says a fact; a mark only where there is a connection or a fault. Its beginning is shown where it is long. */
  show(text: string, mark?: "ok" | "attention" | "fault"): void {
    const isLong = text.length > MOST_CHARACTERS;
    const status: NodeStatus = { text: isLong ? `${text.slice(0, MOST_CHARACTERS - 1).trimEnd()}…` : text };
    if (mark === "ok") Object.assign(status, { fill: "green", shape: "dot" });
    if (mark === "attention") Object.assign(status, { fill: "yellow", shape: "ring" });
    if (mark === "fault") Object.assign(status, { fill: "red", shape: "ring" });
    this.#waiting = status;
    if (this.#timer === undefined) this.#flush();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = undefined;
  }

  #flush(): void {
    this.#timer = undefined;
    if (this.#waiting === undefined) return;
    const key = JSON.stringify(this.#waiting);
    if (key !== this.#shown) this.#node.status(this.#waiting);
    this.#shown = key;
    this.#waiting = undefined;
    this.#timer = setTimeout(() => this.#flush(), SHORTEST_INTERVAL_MS);
    this.#timer.unref();
  }
}
