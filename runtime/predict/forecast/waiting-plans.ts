import { RungError } from "../../core/errors.ts";
import type { AheadMessage } from "./known-inputs.ts";

/** Plans that wait, at most. */
const MOST_PLANS = 1000;

/** Plans that wait until they can be read, in their order: before the first frame told units, or while a model is fitted. */
export class WaitingPlans {
  #plans: AheadMessage[] = [];

  /** @param where the node, for errors @throws RungError `queue-full` */
  add(plan: AheadMessage, where: string): void {
    if (this.#plans.length >= MOST_PLANS) {
      throw new RungError({
        code: "queue-full",
        where,
        what: `${MOST_PLANS} plans wait for the forecast to begin, and no more can`,
        advice: "wire the twin's state to it; send a plan when it changes",
      });
    }
    this.#plans.push(plan);
  }

  /** Hands each on, also behind one that is refused. @throws what the first refusal said */
  hand(take: (plan: AheadMessage) => void): void {
    const refusals: unknown[] = [];
    const plans = this.#plans;
    this.#plans = [];
    for (const plan of plans) {
      try {
        take(plan);
      } catch (error) {
        refusals.push(error);
      }
    }
    if (refusals.length > 0) throw refusals[0];
  }
}
