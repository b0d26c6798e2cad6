/**
 * What the actuator's audit costs: one append, beside the bare write of as many bytes to the disk, one after the other
 * in the same run; a start on a full file; verification of every line.
 *
 *     node bench/audit.ts [folder on the disk to measure]
 */
import { closeSync, constants, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LIVE } from "../runtime/act/audit/audit-files.ts";
import { AuditPublicKey } from "../runtime/act/audit/audit-key.ts";
import { AuditLog } from "../runtime/act/audit/audit-log.ts";
import { verifyAudit } from "../runtime/act/audit/verify-audit.ts";

const APPENDS = 2_000;
const LARGEST_FILE_BYTES = 16 * 1024 * 1024;
const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), "rung-bench-audit-"));

const DECISION = {
  id: "acme/leipzig/paint/oven1:setpoints:1790000000000000:3",
  target: "acme/leipzig/paint/oven1/zone3/airTemperatureSetpoint",
  value: 183.25,
  unit: "°C",
  expiresUs: 1_790_000_600_000_000,
  recommendation: "acme/leipzig/paint/oven1:setpoints:1790000000000000",
  evidence: ["oven1/rmse", "oven1/coverage", "oven1/constraint"],
  plantTimeUs: 1_790_000_000_000_000,
  outcome: "accepted",
  reason: "acme/leipzig/paint/oven1/zone3/airTemperatureSetpoint: 181.5 to 183.25 °C, inside the envelope",
};

function timed(what: string, append: (i: number) => void): void {
  for (let i = 0; i < 100; i++) append(i);
  const ms = Array.from({ length: APPENDS }, (_, i) => {
    const from = performance.now();
    append(i);
    return performance.now() - from;
  }).sort((a, b) => a - b);
  const at = (share: number) => ms[Math.floor(share * (ms.length - 1))]!.toFixed(2).padStart(8);
  process.stdout.write(`${what.padEnd(48)} p50 ${at(0.5)} ms   p99 ${at(0.99)} ms\n`);
}

function seconds<T>(what: string, work: () => T): T {
  const from = performance.now();
  const result = work();
  process.stdout.write(
    `${what.padEnd(48)} ${((performance.now() - from) / 1000).toFixed(2).padStart(12)} s\n`,
  );
  return result;
}

try {
  const bare = openSync(
    join(folder, "bare"),
    constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_DSYNC,
  );
  const line = Buffer.from(`${JSON.stringify(DECISION).padEnd(900)}\n`);
  timed("bare synchronous write, 901 bytes", () => writeSync(bare, line));
  closeSync(bare);

  const plain = new AuditLog(join(folder, "plain"));
  timed("append, no anchor", () => plain.append("decision", DECISION));
  plain.close();

  const anchorFile = join(folder, "anchors.jsonl");
  const anchored = new AuditLog(join(folder, "anchored"), { anchors: { anchorFile } });
  timed("append, anchored every 100 lines", () => anchored.append("decision", DECISION));
  timed("append, anchored at once", () => anchored.append("write", DECISION));
  anchored.close();

  const full = join(folder, "full");
  const file = join(full, LIVE);
  const filled = new AuditLog(full);
  let lines = 0;
  do {
    lines++;
    filled.append("decision", {
      ...DECISION,
      id: `${DECISION.id}:${lines}`,
      plantTimeUs: DECISION.plantTimeUs + lines,
    });
  } while (statSync(file).size < LARGEST_FILE_BYTES - 2_000);
  filled.close();
  seconds(`start on a full file, ${lines} lines`, () => new AuditLog(full).close());
  const report = seconds(`verify every signature, ${lines} lines`, () =>
    verifyAudit(full, { key: AuditPublicKey.of(full), signatures: "each" }),
  );
  if (report.breaks.count > 0) throw new Error(JSON.stringify(report.breaks.list[0]));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
