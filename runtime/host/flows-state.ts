import type { EventEmitter } from "node:events";

interface RuntimeState {
  readonly state?: "start" | "stop" | "safe";
  readonly error?: string;
  readonly text?: string;
  readonly types?: readonly string[];
}

/**
 * Whether the flows run. Node-RED starts none of them while a node's type is missing; the host then stays up, so
 * that the flow can be repaired in the editor.
 */
export class FlowsState {
  #running = false;
  #problem = "not started yet";
  readonly #settled = Promise.withResolvers<void>();

  constructor(events: EventEmitter) {
    events.on("flows:started", () => {
      this.#running = true;
      this.#settled.resolve();
    });
    events.on("flows:stopped", () => {
      this.#running = false;
      this.#problem = "stopped";
    });
    events.on("runtime-event", (event: { id: string; payload?: RuntimeState }) => {
      const { error, types } = event.payload ?? {};
      if (event.id !== "runtime-state" || error === undefined) return;
      this.#problem = types === undefined ? error : `${error}: ${types.join(", ")}`;
      // Credentials that could not be decrypted are dropped and the flows start all the same.
      if (!event.payload?.text?.endsWith("_reset")) this.#settled.resolve();
    });
  }

  get running(): boolean {
    return this.#running;
  }

  /** Why they do not run; undefined while they do. */
  get problem(): string | undefined {
    return this.#running ? undefined : this.#problem;
  }

  /** Resolves when they run for the first time, or when it is known that they will not. */
  settled(): Promise<void> {
    return this.#settled.promise;
  }
}
