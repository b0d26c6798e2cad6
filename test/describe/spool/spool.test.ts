import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Random } from "../../../runtime/core/random.ts";
import { unaccounted } from "../../../runtime/describe/ledger.ts";
import { LogKeeper } from "../../../runtime/describe/spool/log-keeper.ts";
import { Spool, type SpoolNews, type SpoolSettings } from "../../../runtime/describe/spool/spool.ts";
import type { SpoolConnect } from "../../../runtime/describe/spool/spool-connection.ts";
import { REAL_DISK, type SpoolDisk } from "../../../runtime/describe/spool/spool-disk.ts";
import { skipOrFail } from "../../needs.ts";
import { Folder, frameFrom } from "./spool-fixture.ts";

const WRITER = fileURLToPath(new URL("./spool-writer.ts", import.meta.url));

/** A log keeper in this thread, on a disk that can be made to fail. */
const inThisThread =
  (disk: SpoolDisk): SpoolConnect =>
  (options, signal) => {
    const keeper = new LogKeeper(options, disk, (thing) => {
      setImmediate(() => signal(thing));
    });
    return {
      send: (request) => setImmediate(() => keeper.handle(request)),
      async end() {
        keeper.stop();
      },
    };
  };

/** Values of everything that is durable, in order. */
async function valuesOf(spool: Spool, from = 0): Promise<number[]> {
  const values: number[] = [];
  let at = from;
  while (at < spool.committed) {
    const { frames, next } = await spool.read(at, 1000);
    for (const { frame } of frames) for (const { value } of frame) values.push(value);
    at = next;
  }
  return values;
}

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe("spool", () => {
  let folder: Folder;
  const open: Spool[] = [];
  const openSpool = async (settings: Partial<SpoolSettings> = {}): Promise<Spool> => {
    const spool = await Spool.open({ folder: folder.path, ...settings });
    open.push(spool);
    return spool;
  };
  beforeEach(() => {
    folder = new Folder();
  });
  afterEach(async () => {
    for (const spool of open.splice(0)) await spool.close();
    folder.end();
  });

  it("acknowledges frames once they are durable, and reads them from memory and from disk", async () => {
    const spool = await openSpool();
    const kept = [0, 1, 2, 3].map((i) => spool.append(frameFrom("s", 30 * i, 30)));
    assert.equal(spool.committed, 0);
    assert.deepEqual(spool.ledgers.get("s")!.toJSON(), {
      received: 120,
      stored: 0,
      queued: 120,
      deduplicated: 0,
      dropped: {},
    });
    await Promise.all(kept);
    assert.equal(spool.committed, 4);
    assert.equal(spool.ledgers.get("s")!.stored, 120);
    assert.ok(spool.ledgers.get("s")!.exact());
    assert.deepEqual(await valuesOf(spool), upTo(120));
    await spool.append(frameFrom("s", 0, 0));
    assert.equal(spool.committed, 4, "a sign of life is not spooled");
    await spool.close();
    const again = await openSpool();
    assert.equal(again.committed, 4);
    assert.deepEqual(await valuesOf(again), upTo(120));
    await again.append(frameFrom("s", 120, 5, 2));
    assert.deepEqual(await valuesOf(again), upTo(125));
    const { frames } = await again.read(4, 10);
    assert.deepEqual([frames[0]!.rowsBefore, frames[0]!.frame.epoch], [120, 2]);
  });

  it("shares one dictionary among the frames of a stream that it reads back", async () => {
    const spool = await openSpool();
    for (let i = 0; i < 3; i++) await spool.append(frameFrom("s", i, 1));
    await spool.close();
    const { frames } = await (await openSpool()).read(0, 10);
    assert.equal(frames.length, 3);
    assert.equal(frames[0]!.frame.dictionary, frames[2]!.frame.dictionary);
  });

  it("loses no acknowledged frame over five kills at random moments", async function () {
    this.timeout(30_000);
    const random = new Random(20261122);
    let first = 0;
    let segments = 0;
    for (let kill = 0; kill < 5; kill++) {
      const writer = spawn(process.execPath, [WRITER, folder.path, String(first), "40000"], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const ended = new Promise((resolve) => writer.once("exit", resolve));
      const after = 1 + random.integer(120);
      let acknowledged = -1;
      let count = 0;
      for await (const line of createInterface({ input: writer.stdout! })) {
        acknowledged = Number(line);
        if (++count === after) setTimeout(() => writer.kill("SIGKILL"), random.uniform() * 20);
      }
      await ended;
      const spool = await openSpool();
      const values = await valuesOf(spool);
      assert.ok(
        values.length > acknowledged,
        `${values.length} are there, ${acknowledged + 1} were acknowledged`,
      );
      assert.deepEqual(values, upTo(values.length));
      assert.deepEqual(spool.report.losses, []);
      assert.equal(spool.report.sources.writer!.rows, values.length);
      segments = spool.report.bytes / 40_000;
      await spool.close();
      first = values.length;
    }
    assert.ok(segments > 3, "several segments were written");
  });

  it("holds frames in memory while the disk is full, says so, drops beyond the bound, and goes on", async () => {
    let isFull = false;
    const news: SpoolNews[] = [];
    const disk: SpoolDisk = {
      ...REAL_DISK,
      write(handle, bytes, at) {
        if (isFull) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
        REAL_DISK.write(handle, bytes, at);
      },
    };
    const spool = await openSpool({
      maxQueuedRows: 100,
      told: (one) => news.push(one),
      connect: inThisThread(disk),
    });
    await spool.append(frameFrom("s", 0, 40));
    isFull = true;
    const held = [spool.append(frameFrom("s", 40, 40)), spool.append(frameFrom("s", 80, 60))];
    const waiting = spool.room();
    while (news.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(
      news.map((one) => one.kind === "stalled" && one.error.code),
      ["disk-full"],
    );
    await assert.rejects(spool.append(frameFrom("s", 140, 7)), {
      code: "disk-full",
      message: /100 samples wait for the disk, 7 more were dropped: .*the disk is full.* \(free disk space\)/,
    });
    const ledger = spool.ledgers.get("s")!;
    assert.deepEqual(ledger.toJSON(), {
      received: 147,
      stored: 40,
      queued: 100,
      deduplicated: 0,
      dropped: { "disk-full": 7 },
    });
    assert.ok(ledger.exact());
    isFull = false;
    await Promise.all([...held, waiting]);
    assert.equal(news.at(-1)!.kind, "resumed");
    assert.equal(spool.stalledBy, undefined);
    await spool.append(frameFrom("s", 147, 3));
    assert.deepEqual(ledger.toJSON(), { ...ledger.toJSON(), received: 150, stored: 143, queued: 0 });
    assert.ok(ledger.exact());
    assert.deepEqual(await valuesOf(spool), [...upTo(140), 147, 148, 149]);
  });

  it("counts what a full disk does not take at the end", async () => {
    let isFull = false;
    const disk: SpoolDisk = {
      ...REAL_DISK,
      write(handle, bytes, at) {
        if (isFull) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
        REAL_DISK.write(handle, bytes, at);
      },
    };
    const spool = await openSpool({ connect: inThisThread(disk) });
    await spool.append(frameFrom("s", 0, 40));
    isFull = true;
    const held = spool.append(frameFrom("s", 40, 10));
    const refused = assert.rejects(held, { code: "disk-full" });
    await spool.close();
    await refused;
    await assert.rejects(spool.append(frameFrom("s", 50, 5)), { code: "spool-closed" });
    const counts = spool.ledgers.get("s")!.toJSON();
    assert.deepEqual(counts.dropped, { "disk-full": 10, "spool-closed": 5 });
    assert.equal(unaccounted(counts), 0);
  });

  it("goes on where a small disk was full", async function () {
    const mount = join(folder.path, "small");
    mkdirSync(mount);
    const { status, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", mount]);
    if (status !== 0) skipOrFail(this, `a tmpfs cannot be mounted here: ${String(stderr).trim()}`);
    try {
      const news: SpoolNews[] = [];
      const ballast = join(mount, "ballast");
      const spool = await openSpool({ folder: join(mount, "spool"), told: (one) => news.push(one) });
      await spool.append(frameFrom("s", 0, 1000));
      const { bavail, bsize } = statfsSync(mount);
      writeFileSync(ballast, Buffer.alloc(bavail * bsize - 40_000, 1));
      const held = [1, 2, 3, 4].map((i) => spool.append(frameFrom("s", 1000 * i, 1000)));
      while (!news.some(({ kind }) => kind === "stalled")) await new Promise((done) => setTimeout(done, 5));
      assert.equal(spool.stalledBy?.code, "disk-full");
      assert.ok(spool.ledgers.get("s")!.exact());
      rmSync(ballast);
      await Promise.all(held);
      assert.deepEqual(await valuesOf(spool), upTo(5000));
      await spool.close();
      const again = await openSpool({ folder: join(mount, "spool") });
      assert.deepEqual(await valuesOf(again), upTo(5000));
      await again.close();
    } finally {
      for (const spool of open.splice(0)) await spool.close();
      spawnSync("umount", [mount]);
    }
  });

  it("confirms and sends again what its worker had when it died", async () => {
    const news: SpoolNews[] = [];
    let keepers = 0;
    let dieAfter = 2;
    const connect: SpoolConnect = (options, signal, ended) => {
      keepers++;
      let isDead = false;
      const keeper = new LogKeeper(options, REAL_DISK, (thing) => {
        // Dead with the second commit on disk and not yet told.
        if (thing.op === "committed" && --dieAfter === 0) {
          isDead = true;
          setImmediate(() => ended("was killed"));
        } else setImmediate(() => signal(thing));
      });
      return {
        send: (request) => setImmediate(() => isDead || keeper.handle(request)),
        async end() {
          keeper.stop();
        },
      };
    };
    const spool = await openSpool({ connect, told: (one) => news.push(one) });
    await spool.attach("sink");
    await spool.append(frameFrom("s", 0, 10));
    await Promise.all([spool.append(frameFrom("s", 10, 10)), spool.append(frameFrom("s", 20, 10))]);
    await spool.append(frameFrom("s", 30, 10));
    assert.equal(keepers, 2);
    assert.equal(news[0]!.kind, "stalled");
    await spool.close();
    const again = await openSpool();
    assert.deepEqual(await valuesOf(again), upTo(40));
    assert.ok(spool.ledgers.get("s")!.exact());
  });

  it("says what keeps it from opening", async () => {
    writeFileSync(join(folder.path, "file"), "");
    await assert.rejects(Spool.open({ folder: join(folder.path, "file") }), { code: "spool-broken" });
  });
});
