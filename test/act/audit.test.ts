import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AuditLog, readAudit } from "../../runtime/act/audit/audit-log.ts";

describe("audit", () => {
  let directory: string;
  const file = () => join(directory, "audit.jsonl");
  const lines = () => readFileSync(file(), "utf8").split("\n").slice(0, -1);
  const put = (changed: string[]) => writeFileSync(file(), changed.map((line) => `${line}\n`).join(""));

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "rung-audit-"));
    const log = new AuditLog(directory);
    for (let i = 1; i <= 5; i++) log.append("write", { value: 180 + i, reason: "ä, °C" });
    log.close();
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it("is whole as written, and goes on where it ended", () => {
    const log = new AuditLog(directory);
    log.append("stop", {});
    log.close();
    const verdict = readAudit(directory);
    assert.deepEqual(verdict.breaks, []);
    assert.deepEqual(
      verdict.records.map((record) => record.seq),
      [1, 2, 3, 4, 5, 6],
    );
  });

  it("shows a changed line", () => {
    put(lines().map((line, i) => (i === 2 ? line.replace("183", "190") : line)));
    assert.deepEqual(readAudit(directory).breaks, ["line 3: was changed, its hash does not fit"]);
  });

  it("shows a removed, a swapped and a missing last line", () => {
    const all = lines();
    put([...all.slice(0, 1), ...all.slice(2)]);
    assert.match(readAudit(directory).breaks[0]!, /^line 2: does not follow/);
    put([all[0]!, all[2]!, all[1]!, all[3]!, all[4]!]);
    assert.match(readAudit(directory).breaks[0]!, /^line 2: does not follow/);
    put(all.slice(0, 4));
    assert.deepEqual(readAudit(directory).breaks, ["after line 4: 1 lines are missing at the end"]);
  });

  it("shows a line that is no JSON, and a missing head", () => {
    put(lines().map((line, i) => (i === 4 ? "{" : line)));
    assert.match(readAudit(directory).breaks[0]!, /line 5: cannot be read/);
    rmSync(join(directory, "audit-head.json"));
    assert.ok(readAudit(directory).breaks.some((text) => /head beside the log is missing/.test(text)));
  });

  it("cuts a line that a kill left half written, says so, and is whole again", () => {
    appendFileSync(file(), '{"seq":6,"at":"2026-');
    assert.equal(readAudit(directory).tornTail, '{"seq":6,"at":"2026-');
    new AuditLog(directory).close();
    const verdict = readAudit(directory);
    assert.deepEqual(verdict.breaks, []);
    assert.equal(verdict.tornTail, "");
    assert.equal(verdict.records.at(-1)!.event, "torn-line-cut");
  });
});
