import type { Dictionary } from "../core/dictionary.ts";
import { RungError } from "../core/errors.ts";
import { GOOD } from "../core/quality.ts";
import type { TimeUs } from "../core/time.ts";
import type { LastSample, Snapshot } from "./snapshot.ts";

/**
 * A fork of a twin's state for what-if, risk and training. It starts from a snapshot, is changed at will, and has
 * no link: it accepts no frames, and nothing it holds can reach a plant.
 */
export class SiblingState {
  /** Address of the twin it was forked from. */
  readonly twin: string;
  readonly forkedAtUs: TimeUs;
  readonly dictionary: Dictionary;
  readonly #values: Map<string, LastSample>;
  #nowUs: TimeUs;

  constructor(snapshot: Snapshot, dictionary: Dictionary) {
    this.twin = snapshot.twin;
    this.forkedAtUs = snapshot.timeUs;
    this.dictionary = dictionary;
    this.#values = new Map(Object.entries(snapshot.values));
    this.#nowUs = snapshot.timeUs;
  }

  nowUs(): TimeUs {
    return this.#nowUs;
  }

  last(address: string): LastSample | undefined {
    return this.#values.get(address);
  }

  /** Assumes a value from now on, in the property's own unit. @throws RungError `unknown-address`, `not-a-number` */
  set(address: string, value: number): void {
    const index = this.dictionary.require(address);
    if (!Number.isFinite(value)) {
      throw new RungError({ code: "not-a-number", where: address, what: `cannot be set to ${value}` });
    }
    const { unit } = this.dictionary.properties[index]!;
    this.#values.set(
      address,
      Object.freeze({
        address,
        value,
        ...(unit === undefined ? {} : { unit }),
        quality: GOOD,
        sourceTimeUs: this.#nowUs,
        receiveTimeUs: this.#nowUs,
        ageUs: 0,
        stale: false,
      }),
    );
  }

  /** Moves its own clock. @throws RungError `time-goes-back` */
  advanceTo(timeUs: TimeUs): void {
    if (timeUs < this.#nowUs) {
      throw new RungError({
        code: "time-goes-back",
        where: `sibling of ${this.twin}`,
        what: "cannot be moved into its past",
        advice: "fork again",
      });
    }
    this.#nowUs = timeUs;
  }

  snapshot(): Snapshot {
    return Object.freeze({
      twin: this.twin,
      timeUs: this.#nowUs,
      reality: undefined,
      values: Object.freeze(Object.fromEntries(this.#values)),
    });
  }

  /** A fork of the fork. */
  fork(): SiblingState {
    return new SiblingState(this.snapshot(), this.dictionary);
  }
}
