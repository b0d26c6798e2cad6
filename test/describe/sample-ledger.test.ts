import assert from "node:assert/strict";
import type { HistorianCounts } from "../../runtime/describe/historian/history-types.ts";
import { SampleLedger } from "../../runtime/describe/historian/sample-ledger.ts";

const became = ({ stored, queued, deduplicated, dropped }: HistorianCounts): number =>
  stored + queued + deduplicated + Object.values(dropped).reduce((sum, rows) => sum + rows, 0);

describe("ledger of samples", () => {
  it("accounts for every sample of every source after each step", () => {
    const ledger = new SampleLedger();
    const steps = [
      () => ledger.queue("a", 40),
      () => ledger.queue("b", 5),
      () => ledger.refuse("a", 7, "queue-full"),
      () => ledger.keep("a", 30, 10),
      () => ledger.lose("b", 5, "history-write"),
      () => ledger.refuse("b", 2, "closed"),
      () => ledger.queue("a", 3),
    ];
    for (const step of steps) {
      step();
      for (const counts of [ledger.total(), ...ledger.bySource().values()])
        assert.equal(counts.received, became(counts));
    }
    assert.equal(ledger.queued, 3);
    assert.deepEqual(Object.fromEntries(ledger.bySource()), {
      a: { received: 50, stored: 30, queued: 3, deduplicated: 10, dropped: { "queue-full": 7 } },
      b: { received: 7, stored: 0, queued: 0, deduplicated: 0, dropped: { "history-write": 5, closed: 2 } },
    });
    assert.deepEqual(ledger.total(), {
      received: 57,
      stored: 30,
      queued: 3,
      deduplicated: 10,
      dropped: { "queue-full": 7, "history-write": 5, closed: 2 },
    });
  });

  it("counts what retention drops beside what was stored, and leaves that as it was", () => {
    const ledger = new SampleLedger();
    ledger.queue("a", 10);
    ledger.keep("a", 9, 1);
    ledger.expire("a", 4);
    ledger.expire("a", 3);
    ledger.expire("b", 2);
    assert.deepEqual(
      [...ledger.expired],
      [
        ["a", 7],
        ["b", 2],
      ],
    );
    assert.deepEqual(ledger.total(), { received: 10, stored: 9, queued: 0, deduplicated: 1, dropped: {} });
  });
});
