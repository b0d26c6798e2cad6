import assert from "node:assert/strict";
import { appendFileSync, copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readEntry } from "../../../runtime/act/audit/anchor-entry.ts";
import { FIRST_PREVIOUS, readLine, writeLine } from "../../../runtime/act/audit/audit-chain.ts";
import { HEAD, LIVE } from "../../../runtime/act/audit/audit-files.ts";
import { headText } from "../../../runtime/act/audit/audit-head.ts";
import { AuditKey, AuditPublicKey } from "../../../runtime/act/audit/audit-key.ts";
import { AuditLog } from "../../../runtime/act/audit/audit-log.ts";
import { Random } from "../../../runtime/core/random.ts";
import { WrittenAudit } from "./written-audit.ts";

const SEEDS = [1, 2];
const LINES = 30;

describe("tampering with the audit", function () {
  this.timeout(30_000);
  let audit: WrittenAudit;
  let back: () => void;

  const anchors = () => audit.lines(audit.anchorFile);

  for (const seed of SEEDS) {
    describe(`of seed ${seed}`, () => {
      const random = new Random(seed, 1);
      const below = (n: number) => Math.floor(random.uniform() * n);

      before(() => {
        audit = new WrittenAudit();
        audit.fill(seed, LINES);
        back = audit.keep();
      });
      afterEach(() => back());
      after(() => audit.remove());

      it("nothing is found in one that nobody touched, over several files", () => {
        assert.deepEqual(audit.found(), []);
        assert.ok(audit.files.length >= 3, `${audit.files.length} files`);
        assert.ok(anchors().length > 5);
      });

      it("a changed byte is found anywhere in the log, in the head and in the anchors", () => {
        for (const file of [...audit.files, audit.head, audit.anchorFile]) {
          const whole = readFileSync(file);
          for (let i = 0; i < 12; i++) {
            const at = i === 0 ? 0 : i === 1 ? whole.length - 1 : below(whole.length);
            const changed = Buffer.from(whole);
            changed[at] = whole[at]! ^ (1 + below(255));
            writeFileSync(file, changed);
            assert.notDeepEqual(audit.found(), [], `byte ${at} of ${file}`);
          }
          writeFileSync(file, whole);
        }
      });

      it("a deleted line is found, whichever", () => {
        for (const file of audit.files) {
          const lines = audit.lines(file);
          for (const i of [0, below(lines.length), lines.length - 1]) {
            audit.put(file, lines.toSpliced(i, 1));
            assert.notDeepEqual(audit.found(null), [], `line ${i + 1} of ${file}`);
          }
          audit.put(file, lines);
        }
      });

      it("two lines that changed places, and a line that stands twice, are found", () => {
        for (const file of audit.files.filter((one) => audit.lines(one).length > 1)) {
          const lines = audit.lines(file);
          const i = below(lines.length - 1);
          audit.put(file, lines.with(i, lines[i + 1]!).with(i + 1, lines[i]!));
          assert.ok(audit.found().includes("out-of-order"), file);
          audit.put(file, lines.toSpliced(i, 0, lines[i]!));
          assert.ok(audit.found().includes("out-of-order"), file);
          audit.put(file, lines);
        }
      });

      it("a cut end is found by the head, with and without a torn line after it", () => {
        const file = join(audit.directory, LIVE);
        const lines = audit.lines(file);
        for (const left of [0, below(lines.length)]) {
          audit.put(file, lines.slice(0, left));
          assert.ok(audit.found().includes("cut"), `${left} left`);
          appendFileSync(file, lines[left]!.slice(0, 20));
          assert.ok(audit.found().includes("cut"), `${left} left, and a piece`);
        }
      });

      it("a file that is gone is found, the first, one between and the last", () => {
        for (const file of [audit.files[0]!, audit.files[1]!, audit.files.at(-1)!]) {
          rmSync(file);
          const found = audit.found(null);
          assert.ok(found.includes("missing-file") || found.includes("cut"), `${file}: ${found}`);
          back();
        }
      });

      it("an anchor that is gone is found, whichever", () => {
        const all = anchors();
        for (const i of [0, below(all.length), all.length - 1]) {
          audit.put(audit.anchorFile, all.toSpliced(i, 1));
          assert.ok(audit.found().includes("anchor-cut"), `anchor ${i + 1}`);
        }
        audit.put(audit.anchorFile, all);
      });

      it("a rewrite with every hash worked out anew is found: the key is not there to sign it", () => {
        const stranger = new WrittenAudit();
        try {
          const foreign = AuditKey.prepare(stranger.directory);
          let previous = FIRST_PREVIOUS;
          let seq = 0;
          for (const file of audit.files) {
            const rewritten = audit.lines(file).map((text) => {
              const { hash, ...body } = readLine(Buffer.from(text))!.record;
              const { line, record } = writeLine(foreign, {
                ...body,
                data: { ...body.data, value: 1 },
                previous,
              });
              previous = record.hash;
              seq = record.seq;
              return line;
            });
            audit.put(file, rewritten);
          }
          const count = anchors().length;
          writeFileSync(audit.head, headText(foreign, { seq, hash: previous, anchors: count, inFile: true }));
          const publicKey = join(audit.elsewhere, "public.pem");
          writeFileSync(publicKey, AuditPublicKey.of(audit.directory).pem());
          assert.deepEqual(audit.found(audit.anchorFile, publicKey).sort(), [
            "anchor-differs",
            "changed",
            "head-changed",
          ]);
          assert.deepEqual(audit.found(null, publicKey).sort(), ["changed", "head-changed"]);
          // Even where the foreign key was put in place of the actuator's: the anchors are of another.
          for (const name of ["audit-key.pem", "audit-public.pem"])
            copyFileSync(join(stranger.directory, name), join(audit.directory, name));
          assert.ok(audit.found().includes("anchor-changed"));
        } finally {
          stranger.remove();
        }
      });

      it("the signature of another line, or of a head, signs no line", () => {
        const file = audit.files[0]!;
        const lines = audit.lines(file);
        const signature = (text: string) => text.slice(text.lastIndexOf(',"signature":"'));
        const head = readFileSync(audit.head, "utf8").trimEnd();
        for (const other of [lines[1]!, head]) {
          audit.put(file, lines.with(0, lines[0]!.replace(signature(lines[0]!), signature(other))));
          assert.ok(audit.found().includes("changed"));
        }
      });

      it("a rollback of files and head together is found by the anchors, and by nothing without them", () => {
        back();
        const log = audit.open();
        log.append("write", { envelope: "e1", value: 1 });
        log.close();
        assert.deepEqual(audit.found(), []);
        back();
        assert.deepEqual(audit.found(), ["rolled-back"]);
        const key = AuditPublicKey.of(audit.directory);
        const newest = readEntry(Buffer.from(anchors().at(-1)!), key)!;
        assert.ok(newest.seq > LINES);
        // Without the anchors the head says that there were some, where it once knew of a file; a log never anchored says nothing.
        assert.deepEqual(
          audit.found(null).filter((kind) => kind !== "anchor-missing"),
          [],
        );
        audit.put(audit.anchorFile, anchors().slice(0, -1));
      });
    });
  }

  it("a rollback of a log that was never anchored cannot be seen", () => {
    const never = new WrittenAudit();
    try {
      const write = (value: number) => {
        const log = new AuditLog(never.directory);
        log.append("write", { envelope: "e1", value });
        log.close();
      };
      write(1);
      const before = never.keep();
      write(2);
      before();
      assert.deepEqual(never.found(null), []);
      assert.equal(never.lines(join(never.directory, LIVE)).length, 1, `${HEAD} was set back as well`);
    } finally {
      never.remove();
    }
  });

  describe("is remembered by the actuator that finds it", () => {
    beforeEach(() => {
      audit = new WrittenAudit();
      audit.fill(9, 10);
    });
    afterEach(() => audit.remove());

    it("a cut end is not made whole by what is written after it", () => {
      const file = join(audit.directory, LIVE);
      audit.put(file, audit.lines(file).slice(0, -1));
      for (const start of [1, 2, 3]) {
        const log = audit.open();
        assert.match(log.found.breaks.join("\n"), start === 1 ? /cut: 1 lines are missing/ : /found-broken/);
        log.append("start", {});
        log.close();
        assert.ok(audit.found().includes("found-broken"), `start ${start}`);
      }
    });

    it("nor by rotation: later files carry it on", () => {
      writeFileSync(audit.head, readFileSync(audit.head, "utf8").replace("1", "2"));
      audit.open({ largestFileBytes: 3_000 }).close();
      const log = audit.open({ largestFileBytes: 3_000 });
      for (let i = 0; i < 60; i++) log.append("hold", { plantTimeUs: 2e15 + i * 3600e6, envelope: "e1" });
      log.close();
      const later = audit.open({ largestFileBytes: 3_000 });
      assert.match(later.found.breaks[0]!, /found-broken: as the actuator wrote at/);
      assert.ok(later.found.records[0]!.seq < later.found.records[1]!.seq);
      later.close();
    });

    it("a removed setting of the anchors is found, and removed anchors are", () => {
      const unnamed = new AuditLog(audit.directory);
      assert.match(unnamed.found.breaks[0]!, /anchor-missing/);
      unnamed.close();
      audit.remove();
      audit = new WrittenAudit();
      audit.fill(9, 10);
      rmSync(audit.anchorFile);
      const log = audit.open();
      assert.match(log.found.breaks[0]!, /anchor-cut: holds 0 anchors of \d+/);
      log.close();
    });

    it("a key that was taken away, and one that was put in its place, are found", () => {
      rmSync(join(audit.directory, "audit-key.pem"));
      const log = audit.open();
      assert.match(log.found.breaks.join("\n"), /head-changed/);
      assert.match(log.found.breaks.join("\n"), /changed: is not what this key signed/);
      log.close();
    });

    it("a first line that carries nonsense into a later file stops no start", () => {
      const commissioned = audit.open();
      commissioned.append("commission", { envelope: "e1" });
      commissioned.close();
      audit.fill(10, 40);
      const [first, second] = audit.files;
      const lines = audit.lines(second!);
      for (const nonsense of [
        '"carried":7',
        '"carried":[null,1,{"event":"arm"},{"event":"arm","data":null}]',
      ]) {
        assert.match(lines[0]!, /"carried":\[\{/);
        audit.put(second!, lines.with(0, lines[0]!.replace(/"carried":\[.*\](?=\},"previous")/, nonsense)));
        rmSync(first!, { force: true });
        const log = audit.open();
        assert.match(log.found.breaks.join("\n"), /changed|missing-file/);
        log.close();
      }
    });

    it("a rollback is found at the start", () => {
      const before = audit.keep();
      const log = audit.open();
      log.append("write", { value: 1 });
      log.close();
      before();
      const set = audit.open();
      assert.match(set.found.breaks[0]!, /rolled-back: line \d+ was anchored, the log ends at \d+/);
      set.close();
    });
  });
});
