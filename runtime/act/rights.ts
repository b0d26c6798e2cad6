import { isWithin } from "../core/address.ts";
import { RungError } from "../core/errors.ts";

/** What a person at the actuator may do; each role may do what those before it may. */
export const ROLES = ["viewer", "operator", "engineer", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** A person of the actuator, without the password's hash. */
export interface Person {
  readonly name: string;
  readonly role: Role;
  /** Address prefixes of what it is about; `""` is everything. */
  readonly scopes: readonly string[];
  /** Who made the account, or last gave it a password; a person's own change of it does not count. */
  readonly setBy: string;
  /** Wall time of that, milliseconds. */
  readonly setAtMs: number;
}

/** The least role of each right: a viewer sees, an operator approves and disarms, an engineer commissions and arms. */
export const RIGHTS = {
  see: "viewer",
  approve: "operator",
  disarm: "operator",
  commission: "engineer",
  arm: "engineer",
} as const satisfies Readonly<Record<string, Role>>;
export type Right = keyof typeof RIGHTS;

export function hasRole(person: Person, least: Role): boolean {
  return ROLES.indexOf(person.role) >= ROLES.indexOf(least);
}

/** Whether every address lies in the person's scopes; no address lies in no scope. */
export function inScope(person: Person, addresses: readonly string[]): boolean {
  return (
    addresses.length > 0 &&
    addresses.every((address) =>
      person.scopes.some((scope) => scope === "" || address === scope || isWithin(address, scope)),
    )
  );
}

/** Which right is missing, in words, or undefined. */
export function rightRefusal(person: Person, right: Right, addresses: readonly string[]): string | undefined {
  if (!hasRole(person, RIGHTS[right])) return `is ${person.role}: ${right} needs ${RIGHTS[right]}`;
  if (inScope(person, addresses)) return undefined;
  return `may not ${right} there: the scopes are ${person.scopes.join(", ") || "empty"}`;
}

/** @throws RungError `not-allowed` naming the right that is missing */
export function requireRight(person: Person, right: Right, addresses: readonly string[]): void {
  const refusal = rightRefusal(person, right, addresses);
  if (refusal === undefined) return;
  throw new RungError({
    code: "not-allowed",
    where: person.name,
    what: refusal,
    advice: "let somebody do it who may, or change role and scopes by `rung arm person`",
  });
}
