import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { NewGap } from "../../runtime/describe/gap-entry.ts";
import { GapLedger } from "../../runtime/describe/gap-ledger.ts";
import { missingIntervals, without } from "../../runtime/describe/missing-intervals.ts";
import { Folder } from "./spool/spool-fixture.ts";

const gap = (fromUs: number, toUs: number, more: Partial<NewGap> = {}): NewGap => ({
  source: "s",
  cause: "connection-lost",
  fromUs,
  toUs,
  ...more,
});

describe("gap ledger", () => {
  let folder: Folder;
  let ledger: GapLedger;
  beforeEach(() => {
    folder = new Folder();
    ledger = new GapLedger(join(folder.path, "gaps.sqlite"));
  });
  afterEach(() => {
    ledger.close();
    folder.end();
  });

  /** The same file, opened again. */
  function reopened(): GapLedger {
    ledger.close();
    ledger = new GapLedger(join(folder.path, "gaps.sqlite"));
    return ledger;
  }

  it("keeps entries over an opening, with all they say", () => {
    const entry = ledger.note(gap(100, 200, { addresses: ["b", "a"], expected: 4 }));
    assert.deepEqual(entry, {
      id: entry.id,
      source: "s",
      cause: "connection-lost",
      fromUs: 100,
      toUs: 200,
      addresses: ["a", "b"],
      expected: 4,
      backfilled: 0,
      state: "open",
      notedUs: entry.notedUs,
    });
    assert.deepEqual(reopened().query(), [entry]);
    assert.ok(ledger.isOpen("s", "a", 150));
  });

  it("closes an entry when every tag has been filled in from end to end, and shows what is left", () => {
    const { id } = ledger.note(gap(100, 200, { addresses: ["a", "b"], expected: 6 }));
    assert.equal(ledger.backfill(id, { address: "a", fromUs: 100, toUs: 160, samples: 2 }).state, "open");
    assert.deepEqual(ledger.remaining(id), [
      { address: "a", fromUs: 160, toUs: 200 },
      { address: "b", fromUs: 100, toUs: 200 },
    ]);
    reopened();
    assert.equal(ledger.backfill(id, { fromUs: 150, toUs: 200, samples: 2 }).state, "open");
    assert.deepEqual(ledger.remaining(id), [{ address: "b", fromUs: 100, toUs: 150 }]);
    assert.ok(ledger.isOpen("s", "b", 120));
    const closed = ledger.backfill(id, { address: "b", fromUs: 90, toUs: 150, samples: 2 });
    assert.deepEqual([closed.state, closed.backfilled, closed.expected], ["closed", 6, 6]);
    assert.ok(!ledger.isOpen("s", "b", 120));
    assert.deepEqual(ledger.query({ state: "open" }), []);
    assert.deepEqual(reopened().query({ state: "closed" }), [closed]);
  });

  it("fills in an entry about all tags as a whole, or tag by tag once they are known", () => {
    const { id } = ledger.note(gap(0, 10));
    ledger.backfill(id, { fromUs: 0, toUs: 5, samples: 1 });
    assert.deepEqual(ledger.remaining(id), [{ fromUs: 5, toUs: 10 }]);
    ledger.specify(id, ["b", "a"], 8);
    assert.deepEqual(ledger.remaining(id), [
      { address: "a", fromUs: 5, toUs: 10 },
      { address: "b", fromUs: 5, toUs: 10 },
    ]);
    assert.equal(ledger.require(id).expected, 8);
  });

  it("finds entries by time, source, tag and state", () => {
    const first = ledger.note(gap(0, 10)).id;
    const second = ledger.note(gap(20, 30, { addresses: ["a"], cause: "queue-overflow" })).id;
    const third = ledger.note(gap(20, 30, { source: "t" })).id;
    const ids = (query: Parameters<GapLedger["query"]>[0]): number[] =>
      ledger.query(query).map(({ id }) => id);
    assert.deepEqual(ids({}), [third, second, first]);
    assert.deepEqual(ids({ source: "s" }), [second, first]);
    assert.deepEqual(ids({ address: "a" }), [third, second, first]);
    assert.deepEqual(ids({ source: "s", address: "b" }), [first]);
    assert.deepEqual(ids({ fromUs: 10, toUs: 25 }), [third, second]);
    assert.deepEqual(ids({ toUs: 20 }), [first]);
    assert.deepEqual(ids({ limit: 1 }), [third]);
    assert.deepEqual(
      [...ledger.openCounts],
      [
        ["s", 2],
        ["t", 1],
      ],
    );
  });

  it("takes what is said twice, or touches, for one gap", () => {
    const all = ledger.note(gap(100, 200, { cause: "restart" }));
    assert.equal(ledger.note(gap(100, 200, { cause: "subscription-recreated" })).id, all.id);
    assert.equal(ledger.note(gap(120, 140, { addresses: ["a"], cause: "missing-samples" })).id, all.id);
    assert.equal(ledger.require(all.id).cause, "restart");
    const missing = { addresses: ["a"], cause: "missing-samples", expected: 2 } as const;
    const grown = ledger.note(gap(300, 310, missing));
    assert.deepEqual(ledger.note(gap(310, 320, missing)), { ...grown, toUs: 320, expected: 4 });
    const overlapped = ledger.note(gap(315, 330, missing));
    assert.deepEqual([overlapped.id, overlapped.toUs, overlapped.expected], [grown.id, 330, undefined]);
    assert.equal(reopened().query().length, 2);
    assert.notEqual(ledger.note(gap(300, 330, { addresses: ["b"], cause: "missing-samples" })).id, grown.id);
  });

  it("keeps what a sink refuses apart from what can be filled in, and as one entry", () => {
    const outage = ledger.note(gap(10e6, 90e6));
    const refused = ledger.note(gap(20e6, 20e6 + 2, { cause: "refused" }));
    assert.notEqual(refused.id, outage.id, "or it would close with the outage");
    for (let s = 21; s < 3000; s++) ledger.note(gap(s * 1e6, s * 1e6 + 2, { cause: "refused" }));
    ledger.note(gap(15e6, 15e6 + 2, { cause: "refused" }));
    const { fromUs, toUs } = ledger.require(refused.id);
    assert.deepEqual([fromUs, toUs], [15e6, 2999e6 + 2]);
    assert.notEqual(ledger.note(gap(500e6, 600e6)).id, refused.id, "an outage meanwhile can be filled in");
    assert.notEqual(ledger.note(gap(9000e6, 9000e6 + 2, { cause: "refused" })).id, refused.id);
    assert.equal(ledger.query().length, 4);
    assert.ok(!ledger.isOpen("s", "a", 2000e6), "nobody fills it in");
  });

  it("notes anew what was filled in and is lost again", () => {
    const { id } = ledger.note(gap(100, 200, { addresses: ["a"] }));
    ledger.backfill(id, { address: "a", fromUs: 100, toUs: 150, samples: 5 });
    assert.equal(ledger.note(gap(160, 190, { addresses: ["a"], cause: "spool-damaged" })).id, id);
    const again = ledger.note(gap(120, 140, { addresses: ["a"], cause: "spool-damaged" }));
    assert.notEqual(again.id, id);
    ledger.backfill(id, { address: "a", fromUs: 150, toUs: 200, samples: 5 });
    assert.deepEqual(
      ledger.query({ state: "open" }).map(({ fromUs, toUs }) => [fromUs, toUs]),
      [[120, 140]],
    );
  });

  it("lets what the source knows stand over what was concluded from its new epoch", () => {
    const { id } = ledger.note(gap(100, 200, { cause: "source-restarted" }));
    ledger.note(gap(100, 200, { cause: "subscription-recreated" }));
    assert.equal(reopened().require(id).cause, "subscription-recreated");
  });

  it("takes for one gap what a source and its new epoch tell of intervals that only overlap", () => {
    const told = ledger.note(gap(120, 180, { cause: "subscription-recreated" }));
    assert.deepEqual(ledger.note(gap(100, 200, { cause: "source-restarted" })), {
      ...told,
      fromUs: 100,
      toUs: 200,
    });
    const found = ledger.note(gap(300, 400, { cause: "source-restarted" }));
    assert.deepEqual(ledger.note(gap(350, 420, { cause: "session-restored" })), {
      ...found,
      cause: "session-restored",
      toUs: 420,
    });
    assert.notEqual(
      ledger.note(gap(410, 430, { cause: "silent" })).id,
      found.id,
      "two that are told are two",
    );
    assert.notEqual(ledger.note(gap(430, 440, { cause: "source-restarted" })).id, found.id);
  });

  it("keeps the reason why an entry is left open until it closes, in a file of before too", () => {
    const { id } = ledger.note(gap(100, 200, { addresses: ["a"] }));
    assert.equal(ledger.explain(id, "no history").backfillProblem, "no history");
    assert.equal(
      ledger.backfill(id, { address: "a", fromUs: 100, toUs: 150, samples: 1 }).backfillProblem,
      "no history",
    );
    assert.equal(reopened().require(id).backfillProblem, "no history");
    assert.equal(ledger.explain(id, undefined).backfillProblem, undefined);
    ledger.explain(id, "again");
    const { state, backfillProblem } = ledger.backfill(id, {
      address: "a",
      fromUs: 150,
      toUs: 200,
      samples: 0,
    });
    assert.deepEqual([state, backfillProblem], ["closed", undefined]);
    ledger.close();
    const old = new DatabaseSync(join(folder.path, "gaps.sqlite"));
    old.exec(
      "ALTER TABLE gap DROP COLUMN problem; DROP INDEX gap_lacking; ALTER TABLE gap DROP COLUMN missing",
    );
    old.close();
    assert.equal(reopened().require(id).backfilled, 1);
  });

  it("keeps how many samples the server lacks, over an opening and until it closes", () => {
    const { id } = ledger.note(gap(100, 200, { addresses: ["a", "b"], expected: 18 }));
    ledger.backfill(id, { address: "a", fromUs: 100, toUs: 200, samples: 2, missing: 7 });
    const now = reopened().backfill(id, { address: "b", fromUs: 100, toUs: 200, samples: 8, missing: 1 });
    assert.deepEqual([now.state, now.backfilled, now.missing], ["closed", 10, 8]);
    assert.deepEqual(reopened().require(id), now);
    assert.deepEqual(ledger.closedCounts, { filled: 0, missing: 1 });
  });

  it("lists what is to be filled in by pages, the newest first, without what was given up or refused", () => {
    const ids = [0, 1, 2, 3, 4].map((i) => ledger.note(gap(i * 100, i * 100 + 50)).id);
    ledger.note(gap(900, 950, { cause: "refused" }));
    ledger.note(gap(900, 950, { source: "other" }));
    const listed = (): number[] => {
      const found: number[] = [];
      for (let page = ledger.toFill("s", 2); page.length > 0; page = ledger.toFill("s", 2, page.at(-1)))
        found.push(...page.map(({ id }) => id));
      return found;
    };
    assert.deepEqual(listed(), ids.toReversed());
    ledger.giveUp(ids[1]!);
    ledger.giveUp(ids[3]!);
    reopened();
    assert.deepEqual(listed(), [ids[4], ids[2], ids[0]]);
    ledger.note(gap(350, 370));
    assert.deepEqual(listed(), [ids[4], ids[3], ids[2], ids[0]], "there is more of it now");
    ledger.takeUp("s");
    assert.deepEqual(listed(), ids.toReversed());
    assert.equal(ledger.query({ state: "open", source: "s" }).length, 6);
  });

  it("knows thousands of open entries of which it holds the last in memory", () => {
    const ids: number[] = [];
    for (let i = 0; i < 1000; i++) ids.push(ledger.note(gap(i * 100, i * 100 + 50, { addresses: ["a"] })).id);
    for (let opened = 0; opened < 2; opened++) {
      assert.equal(ledger.openCounts.get("s"), 1000);
      assert.deepEqual(
        [5, 99_925, 99_975, 60].map((timeUs) => ledger.isOpen("s", "a", timeUs)),
        [true, true, false, false],
      );
      assert.equal(ledger.newestOpen(1000).length, 256);
      reopened();
    }
    assert.equal(ledger.note(gap(120, 130, { addresses: ["a"] })).id, ids[1], "part of one that is not held");
    assert.equal(ledger.note(gap(150, 180, { addresses: ["a"] })).toUs, 180);
    assert.equal(ledger.isOpen("s", "a", 170), true);
    for (const id of ids.slice(10).reverse()) ledger.backfill(id, { fromUs: 0, toUs: 1e6, samples: 1 });
    assert.deepEqual(
      ledger.newestOpen(20).map(({ id }) => id),
      ids.slice(0, 10).reverse(),
    );
    assert.equal(ledger.openCounts.get("s"), 10);
    assert.deepEqual(
      [5, 170, 990, 1025].map((timeUs) => ledger.isOpen("s", "a", timeUs)),
      [true, true, false, false],
    );
  });

  it("notes many parts of many tags at once, or none of them", () => {
    const addresses = Array.from({ length: 5000 }, (_, i) => `tag${i}`);
    const { id } = ledger.note(gap(100, 200, { addresses }));
    const parts = addresses.map((address) => ({ address, fromUs: 100, toUs: 200, samples: 2 }));
    assert.throws(
      () => ledger.backfill(id, ...parts, { fromUs: 100, toUs: 200, samples: 1, address: {} as never }),
      { code: "gap-ledger-failed" },
    );
    assert.equal(ledger.remaining(id).length, 5000);
    assert.deepEqual(ledger.backfill(id, ...parts).backfilled, 10_000);
    assert.equal(ledger.require(id).state, "closed");
    assert.equal(ledger.backfilledSamples.get("s"), 10_000);
  });

  it("tells of missing data what no entry explains", () => {
    const { id } = ledger.note(gap(100, 200));
    ledger.note(gap(250, 260, { addresses: ["b"] }));
    ledger.backfill(id, { fromUs: 100, toUs: 200, samples: 1 });
    assert.deepEqual(ledger.unexplained("s", "a", { fromUs: 120, toUs: 180 }), []);
    assert.deepEqual(ledger.unexplained("s", "a", { fromUs: 50, toUs: 300 }), [
      { fromUs: 50, toUs: 100 },
      { fromUs: 200, toUs: 300 },
    ]);
    assert.deepEqual(ledger.unexplained("s", "b", { fromUs: 240, toUs: 260 }), [{ fromUs: 240, toUs: 250 }]);
    assert.deepEqual(ledger.unexplained("t", "a", { fromUs: 1, toUs: 2 }), [{ fromUs: 1, toUs: 2 }]);
  });

  it("survives a kill right after an entry was noted", () => {
    const file = join(folder.path, "killed.sqlite");
    const module = new URL("../../runtime/describe/gap-ledger.ts", import.meta.url).href;
    const script = `
      const { GapLedger } = await import(${JSON.stringify(module)});
      const ledger = new GapLedger(${JSON.stringify(file)});
      const { id } = ledger.note({ source: "s", cause: "silent", fromUs: 1, toUs: 9 });
      ledger.backfill(id, { fromUs: 1, toUs: 5, samples: 3 });
      process.kill(process.pid, "SIGKILL");`;
    const { signal } = spawnSync(process.execPath, ["--input-type=module", "-e", script]);
    assert.equal(signal, "SIGKILL");
    const again = new GapLedger(file);
    const [entry] = again.query();
    assert.deepEqual([entry!.cause, entry!.backfilled], ["silent", 3]);
    assert.deepEqual(again.remaining(entry!.id), [{ fromUs: 5, toUs: 9 }]);
    again.close();
  });

  it("refuses an interval without an inside, an unknown entry and a file that is none of its own", () => {
    for (const [from, to] of [
      [5, 5],
      [9, 5],
      [Number.NaN, 5],
      [0, Number.POSITIVE_INFINITY],
    ]) {
      assert.throws(() => ledger.note(gap(from!, to!)), { code: "bad-gap" });
    }
    assert.throws(() => ledger.backfill(77, { fromUs: 0, toUs: 1, samples: 0 }), { code: "unknown-gap" });
    const file = join(folder.path, "text");
    writeFileSync(file, "no database at all, and long enough to be looked at");
    assert.throws(() => new GapLedger(file), { code: "gap-ledger-broken" });
  });
});

describe("missing intervals", () => {
  it("are steps of more than 1.75 periods, with the samples that are missing", () => {
    assert.deepEqual(missingIntervals([0, 100, 270, 370, 670], 100), [
      { fromUs: 370, toUs: 670, samples: 2 },
    ]);
    assert.deepEqual(missingIntervals([], 100), []);
  });

  it("are what remains of a whole without its parts", () => {
    const whole = { fromUs: 0, toUs: 10 };
    assert.deepEqual(without(whole, []), [whole]);
    const parts = [
      { fromUs: 6, toUs: 7 },
      { fromUs: -5, toUs: 2 },
      { fromUs: 1, toUs: 3 },
    ];
    assert.deepEqual(without(whole, parts), [
      { fromUs: 3, toUs: 6 },
      { fromUs: 7, toUs: 10 },
    ]);
    assert.deepEqual(without(whole, [{ fromUs: 0, toUs: 10 }]), []);
  });
});
