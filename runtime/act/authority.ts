import { RungError } from "../core/errors.ts";
import type { Reality } from "../core/frame.ts";
import { type Person, type Right, requireRight } from "./rights.ts";
import { notTwoPeople } from "./two-people.ts";

/**
 * Who may do what at this actuator. Without a list of people nobody may do anything at a live plant; at a virtual one
 * whoever holds the actuator's own object in code is trusted, since there is nobody else to ask.
 */
export class Authority {
  readonly #reality: Reality;
  readonly #find: ((name: string) => Person | undefined) | undefined;

  constructor(reality: Reality, find: ((name: string) => Person | undefined) | undefined) {
    this.#reality = reality;
    this.#find = find;
  }

  /** @throws RungError `not-allowed` */
  require(name: string, right: Right, addresses: readonly string[]): void {
    if (this.#find === undefined && this.#reality === "virtual") return;
    requireRight(this.#known(name), right, addresses);
  }

  /** @throws RungError `same-hand` where the two accounts are not two people, at a live plant */
  requireTwo(one: string, other: string): void {
    if (this.#reality !== "live") return;
    const problem = notTwoPeople(this.#known(one), this.#known(other), Date.now());
    if (problem === undefined) return;
    throw new RungError({
      code: "same-hand",
      where: other,
      what: problem,
      advice: "let somebody arm whose account another person made, or wait until the 24 h are over",
    });
  }

  #known(name: string): Person {
    const person = this.#find?.(name);
    if (person !== undefined) return person;
    throw new RungError({ code: "not-allowed", where: name, what: "is nobody at this actuator" });
  }
}
