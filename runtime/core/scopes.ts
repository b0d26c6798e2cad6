import { isAddress, isWithin } from "./address.ts";
import { RungError } from "./errors.ts";
import { trainedFor } from "./training.ts";

/** The scope of a person who is bound to no part of the plant. */
export const EVERYWHERE: readonly string[] = [""];

/** Whoever is bound to parts of the plant: addresses, each with all that lies below it; "" is everything. */
export interface Scoped {
  readonly scopes: readonly string[];
}

/** Whether somebody's scopes hold everything, also what has no address. */
export const isEverywhere = ({ scopes }: Scoped): boolean => scopes.includes("");

/**
 * Whether somebody may see or change what has this address. Whole segments count: `acme/leipzig/paint` does not hold
 * `acme/leipzig/paint2`. No scope holds nothing, and what is no address is held by "" alone. Whoever holds a part of the plant holds its training twins too: they reach nothing.
 */
export function mayTouch(person: Scoped, address: string): boolean {
  if (isEverywhere(person)) return true;
  const plant = trainedFor(address);
  return (
    isAddress(address) && person.scopes.some((scope) => isWithin(address, scope) || isWithin(plant, scope))
  );
}

/**
 * Scopes as they are kept, from addresses as a person writes them.
 * @throws RungError `bad-scope` for no scope at all, or one that is no address
 */
export function scopesFrom(words: readonly string[]): readonly string[] {
  if (words.length === 0) throw badScope("scopes", "name no part of the plant");
  for (const word of words) if (!isAddress(word)) throw badScope(word, "is no address");
  const distinct = [...new Set(words)].sort();
  return distinct.filter((scope) => !distinct.some((other) => other !== scope && isWithin(scope, other)));
}

/** Whether this is a list of scopes as `scopesFrom` makes it, or everything: what may stand in a file of people. */
export function areScopes(thing: unknown): thing is readonly string[] {
  return (
    Array.isArray(thing) &&
    thing.every((scope) => typeof scope === "string" && (scope === "" || isAddress(scope)))
  );
}

/** "acme/leipzig/paint, acme/leipzig/body", or "everything". */
export const scopesText = (person: Scoped): string =>
  isEverywhere(person) ? "everything" : person.scopes.join(", ") || "nothing";

const badScope = (where: string, what: string): RungError =>
  new RungError({
    code: "bad-scope",
    where,
    what,
    advice: "write addresses such as acme/leipzig/paint, or everything",
  });
