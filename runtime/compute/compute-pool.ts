import type { ComputeOptions } from "./compute-options.ts";
import type { ComputeKind } from "./kernel.ts";
import type { PendingRequest } from "./pending-request.ts";
import { type ChildEvents, SupervisedChild } from "./supervised-child.ts";
import { WaitingLine } from "./waiting-line.ts";

/** The children of one kind and the line in front of them. */
export class ComputePool {
  readonly kind: ComputeKind;
  readonly children: readonly SupervisedChild[];
  readonly #waiting = new WaitingLine<PendingRequest>();

  constructor(
    kind: ComputeKind,
    size: number,
    options: ComputeOptions,
    events: Pick<ChildEvents, "onKept" | "onEnd">,
    nextId: () => number,
  ) {
    this.kind = kind;
    const all: ChildEvents = {
      ...events,
      onFree: () => this.#advance(),
      onTurnedAway: (pending) => this.#waiting.add(pending),
    };
    this.children = Array.from({ length: size }, () => new SupervisedChild(kind, options, all, nextId));
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  add(pending: PendingRequest): void {
    this.#waiting.add(pending);
    this.#advance();
  }

  /** How a child ended last, where none is there that could run anything. */
  get lastEnd(): string | undefined {
    const isAbsent = this.#in("free").length + this.#in("busy").length === 0;
    return isAbsent ? this.children.findLast(({ lastEnd }) => lastEnd !== undefined)?.lastEnd : undefined;
  }

  /** Its caller has been answered: it is taken out of the line, or stopped where it runs. */
  giveUp(pending: PendingRequest): void {
    if (this.#waiting.remove(pending)) return;
    for (const child of this.children) child.cancel(pending);
  }

  /** Refuses what waits and what runs, and ends the children. */
  async close(refuse: (pending: PendingRequest) => void): Promise<void> {
    for (const pending of [...this.#waiting.takeAll(), ...this.children.flatMap(({ running }) => running)]) {
      refuse(pending);
    }
    await Promise.all(this.children.map((child) => child.close()));
  }

  /** Hands on whatever can be handed on, and starts children while more is wanted than is about to be free. */
  #advance(): void {
    let wanted = 0;
    for (let child = this.#takerOf(this.#waiting.first); child !== undefined; ) {
      // A guest does not wait for a child to start; the next one will find it there.
      if (child.state === "busy") wanted += 1;
      child.run(this.#waiting.take()!);
      child = this.#takerOf(this.#waiting.first);
    }
    wanted += this.#waiting.length;
    let starting = this.#in("starting").length;
    for (const child of this.#in("absent")) {
      if (starting >= wanted) return;
      child.start();
      starting += 1;
    }
  }

  /** A free child; where none is free, the one at the least urgent work that is less urgent than this. */
  #takerOf(pending: PendingRequest | undefined): SupervisedChild | undefined {
    if (pending === undefined) return undefined;
    const [free] = this.#in("free");
    if (free !== undefined) return free;
    const [least] = this.#in("busy").sort((a, b) => a.priority! - b.priority!);
    return least !== undefined && least.priority! < pending.priority ? least : undefined;
  }

  #in(state: SupervisedChild["state"]): SupervisedChild[] {
    return this.children.filter((child) => child.state === state);
  }
}
