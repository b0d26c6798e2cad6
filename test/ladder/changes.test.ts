import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChangeFile } from "../../runtime/ladder/change-file.ts";
import { type ChangeStore, RecentChanges } from "../../runtime/ladder/change-store.ts";
import type { RungChange } from "../../runtime/ladder/verdict.ts";
import { OVEN } from "./draw.ts";
import { LOOP, ladderAt, record, SECOND } from "./ladder-rig.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rung-changes-"));
  file = join(folder, "history", "ladder.sqlite");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const held = (twin: string, from: number, to: number, timeUs: number) =>
  ({
    kind: "held",
    twin,
    from,
    to,
    row: 1,
    cause: `${from} to ${to}`,
    evidence: [],
    linkTimeUs: null,
    timeUs,
  }) as RungChange;

describe("ladder: changes are events", () => {
  it("each of a row and of the held rung, with cause, evidence and both times", () => {
    const { board, clock, service, run } = ladderAt(2);
    run();
    board.put(record(2, "fails", { cause: "3 false alarms in 20 h", value: 3, unit: "1" }));
    run();
    const evidence = [
      { ...{ id: "oven1/2/check", what: "age p99", value: 3, unit: "1", limit: "< 3 s" }, verdict: "fails" },
    ].map((one) => ({ ...one, timeUs: 100 * SECOND }));
    const at = { evidence, linkTimeUs: clock.plantUs, timeUs: clock.wallUs };
    assert.deepEqual(service.changesOf({ limit: 2 }), [
      {
        kind: "held",
        twin: OVEN,
        from: 2,
        to: 1,
        row: 2,
        cause: "2 diagnostic: 3 false alarms in 20 h",
        ...at,
      },
      { kind: "row", twin: OVEN, row: 2, from: "holds", to: "fails", cause: "3 false alarms in 20 h", ...at },
    ]);
  });

  it("follow a row all the way, and only its changes", () => {
    const { board, service, run } = ladderAt(1);
    const fails = () => board.put(record(2, "fails"));
    const holds = () => board.put(record(2, "holds"));
    for (const next of [holds, fails, holds, holds, holds]) {
      next();
      run();
    }
    service.setFlow(LOOP.filter(({ id }) => id !== "det"));
    assert.deepEqual(
      service
        .changesOf({ kind: "row", limit: 10 })
        .map(({ from, to }) => `${from} > ${to}`)
        .reverse(),
      [
        "collecting > holds",
        "holds > fails",
        "fails > recovering",
        "recovering > holds",
        "holds > not wired",
      ],
    );
  });

  it("say when a twin is taken out of the flow", () => {
    const { service } = ladderAt(2);
    service.setFlow([]);
    const [last] = service.changesOf({ limit: 1 });
    assert.deepEqual([last!.from, last!.to, last!.cause], [2, 0, "the twin was taken out of the flow"]);
    service.setFlow([]);
    assert.equal(service.changesOf({ limit: 9, kind: "held" }).length, 2);
  });
});

const stores: Record<string, () => ChangeStore> = {
  "in memory": () => new RecentChanges(1000),
  "in a file": () => new ChangeFile(file),
};
for (const [where, make] of Object.entries(stores)) {
  describe(`ladder: changes kept ${where}`, () => {
    it("are asked for by twin, kind and time, the newest first", () => {
      const store = make();
      assert.deepEqual(store.query({ limit: 5 }), []);
      const rows = [1, 2, 3].map((t) => ({ ...held("a", 0, 1, t), kind: "row" }) as never);
      store.append([...rows, held("a", 0, 1, 3), held("b", 0, 2, 4)]);
      const asked = (question: object) =>
        store.query({ limit: 9, ...question }).map(({ twin, kind, timeUs }) => `${twin} ${kind} ${timeUs}`);
      assert.deepEqual(asked({}), ["b held 4", "a held 3", "a row 3", "a row 2", "a row 1"]);
      assert.deepEqual(asked({ twin: "a", kind: "row" }), ["a row 3", "a row 2", "a row 1"]);
      assert.deepEqual(asked({ fromUs: 2, beforeUs: 4 }), ["a held 3", "a row 3", "a row 2"]);
    });

    it("page by time, and no evaluation is torn apart", () => {
      const store = make();
      store.append([1, 2, 2, 2, 3].map((t, i) => held("a", i, i + 1, t)));
      const pages: number[][] = [];
      for (let beforeUs: number | undefined; ; ) {
        const page = store.query({ limit: 2, ...(beforeUs === undefined ? {} : { beforeUs }) });
        if (page.length === 0) break;
        pages.push(page.map(({ from }) => from as number));
        beforeUs = page.at(-1)!.timeUs;
      }
      assert.deepEqual(pages, [[4, 3, 2, 1], [0]]);
    });
  });
}

describe("ladder: changes outlive the process", () => {
  it("with the last fall of each twin; what a start brings down is told, and is no fall", () => {
    const first = new ChangeFile(file);
    const before = ladderAt(3, LOOP, first);
    before.board.put(record(3, "fails", { cause: "not shown to beat the last value" }));
    before.run();
    const fall = before.service.twin(OVEN)!.lastFall!;
    assert.equal(fall.from, 3);
    first.close();

    const second = new ChangeFile(file);
    const after = ladderAt(0, LOOP, second);
    const twin = after.service.twin(OVEN)!;
    assert.equal(twin.held, 0);
    assert.deepEqual(twin.lastFall, fall);
    const told = after.service.changes();
    assert.deepEqual(
      told.map(({ from, to }) => [from, to]),
      [
        [0, 3],
        [3, 2],
        [2, 0],
      ],
    );
    assert.equal(told.at(-1)!.cause, "Rung was started; 1 descriptive: nothing measured yet");
    assert.equal(told.at(-1)!.isStart, true);
    second.close();

    const third = new ChangeFile(file);
    assert.deepEqual(third.standings().get(OVEN), { held: 0, lastFall: fall });
    third.close();
  });

  it("and a twin that left the flow and came back begins at 0, with its last fall", () => {
    const file1 = new ChangeFile(file);
    ladderAt(3, LOOP, file1);
    file1.close();
    const file2 = new ChangeFile(file);
    const { service } = ladderAt(2, LOOP, file2);
    service.setFlow([]);
    service.setFlow(LOOP);
    assert.deepEqual(
      service.changes().map(({ from, to, isStart }) => [from, to, isStart === true]),
      [
        [0, 3, false],
        [3, 2, true],
        [2, 0, false],
        [0, 2, false],
      ],
    );
    assert.equal(service.twin(OVEN)!.lastFall!.cause, "the twin was taken out of the flow");
    file2.close();
  });

  it("are read by others while they are written, and a process that only judges makes no file", () => {
    const writer = new ChangeFile(file);
    ladderAt(0, LOOP, writer);
    assert.equal(existsSync(file), false, "nothing has changed");
    writer.append([held("a", 0, 1, 1)]);
    const reader = new ChangeFile(file, { readOnly: true });
    assert.equal(reader.query({ limit: 9 }).length, 1);
    writer.append([held("a", 1, 0, 2)]);
    assert.equal(reader.query({ limit: 9 }).length, 2);
    assert.throws(() => reader.append([held("a", 0, 1, 3)]), { code: "ladder-changes-broken" });
    reader.close();
    writer.close();
  });

  it("keep at most 20,000 of a kind: rows that flicker push out no change of a held rung", () => {
    const store = new ChangeFile(file);
    store.append([held("a", 0, 1, 1)]);
    const rows = Array.from({ length: 22_000 }, (_, i) => ({ ...held("a", 0, 1, i), kind: "row" }) as never);
    store.append(rows);
    store.append([held("a", 1, 2, 2)]);
    assert.equal(store.query({ kind: "row", limit: 60_000 }).length, 20_000);
    assert.equal(store.query({ kind: "held", limit: 60_000 }).length, 2);
    store.close();
  });

  it("wait in memory while the file cannot be written, and the ladder judges on", async () => {
    const blocked = join(folder, "history");
    writeFileSync(blocked, "a file where a folder should be");
    const store = new ChangeFile(file);
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
    const { board, service, run } = ladderAt(2, LOOP, store);
    assert.equal(run().held, 2);
    assert.match((await warned).message, /changes of the ladder: .*ladder\.sqlite/);
    board.put(record(2, "fails"));
    assert.equal(run().held, 1);
    assert.deepEqual(
      service.changes().map(({ from, to }) => [from, to]),
      [
        [0, 2],
        [2, 1],
      ],
    );
    rmSync(blocked);
    run();
    assert.deepEqual(
      store.query({ kind: "held", limit: 9 }).map(({ from, to }) => [from, to]),
      [
        [2, 1],
        [0, 2],
      ],
    );
    store.close();
  });
});
