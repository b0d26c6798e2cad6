/**
 * 5,000 tags at 10 values a second from one OPC UA server through source -> state -> detect -> history in Node-RED,
 * once with a frame per publish response and once with a message per value: CPU of the host's main thread, and what
 * arrived in the historian against what the server published.
 *
 * node bench/opcua-frames.ts [tags] [seconds] [rounds]; writes bench/results/opcua-frames.md
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PlantCounts, PlantOptions, PlantTicks } from "./opcua-plant.ts";
import { Speaker } from "./speaker.ts";

const here = dirname(fileURLToPath(import.meta.url));
const [tags = 5000, seconds = 15, rounds = 3] = process.argv.slice(2).map(Number);
const PERIOD_MS = 100;
/** The detector gathers 120 rows and calibrates before the measurement begins. */
const WARM_UP_TICKS = 170;
/** Frames must cost the main thread at most this share of messages. */
const WANTED_RATIO = 2;
/** A run that lasts so many times as long as its values is called late. */
const SLOW = 1.2;

interface Outcome {
  readonly variant: string;
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly published: number;
  readonly received: number;
  readonly stored: number;
  readonly deduplicated: number;
  readonly detect: string;
}

async function run(variant: "frames" | "values"): Promise<Outcome> {
  const plant = new Speaker(join(here, "opcua-plant.ts"), [
    JSON.stringify({ tags, periodMs: PERIOD_MS, skips: false, values: "waves" } satisfies PlantOptions),
  ]);
  const tick = async (ticks: number): Promise<number> => {
    plant.say({ warmUp: 0, measured: ticks });
    await plant.hear<PlantTicks>();
    return (await plant.hear<PlantCounts>()).published;
  };
  let host: Speaker | undefined;
  try {
    const { endpoint } = await plant.hear<{ endpoint: string }>();
    host = new Speaker(join(here, "opcua-frames", "host.ts"), [variant, endpoint, tags, PERIOD_MS]);
    await host.hear();
    host.say({ expect: await tick(WARM_UP_TICKS) });
    await host.hear();
    host.say({ measure: true });
    await host.hear();
    const published = await tick((seconds * 1000) / PERIOD_MS);
    host.say({ expect: published });
    const outcome = await host.hear<
      Omit<Outcome, "variant" | "published"> & { counts: { stored: number; deduplicated: number } }
    >();
    return { ...outcome, ...outcome.counts, variant, published };
  } finally {
    await host?.end();
    await plant.end();
  }
}

const outcomes: Outcome[] = [];
for (let round = 0; round < rounds; round++) {
  for (const variant of ["frames", "values"] as const) {
    const outcome = await run(variant);
    outcomes.push(outcome);
    process.stderr.write(
      `${variant}: ${outcome.cpuMs.toFixed(0)} ms, stored ${outcome.stored} of ${outcome.published}, received ${outcome.received}, deduplicated ${outcome.deduplicated}, wall ${outcome.wallMs.toFixed(0)} ms\n`,
    );
  }
}

const measured = (tags * seconds * 1000) / PERIOD_MS;
const cpuOf = (variant: string) => outcomes.filter((o) => o.variant === variant).map((o) => o.cpuMs);
const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const ratio = median(cpuOf("values")) / median(cpuOf("frames"));
const lost = outcomes.reduce((sum, o) => sum + o.published - o.stored, 0);
const rows = outcomes.map(
  (o) =>
    `| ${o.variant === "frames" ? "a frame per response" : "a message per value"} | ${o.published} | ${o.stored} | ${o.published - o.stored} | ${o.cpuMs.toFixed(0)} | ${((o.cpuMs * 1000) / measured).toFixed(2)} | ${((100 * o.cpuMs) / o.wallMs).toFixed(0)} % | ${(o.wallMs / 1000).toFixed(1)}${o.wallMs > SLOW * seconds * 1000 ? " (late)" : ""} |`,
);
const table = `# OPC UA to historian: frames against messages

${tags.toLocaleString("en")} tags at ${1000 / PERIOD_MS} values a second from one OPC UA server (own process) through source, state, detect and
history in Node-RED; ${seconds} s measured after ${(WARM_UP_TICKS * PERIOD_MS) / 1000} s of warm-up in which the detector calibrates. The second graph has
the same shape with one message per value, its state, detector and history reduced to the least they can do.
CPU is that of the host's main thread. Runs one after another, interleaved, a fresh server and host each.
Node ${process.version}, ${cpus().length} shared cores (${cpus()[0]?.model ?? "unknown"}).

| graph | published | stored | lost | CPU ms | CPU µs per value | of one core | wall s |
|---|---|---|---|---|---|---|---|
${rows.join("\n")}

Ratio of the medians: **${ratio.toFixed(2)}** (wanted: at least ${WANTED_RATIO}). Lost: **${lost}** (wanted: 0).
Wall is until the last value is stored; *late* where that took over ${SLOW} times the ${seconds} s of values: the machine gave
server or host too little.
Detector at the end of the first run: "${outcomes[0]!.detect}".

\`node bench/opcua-frames.ts ${tags} ${seconds} ${rounds}\`
`;
mkdirSync(join(here, "results"), { recursive: true });
writeFileSync(join(here, "results", "opcua-frames.md"), table);
process.stdout.write(table);
process.exitCode = ratio >= WANTED_RATIO && lost === 0 ? 0 : 1;
