/**
 * One client of bench:links in a process of its own, which measures itself. Started with {client, endpoint, tags,
 * periodMs}; says `{ready}` once every tag has had a value; told `{from, to, zeroUs}` it measures from tick `from` to
 * the moment it has all up to `to`, or after `{ended}` nothing more has come for a while, and says a `ClientFacts`. Told
 * `{sample}` it says its memory.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { PlantTicks } from "../opcua-plant.ts";
import type { Client, Load, OpenClient } from "./load.ts";
import { countOf, type MissedTicks, Tally } from "./tally.ts";

export interface ClientFacts {
  /** CPU of the main thread, and of all threads. */
  readonly mainMs: number;
  readonly totalMs: number;
  readonly wallMs: number;
  readonly received: number;
  readonly missed: number;
  /** Of these, in an entry of the ledger; 0 for clients without one. */
  readonly inLedger: number;
  readonly repeated: number;
  /** Whether all it received is where it belongs: in state, in the spool, in the historian. */
  readonly isKept: boolean;
  readonly rssMb: number;
}

export interface MemoryFacts {
  readonly rssMb: number;
  readonly heapMb: number;
  readonly received: number;
}

/** So long without a value, and no more will come. */
const SILENT_MS = 3000;
/** So long without a value, and what is not on disk yet will not get there. */
const HOPELESS_MS = 60_000;
const OPENS_WITHIN_MS = 120_000;
const MB = 1024 * 1024;

const { client: name, ...place } = JSON.parse(process.argv[2]!) as { client: string } & Omit<Load, "home">;
const home = mkdtempSync(join(tmpdir(), "rung-bench-"));
process.once("exit", () => rmSync(home, { recursive: true, force: true, maxRetries: 3 }));
process.env.RUNG_HOME = home;
// Where the peers keep their certificates.
process.env.XDG_CONFIG_HOME = home;

const OPENERS: Record<string, () => Promise<OpenClient>> = {
  minimal: async () => (await import("./clients/minimal.ts")).open,
  contrib: async () => (await import("./clients/contrib.ts")).openContrib,
  rung: async () => (await import("./clients/rung.ts")).openToState,
  "rung-spool": async () => (await import("./clients/rung.ts")).openToSpool,
  "rung-historian": async () => (await import("./clients/rung.ts")).openToHistorian,
  "rung-node-red": async () => (await import("./clients/rung-in-node-red.ts")).openInNodeRed,
};

const say = (fact: object) => process.stdout.write(`${JSON.stringify(fact)}\n`);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const tally = new Tally(place.tags);
/** The plant has written its last tick. */
let hasEnded = false;
const late = setTimeout(() => {
  throw new Error(`${name} had no value of every tag within ${OPENS_WITHIN_MS / 1000} s`);
}, OPENS_WITHIN_MS);
const open = await OPENERS[name]!();
const client: Client = await open({ ...place, home }, tally);
while (tally.tagsSeen < place.tags) await pause(50);
clearTimeout(late);
say({ ready: true });

createInterface({ input: process.stdin }).on("line", (line) => {
  const command = JSON.parse(line) as PlantTicks | { sample: true } | { ended: true };
  if ("sample" in command) say(memory());
  else if ("ended" in command) hasEnded = true;
  else void measure(command);
});
process.stdin.on("end", () => process.exit(0));

function memory(): MemoryFacts {
  const { rss, heapUsed } = process.memoryUsage();
  return { rssMb: rss / MB, heapMb: heapUsed / MB, received: tally.received };
}

async function measure({ from, to, zeroUs }: PlantTicks): Promise<void> {
  let main = process.threadCpuUsage();
  let total = process.cpuUsage();
  let beganMs = performance.now();
  tally.measure(from, () => {
    main = process.threadCpuUsage();
    total = process.cpuUsage();
    beganMs = performance.now();
  });
  const wanted = (to - from) * place.tags;
  const isKept = () => client.isSettled?.() ?? true;
  // What is kept is asked for only when nothing comes any more: the answer would be measured, too.
  while (tally.received < wanted || !isKept()) {
    if (hasEnded && (tally.silentMs > HOPELESS_MS || (tally.silentMs > SILENT_MS && isKept()))) break;
    await pause(20);
  }
  if (tally.received === 0) throw new Error(`${name} got no value of the measured time`);
  main = process.threadCpuUsage(main);
  total = process.cpuUsage(total);
  const wallMs = performance.now() - beganMs - (tally.received < wanted ? tally.silentMs : 0);
  const missed = tally.missed(to);
  const facts: ClientFacts = {
    mainMs: (main.user + main.system) / 1000,
    totalMs: (total.user + total.system) / 1000,
    wallMs,
    received: tally.received,
    missed: countOf(missed),
    inLedger: explained(missed, zeroUs),
    repeated: tally.repeated,
    isKept: isKept(),
    rssMb: memory().rssMb,
  };
  say(facts);
}

/** How many of the missed ticks lie within an interval that the client's ledger has for their tag. */
function explained(missed: readonly MissedTicks[], zeroUs: number): number {
  const ledger = client.ledger?.();
  if (ledger === undefined) return 0;
  let count = 0;
  for (const { tag, from, to } of missed) {
    for (let tick = from; tick <= to; tick++) {
      const timeUs = zeroUs + tick * place.periodMs * 1000;
      if (ledger.get(tag)!.some(({ fromUs, toUs }) => fromUs < timeUs && timeUs < toUs)) count++;
    }
  }
  return count;
}
