/**
 * Whether the historian's memory is bounded by what its settings allow: 5,000 tags a frame, as fast as they are stored,
 * under two limits. DuckDB keeps pages of the file in memory until its limit is reached, so memory grows for the first
 * hours of a plant and must then stand. Usage: node bench/history-memory.ts [million rows] [limit MB ...]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { Dictionary } from "../runtime/core/dictionary.ts";
import { FrameBuilder } from "../runtime/core/frame.ts";
import { GOOD } from "../runtime/core/quality.ts";
import { Historian } from "../runtime/describe/historian/historian.ts";

const [millions = 40, ...asked] = process.argv.slice(2).map(Number);
const LIMITS_MB = asked.length > 0 ? asked : [64, 256];
const TAGS = 5000;
const PERIOD_US = 100_000;
const IN_FLIGHT = 5;
const STEP_ROWS = 2.5e6;
const BEGIN_US = Date.UTC(2026, 8, 1) * 1000;
const MB = 1024 * 1024;

const dictionary = new Dictionary(
  Array.from({ length: TAGS }, (_, i) => ({
    address: `acme/leipzig/paint/oven1/tag${i}`,
    kind: "measurement" as const,
    type: "number" as const,
    update: { mode: "cyclic" as const, periodMs: PERIOD_US / 1000 },
  })),
);

/** Resident memory of this process, MB, after every STEP_ROWS that are on disk. */
async function fill(memoryLimitMb: number): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), "rung-bench-memory-"));
  const historian = new Historian({ file: join(folder, "history.duckdb"), memoryLimitMb });
  const rssMb: number[] = [];
  try {
    await historian.open();
    let underWay: Promise<unknown>[] = [];
    for (let rows = 0; rows < millions * 1e6; rows += TAGS) {
      const builder = new FrameBuilder({ source: "plant", reality: "virtual", dictionary }, TAGS);
      const timeUs = BEGIN_US + (rows / TAGS) * PERIOD_US;
      for (let tag = 0; tag < TAGS; tag++) builder.add(tag, Math.sin(rows + tag), timeUs, GOOD);
      underWay.push(historian.append(builder.build({ epoch: 1, first: rows, receiveTimeUs: timeUs })));
      if (underWay.length < IN_FLIGHT) continue;
      await Promise.all(underWay);
      underWay = [];
      if (Math.floor((rows + TAGS) / STEP_ROWS) > rssMb.length) {
        rssMb.push(process.memoryUsage().rss / MB);
        console.error(
          `${memoryLimitMb} MB: ${rssMb.length * 2.5} million rows, ${rssMb.at(-1)!.toFixed(0)} MB`,
        );
      }
    }
  } finally {
    await historian.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return rssMb;
}

const loadBefore = loadavg()[0]!;
const filled = new Map<number, number[]>();
for (const limit of LIMITS_MB) filled.set(limit, await fill(limit));
const steps = [...filled.values()][0]!.length;
console.log(`
# The historian's memory

Resident memory of a process with nothing but a historian, MB, while rows of ${TAGS.toLocaleString("en")} tags are stored as fast as they are
taken. DuckDB keeps pages of the file until \`memoryLimitMb\` (a setting of the historian) is reached.

| million rows stored | ${LIMITS_MB.map((limit) => `limit ${limit} MB`).join(" | ")} |
|---|${LIMITS_MB.map(() => "---").join("|")}|
${Array.from({ length: steps }, (_, i) => `| ${(i + 1) * 2.5} | ${LIMITS_MB.map((limit) => filled.get(limit)![i]!.toFixed(0)).join(" | ")} |`).join("\n")}

Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? "unknown"}), load average ${loadBefore.toFixed(1)} before.
`);
