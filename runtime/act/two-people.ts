import { sameName } from "./people.ts";
import type { Person } from "./rights.ts";

const DAY_MS = 24 * 3600_000;

/**
 * Why two accounts are not two people, or undefined. Whoever made an account, or gave it a password, may know that
 * password: for 24 h both accounts are in that hand, as the maker's own account is anyway. A day is the time in which
 * the owner finds out.
 * @param nowMs wall time, milliseconds; an account set after now counts as set now
 */
export function notTwoPeople(one: Person, other: Person, nowMs: number): string | undefined {
  if (sameName(one.name, other.name)) return `${one.name} is one person`;
  const hand = handsOf(one, nowMs).find((name) => handsOf(other, nowMs).some((its) => sameName(its, name)));
  if (hand === undefined) return undefined;
  return `the accounts of ${one.name} and ${other.name} were in one hand within 24 h, that of ${hand}`;
}

function handsOf({ name, setBy, setAtMs }: Person, nowMs: number): string[] {
  return nowMs - setAtMs < DAY_MS ? [name, setBy] : [name];
}
