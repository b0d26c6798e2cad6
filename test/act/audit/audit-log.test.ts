import assert from "node:assert/strict";
import { execFileSync, fork, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import {
  appendFileSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { mock } from "node:test";
import { fileURLToPath } from "node:url";
import { ANCHOR_EVERY } from "../../../runtime/act/audit/anchors.ts";
import { auditFiles, LIVE, NEXT } from "../../../runtime/act/audit/audit-files.ts";
import { AuditPublicKey } from "../../../runtime/act/audit/audit-key.ts";
import { AuditLog, readAudit } from "../../../runtime/act/audit/audit-log.ts";
import { armedAtTheEnd, firstFileToRead, historyFrom } from "../../../runtime/act/audit/audit-recall.ts";
import { verifyAudit } from "../../../runtime/act/audit/verify-audit.ts";
import { WrittenAudit } from "./written-audit.ts";

/** Undefined of one that has just been closed. */
const readLink = (path: string): string | undefined => (existsSync(path) ? readlinkSync(path) : undefined);
const WRITER = fileURLToPath(new URL("./audit-writer.ts", import.meta.url));

describe("the audit's log", function () {
  this.timeout(30_000);
  let audit: WrittenAudit;
  const live = () => join(audit.directory, LIVE);
  const anchored = () => audit.lines(audit.anchorFile).map((text) => JSON.parse(text).seq as number);

  beforeEach(() => {
    audit = new WrittenAudit();
  });
  afterEach(() => audit.remove());

  it("is whole as written, and goes on where it ended", () => {
    for (const events of [["start", "write"], ["stop"]]) {
      const log = audit.open();
      for (const event of events) log.append(event, { value: 180, reason: "ä, °C" });
      log.close();
    }
    const verdict = readAudit(audit.directory, audit.anchorFile);
    assert.deepEqual(verdict.breaks, []);
    assert.deepEqual(
      verdict.records.map(({ seq, event }) => [seq, event]),
      [
        [1, "start"],
        [2, "write"],
        [3, "stop"],
      ],
    );
  });

  it("keeps key, lines and head to its own user", () => {
    audit.fill(1, 3);
    for (const name of [LIVE, "audit-head.json", "audit-key.pem", "audit-public.pem"])
      assert.equal(statSync(join(audit.directory, name)).mode & 0o777, 0o600, name);
    assert.equal(statSync(audit.anchorFile).mode & 0o777, 0o600);
  });

  it("names line and kind of what is wrong", () => {
    const log = audit.open();
    for (let i = 1; i <= 5; i++) log.append("write", { value: 180 + i });
    log.close();
    const lines = audit.lines(live());
    const breaks = () => readAudit(audit.directory, audit.anchorFile).breaks;
    audit.put(live(), lines.with(2, lines[2]!.replace("183", "190")));
    assert.equal(breaks()[0], "line 3 of audit.jsonl: changed: is not what this key signed");
    audit.put(live(), lines.toSpliced(1, 1));
    assert.equal(
      breaks()[0],
      "line 2 of audit.jsonl: out-of-order: does not follow the line before it: it carries number 3, after 1",
    );
    audit.put(live(), lines.slice(0, 4));
    assert.ok(breaks().includes("audit.jsonl: cut: 1 lines are missing after line 4"));
    audit.put(live(), lines.with(4, "{"));
    assert.equal(breaks()[0], "line 5 of audit.jsonl: unreadable: is no line of an audit, or is not signed");
    audit.put(live(), lines);
    rmSync(audit.head);
    assert.deepEqual(breaks(), [
      "audit-head.json: head-missing: is not there, so a cut end would not be seen",
    ]);
  });

  it("an audit from before lines were signed is not taken for one", () => {
    writeFileSync(
      live(),
      '{"seq":1,"at":"2026-01-01T00:00:00.000Z","event":"start","data":{},"previous":"","hash":""}\n',
    );
    const log = audit.open();
    assert.match(log.found.breaks[0]!, /line 1 of audit.jsonl: unreadable: .* is not signed/);
    log.close();
  });

  it("cuts a line that a kill left half written, says so, and is whole again", () => {
    audit.open().close();
    const log = audit.open();
    log.append("start", {});
    log.close();
    appendFileSync(live(), '{"seq":2,"at":"2026-');
    assert.equal(readAudit(audit.directory).tornTail, '{"seq":2,"at":"2026-');
    audit.open().close();
    const verdict = readAudit(audit.directory, audit.anchorFile);
    assert.deepEqual(verdict.breaks, []);
    assert.equal(verdict.tornTail, "");
    assert.equal(verdict.records.at(-1)!.event, "torn-line-cut");
    // In the middle of a character as well.
    appendFileSync(live(), Buffer.from("é".repeat(3)).subarray(0, 5));
    audit.open().close();
    assert.deepEqual(audit.found(), []);
  });

  it("a head older than the log, as a power failure leaves it, is no break; a head ahead of it is", () => {
    const log = audit.open();
    log.append("hold", {});
    const older = readFileSync(audit.head);
    log.append("resume", {});
    const newer = readFileSync(audit.head);
    log.close();
    writeFileSync(audit.head, older);
    assert.deepEqual(audit.found(), []);
    writeFileSync(audit.head, newer);
    audit.put(live(), audit.lines(live()).slice(0, 1));
    assert.ok(audit.found().includes("cut"));
  });

  it("has one writer", () => {
    const log = audit.open();
    assert.throws(() => audit.open(), /is in use by another process/);
    const other = `import { AuditLog } from ${JSON.stringify(new URL("../../../runtime/act/audit/audit-log.ts", import.meta.url).href)};
      try { new AuditLog(${JSON.stringify(audit.directory)}); } catch (error) { process.stdout.write(error.code); }`;
    const said = execFileSync(process.execPath, ["--input-type=module", "-e", other], { encoding: "utf8" });
    assert.equal(said, "folder-in-use");
    log.append("start", {});
    log.close();
    audit.open().close();
    assert.deepEqual(audit.found(), []);
  });

  it("permits nothing once somebody else touched the file, and says at the next start what was found", () => {
    for (const [touch, says] of [
      [
        () => audit.put(live(), audit.lines(live()).slice(0, 1)),
        /is \d+ bytes long, not \d+: somebody else changed it/,
      ],
      [() => appendFileSync(live(), "{}\n"), /bytes long/],
      [() => renameSync(live(), join(audit.elsewhere, "moved")), /is not the file that was opened/],
    ] as const) {
      const log = audit.open();
      log.append("arm", {});
      log.append("write", {});
      touch();
      assert.throws(() => log.append("write", {}), says);
      assert.match(log.failure!, says);
      log.append("disarm", {});
      log.close();
      assert.notDeepEqual(audit.found(), []);
      audit.remove();
      audit = new WrittenAudit();
    }
  });

  it("is whole after a kill at any moment, with every line that was answered for", async () => {
    for (const killAfter of [1, 7, 40]) {
      const writer = fork(WRITER, [audit.directory, audit.anchorFile], { stdio: "inherit" });
      let answered = 0;
      await new Promise<void>((resolve) => {
        writer.on("message", (seq) => {
          answered = Number(seq);
          // Looked at while it is written to, over rotations.
          if (answered % 4 === 0) assert.deepEqual(audit.found(), []);
          if (answered % 100 >= killAfter) resolve();
          writer.send(answered, () => undefined);
        });
      });
      writer.kill("SIGKILL");
      await once(writer, "exit");
      const verdict = readAudit(audit.directory, audit.anchorFile);
      assert.deepEqual(verdict.breaks, []);
      assert.ok(verdict.records.at(-1)!.seq >= answered, `${verdict.records.at(-1)!.seq} of ${answered}`);
      audit.open().close();
    }
  });

  describe("anchors", () => {
    it("a permit and what came of it at once, the rest every hundredth line and at the end", () => {
      const log = audit.open();
      log.append("decision", {});
      log.append("arm", {});
      log.append("write", {});
      log.append("read-back", {});
      assert.deepEqual(anchored(), [2, 3, 4]);
      for (let i = 0; i < ANCHOR_EVERY.lines + 1; i++) log.append("decision", {});
      assert.deepEqual(anchored(), [2, 3, 4, 4 + ANCHOR_EVERY.lines]);
      log.close();
      assert.deepEqual(anchored(), [2, 3, 4, 104, 105]);
      assert.deepEqual(audit.found(), []);
    });

    it("nothing stays without an anchor for longer than a minute", () => {
      mock.timers.enable({ apis: ["setTimeout"] });
      try {
        const log = audit.open();
        log.append("decision", {});
        mock.timers.tick(ANCHOR_EVERY.ms - 1);
        log.append("decision", {});
        assert.deepEqual(anchored(), []);
        mock.timers.tick(1);
        assert.deepEqual(anchored(), [2]);
        log.append("decision", {});
        mock.timers.tick(ANCHOR_EVERY.ms);
        assert.deepEqual(anchored(), [2, 3]);
        log.close();
        assert.deepEqual(audit.found(), []);
      } finally {
        mock.timers.reset();
      }
    });

    it("a torn anchor is no break, and stays none when the file goes on", () => {
      const log = audit.open();
      log.append("start", {});
      log.close();
      for (const torn of ['{"n":2,"at', '{"n":2,"at":"20']) {
        appendFileSync(audit.anchorFile, torn);
        assert.deepEqual(audit.found(), []);
        const next = audit.open();
        next.append("start", {});
        next.close();
        assert.deepEqual(audit.found(), []);
      }
      assert.equal(audit.lines(audit.anchorFile).length, 5);
      // The same words where no entry answers for them.
      audit.put(audit.anchorFile, ['{"n":1,"at', ...audit.lines(audit.anchorFile)]);
      assert.deepEqual(audit.found(), ["anchor-changed"]);
    });

    it("a line that cannot be anchored permits nothing, and what is not due to be does not hide that", () => {
      const log = new AuditLog(audit.directory, { anchors: { anchorFile: "/dev/full" } });
      assert.throws(() => log.append("write", {}), /cannot be anchored: ENOSPC.*so "write" is refused/);
      assert.match(log.failure!, /ENOSPC/);
      log.append("disarm", { envelope: "e1" });
      assert.match(log.problems.at(-1)!, /ENOSPC/, "a line that was not due hid it");
      for (let i = 0; i < 5; i++) log.retry();
      assert.match(log.failure!, /ENOSPC/);
      log.close();
      assert.deepEqual(
        readAudit(audit.directory).records.map(({ event }) => event),
        ["write", "disarm"],
      );
    });

    it("a file that cannot be opened keeps the actuator from starting", () => {
      assert.throws(
        () => new AuditLog(audit.directory, { anchors: { anchorFile: join(audit.elsewhere, "none", "a") } }),
        /cannot be anchored: ENOENT.*mount what holds it/,
      );
    });

    it("an append-only file will do", () => {
      writeFileSync(audit.anchorFile, "");
      const isAppendOnly = spawnSync("chattr", ["+a", audit.anchorFile]).status === 0;
      try {
        const log = audit.open();
        log.append("arm", {});
        if (isAppendOnly) {
          assert.throws(() => writeFileSync(audit.anchorFile, ""), /EPERM/);
          assert.throws(() => rmSync(audit.anchorFile), /EPERM/);
        } else {
          // Where this user may not say so, the kernel tells how the file is open: append-only files ask no more.
          const how = readdirSync("/proc/self/fd")
            .filter((fd) => readLink(`/proc/self/fd/${fd}`) === audit.anchorFile)
            .map((fd) => readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"));
          assert.equal(how.length, 1);
          assert.ok(Number.parseInt(/flags:\s*(\d+)/.exec(how[0]!)![1]!, 8) & constants.O_APPEND);
        }
        log.close();
        assert.deepEqual([anchored(), audit.found()], [[1], []]);
      } finally {
        if (isAppendOnly) execFileSync("chattr", ["-a", audit.anchorFile]);
      }
    });

    it("go to a syslog by RFC 5424, which verifies the log from what it kept", async () => {
      const syslog = createSocket("udp4");
      syslog.bind(0, "127.0.0.1");
      await once(syslog, "listening");
      const lines: string[] = [];
      syslog.on("message", (bytes) => lines.push(bytes.toString()));
      const { port } = syslog.address() as AddressInfo;
      const log = new AuditLog(audit.directory, { anchors: { syslog: true, syslogPort: port } });
      for (let i = 0; i < 5; i++) {
        log.append("write", { i });
        await once(syslog, "message");
      }
      log.close();
      syslog.close();
      assert.match(lines[0]!, /^<85>1 \d{4}-\d\d-\d\dT\S+Z \S+ rung-actuator \d+ audit - \{"n":1,.*"\}$/);
      const kept = join(audit.elsewhere, "syslog");
      const found = (text: string[]) => {
        writeFileSync(kept, text.map((line) => `${line}\n`).join(""));
        const { breaks, anchors } = verifyAudit(audit.directory, {
          key: AuditPublicKey.of(audit.directory),
          signatures: "each",
          anchor: { file: kept, isSyslog: true },
        });
        return [breaks.list.map(({ kind }) => kind), anchors];
      };
      const others = ["Nov 22 10:00:00 plant cron[1]: (root) CMD (true)"];
      assert.deepEqual(found([...others, ...lines, ...others]), [[], 5]);
      // Datagrams may be lost; what arrived must fit.
      assert.deepEqual(found([lines[1]!, lines[3]!]), [[], 4]);
      assert.deepEqual(found([lines[1]!.replace('"seq":2', '"seq":3')])[0], ["anchor-changed"]);
      audit.put(live(), audit.lines(live()).slice(0, 3));
      assert.ok((found(lines)[0] as string[]).includes("rolled-back"));
    });
  });

  describe("over several files", () => {
    const HOUR_US = 3600e6;
    const fill = (hours: number, largestFileBytes = 2_500) => {
      const log = audit.open({ largestFileBytes });
      log.append("commission", { envelope: "e1", hash: "h" });
      log.append("arm", { envelope: "e1" });
      log.append("observed", { envelope: "e1", id: "o1" });
      for (let i = 0; i < hours * 2; i++) {
        const plantTimeUs = 1e15 + (i * HOUR_US) / 2;
        const proposal = { id: `p${i}`, target: "z1", expiresUs: plantTimeUs + HOUR_US, outcome: "accepted" };
        log.append("decision", { ...proposal, plantTimeUs });
        log.append("write", { id: `p${i}`, target: "z1", value: 181, prior: 180, plantTimeUs });
      }
      log.close();
    };

    it("of bounded size, the chain goes on; a start reads those of the last 8 h and what still matters of the others", () => {
      fill(24);
      const names = auditFiles(audit.directory);
      assert.deepEqual(names.slice(0, 2), ["audit-000001.jsonl", "audit-000002.jsonl"]);
      assert.equal(names.at(-1), LIVE);
      for (const name of names) {
        const { size } = statSync(join(audit.directory, name));
        assert.ok(size < 2_500 + 3_000, `${name}: ${size}`);
      }
      assert.deepEqual(audit.found(), []);
      const all = readAudit(audit.directory).records.filter(({ event }) => event === "write");
      assert.equal(all.length, 48);

      const log = audit.open();
      const { records, breaks } = log.found;
      log.close();
      assert.deepEqual(breaks, []);
      const first = firstFileToRead(audit.directory, records.at(-1)!.seq);
      assert.ok(first > names.length / 2, `file ${first} of ${names.length}`);
      assert.deepEqual(
        records.slice(0, 3).map(({ event }) => event),
        ["commission", "arm", "observed"],
      );
      assert.deepEqual([...armedAtTheEnd(records)], ["e1"]);
      const nowUs = all.at(-1)!.data.plantTimeUs as number;
      const [read, whole] = [records, all].map(historyFrom);
      assert.equal(read!.writesSince("z1", nowUs - 8 * HOUR_US), 16);
      assert.equal(
        read!.changeSince("z1", nowUs - 8 * HOUR_US),
        whole!.changeSince("z1", nowUs - 8 * HOUR_US),
      );
      assert.equal(read!.hasSeen("p47"), true);
    });

    it("forgets the records of a start where it is told to, and not what was broken", () => {
      const log = audit.open();
      log.append("arm", { envelope: "e1" });
      log.close();
      writeFileSync(audit.files[0]!, readFileSync(audit.files[0]!, "utf8").replace("e1", "e2"));
      const later = audit.open();
      const { breaks } = later.found;
      later.forgetRecords();
      later.close();
      assert.deepEqual([later.found.records, later.found.breaks, breaks.length > 0], [[], breaks, true]);
    });

    it("carries on nothing of an envelope that no person commissioned", () => {
      const log = audit.open({ largestFileBytes: 3_000 });
      log.append("commission", { envelope: "e1" });
      log.append("arm", { envelope: "e1" });
      for (let i = 0; i < 1_000; i++)
        log.append("disarm", { envelope: `made up ${i}`, cause: "by the host" });
      log.close();
      const later = audit.open();
      later.close();
      const first = readFileSync(audit.files.at(-1)!, "utf8").split("\n")[0]!;
      assert.deepEqual(
        JSON.parse(first).data.carried.map((record: { event: string }) => record.event),
        ["commission", "arm"],
      );
    });

    it("a disarm by a person ends what is carried on, a plain stop does not", () => {
      const log = audit.open({ largestFileBytes: 1_500 });
      for (const envelope of ["e1", "e2"]) {
        log.append("commission", { envelope });
        log.append("arm", { envelope });
      }
      log.append("disarm", { envelope: "e1", cause: "by anna" });
      log.append("disarm", { envelope: "e2", cause: "the actuator was stopped" });
      for (let i = 0; i < 40; i++) log.append("hold", { i });
      log.close();
      const later = audit.open();
      assert.deepEqual([...armedAtTheEnd(later.found.records)], ["e2"]);
      later.close();
    });

    it("reads back further where the plant's clock went back", () => {
      fill(12);
      const whole = auditFiles(audit.directory).length;
      const log = audit.open({ largestFileBytes: 4_000 });
      log.append("decision", { id: "back", plantTimeUs: 1e15 + HOUR_US });
      log.close();
      assert.ok(whole > 3);
      assert.equal(firstFileToRead(audit.directory, 1e9), 1);
    });

    it("a kill between the two renames of a rotation loses nothing, nor one before them", () => {
      fill(2);
      const whole = readFileSync(live());
      const names = auditFiles(audit.directory);
      writeFileSync(join(audit.directory, NEXT), whole);
      rmSync(live());
      audit.open().close();
      assert.deepEqual(audit.found(), []);
      assert.deepEqual(auditFiles(audit.directory), names);
      writeFileSync(join(audit.directory, NEXT), '{"seq":');
      audit.open().close();
      assert.equal(existsSync(join(audit.directory, NEXT)), false);
      assert.deepEqual(audit.found(), []);
    });
  });

  describe("on a full disk", () => {
    /** Takes so many bytes, and no more. */
    const disk = { free: Number.POSITIVE_INFINITY };
    const write = (fd: number, bytes: Buffer, from: number): number => {
      if (disk.free <= 0)
        throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
      const part = writeSync(fd, bytes, from, Math.min(bytes.length - from, disk.free));
      disk.free -= part;
      return part;
    };
    afterEach(() => {
      disk.free = Number.POSITIVE_INFINITY;
    });

    it("refuses what permits, keeps what tells, and leaves no half line", () => {
      const log = audit.open({ write });
      log.append("arm", { envelope: "e1" });
      disk.free = 100;
      assert.throws(
        () => log.append("write", { value: 1 }),
        /audit cannot be written: ENOSPC.*so "write" is refused/,
      );
      assert.throws(() => log.append("an event nobody knows", {}), /refused/);
      log.append("disarm", { envelope: "e1", cause: "the audit cannot be written" });
      log.append("taken-over", { envelope: "e1" });
      assert.match(log.failure!, /ENOSPC/);
      log.retry();
      assert.match(log.failure!, /ENOSPC/);
      disk.free = Number.POSITIVE_INFINITY;
      log.retry();
      assert.equal(log.failure, undefined);
      log.append("commission", { envelope: "e1" });
      log.close();
      const { records, breaks, tornTail } = readAudit(audit.directory, audit.anchorFile);
      assert.deepEqual([breaks, tornTail], [[], ""]);
      assert.deepEqual(
        records.map(({ event }) => event),
        ["arm", "disarm", "taken-over", "audit-resumed", "commission"],
      );
    });

    it("counts what it could not keep either", () => {
      const log = audit.open({ write, mostKept: 10 });
      disk.free = 0;
      for (let i = 0; i < 13; i++) log.append("hold", { i });
      disk.free = Number.POSITIVE_INFINITY;
      log.append("start", {});
      log.close();
      const { records, breaks } = readAudit(audit.directory, audit.anchorFile);
      assert.deepEqual(breaks, []);
      assert.deepEqual([records.at(-2)!.event, records.at(-2)!.data.lines], ["audit-gap", 3]);
    });

    it("a rotation that does not fit leaves the old file as it is, and is made up for", () => {
      const log = audit.open({ write, largestFileBytes: 1_000 });
      while (statSync(live()).size < 1_000) log.append("hold", {});
      disk.free = 50;
      assert.throws(() => log.append("write", {}), /refused/);
      assert.deepEqual(
        [auditFiles(audit.directory), existsSync(join(audit.directory, NEXT))],
        [[LIVE], false],
      );
      disk.free = Number.POSITIVE_INFINITY;
      log.append("write", {});
      log.close();
      assert.deepEqual([auditFiles(audit.directory).length, audit.found()], [2, []]);
    });

    it("of a real file system: nothing is half written there either", () => {
      // A limit of 64 KiB on what a process may write into one file: the kernel writes half a line, then refuses.
      const shell = 'ulimit -f 64; exec "$0" "$@"';
      const args = ["-c", shell, process.execPath, WRITER, audit.directory, audit.anchorFile, "until full"];
      const said = execFileSync("bash", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
      assert.match(said, /EFBIG.*so "write" is refused/);
      const { records, breaks, tornTail } = readAudit(audit.directory);
      assert.deepEqual([breaks.filter((text) => !/anchor-missing/.test(text)), tornTail], [[], ""]);
      assert.ok(records.length > 50 && statSync(live()).size <= 65_536, `${records.length} lines`);
      const log = audit.open();
      log.append("start", {});
      log.close();
      assert.deepEqual(audit.found(), []);
    });
  });
});
