import assert from "node:assert/strict";
import { FindingLog } from "../../nodes/dashboard/look/finding-log.ts";
import type { Finding } from "../../runtime/diagnose/finding.ts";

const finding = (id: string, active: boolean, priority: 1 | 2 | 3 = 2): Finding => ({
  kind: "finding",
  id,
  twin: "acme/oven1",
  contributions: [],
  score: 2,
  limit: 1,
  active,
  sinceUs: 1,
  timeUs: 2,
  priority,
  title: id,
  reason: "",
  action: "",
});

describe("the log of findings on a page", () => {
  it("keeps the causes of those that last, the newest word on each", () => {
    const log = new FindingLog();
    const cause = (id: string, title: string): object => ({ kind: "cause", id, title });
    log.take(finding("a", true));
    log.take(finding("b", true, 1));
    log.take(cause("a", "fan"));
    log.take(cause("a", "nozzle"));
    log.take(cause("gone", "nobody asked"));
    assert.deepEqual(
      log.active.map(({ id }) => [id, log.causeOf(id)?.title]),
      [
        ["b", undefined],
        ["a", "nozzle"],
      ],
    );
    assert.equal(log.causeOf("gone"), undefined);
    log.take(finding("a", false));
    assert.deepEqual([log.causeOf("a"), log.ended.length], [undefined, 1]);
    for (const wrong of [undefined, 3, "x", { kind: "frame" }])
      assert.throws(() => log.take(wrong), { code: "not-a-finding" });
  });
});
