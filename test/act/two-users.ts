import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { skipOrFail } from "../needs.ts";

/** Two users that no system has: numbers alone will do. */
export const HOST_USER = { uid: 61001, gid: 61001 };
export const ACTUATOR_USER = { uid: 61002, gid: 61002 };

/** For a test that starts processes as other users: root alone can, and they must be able to enter the checkout. */
export function needsTwoUsers(context: Mocha.Context): void {
  if (process.getuid?.() !== 0) skipOrFail(context, "only root can start processes of other users");
  const file = fileURLToPath(import.meta.url);
  const look = `require("node:fs").accessSync(${JSON.stringify(file)}, 4)`;
  const { status, error } = spawnSync(process.execPath, ["-e", look], { ...HOST_USER, cwd: "/", env: {} });
  if (status !== 0)
    skipOrFail(context, `another user cannot read ${file}${error ? `: ${error.message}` : ""}`);
}
