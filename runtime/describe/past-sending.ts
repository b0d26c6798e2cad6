import type { Frame } from "../core/frame.ts";
import type { PastReader, PastSample } from "./past-reader.ts";

/** A frame that was sent, until all its rows are durable where the gap stands. */
interface Sent {
  /** That another one has them fills in nothing here. */
  readonly keeper: object;
  readonly epoch: number;
  /** Sequence -> part. */
  readonly waiting: Map<number, number>;
  readonly done: () => void;
}

/** Sends what was read of the past, one frame at a time, and waits until it is kept. */
export class PastSending {
  readonly #reader: PastReader;
  readonly #keptWithinMs: number;
  #sent: Sent | undefined;
  #isStopped = false;

  constructor(reader: PastReader, keptWithinMs: number) {
    this.#reader = reader;
    this.#keptWithinMs = keptWithinMs;
  }

  /**
   * Sends samples and waits until they are durable.
   * @param keeper where they must be
   * @returns parts of which some are not, in good time
   */
  async send(keeper: object, samples: readonly PastSample[]): Promise<Iterable<number>> {
    const frame = this.#reader.sendPast(samples);
    const waiting = new Map(samples.map(({ part }, row) => [frame.sequenceAt(row), part]));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#keptWithinMs);
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#sent = { keeper, epoch: frame.epoch, waiting, done };
      if (this.#isStopped) done();
    });
    this.#sent = undefined;
    return waiting.values();
  }

  /** A frame of the source is durable there. */
  kept(keeper: object, frame: Frame): void {
    const sent = this.#sent;
    if (sent === undefined || keeper !== sent.keeper || frame.epoch !== sent.epoch) return;
    for (let row = 0; row < frame.length; row++) sent.waiting.delete(frame.sequenceAt(row));
    if (sent.waiting.size === 0) sent.done();
  }

  /** Waits for nothing any more. */
  stop(): void {
    this.#isStopped = true;
    this.#sent?.done();
  }
}
