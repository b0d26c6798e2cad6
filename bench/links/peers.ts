import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const PEERS = join(import.meta.dirname, "..", "peers");

/**
 * Installs the peers by their own lock file where they are missing; nothing of theirs is run.
 * @returns why they cannot be had; undefined where they are there
 */
export function missingPeers(): string | undefined {
  const isThere = () => existsSync(join(PEERS, "node_modules", "node-red-contrib-opcua", "package.json"));
  if (isThere()) return undefined;
  process.stderr.write("installing the peers of bench/peers (once, about half a minute)\n");
  const { status, error } = spawnSync(
    "npm",
    ["install", "--no-save", "--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error"],
    { cwd: PEERS, stdio: ["ignore", 2, 2], shell: process.platform === "win32" },
  );
  if (isThere()) return undefined;
  return `node-red-contrib-opcua is not there: npm in bench/peers ${error === undefined ? `ended with ${status}` : error.message}`;
}
