const LONGEST = 300;

/**
 * Something a stranger sent, in words that can be logged: cut to a length nobody can fill a disk with. An object is
 * not looked into, since what it makes of itself may throw or never end.
 */
export function untrustedText(thing: unknown, longest = LONGEST): string {
  if (thing === undefined || thing === null) return "";
  return typeof thing === "object" ? "(an object)" : String(thing).slice(0, longest);
}
