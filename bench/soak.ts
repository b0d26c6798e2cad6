/**
 * `npm run soak`: the host under the load of the screen benches for an hour: 10,000 live properties, 18 pages without a
 * browser, of which one leaves and comes back every ten seconds, and two in Chromium. Samples its memory, event loop and
 * CPU every ten seconds, and judges whether its memory is flat. Writes bench/results/soak.md; ends with 1 where memory
 * grows, but for the pool of the historian's database, or a page shows an error.
 *
 * node bench/soak.ts [--minutes 60]
 */
import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { HISTORIAN_DEFAULTS } from "../runtime/describe/historian/historian.ts";
import { PAGES } from "./screens/load-flow.ts";
import { robustLine } from "./screens/robust-line.ts";
import { openPage, Stage } from "./screens/stage.ts";
import { cpuOf, rssMb } from "./screens/usage.ts";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "60" } } });
const minutes = Number(values.minutes);
const LOAD = { machines: 10, tagsEach: 1000 };
const CLIENTS = 18;
const SAMPLE_S = 10;
/** Caches fill and code is compiled before memory is judged: a sixth of the time. */
const WARM_UP = 1 / 6;
/** Growth over the whole time that still counts as flat. */
const FLAT_SHARE = 0.02;

interface Sample {
  readonly minute: number;
  readonly rssMb: number;
  readonly heapMb: number;
  /** What the historian's database holds of the memory, up to a limit of its own. */
  readonly databaseMb: number;
  readonly loopP99Ms: number;
  readonly cpuPercent: number;
}

const rest = (s: number) => new Promise((resolve) => setTimeout(resolve, 1000 * s));
const loads = [loadavg()[0]!];
const stage = await Stage.open(LOAD);
for (const page of PAGES) await stage.look(page, CLIENTS / PAGES.length);
const browsers = [];
const wrong: string[] = [];
for (const load of PAGES) {
  const { browser, page } = await openPage(stage.host.url, load);
  page.on("pageerror", (error) => wrong.push(error.message));
  browsers.push(browser);
}

const samples: Sample[] = [];
const beganMs = performance.now();
let cpuS = cpuOf(stage.pid);
let atMs = beganMs;
while (performance.now() - beganMs < minutes * 60_000) {
  await rest(SAMPLE_S);
  await stage.replaceOne();
  const [nowMs, nowS] = [performance.now(), cpuOf(stage.pid)];
  const [heapBytes, loopS, databaseBytes] = await stage.metrics(
    "nodejs_heap_size_used_bytes",
    "nodejs_eventloop_lag_p99_seconds",
    'rung_historian_memory_bytes{historian="history/rung.duckdb"}',
  );
  samples.push({
    minute: (nowMs - beganMs) / 60_000,
    rssMb: rssMb(stage.pid),
    heapMb: heapBytes! / 2 ** 20,
    // Told with the first upkeep, a minute after the start.
    databaseMb: databaseBytes! / 2 ** 20,
    loopP99Ms: loopS! * 1000,
    cpuPercent: (100_000 * (nowS - cpuS)) / (nowMs - atMs),
  });
  [atMs, cpuS] = [nowMs, nowS];
  if (samples.length % 30 === 0) {
    loads.push(loadavg()[0]!);
    const { minute, rssMb: rss, databaseMb, heapMb } = samples.at(-1)!;
    console.error(
      `${minute.toFixed(0)} min: RSS ${rss.toFixed(0)} MB, of it the database ${databaseMb.toFixed(0)}, heap ${heapMb.toFixed(0)}`,
    );
  }
}
const { sent, replaced } = stage;
for (const browser of browsers) await browser.close();
await stage.close();

const judged = samples.filter(({ minute }) => minute >= WARM_UP * minutes);
const lineOf = (of: (sample: Sample) => number) => {
  const line = robustLine(
    judged.map(({ minute }) => minute),
    judged.map(of),
  );
  const [first, last] = [judged[0]!.minute, judged.at(-1)!.minute];
  const growth = (line.slope * (last - first)) / (line.start + line.slope * first);
  return { ...line, growth, isFlat: line.low <= 0 || growth < FLAT_SHARE };
};
const rss = lineOf((sample) => sample.rssMb);
const ownMb = (sample: Sample) => sample.rssMb - sample.databaseMb;
const own = lineOf(ownMb);
const heap = lineOf((sample) => sample.heapMb);
const row = (name: string, of: (sample: Sample) => number, line: ReturnType<typeof lineOf>) =>
  `| ${name} | ${of(samples[0]!).toFixed(0)} | ${of(judged[0]!).toFixed(0)} | ${of(judged.at(-1)!).toFixed(0)} | ${Math.max(...samples.map(of)).toFixed(0)} | ${(60 * line.slope).toFixed(1)} (${(60 * line.low).toFixed(1)} to ${(60 * line.high).toFixed(1)}) | ${(100 * line.growth).toFixed(1)} % | ${line.isFlat ? "flat" : "**grows**"} |`;
const sorted = (of: (sample: Sample) => number) => judged.map(of).sort((a, b) => a - b);
const middle = (of: (sample: Sample) => number) => sorted(of)[judged.length >> 1]!;
const table = `# soak

${(LOAD.machines * LOAD.tagsEach).toLocaleString("en")} properties over OPC UA, each new once a second, for ${minutes} min; ${CLIENTS} pages without a browser, ${replaced} times one of them left
and another came, and ${PAGES.length} in Chromium; ${sent.messages.toLocaleString("en")} messages, ${(sent.bytes / 2 ** 20).toFixed(0)} MiB to those without a browser. Sampled every ${SAMPLE_S} s; judged after
${(WARM_UP * minutes).toFixed(1)} min of warm-up by the line of Theil and Sen. Flat: the slope's 95 % interval holds 0 or less, or the growth over the
judged time is below ${100 * FLAT_SHARE} %. The historian's database fills its own pool, which ends at the limit of its
settings (${HISTORIAN_DEFAULTS.memoryLimitMb} MB): it held ${samples[0]!.databaseMb.toFixed(0)} MB at first, ${samples.at(-1)!.databaseMb.toFixed(0)} MB at last; what is judged is the rest. Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? "unknown"}), load of the machine ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}.

| memory of the host | first MB | after warm-up | last | most | MB per hour (95 %) | growth | |
|---|---|---|---|---|---|---|---|
${row("RSS", (sample) => sample.rssMb, rss)}
${row("RSS but for the database", ownMb, own)}
${row("heap in use", (sample) => sample.heapMb, heap)}

| | median | most |
|---|---|---|
| delay of its event loop, p99 of each ${SAMPLE_S} s | ${middle((sample) => sample.loopP99Ms).toFixed(0)} ms | ${Math.max(...judged.map((sample) => sample.loopP99Ms)).toFixed(0)} ms |
| CPU, of one core | ${middle((sample) => sample.cpuPercent).toFixed(0)} % | ${Math.max(...judged.map((sample) => sample.cpuPercent)).toFixed(0)} % |
| errors on the pages in Chromium | ${wrong.length} | |

\`npm run soak -- --minutes ${minutes}\`
`;
writeFileSync(join(import.meta.dirname, "results", "soak.md"), table);
process.stdout.write(table);
for (const error of wrong) console.error(error);
const isWithin = samples.every(({ databaseMb }) => databaseMb <= HISTORIAN_DEFAULTS.memoryLimitMb);
process.exit(own.isFlat && heap.isFlat && isWithin && wrong.length === 0 ? 0 : 1);
