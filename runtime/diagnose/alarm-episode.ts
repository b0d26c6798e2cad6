import type { DetectorOptions } from "./detector-options.ts";

export type EpisodeChange = "none" | "raised" | "cleared";

/**
 * Turns a score (1 = at the limit) into episodes: confirmed before it is raised, cleared with hysteresis and a hold
 * time, and followed by a recovery in which raising again takes more, since false alarms cluster after a fault.
 */
export class AlarmEpisode {
  readonly #options: Pick<DetectorOptions, "confirm" | "clearBelow" | "hold" | "recovery" | "recoveryFactor">;
  #over = 0;
  #under = 0;
  #recovering = 0;
  active = false;
  /** Episodes so far, the running one included. */
  count = 0;

  constructor(
    options: Pick<DetectorOptions, "confirm" | "clearBelow" | "hold" | "recovery" | "recoveryFactor">,
  ) {
    this.#options = options;
  }

  step(score: number): EpisodeChange {
    const { confirm, clearBelow, hold, recovery, recoveryFactor } = this.#options;
    if (this.active) {
      this.#under = score < clearBelow ? this.#under + 1 : 0;
      if (this.#under < hold) return "none";
      this.active = false;
      this.#over = 0;
      this.#recovering = recovery;
      return "cleared";
    }
    const limit = this.#recovering > 0 ? recoveryFactor : 1;
    if (this.#recovering > 0) this.#recovering--;
    this.#over = score > limit ? this.#over + 1 : 0;
    if (this.#over < confirm) return "none";
    this.active = true;
    this.#under = 0;
    this.count++;
    return "raised";
  }
}
