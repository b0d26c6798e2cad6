import { messageOf, RungError } from "../../core/errors.ts";
import type { Binding } from "../binding-table.ts";
import type { Subscribed } from "./subscribe.ts";

/** Tells what outage the server bridges where it is less than asked for. */
export class OutageLimits {
  readonly #where: string;
  readonly #bindings: readonly Binding[];
  readonly #problem: (error: RungError) => void;
  #told = "";

  constructor(where: string, bindings: readonly Binding[], problem: (error: RungError) => void) {
    this.#where = where;
    this.#bindings = bindings;
    this.#problem = problem;
  }

  /**
   * Told once, and again where it has changed: a session may be made anew every few seconds.
   * @param surviveMs the outage that is to lose nothing
   */
  tell(subscribed: Subscribed, surviveMs: number): void {
    const limits = outageLimits(this.#where, subscribed, this.#bindings, surviveMs);
    const text = limits.map(messageOf).join();
    if (text !== this.#told) for (const limit of limits) this.#problem(limit);
    this.#told = text;
  }
}

/**
 * What the server grants less of than the longest outage needs: an outage beyond it loses samples, which its history
 * may fill in again.
 * @param surviveMs the outage that is to lose nothing
 */
function outageLimits(
  where: string,
  { shortened, lifetimeMs }: Subscribed,
  bindings: readonly Binding[],
  surviveMs: number,
): RungError[] {
  const problems: RungError[] = [];
  const advice = "raise the server's limit, or lower the outage that the link bridges";
  const wanted = `${seconds(surviveMs)} are asked for`;
  if (shortened.length > 0) {
    const worst = shortened.reduce((least, one) => (one.surviveMs < least.surviveMs ? one : least));
    const { address } = bindings[worst.tag]!.property;
    const others = shortened.length > 1 ? `, and ${shortened.length - 1} more have too short a queue` : "";
    problems.push(
      new RungError({
        code: "queue-shortened",
        where,
        what: `the server's queue of ${address} survives an outage of ${seconds(worst.surviveMs)} only${others}; ${wanted}`,
        advice,
      }),
    );
  }
  if (lifetimeMs < surviveMs) {
    problems.push(
      new RungError({
        code: "lifetime-shortened",
        where,
        what: `the server ends the subscription after an outage of ${seconds(lifetimeMs)}; ${wanted}`,
        advice,
      }),
    );
  }
  return problems;
}

const seconds = (ms: number): string => `${Number((ms / 1000).toFixed(1))} s`;
