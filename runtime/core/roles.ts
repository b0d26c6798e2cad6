import { RungError } from "./errors.ts";

/** What people may do, from the least to the most; each may all that the ones before it may. */
export const ROLES = ["viewer", "operator", "engineer", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** Whether a person of this role may do what needs another one. */
export function mayAs(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** @throws RungError `unknown-role` */
export function roleFrom(word: string): Role {
  if ((ROLES as readonly string[]).includes(word)) return word as Role;
  throw new RungError({
    code: "unknown-role",
    where: word,
    what: "is no role",
    advice: `use one of ${ROLES.join(", ")}`,
  });
}
