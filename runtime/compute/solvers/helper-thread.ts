import { setImmediate as afterOtherEvents } from "node:timers/promises";
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { messageOf, RungError } from "../../core/errors.ts";
import { siblingModule } from "../../core/sibling-module.ts";
import { awaitCount, raiseCount } from "./awaited-count.ts";
import { ASKED, DONE, type HelperData, type HelperFault, type HelperMessage } from "./helper-message.ts";

/** Longest sleep for a helper in which this thread hears nothing else, ms. */
const SLEEP_MS = 5;

/**
 * A helper thread as its leader sees it. Messages are done in turn, each is told apart by its number. What it is asked
 * and what it has done are counted in shared memory: an event between threads takes a tenth of a millisecond to be heard.
 */
export class HelperThread {
  readonly #port: MessagePort;
  readonly #counts = new Int32Array(new SharedArrayBuffer(8));
  readonly #faults = new Map<number, string>();
  #asked = 0;
  /** How it has ended; undefined while it lives. */
  #end: string | undefined;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const worker = new Worker(siblingModule(import.meta.url, "./solver-helper"), {
      workerData: { port: port2, counts: this.#counts } satisfies HelperData,
      transferList: [port2],
    });
    // A process that has nothing else to do may end.
    worker.unref();
    worker.on("error", (error) => {
      this.#end ??= messageOf(error);
    });
    worker.on("exit", (code) => {
      this.#end ??= `exit code ${code}`;
    });
  }

  get isOver(): boolean {
    return this.#end !== undefined;
  }

  /**
   * Sends a message to be done.
   * @returns its number
   * @throws RungError `solver-helper` where the thread has ended
   */
  ask(message: HelperMessage): number {
    if (this.#end !== undefined) throw helperFault(this.#end);
    this.#port.postMessage(message);
    raiseCount(this.#counts, ASKED);
    return ++this.#asked;
  }

  /** Resolves once that message is done. @throws RungError `solver-helper` where it failed or the thread has ended */
  async finish(message: number): Promise<void> {
    while (!awaitCount(this.#counts, DONE, message, SLEEP_MS)) {
      // Only here can the end of the thread be heard.
      await afterOtherEvents();
      if (this.#end !== undefined) throw helperFault(this.#end);
    }
    this.#hearFaults();
    const fault = this.#faults.get(message);
    if (fault === undefined) return;
    this.#faults.delete(message);
    throw helperFault(fault);
  }

  #hearFaults(): void {
    for (;;) {
      const heard = receiveMessageOnPort(this.#port) as { message: HelperFault } | undefined;
      if (heard === undefined) return;
      this.#faults.set(heard.message.message, heard.message.fault);
    }
  }
}

export function helperFault(how: string): RungError {
  return new RungError({
    code: "solver-helper",
    where: "solver",
    what: `a thread of the solver failed: ${how}`,
    advice: "ask again",
  });
}
