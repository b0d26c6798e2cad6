import assert from "node:assert/strict";
import { WaitingLine } from "../../runtime/compute/waiting-line.ts";

describe("the line of requests", () => {
  const entry = (name: string, priority: number, deadlineAtMs: number) => ({ name, priority, deadlineAtMs });

  it("orders by priority, then by deadline, then by coming", () => {
    const line = new WaitingLine<ReturnType<typeof entry>>();
    for (const one of [
      entry("late", 0, 900),
      entry("first of equals", 0, 500),
      entry("second of equals", 0, 500),
      entry("background", -1, 1),
      entry("soon", 0, 100),
      entry("urgent, late", 5, 2000),
      entry("urgent, soon", 5, 1000),
    ]) {
      line.add(one);
    }
    assert.equal(line.first!.name, "urgent, soon");
    assert.deepEqual(
      line.takeAll().map(({ name }) => name),
      [
        ...["urgent, soon", "urgent, late", "soon", "first of equals", "second of equals"],
        ...["late", "background"],
      ],
    );
  });

  it("lets go of one that gave up", () => {
    const line = new WaitingLine<ReturnType<typeof entry>>();
    const [a, b] = [entry("a", 0, 1), entry("b", 0, 2)];
    line.add(a);
    line.add(b);
    assert.equal(line.remove(a), true);
    assert.equal(line.remove(a), false);
    assert.equal(line.length, 1);
    assert.equal(line.take(), b);
    assert.equal(line.take(), undefined);
  });
});
