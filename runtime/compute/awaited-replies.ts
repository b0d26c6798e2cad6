import { RungError } from "../core/errors.ts";
import type { ChildMessage } from "./compute-message.ts";
import type { KeptResult } from "./kernel.ts";
import { Assembly } from "./packed.ts";

/** Arrays of one answer that the host takes at most, together. */
const LARGEST_ANSWER_BYTES = 256 * 2 ** 20;

/** Who waits for the answer to an id; `answered` or `failed` is called once. */
export interface Awaiting {
  answered(output: unknown, kept: readonly KeptResult[]): void;
  failed(error: { readonly code: string; readonly message: string }): void;
  begun?(): void;
  progress?(done: number, of: number): void;
}

interface Entry {
  readonly who: Awaiting;
  /** The answer, once it has begun to come. */
  answer?: { readonly output: Assembly; readonly kept: readonly KeptResult[] };
}

/** What a child was asked and has not answered, and answers whose arrays are still coming. */
export class AwaitedReplies {
  readonly #entries = new Map<number, Entry>();
  readonly #unwanted: (kept: KeptResult) => void;

  /** @param unwanted called for what the child keeps for an answer that cannot be taken */
  constructor(unwanted: (kept: KeptResult) => void) {
    this.#unwanted = unwanted;
  }

  add(id: number, who: Awaiting): void {
    this.#entries.set(id, { who });
  }

  forget(id: number): void {
    this.#entries.delete(id);
  }

  /** @returns those who were still waiting */
  forgetAll(): Awaiting[] {
    const waiting = [...this.#entries.values()].map(({ who }) => who);
    this.#entries.clear();
    return waiting;
  }

  fail(id: number, code: string, message: string): void {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    entry?.who.failed({ code, message });
  }

  /** A late word about what has been answered or given up is passed over. */
  take(message: Exclude<ChildMessage, { type: "ready" }>): void {
    const entry = this.#entries.get(message.id);
    if (entry === undefined) return;
    switch (message.type) {
      case "begun":
        entry.who.begun?.();
        break;
      case "progress":
        entry.who.progress?.(message.done, message.of);
        break;
      case "failed":
        this.fail(message.id, message.code, message.message);
        break;
      case "done":
        this.#begin(entry, message);
        this.#endIfWhole(message.id, entry);
        break;
      case "pieces":
        entry.answer?.output.accept(message.pieces);
        this.#endIfWhole(message.id, entry);
    }
  }

  #begin(entry: Entry, { id, output, kept }: Extract<ChildMessage, { type: "done" }>): void {
    try {
      entry.answer = { output: new Assembly(output, LARGEST_ANSWER_BYTES), kept };
    } catch (thrown) {
      if (!(thrown instanceof RungError)) throw thrown;
      for (const result of kept) this.#unwanted(result);
      this.fail(id, thrown.code, thrown.message);
    }
  }

  #endIfWhole(id: number, { who, answer }: Entry): void {
    if (answer === undefined || !answer.output.isWhole) return;
    this.#entries.delete(id);
    who.answered(answer.output.value, answer.kept);
  }
}
