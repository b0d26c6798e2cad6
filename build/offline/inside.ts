/**
 * Runs a command where there is no network but the loopback, and fails where anything tried to reach elsewhere. Started
 * by build/test-offline.ts inside a network namespace of its own.
 *
 * A default route that leads back to the loopback makes an attempt a packet there; without one the kernel would refuse
 * it before anybody could see it.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

interface Seen {
  readonly seen: number;
  readonly missed: number;
  readonly elsewhere: Readonly<Record<string, number>>;
}

for (const command of [
  ["link", "set", "lo", "up"],
  ["route", "add", "default", "dev", "lo"],
  ["-6", "route", "add", "default", "dev", "lo"],
]) {
  const { status, stderr, error } = spawnSync("ip", command, { encoding: "utf8" });
  // A kernel without IPv6 has nothing to be watched there.
  if (status === 0 || command[0] === "-6") continue;
  fail(`ip ${command.join(" ")}: ${error?.message ?? stderr.trim()}`);
}

const watch = spawn("python3", [fileURLToPath(new URL("watch-packets.py", import.meta.url))], {
  stdio: ["ignore", "pipe", "inherit"],
});
let told = "";
watch.stdout.setEncoding("utf8").on("data", (text: string) => {
  told += text;
});
await Promise.race([once(watch.stdout, "data"), once(watch, "close")]);
if (!told.startsWith("ready")) fail("the packets of the loopback cannot be watched (python3, CAP_NET_RAW)");

const [program, ...args] = process.argv.slice(2) as [string, ...string[]];
const command = spawn(program, args, { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => command.kill(signal));
const status = await ended(command);
const watched = ended(watch);
watch.kill("SIGTERM");
await watched;

const { seen, missed, elsewhere } = JSON.parse(told.slice("ready\n".length)) as Seen;
const tried = Object.entries(elsewhere);
for (const [what, times] of tried) console.error(`offline: tried to reach ${what}, ${times} packets`);
if (missed > 0) console.error(`offline: ${missed} packets to elsewhere were not looked at`);
if (seen === 0) console.error("offline: not one packet was seen, so that this proves nothing");
const isSilent = tried.length === 0 && missed === 0 && seen > 0;
if (isSilent)
  console.log(`offline: only the loopback was up, ${seen} of its packets looked at, none to elsewhere`);
process.exit(status !== 0 ? status : isSilent ? 0 : 1);

async function ended(child: ChildProcess): Promise<number> {
  const [code] = (await once(child, "close")) as [number | null];
  return code ?? 1;
}

function fail(why: string): never {
  console.error(`offline: ${why}`);
  process.exit(1);
}
