/**
 * `npm run bench`: runs every benchmark one after another, each in a process of its own, keeps what it prints under
 * bench/results/, and joins it all in bench/RESULTS.md. Times and rates are benchmarks, never tests.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = dirname(fileURLToPath(import.meta.url));
/** Those that print their table; the others write it themselves. */
const BENCHES = [
  { name: "opcua-frames", args: ["5000", "10", "3"], prints: false },
  { name: "closed-loop", args: ["2"], prints: true },
  { name: "detect-skab", args: [], prints: false },
];
const wanted = process.argv.slice(2);

let failed = 0;
for (const { name, args, prints } of BENCHES) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const { status, stdout } = spawnSync(process.execPath, [join(folder, `${name}.ts`), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  });
  process.stdout.write(stdout);
  if (status !== 0) {
    failed++;
    console.error(`${name}: ended with ${status}`);
  } else if (prints) writeFileSync(join(folder, "results", `${name}.md`), stdout);
}
const tables = BENCHES.map(({ name }) => readFileSync(join(folder, "results", `${name}.md`), "utf8").trim());
writeFileSync(join(folder, "RESULTS.md"), `${tables.join("\n\n")}\n`);
process.exit(failed === 0 ? 0 : 1);
