import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FrameBuilder } from "../../../runtime/core/frame.ts";
import { GOOD } from "../../../runtime/core/quality.ts";
import type { SegmentLog } from "../../../runtime/describe/spool/segment-log.ts";
import { REAL_DISK, type SpoolDisk } from "../../../runtime/describe/spool/spool-disk.ts";
import type { SourceHead } from "../../../runtime/describe/spool/spool-types.ts";
import { BEGIN_US, dictionaryOf, Folder, frameFrom, LogWriter, openLog, readAll } from "./spool-fixture.ts";

const segmentsIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith(".seg"));
const headAt = (rows: number): SourceHead => ({
  rows,
  newestUs: BEGIN_US + (rows - 1) * 1000,
  presentUs: BEGIN_US + (rows - 1) * 1000,
  receivedUs: BEGIN_US,
  epoch: 1,
  last: rows - 1,
});

describe("segment log", () => {
  let folder: Folder;
  beforeEach(() => {
    folder = new Folder();
  });
  afterEach(() => folder.end());

  /** Three frames of 3 rows, numbered 0 to 2, in one segment. @returns its file and where each record begins */
  function threeFrames(): { file: string; bytes: Buffer; at: number[] } {
    const log = openLog(folder.path);
    const writer = new LogWriter(log);
    const at: number[] = [];
    for (let i = 0; i < 3; i++) {
      writer.commit(frameFrom("s", 3 * i, 3));
      at.push(log.bytes);
    }
    log.close();
    const file = join(folder.path, segmentsIn(folder.path)[0]!);
    const bytes = readFileSync(file);
    // Each record ends where the next begins; the first follows the two descriptions of its stream.
    const record = at[1]! - at[0]!;
    return { file, bytes, at: at.map((end) => end - record) };
  }

  it("reads back what was committed, over segments and openings", () => {
    const wanted: [number, number, number][] = [];
    for (let opening = 0; opening < 3; opening++) {
      const log = openLog(folder.path, { segmentBytes: 1500 });
      assert.equal(log.committed, 10 * opening);
      log.attach("sink");
      const writer = new LogWriter(log);
      for (let i = 0; i < 10; i++) {
        const number = log.committed;
        writer.commit(frameFrom("s", number * 5, 5));
        wanted.push([number, number * 5, 5]);
      }
      assert.deepEqual(readAll(log), wanted);
      assert.deepEqual(readAll(log, 7), wanted.slice(7));
      log.close();
    }
    assert.ok(segmentsIn(folder.path).length > 3);
    const { report } = openLog(folder.path);
    assert.deepEqual(report.sources, { s: headAt(150) });
    assert.deepEqual([report.losses, report.torn, report.damaged, report.problems], [[], [], [], []]);
  });

  it("cuts a record that was torn at any byte, and goes on behind the last whole one", () => {
    const { file, bytes, at } = threeFrames();
    for (let length = at[2]!; length < bytes.length; length++) {
      writeFileSync(file, bytes.subarray(0, length));
      const log = openLog(folder.path);
      assert.deepEqual(readAll(log).slice(0, 2), [
        [0, 0, 3],
        [1, 3, 3],
      ]);
      assert.equal(readAll(log).length, 2);
      const torn =
        length === at[2]! ? [] : [{ segment: segmentsIn(folder.path)[0]!, bytes: length - at[2]! }];
      assert.deepEqual(log.report.torn, torn, `cut at byte ${length}`);
      assert.deepEqual(log.report.losses, []);
      assert.equal(readFileSync(file).length, at[2]!);
      for (const segment of segmentsIn(folder.path).slice(1)) REAL_DISK.remove(join(folder.path, segment));
    }
  });

  it("finds a flipped byte anywhere in a middle record, loses that record alone and tells its samples", () => {
    const { file, bytes, at } = threeFrames();
    for (let place = at[1]!; place < at[2]!; place++) {
      const damaged = Buffer.from(bytes);
      damaged[place]! ^= 1 << (place % 8);
      writeFileSync(file, damaged);
      const log = openLog(folder.path);
      assert.deepEqual(
        readAll(log),
        [
          [0, 0, 3],
          [2, 6, 3],
        ],
        `byte ${place}`,
      );
      assert.equal(log.report.damaged.length, 1);
      assert.deepEqual(log.report.torn, []);
      const [loss, ...more] = log.report.losses;
      assert.deepEqual(more, []);
      assert.deepEqual(
        [loss!.source, loss!.rows, loss!.reason, loss!.from.epoch, loss!.from.sequence, loss!.to.sequence],
        ["s", 3, "damaged", 1, 3, 5],
      );
      // By its own head exactly; by its neighbours the times of the samples around it.
      const isHeadDamaged = place < at[1]! + 96;
      assert.equal(loss!.from.timeUs, BEGIN_US + (isHeadDamaged ? 2000 : 3000));
      assert.equal(loss!.to.timeUs, BEGIN_US + (isHeadDamaged ? 6000 : 5000));
    }
  });

  it("tells the samples of a first record that is damaged, which no other stands before", () => {
    const { file, bytes, at } = threeFrames();
    for (let place = at[0]!; place < at[1]!; place++) {
      const damaged = Buffer.from(bytes);
      damaged[place]! ^= 1 << (place % 8);
      writeFileSync(file, damaged);
      const { report } = openLog(folder.path);
      const told = report.losses.map(({ source, rows, from, to }) => [
        source,
        rows,
        from.sequence,
        to.sequence,
      ]);
      assert.deepEqual(told, [["s", 3, 0, 2]], `byte ${place}`);
      assert.equal(report.losses[0]!.from.timeUs, BEGIN_US);
      assert.ok(report.losses[0]!.to.timeUs >= BEGIN_US + 2000);
      assert.deepEqual(report.sources, { s: headAt(9) });
    }
  });

  it("gives a new sink what is lost of a first record as damaged", () => {
    const { file, bytes, at } = threeFrames();
    const damaged = Buffer.from(bytes);
    damaged[at[0]! + 20]! ^= 1;
    writeFileSync(file, damaged);
    const log = openLog(folder.path);
    assert.equal(
      log.attach("new").sources.s!.rows,
      0,
      "three rows are missing before the first that is there",
    );
  });

  it("loses nothing to a flipped byte in the description of a stream", () => {
    const { file, bytes, at } = threeFrames();
    for (let place = 0; place < at[0]!; place += 7) {
      const damaged = Buffer.from(bytes);
      damaged[place]! ^= 0x10;
      writeFileSync(file, damaged);
      const log = openLog(folder.path);
      assert.equal(readAll(log).length, 3);
      assert.equal(log.read(0, 1e6).streams.size, 1, `byte ${place}`);
      assert.deepEqual(log.report.losses, []);
    }
  });

  it("takes the bytes of a record inside a value for nothing", () => {
    const { bytes, file, at } = threeFrames();
    // A whole record of this very segment inside the damaged payload of another segment: its salt is another.
    const other = openLog(folder.path);
    const writer = new LogWriter(other);
    writer.commit(frameFrom("s", 9, 40));
    other.close();
    const second = join(folder.path, segmentsIn(folder.path)[1]!);
    const damaged = readFileSync(second);
    damaged.set(bytes.subarray(at[1]!, at[2]!), damaged.length - 400);
    writeFileSync(second, damaged);
    writeFileSync(file, bytes);
    const log = openLog(folder.path);
    assert.deepEqual(
      readAll(log).map(([number]) => number),
      [0, 1, 2],
    );
    assert.deepEqual(
      log.report.losses.map(({ rows, from, to }) => [rows, from.sequence, to.sequence]),
      [[40, 9, 48]],
    );
  });

  it("tells samples of every source that a damaged place held", () => {
    const log = openLog(folder.path);
    const writer = new LogWriter(log);
    for (let i = 0; i < 4; i++) writer.commit(frameFrom("a", 2 * i, 2), frameFrom("b", 3 * i, 3));
    log.close();
    const file = join(folder.path, segmentsIn(folder.path)[0]!);
    const bytes = readFileSync(file);
    // A block in the middle is overwritten, as a broken disk does it.
    bytes.fill(0, bytes.length - 900, bytes.length - 600);
    writeFileSync(file, bytes);
    const again = openLog(folder.path);
    const kept = readAll(again).reduce((sum, [, , rows]) => sum + rows, 0);
    const lost = again.report.losses.reduce((sum, { rows }) => sum + rows, 0);
    assert.ok(lost > 0);
    assert.equal(kept + lost, 20);
  });

  it("goes on after a full disk and after a failed sync with nothing lost or stored twice", () => {
    let fault: "none" | "full" | "sync" = "none";
    const disk: SpoolDisk = {
      ...REAL_DISK,
      write(handle, bytes, at) {
        if (fault !== "full") return REAL_DISK.write(handle, bytes, at);
        // A full disk takes a part of it.
        REAL_DISK.write(handle, bytes.subarray(0, bytes.length / 2), at);
        throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
      },
      dataSync(handle) {
        if (fault === "sync") throw Object.assign(new Error("i/o error"), { code: "EIO" });
        REAL_DISK.dataSync(handle);
      },
    };
    const log = openLog(folder.path, {}, disk);
    const writer = new LogWriter(log);
    writer.commit(frameFrom("s", 0, 4));
    fault = "full";
    assert.throws(() => writer.commit(frameFrom("s", 4, 4)), { code: "disk-full" });
    fault = "sync";
    assert.throws(() => writer.commit(frameFrom("s", 8, 4)), { code: "disk-failed" });
    assert.equal(log.committed, 1);
    assert.equal(log.pendingFrames, 2);
    fault = "none";
    writer.commit(frameFrom("s", 12, 4));
    const wanted = [0, 1, 2, 3].map((number) => [number, 4 * number, 4]);
    assert.deepEqual(readAll(log), wanted);
    log.close();
    const again = openLog(folder.path);
    assert.deepEqual(readAll(again), wanted);
    assert.deepEqual(again.report.sources, { s: headAt(16) });
    assert.deepEqual(again.report.losses, []);
  });

  it("passes over what a failed sync had written after all", () => {
    let isFailing = true;
    const disk: SpoolDisk = {
      ...REAL_DISK,
      dataSync(handle) {
        if (isFailing) throw Object.assign(new Error("i/o error"), { code: "EIO" });
        REAL_DISK.dataSync(handle);
      },
      truncate() {
        throw Object.assign(new Error("i/o error"), { code: "EIO" });
      },
      // What cannot be truncated cannot be removed either.
      remove: () => undefined,
    };
    const log = openLog(folder.path, {}, disk);
    const writer = new LogWriter(log);
    assert.throws(() => writer.commit(frameFrom("s", 0, 4), frameFrom("s", 4, 4)), { code: "disk-failed" });
    assert.equal(log.takeProblems().length, 1);
    isFailing = false;
    writer.commit(frameFrom("s", 8, 4));
    log.close();
    const again = openLog(folder.path);
    assert.deepEqual(readAll(again), [
      [0, 0, 4],
      [1, 4, 4],
      [2, 8, 4],
    ]);
    assert.deepEqual(again.report.losses, []);
    assert.deepEqual(again.report.sources, { s: headAt(12) });
  });

  describe("sinks", () => {
    /** Commits ten frames of ten rows, a few to a segment. */
    function filled(options: { maxBytes?: number; whenFull?: "block" | "drop-oldest" } = {}): SegmentLog {
      const log = openLog(folder.path, { segmentBytes: 1500, ...options });
      log.attach("slow");
      log.attach("fast");
      const writer = new LogWriter(log);
      for (let i = 0; i < 10; i++) writer.commit(frameFrom("s", 10 * i, 10));
      return log;
    }

    it("keeps what the slowest needs, and no more", () => {
      const log = filled();
      const all = log.segmentCount;
      log.setCursor("fast", { next: 10, sources: { s: headAt(100) } });
      assert.equal(log.segmentCount, all);
      log.setCursor("slow", { next: 7, sources: { s: headAt(70) } });
      assert.ok(log.segmentCount < all);
      assert.deepEqual(
        readAll(log, 7).map(([number]) => number),
        [7, 8, 9],
      );
      log.setCursor("slow", { next: 10, sources: { s: headAt(100) } });
      assert.equal(log.segmentCount, 1);
      log.close();
      const again = openLog(folder.path);
      assert.deepEqual(again.attach("slow"), { next: 10, sources: { s: headAt(100) } });
      assert.equal(again.committed, 10);
      assert.deepEqual(again.report.sources, { s: headAt(100) });
    });

    it("begins a new sink at the oldest record, with what every source had before it", () => {
      const log = filled();
      for (const name of ["fast", "slow"]) log.setCursor(name, { next: 7, sources: { s: headAt(70) } });
      const cursor = log.attach("third");
      const oldest = readAll(log)[0]!;
      assert.ok(oldest[0] > 0 && oldest[0] <= 7);
      assert.deepEqual(cursor, { next: oldest[0], sources: { s: headAt(10 * oldest[0]) } });
      log.close();
      // The same is found again from the records alone.
      REAL_DISK.remove(join(folder.path, "cursors", "third.json"));
      const again = openLog(folder.path).attach("third");
      assert.equal(again.next, oldest[0]);
      assert.equal(again.sources.s!.rows, 10 * oldest[0]);
    });

    it("blocks at the bound until a sink has stored", () => {
      const log = filled({ maxBytes: 12_000 });
      const writer = new LogWriter(log);
      assert.throws(
        () => {
          for (let i = 10; i < 40; i++) writer.commit(frameFrom("s", 10 * i, 10));
        },
        { code: "spool-full", message: /mend the sink/ },
      );
      assert.ok(log.bytes <= 12_000);
      assert.equal(log.pendingFrames, 1);
      const { committed } = log;
      assert.deepEqual(readAll(log)[0], [0, 0, 10]);
      for (const name of ["fast", "slow"]) {
        log.setCursor(name, { next: committed, sources: { s: headAt(10 * committed) } });
      }
      log.commit();
      assert.equal(log.committed, committed + 1);
      assert.deepEqual(log.removals, []);
    });

    it("drops the oldest at the bound where told to, and says up to where", () => {
      const log = filled({ maxBytes: 12_000, whenFull: "drop-oldest" });
      const writer = new LogWriter(log);
      for (let i = 10; i < 40; i++) writer.commit(frameFrom("s", 10 * i, 10));
      assert.ok(log.bytes <= 12_000);
      const oldest = readAll(log)[0]![0];
      assert.ok(oldest > 10);
      assert.deepEqual(log.removals.at(-1), { before: oldest, reason: "spool-full" });
      assert.deepEqual(
        readAll(log).map(([number]) => number),
        Array.from({ length: 40 - oldest }, (_, i) => oldest + i),
      );
    });

    it("lets the backlog of a sink that is away go first", () => {
      const log = filled({ maxBytes: 12_000 });
      log.detach("slow");
      const writer = new LogWriter(log);
      for (let i = 10; i < 40; i++) {
        log.setCursor("fast", { next: i, sources: { s: headAt(10 * i) } });
        writer.commit(frameFrom("s", 10 * i, 10));
      }
      assert.ok(log.removals.length > 0);
      assert.ok(log.removals.every(({ reason }) => reason === "sink-gone"));
    });

    it("forgets a sink that is gone for good", () => {
      const log = filled();
      log.setCursor("fast", { next: 10, sources: { s: headAt(100) } });
      log.forget("slow");
      assert.equal(log.segmentCount, 1);
      log.close();
      assert.deepEqual(readdirSync(join(folder.path, "cursors")), ["fast.json"]);
    });

    it("begins a damaged cursor anew at the oldest record and says so", () => {
      const log = filled();
      log.setCursor("fast", { next: 10, sources: { s: headAt(100) } });
      log.close();
      writeFileSync(join(folder.path, "cursors", "fast.json"), '{"next": 1');
      const again = openLog(folder.path);
      assert.match(again.report.problems.join(), /fast\.json: .*begun anew/);
      assert.equal(again.attach("fast").next, 0);
    });

    it("keeps a cursor that is ahead of what was found", () => {
      const log = filled();
      log.setCursor("fast", { next: 10, sources: { s: headAt(100) } });
      log.close();
      for (const segment of segmentsIn(folder.path)) REAL_DISK.remove(join(folder.path, segment));
      const again = openLog(folder.path);
      assert.equal(again.committed, 10);
      assert.deepEqual(again.report.sources, { s: headAt(100) });
    });
  });

  it("keeps present and receipt with each record, and takes a receipt that is no time for none", () => {
    const log = openLog(folder.path);
    const builder = new FrameBuilder({ source: "s", reality: "live", dictionary: dictionaryOf("x") });
    builder.add(0, 1, BEGIN_US, GOOD);
    builder.add(0, 2, BEGIN_US + 7200e6, GOOD);
    const head = { epoch: 1, receiveTimeUs: BEGIN_US + 2.5e6 };
    const writer = new LogWriter(log);
    writer.commit(builder.build({ ...head, first: 0 }));
    log.close();
    const found = openLog(folder.path);
    const { s } = found.report.sources;
    assert.deepEqual(
      [s?.presentUs, s?.receivedUs, s?.newestUs],
      [BEGIN_US, BEGIN_US + 2e6, BEGIN_US + 7200e6],
    );
    const other = new FrameBuilder({ source: "t", reality: "live", dictionary: dictionaryOf("x") });
    other.add(0, 1, BEGIN_US, GOOD);
    new LogWriter(found).commit(other.build({ epoch: 1, first: 0, receiveTimeUs: Number.POSITIVE_INFINITY }));
    found.close();
    assert.equal(openLog(folder.path).report.sources.t?.receivedUs, undefined);
  });

  it("refuses a number out of turn and a stream nobody described", () => {
    const log = openLog(folder.path);
    const writer = new LogWriter(log);
    writer.commit(frameFrom("s", 0, 1));
    assert.throws(() => log.append(5, new Uint8Array(0)), { code: "out-of-order" });
    assert.throws(() => log.append(1, new Uint8Array(10)), { code: "malformed-bytes" });
  });
});
