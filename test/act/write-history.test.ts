import assert from "node:assert/strict";
import { historyFrom } from "../../runtime/act/audit/audit-recall.ts";
import { LONGEST_LIFE_US } from "../../runtime/act/proposal.ts";
import { KEEP_IDS, WriteHistory } from "../../runtime/act/write-history.ts";

const NOW = 1_790_000_000e6;

describe("ids of proposals against replay", () => {
  const later = NOW + LONGEST_LIFE_US;
  /** With more ids than are kept once they are expired. */
  function filled(): WriteHistory {
    const history = new WriteHistory();
    for (let i = 0; i < KEEP_IDS; i++) history.see(`p${i}`, NOW + 60e6, NOW);
    return history;
  }

  it("of expired ones the newest are kept, and the oldest forgotten beyond a number", () => {
    const history = filled();
    history.prune(later);
    assert.equal(history.hasSeen("p0"), true, "a clock that steps back would make it fresh again");
    history.see("one more", NOW + 60e6, NOW);
    history.prune(NOW);
    assert.equal(history.hasSeen("p0"), true, "not expired yet");
    history.prune(later);
    assert.deepEqual(
      ["p0", "p1", "one more"].map((id) => history.hasSeen(id)),
      [false, true, true],
      "one too many: only the oldest goes",
    );
  });

  it("one that comes again is among the newest", () => {
    const history = filled();
    history.see("p0", NOW + 60e6, NOW);
    history.see("one more", NOW + 60e6, NOW);
    history.prune(later);
    assert.deepEqual(
      ["p0", "p1"].map((id) => history.hasSeen(id)),
      [true, false],
    );
  });

  it("one that says it lives for ever is remembered as long as a proposal may live, and no longer", () => {
    const history = new WriteHistory();
    history.see("for ever", 1e300, NOW);
    for (let i = 0; i < KEEP_IDS; i++) history.see(`p${i}`, 1e300, NOW);
    history.prune(later - 1);
    assert.equal(history.hasSeen("for ever"), true);
    history.prune(later);
    assert.equal(history.hasSeen("for ever"), false);
  });

  it("it is the same where they come back from the audit", () => {
    const line = { seq: 1, at: "", event: "decision", previous: "", hash: "" };
    const data = { outcome: "expiry-too-far", expiresUs: 1e300, plantTimeUs: NOW };
    const history = historyFrom(
      Array.from({ length: KEEP_IDS + 1 }, (_, i) => ({ ...line, data: { ...data, id: `p${i}` } })),
    );
    history.prune(later - 1);
    assert.equal(history.hasSeen("p0"), true);
    history.prune(later);
    assert.equal(history.hasSeen("p0"), false);
  });
});
