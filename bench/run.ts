/**
 * `npm run bench`: runs every benchmark one after another, each in a process of its own, keeps what it prints under
 * bench/results/, and joins it all in bench/RESULTS.md. Times and rates are benchmarks, never tests.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = dirname(fileURLToPath(import.meta.url));
/** Those that print their table; the others write it themselves. `file` where it is not named like the table. */
const BENCHES = [
  { name: "links", args: [], prints: false },
  { name: "opcua-frames", args: ["5000", "10", "3"], prints: false },
  { name: "closed-loop", args: ["3"], prints: true },
  { name: "closed-loop-inprocess", args: ["31", "40"], prints: true },
  { name: "setpoints", args: ["1", "5"], prints: true },
  { name: "scenarios", args: [], prints: true },
  { name: "oven-tracking", args: ["41", "48"], prints: true },
  { name: "detect-multivariate", args: ["3"], prints: true },
  { name: "quality-tep", file: "quality/tep", args: [], prints: true },
  { name: "quality-fd001", file: "quality/fd001", args: [], prints: true },
  { name: "quality-skab", file: "quality/skab", args: [], prints: false },
  { name: "quality-nab", file: "quality/nab", args: [], prints: true },
  { name: "detect-cost", args: [], prints: true },
  { name: "spool", args: ["3", "3"], prints: true },
  { name: "history-load", args: ["10", "3"], prints: true },
  { name: "history-memory", args: [], prints: true },
  { name: "ladder-edit", args: ["5"], prints: true },
  { name: "compute-process", args: ["3"], prints: true },
  { name: "compute", args: [], prints: false },
  { name: "cell-screening", args: ["10000", "3"], prints: true },
  { name: "cell", args: [], prints: false },
  { name: "balance", args: ["10"], prints: true },
  { name: "line", args: [], prints: false },
  { name: "kinematics", args: [], prints: true },
  { name: "jobshop", args: [], prints: true },
  { name: "trend", args: ["200"], prints: true },
  { name: "screens", args: ["20", "3"], prints: false },
  { name: "plant3d", args: ["30"], prints: true },
  { name: "proposals", args: ["100000", "10000"], prints: true },
  { name: "quality-live", file: "quality/faults-live", args: ["11", "19"], prints: false },
  { name: "quality-forecast", file: "quality/forecast", args: [], prints: true },
  { name: "line-forecast", file: "quality/line-forecast", args: ["1", "2", "168"], prints: true },
  { name: "quality-maintain", file: "quality/maintain", args: [], prints: true },
];
/** Names first, then options for the benchmarks that are named: `links --soak 10`. */
const given = process.argv.slice(2);
const firstOption = given.findIndex((argument) => argument.startsWith("--"));
const wanted = firstOption < 0 ? given : given.slice(0, firstOption);
const options = firstOption < 0 ? [] : given.slice(firstOption);
/** Tables that stand beside a benchmark's own, written by one of its options. */
const MORE_TABLES: Record<string, readonly string[]> = { links: ["links-soak"] };

const beganMs = Date.now();
const failed = new Set<string>();
for (const { name, file = name, args, prints } of BENCHES) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const { status, stdout } = spawnSync(process.execPath, [join(folder, `${file}.ts`), ...args, ...options], {
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  });
  process.stdout.write(stdout);
  if (status !== 0) {
    failed.add(name);
    console.error(`${name}: ended with ${status}`);
  } else if (prints) writeFileSync(join(folder, "results", `${name}.md`), stdout);
}
/** Written by `npm run faults` and `npm run soak`, which take an hour each. */
const TABLES_OF_OTHERS = ["faults", "soak"];
const names = BENCHES.flatMap(({ name }) => [name, ...(MORE_TABLES[name] ?? [])]);
const tables = [...names, ...TABLES_OF_OTHERS].map((name) => {
  const file = join(folder, "results", `${name}.md`);
  if (!existsSync(file)) return `# ${name}\n\nHas not been run.`;
  const table = readFileSync(file, "utf8").trim();
  // One that misses its bars has written its table, with the verdict in it.
  if (!failed.has(name) || statSync(file).mtimeMs > beganMs) return table;
  return `${table}\n\n**The latest run failed; this table is of ${statSync(file).mtime.toISOString().slice(0, 10)}.**`;
});
writeFileSync(join(folder, "RESULTS.md"), `${tables.join("\n\n")}\n`);
process.exit(failed.size === 0 ? 0 : 1);
