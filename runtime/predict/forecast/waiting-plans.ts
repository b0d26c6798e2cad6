import { messageOf, RungError } from "../../core/errors.ts";
import type { AheadMessage } from "./known-inputs.ts";

/** Points of all plans that wait. */
const MOST_POINTS = 100_000;

/**
 * Plans that wait until they can be read, in their order: before the first frame told units, or while a model is fitted.
 * Where they are too many the oldest of the same input goes, of which the newer ones tell what is still to come.
 */
export class WaitingPlans {
  #plans: AheadMessage[] = [];
  #points = 0;

  get points(): number {
    return this.#points;
  }

  add(plan: AheadMessage): void {
    this.#plans.push(plan);
    this.#points += plan.points.length;
    while (this.#points > MOST_POINTS && this.#plans.length > 1) {
      const ofSame = this.#plans.findIndex(({ path }) => path === plan.path);
      const [gone] = this.#plans.splice(ofSame === this.#plans.length - 1 ? 0 : ofSame, 1);
      this.#points -= gone!.points.length;
    }
  }

  /** Hands each on, also behind one that is refused. @throws what was said of it, of several all of that */
  hand(take: (plan: AheadMessage) => void): void {
    const refusals: unknown[] = [];
    const plans = this.#plans;
    this.#plans = [];
    this.#points = 0;
    for (const plan of plans) {
      try {
        take(plan);
      } catch (error) {
        refusals.push(error);
      }
    }
    if (refusals.length === 1) throw refusals[0];
    if (refusals.length > 1) {
      throw new RungError({
        code: "bad-plan",
        where: "forecast",
        what: `${refusals.length} of ${plans.length} plans that waited are refused: ${[...new Set(refusals.map(messageOf))].join("; ")}`,
      });
    }
  }
}
