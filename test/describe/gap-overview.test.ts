import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { NewGap } from "../../runtime/describe/gap-entry.ts";
import { GapLedger } from "../../runtime/describe/gap-ledger.ts";
import { GapOverview } from "../../runtime/describe/gap-overview.ts";
import { Folder } from "./spool/spool-fixture.ts";

const gap = (fromUs: number, toUs: number, more: Partial<NewGap> = {}): NewGap => ({
  source: "s",
  cause: "silent",
  fromUs,
  toUs,
  ...more,
});

describe("gap overview", () => {
  let folder: Folder;
  let ledgers: GapLedger[];
  beforeEach(() => {
    folder = new Folder();
    ledgers = ["a", "b"].map((name) => new GapLedger(join(folder.path, name, "gaps.sqlite")));
  });
  afterEach(() => {
    for (const ledger of ledgers) ledger.close();
    folder.end();
  });

  it("shows open gaps first, the newest of each first, and how many there are", () => {
    const [ledger] = ledgers as [GapLedger];
    const filled = ledger.note(gap(500, 600, { addresses: ["y", "x"], expected: 8 }));
    ledger.backfill(filled.id, { fromUs: 500, toUs: 600, samples: 8 });
    ledger.note(gap(100, 200));
    ledger.note(gap(300, 400, { addresses: ["x"] }));
    const { lines, ...counts } = new GapOverview().of([ledger]);
    assert.deepEqual(counts, { open: 2, filled: 1, missing: 0 });
    const common = { source: "s", cause: "silent" };
    assert.deepEqual(lines, [
      {
        ...common,
        fromUs: 300,
        toUs: 400,
        tags: 1,
        tag: "x",
        filled: 0,
        missing: 0,
        expected: null,
        isOpen: true,
      },
      {
        ...common,
        fromUs: 100,
        toUs: 200,
        tags: null,
        tag: null,
        filled: 0,
        missing: 0,
        expected: null,
        isOpen: true,
      },
      {
        ...common,
        fromUs: 500,
        toUs: 600,
        tags: 2,
        tag: "x",
        filled: 8,
        missing: 0,
        expected: 8,
        isOpen: false,
      },
    ]);
  });

  it("counts apart what its server lacks too", () => {
    const [ledger] = ledgers as [GapLedger];
    const { id } = ledger.note(gap(100, 200, { addresses: ["x"], expected: 9 }));
    ledger.backfill(id, { fromUs: 100, toUs: 200, samples: 2, missing: 7 });
    const { lines, ...counts } = new GapOverview().of([ledger]);
    assert.deepEqual(counts, { open: 0, filled: 0, missing: 1 });
    assert.deepEqual(
      lines.map(({ filled, missing, expected, isOpen }) => [filled, missing, expected, isOpen]),
      [[2, 7, 9, false]],
    );
    assert.deepEqual(new GapOverview(0).of([ledger]), { lines: [], open: 0, filled: 0, missing: 1 });
  });

  it("joins what stands in several ledgers: open while it is open in one of them", () => {
    const [a, b] = ledgers as [GapLedger, GapLedger];
    for (const ledger of ledgers) ledger.note(gap(100, 200, { expected: 5 }));
    b.note(gap(300, 400, { source: "other" }));
    const overview = new GapOverview();
    const shown = () => {
      const { lines, ...counts } = overview.of(ledgers);
      return { ...counts, lines: lines.map(({ source, filled, isOpen }) => ({ source, filled, isOpen })) };
    };
    const other = { source: "other", filled: 0, isOpen: true };
    assert.deepEqual(shown(), {
      open: 2,
      filled: 0,
      missing: 0,
      lines: [other, { source: "s", filled: 0, isOpen: true }],
    });
    const fill = (ledger: GapLedger) =>
      ledger.backfill(ledger.query({ source: "s" })[0]!.id, { fromUs: 100, toUs: 200, samples: 5 });
    fill(a);
    assert.deepEqual(shown(), {
      open: 2,
      filled: 0,
      missing: 0,
      lines: [other, { source: "s", filled: 0, isOpen: true }],
    });
    fill(b);
    assert.deepEqual(shown(), {
      open: 1,
      filled: 1,
      missing: 0,
      lines: [other, { source: "s", filled: 5, isOpen: false }],
    });
  });

  it("shows the newest 200 of ten thousand, and asks the disk only after a change", () => {
    const file = join(folder.path, "many", "gaps.sqlite");
    new GapLedger(file).close();
    // All in one transaction, as a ledger that was used for years would be copied.
    const database = new DatabaseSync(file);
    database.exec(`BEGIN;
      WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
      INSERT INTO gap (source, addresses, from_us, to_us, cause, state, noted_us)
      SELECT 's', '["x"]', i * 100, i * 100 + 50, 'silent', iif(i % 2 = 1, 'closed', 'open'), 0 FROM n; COMMIT`);
    database.close();
    const ledger = new GapLedger(file);
    ledgers.push(ledger);
    let asked = 0;
    const watched = new Proxy(ledger, {
      get(target, key) {
        if (key === "newestClosed" || key === "closedCounts") asked++;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const overview = new GapOverview();
    const seen = overview.of([watched]);
    assert.deepEqual([seen.open, seen.filled, seen.lines.length], [5000, 5000, 200]);
    assert.deepEqual(
      seen.lines.map(({ fromUs }) => fromUs),
      Array.from({ length: 200 }, (_, i) => 999_800 - i * 200),
    );
    const before = asked;
    assert.equal(overview.of([watched]), seen);
    assert.equal(asked, before);
    ledger.note(gap(2e6, 3e6));
    assert.equal(overview.of([watched]).open, 5001);
    assert.ok(asked > before);
  });
});
