/**
 * `npm run test:offline [files]`: the tests with no network but the loopback, and a watch that nothing tries to reach
 * elsewhere, names included. Where the system allows no network namespace it says so and runs the tests without.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { missingPeers } from "../bench/links/peers.ts";

const folder = dirname(fileURLToPath(import.meta.url));
const tests = [process.execPath, "--disable-warning=ExperimentalWarning", join(folder, "test.ts")];
const given = process.argv.slice(2);
/** Where a resolver outside the namespace listens for names: a socket file is no part of the network. */
const RESOLVERS = ["/run/systemd/resolve", "/run/nscd", "/var/run/nscd"].filter((place) => existsSync(place));

// The one thing that a test needs of a registry; it says itself what is missing.
if (given.length === 0) missingPeers();

// A user of its own namespace is root there, so that tests of other users than root's would be misled.
const own = process.getuid?.() === 0 ? [] : ["--map-root-user"];
const namespace = ["--net", ...(RESOLVERS.length > 0 ? ["--mount"] : []), ...own];
const { status, stderr, error } = spawnSync("unshare", [...namespace, "true"], { encoding: "utf8" });
if (status === 0) {
  const hide = RESOLVERS.map((place) => `mount -t tmpfs none ${place} && `).join("");
  const inside = [
    process.execPath,
    "--disable-warning=ExperimentalWarning",
    join(folder, "offline", "inside.ts"),
  ];
  process.exitCode = run([
    "unshare",
    ...namespace,
    "sh",
    "-c",
    `${hide}exec "$@"`,
    "sh",
    ...inside,
    ...tests,
    ...given,
  ]);
} else {
  const line = "!".repeat(100);
  const why = error?.message ?? stderr.trim();
  console.error(`${line}\noffline: NOT PROVED. This system allows no network namespace: ${why}\n${line}`);
  process.exitCode = run([...tests, ...given]);
}

function run([program, ...args]: string[]): number {
  return spawnSync(program!, args, { stdio: "inherit" }).status ?? 1;
}
