import { isRecord } from "./flow-nodes.ts";
import { DECLARABLE_ROLES, type DeclaredRole, isDeclared, type Role } from "./roles.ts";

/** A declaration that does not count, and why. */
export interface IgnoredRole {
  readonly by: string;
  readonly type: string;
  readonly why: string;
}

export interface DeclaredRoles {
  /** By node type. */
  readonly roles: Readonly<Record<string, DeclaredRole>>;
  readonly ignored: readonly IgnoredRole[];
}

/** True for the package.json of a package with Node-RED nodes that says something of their roles. */
export const declaresRoles = (manifest: unknown): boolean =>
  isRecord(manifest) && isRecord(manifest["node-red"]) && isRecord(manifest.rung) && "roles" in manifest.rung;

/**
 * Roles that foreign packages declare in their package.json: `"rung": {"roles": {"<node type>": "<role>"}}`. What is
 * malformed, is not theirs to declare, or is declared twice differently is ignored, with a reason; nothing is thrown.
 * docs/ladder.md, Roles of foreign nodes.
 * @param manifests contents of package.json files
 */
export function declaredRoles(manifests: readonly unknown[]): DeclaredRoles {
  const roles: Record<string, DeclaredRole> = Object.create(null);
  const ignored: IgnoredRole[] = [];
  const contested = new Set<string>();
  for (const manifest of manifests) {
    if (!declaresRoles(manifest)) continue;
    const { name, rung } = manifest as { name?: unknown; rung: { roles: unknown } };
    const by = typeof name === "string" && name !== "" ? name : "a package without a name";
    if (!isRecord(rung.roles)) {
      ignored.push({ by, type: "", why: "rung.roles is no object of node types and roles" });
      continue;
    }
    for (const [type, role] of Object.entries(rung.roles)) {
      const declared = { role: role as Role, by };
      const known = roles[type];
      if (contested.has(type)) ignored.push({ by, type, why: "other packages contradict each other on it" });
      else if (known !== undefined && known.by !== by && known.role !== role) {
        ignored.push({ by, type, why: `${known.by} says it is ${known.role}` });
        ignored.push({ by: known.by, type, why: `${by} says otherwise` });
        contested.add(type);
        delete roles[type];
      } else if (known !== undefined) continue;
      else if (!DECLARABLE_ROLES.includes(role as Role))
        ignored.push({ by, type, why: `${JSON.stringify(role)} is no role that a package may declare` });
      else if (!isDeclared(type, { [type]: declared }))
        ignored.push({ by, type, why: "its role is known, or it is named like a writer" });
      else roles[type] = declared;
    }
  }
  return { roles: { ...roles }, ignored };
}
