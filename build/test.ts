/**
 * `npm test`: mocha over test/, two files at once, then its summary as one plain line. With RUNG_REQUIRE_ALL=1 a
 * skipped test fails the run, so that a machine that should have everything says so when it has not.
 *
 * A plant in real time beside a browser gets less of the machine than it needs: files of real time go one after the
 * other, beside files that keep to one core (first lane); then all others, two at once.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import Mocha from "mocha";
import { mochaHooks } from "../test/closed-services.ts";

/** What a loop over the wire answers is judged: it needs a core to itself. */
const REAL_TIME = [
  "flows/closed-loop",
  "faults/",
  "ladder/live",
  "ladder/oven-live",
  "prescribe/closed-loop",
  "journeys/newcomer",
];
/** Engines: one process, one thread. */
const ENGINES = [
  "model/",
  "predict/",
  "prescribe/",
  "core/",
  "diagnose/",
  "ladder/",
  "cli/balance",
  "cli/jobshop",
];
/** Longest first: begun last, one would be waited for alone. */
const LONGEST = [
  ...["journeys/", "security/proposal-campaign", "examples/", "flows/start", "act/page/", "flows/"],
  ...["security/", "editor/bind-tags", "act/fallback-processes", "act/host-attack", "cli/cell"],
  ...["editor/", "describe/opcua-", "describe/influx/store", "describe/history-archive"],
  ...["compute/gpujs/fuzz", "cli/replay", "cli/tags"],
];
/** One a core: a third made what has to answer in time too late. */
const AT_ONCE = 2;
const HOOKS = "./test/closed-services.ts";
/** Files told at the end, so that the run stays as short as it can. */
const SLOWEST = 15;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
// Of some hundred processes that load the same sources only the first strips them of their types and compiles them.
const compiled = mkdtempSync(join(tmpdir(), "rung-compiled-"));
process.env.NODE_COMPILE_CACHE = compiled;
process.on("exit", () => rmSync(compiled, { recursive: true, force: true, maxRetries: 3 }));
const given = process.argv.slice(2);
const files = given.length > 0 ? given : testFiles();
const missing = files.filter((file) => !existsSync(file));
if (missing.length > 0) {
  console.error(`${missing.join(", ")}: no such test file`);
  process.exit(2);
}

const skipped: string[] = [];
/** What each file's tests and hooks took, ms. */
const tookMs = new Map<string, number>();
const total = { passes: 0, failures: 0, pending: 0 };
const startsWith = (starts: readonly string[]) => (file: string) =>
  starts.some((start) => file.startsWith(join("test", start)));
const realTime = files.filter(startsWith(REAL_TIME));
if (files.length === 1 || realTime.length === 0) await run(files, AT_ONCE);
else {
  const beside = files.filter((file) => startsWith(ENGINES)(file) && !realTime.includes(file));
  await Promise.all([run(realTime, 1), run(beside, 1)]);
  await run(
    files.filter((file) => !realTime.includes(file) && !beside.includes(file)),
    AT_ONCE,
  );
}
if (files.length > SLOWEST) tellSlowest();
for (const title of skipped) console.log(`skipped: ${title}`);
process.on("exit", () =>
  console.log(`${total.passes} passed, ${total.failures} failed, ${total.pending} skipped`),
);
const required = process.env.RUNG_REQUIRE_ALL === "1" && skipped.length > 0;
if (required) console.error("RUNG_REQUIRE_ALL=1: a skipped test is a failure");
// Native modules may hold handles; everything a test opens it has closed by now.
process.exit(total.failures > 0 || required ? 1 : 0);

/** @param atOnce files that run beside each other; one file alone runs in this process */
async function run(some: readonly string[], atOnce: number): Promise<void> {
  if (some.length === 0) return;
  const isApart = files.length > 1;
  const mocha = new Mocha({
    timeout: 20_000,
    slow: 2_000,
    reporter: "spec",
    parallel: isApart,
    jobs: AT_ONCE,
    // Workers load the hooks by themselves.
    ...(isApart ? { require: [HOOKS] } : { rootHooks: mochaHooks }),
  });
  // One worker is still a process apart; asked for in the constructor it would be this one.
  mocha.options.jobs = atOnce;
  for (const file of some) mocha.addFile(file);
  if (!isApart) await mocha.loadFilesAsync();
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    runner.on("pending", (test) => skipped.push(test.fullTitle()));
    const add = ({ file = "hooks of all", duration = 0 }: Mocha.Runnable) =>
      tookMs.set(file, (tookMs.get(file) ?? 0) + duration);
    runner.on("test end", add);
    runner.on("hook end", add);
    runner.on("end", () => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      total.passes += passes;
      total.failures += failures;
      total.pending += pending;
    });
  });
}

function tellSlowest(): void {
  const slowest = [...tookMs].sort(([, a], [, b]) => b - a).slice(0, SLOWEST);
  const allS = [...tookMs.values()].reduce((sum, ms) => sum + ms, 0) / 1000;
  console.log(`slowest of ${tookMs.size} files, ${allS.toFixed(0)} s in all:`);
  for (const [file, ms] of slowest)
    console.log(`${(ms / 1000).toFixed(0).padStart(5)} s  ${relative(root, file)}`);
}

function testFiles(): string[] {
  return readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map((file) => join("test", file));
}

function rank(file: string): number {
  const place = LONGEST.findIndex((start) => file.startsWith(start));
  return place < 0 ? LONGEST.length : place;
}
