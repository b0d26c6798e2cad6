import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseCsv } from "csv-parse/sync";
import { readLine } from "../../runtime/act/audit/audit-chain.ts";
import { LIVE } from "../../runtime/act/audit/audit-files.ts";
import { AuditKey } from "../../runtime/act/audit/audit-key.ts";
import { run } from "../../runtime/cli/audit.ts";
import { WrittenAudit } from "../act/audit/written-audit.ts";
import { caughtOutput } from "./caught-output.ts";

describe("rung audit", () => {
  let audit: WrittenAudit;
  const ask = (...args: string[]) => caughtOutput(() => run([...args, "--directory", audit.directory]));
  const askJson = async (...args: string[]) => JSON.parse((await ask(...args, "--json")).out);
  const settings = (thing: object) =>
    writeFileSync(join(audit.directory, "settings.json"), JSON.stringify(thing));
  const live = () => join(audit.directory, LIVE);
  const seqs = async (...args: string[]) =>
    ((await askJson("show", ...args)) as { seq: number }[]).map(({ seq }) => seq);

  before(() => {
    audit = new WrittenAudit();
    settings({ reality: "virtual", audit: { anchorFile: audit.anchorFile } });
    const log = audit.open({ largestFileBytes: 1_500 });
    log.append("commission", { envelope: "e1", hash: "h", how: "by anna, 2026-11-22" });
    log.append("arm", { envelope: "e1", by: ["anna", "ben"], mode: "act" });
    log.append("decision", { id: "p1", target: "oven1/z1", value: 185, reason: "inside the envelope" });
    log.append("write", { id: "p1", target: "oven1/z1", value: 185, prior: 180 });
    log.append("decision", {
      id: "=1+1",
      target: '=cmd|"/c calc"!A1',
      value: "\u001b[2Jx",
      reason: "-1\u202e\u009b",
    });
    log.append("disarm", { envelope: "e1", cause: "by ben" });
    log.append("arm", { envelope: "e1", by: ["carl"], mode: "act" });
    log.close();
  });
  after(() => audit.remove());

  describe("verify", () => {
    let back: () => void;
    before(() => {
      back = audit.keep();
    });
    afterEach(() => back());

    it("says that it is whole, by which key, and what it was compared with", async () => {
      const { code, out } = await ask("verify");
      assert.equal(code, 0);
      const key = AuditKey.read(audit.directory).public.fingerprint;
      assert.match(out, /^whole: \d+ lines in \d files, each signed by /);
      assert.ok(out.includes(key));
      assert.match(out, /compared with anchors up to number \d+\n$/);
    });

    it("names file, line and kind of what is broken, and exits with 1", async () => {
      const file = audit.files[0]!;
      writeFileSync(file, readFileSync(file, "utf8").replace('"carl"', '"anna"').replace('"ben"', '"bob"'));
      const { code, out } = await ask("verify");
      assert.equal(code, 1);
      assert.match(out, /^broken:\n {2}changed {9}audit-000001.jsonl line 2: is not what this key signed\n/);
      const { whole, count, breaks } = await askJson("verify");
      assert.deepEqual([whole, count, breaks[0].kind, breaks[0].line], [false, breaks.length, "changed", 2]);
    });

    it("finds a log that was set back as a whole by the anchors of the settings, or by those named", async () => {
      const log = audit.open();
      log.append("write", { value: 1 });
      log.close();
      back();
      for (const more of [[], ["--anchor", audit.anchorFile]]) {
        const { code, out } = await ask("verify", ...more);
        assert.equal(code, 1);
        assert.match(out, /rolled-back .*: line \d+ was anchored, the log ends at \d+/);
      }
      audit.put(audit.anchorFile, audit.lines(audit.anchorFile).slice(0, -1));
      assert.equal((await ask("verify")).code, 0);
    });

    it("does not take a key from beside the log where one is given", async () => {
      const stranger = new WrittenAudit();
      try {
        stranger.fill(1, 3);
        const args = ["verify", "--directory", stranger.directory, "--anchor", stranger.anchorFile];
        assert.equal((await caughtOutput(() => run(args))).code, 0);
        const key = join(audit.directory, "audit-public.pem");
        const { code, out } = await caughtOutput(() => run([...args, "--key", key]));
        assert.equal(code, 1);
        assert.match(out, /changed .* is not what this key signed/);
      } finally {
        stranger.remove();
      }
    });

    it("verifies a copy without the private key, and asks for the anchors", async () => {
      const copy = join(audit.elsewhere, "copy");
      mkdirSync(copy);
      for (const file of [...audit.files, audit.head, join(audit.directory, "audit-public.pem")])
        copyFileSync(file, join(copy, file.slice(audit.directory.length)));
      const verify = (...more: string[]) => caughtOutput(() => run(["verify", "--directory", copy, ...more]));
      assert.equal((await verify("--anchor", audit.anchorFile)).code, 0);
      const { code, out } = await verify();
      assert.equal(code, 1);
      assert.match(
        out,
        /anchor-missing +audit-head.json: tells of \d+ anchors in a file, which is not given/,
      );
    });
  });

  describe("show", () => {
    it("filters by event, target, person and time", async () => {
      assert.deepEqual(
        (await askJson("show", "--event", "decision")).map(({ data }: { data: { id: string } }) => data.id),
        ["p1", "=1+1"],
      );
      assert.equal((await seqs("--target", "oven1/z1")).length, 2);
      assert.equal((await seqs("--person", "anna")).length, 2);
      assert.equal((await seqs("--person", "ben")).length, 2);
      assert.equal((await seqs("--person", "carl", "--event", "arm")).length, 1);
      assert.deepEqual(await seqs("--from", "2999-01-01"), []);
      assert.deepEqual(await seqs("--to", "2000-01-01T00:00Z"), []);
      const all = await seqs("--from", "2000-01-01");
      assert.deepEqual(
        all,
        [...all].sort((a, b) => a - b),
      );
      assert.deepEqual(await seqs("--last", "2"), all.slice(-2));
    });

    it("prints nothing that a terminal obeys", async () => {
      const { code, out } = await ask("show");
      assert.equal(code, 0);
      assert.match(out, /arm {16}envelope e1, by \["anna","ben"\], mode act/);
      assert.match(out, /value \\u\{1b\}\[2Jx, -1\\u\{202e\}\\u\{9b\}/);
      assert.doesNotMatch(out.replaceAll("\n", ""), /[\p{Cc}\p{Cf}]/u);
    });
  });

  describe("export", () => {
    let number = 0;
    const target = (kind: string) => join(audit.elsewhere, `out-${++number}.${kind}`);
    const publicKey = () => join(audit.directory, "audit-public.pem");
    const verify = (file: string, key = publicKey()) =>
      caughtOutput(() => run(["verify", "--export", file, "--key", key]));

    it("writes the lines as they stand, with a manifest that the public key alone verifies", async () => {
      const file = target("jsonl");
      const { code, out } = await ask("export", file);
      assert.equal(code, 0);
      assert.match(out, /\d+ lines, 1 to \d+/);
      assert.equal(readFileSync(file, "utf8"), audit.files.map((one) => readFileSync(one, "utf8")).join(""));
      assert.equal(statSync(file).mode & 0o777, 0o600);
      const alone = join(audit.elsewhere, "alone");
      mkdirSync(alone);
      const there = join(alone, "audit.jsonl");
      copyFileSync(file, there);
      copyFileSync(`${file}.manifest.json`, `${there}.manifest.json`);
      assert.match((await verify(there)).out, /^whole: \d+ lines, 1 to \d+, signed by SHA256:/);
    });

    it("a changed byte of file or manifest, another key and a missing manifest are found", async () => {
      const file = target("jsonl");
      await ask("export", file);
      for (const changed of [file, `${file}.manifest.json`]) {
        const whole = readFileSync(changed);
        for (const at of [0, Math.floor(whole.length / 2), whole.length - 1]) {
          const bytes = Buffer.from(whole);
          bytes[at] = bytes[at]! ^ 1;
          writeFileSync(changed, bytes);
          const { code, out } = await verify(file);
          assert.equal(code, 1, `byte ${at} of ${changed}`);
          assert.match(out, /^broken:\n {2}.*: changed: /);
        }
        writeFileSync(changed, whole);
      }
      assert.equal((await verify(file)).code, 0);
      const stranger = new WrittenAudit();
      stranger.fill(1, 1);
      assert.equal((await verify(file, join(stranger.directory, "audit-public.pem"))).code, 1);
      stranger.remove();
      rmSync(`${file}.manifest.json`);
      await assert.rejects(verify(file), /manifest.json: is not there/);
      await assert.rejects(
        caughtOutput(() => run(["verify", "--export", file])),
        /needs --key/,
      );
    });

    it("CSV has a row a line, and no cell that begins a formula", async () => {
      const file = target("csv");
      await ask("export", file, "--format", "csv");
      const rows = parseCsv(readFileSync(file), { columns: true, record_delimiter: "\r\n" }) as Record<
        string,
        string
      >[];
      const records = audit.files
        .flatMap((one) => audit.lines(one))
        .map((line) => readLine(Buffer.from(line))!.record);
      assert.deepEqual(
        rows.map(({ seq, at, event, data }) => [Number(seq), at, event, JSON.parse(data!)]),
        records.map(({ seq, at, event, data }) => [seq, at, event, data]),
      );
      const hostile = rows.find(({ target }) => target!.includes("cmd"))!;
      assert.equal(hostile.target, `'=cmd|"/c calc"!A1`);
      for (const row of rows) for (const cell of Object.values(row)) assert.doesNotMatch(cell, /^[=+\-@]/);
      assert.equal((await verify(file)).code, 0);
    });

    it("a span has the lines between its ends", async () => {
      const records = audit.files
        .flatMap((one) => audit.lines(one))
        .map((line) => readLine(Buffer.from(line))!.record);
      const from = records[2]!.at;
      const file = target("jsonl");
      const manifest = await askJson("export", file, "--from", from);
      const first = records.find(({ at }) => at >= from)!;
      assert.deepEqual(
        [manifest.firstSeq, manifest.lastSeq, manifest.previous, manifest.from, manifest.whole],
        [first.seq, records.at(-1)!.seq, first.previous, from, true],
      );
      assert.equal(audit.lines(file).length, records.at(-1)!.seq - first.seq + 1);
      const none = target("jsonl");
      await assert.rejects(ask("export", none, "--from", "2999-01-01"), /holds no line of that time/);
      assert.equal(existsSync(none), false);
    });

    it("of a broken audit says so in what it signs, and overwrites no file", async () => {
      const back = audit.keep();
      audit.put(live(), audit.lines(live()).slice(0, -1));
      const file = target("jsonl");
      const { code, out } = await ask("export", file);
      back();
      assert.equal(code, 1);
      assert.match(out, /the audit is broken, and the manifest says so/);
      const { out: verified, code: verifiedCode } = await verify(file);
      assert.equal(verifiedCode, 1);
      assert.match(verified, /cut: 1 lines are missing/);
      await assert.rejects(ask("export", file), /EEXIST.*name a file that is not there yet/);
    });
  });

  it("refuses what it cannot mean", async () => {
    await assert.rejects(ask(), /says nothing to do/);
    await assert.rejects(ask("show", "--last", "0"), /--last must be a number of lines/);
    await assert.rejects(ask("show", "--from", "2026-11-22T06:00"), /a day or a time with its zone/);
    await assert.rejects(ask("show", "--from", "2026-13-01"), /--from must be/);
    await assert.rejects(ask("export"), /needs the file to write/);
    await assert.rejects(ask("export", "x", "--format", "xml"), /--format must be jsonl or csv/);
    await assert.rejects(ask("verify", "more"), /more is too much/);
    await assert.rejects(ask("verify", "--anchor", "a", "--syslog", "b"), /exclude each other/);
    await assert.rejects(run(["verify", "--directory", audit.elsewhere]), /holds no audit/);
  });
});
