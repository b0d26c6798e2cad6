import type { Role } from "../core/roles.ts";

/** Reading the flows and their status, so that "open this in the editor" works for everyone who signs in. */
const READ_FLOWS = [
  "flows.read",
  "nodes.read",
  "plugins.read",
  "settings.read",
  "status.read",
  "library.read",
  "icons.read",
  "rung.read",
];

/**
 * What a role may do in Node-RED's own terms, plus three of ours for admin routes of nodes and plugins:
 * `rung.read` see, `rung.operate` act on what is offered (approve, reject, acknowledge), `rung.write` change what
 * is wired or trusted. An engineer's function nodes run inside the host: treat engineers as trusted with all that
 * the host can read.
 */
const PERMISSIONS: Record<Role, readonly string[]> = {
  viewer: READ_FLOWS,
  operator: [...READ_FLOWS, "rung.operate"],
  engineer: [
    "*.read",
    "flows.write",
    "inject.write",
    "debug.write",
    "context.write",
    "library.write",
    "settings.write",
    "rung.operate",
    "rung.write",
  ],
  admin: ["*"],
};

export function permissionsOf(role: Role): string[] {
  return [...PERMISSIONS[role]];
}
