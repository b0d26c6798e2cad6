/**
 * `npm test`: mocha over test/, two files at once, then its summary as one plain line. With RUNG_REQUIRE_ALL=1 a
 * skipped test fails the run, so that a machine that should have everything says so when it has not.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import Mocha from "mocha";
import { mochaHooks } from "../test/closed-services.ts";

/** Longest first: begun last, one would be waited for alone. */
const LONGEST = [
  ...["flows/closed-loop", "security/proposal-campaign", "faults/", "examples/", "flows/start", "act/page/"],
  ...["security/", "editor/bind-tags", "ladder/oven-live", "act/fallback-processes", "act/host-attack"],
  ...["editor/", "ladder/live", "describe/opcua-", "describe/influx/store", "describe/history-archive"],
  ...["prescribe/closed-loop", "compute/gpujs/fuzz", "cli/replay", "cli/tags", "ladder/foreign-flows"],
];
/** One a core: a third made what has to answer in time too late. */
const AT_ONCE = 2;
const HOOKS = "./test/closed-services.ts";

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
const isParallel = files.length > 1;
const mocha = new Mocha({
  timeout: 20_000,
  slow: 2_000,
  reporter: "spec",
  parallel: isParallel,
  jobs: AT_ONCE,
  // Workers load the hooks by themselves.
  ...(isParallel ? { require: [HOOKS] } : { rootHooks: mochaHooks }),
});
for (const file of files) mocha.addFile(file);
if (!isParallel) await mocha.loadFilesAsync();
const failures = await new Promise<number>((resolve) => {
  const runner = mocha.run(resolve);
  runner.on("pending", (test) => skipped.push(test.fullTitle()));
  runner.on("end", () => {
    const { passes = 0, failures: failed = 0, pending = 0 } = runner.stats ?? {};
    for (const title of skipped) console.log(`skipped: ${title}`);
    process.on("exit", () => console.log(`${passes} passed, ${failed} failed, ${pending} skipped`));
  });
});
const required = process.env.RUNG_REQUIRE_ALL === "1" && skipped.length > 0;
if (required) console.error("RUNG_REQUIRE_ALL=1: a skipped test is a failure");
// Native modules may hold handles; everything a test opens it has closed by now.
process.exit(failures > 0 || required ? 1 : 0);

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
