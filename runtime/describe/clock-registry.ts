import type { LinkClock } from "../core/clock.ts";
import { RungError } from "../core/errors.ts";

/** The clock of every source that is open in this process, by the source's identity as it stands in its frames. */
export class ClockRegistry {
  readonly #clocks = new Map<string, LinkClock>();

  set(source: string, clock: LinkClock): void {
    this.#clocks.set(source, clock);
  }

  delete(source: string): void {
    this.#clocks.delete(source);
  }

  get(source: string): LinkClock | undefined {
    return this.#clocks.get(source);
  }

  /** @throws RungError `unknown-source` */
  require(source: string): LinkClock {
    const clock = this.#clocks.get(source);
    if (clock === undefined) {
      throw new RungError({
        code: "unknown-source",
        where: source,
        what: "has no clock in this process",
        advice: "its link must be open before its frames are read",
      });
    }
    return clock;
  }
}
