import assert from "node:assert/strict";
import { restingOn, type Verdict } from "../../runtime/core/evidence.ts";
import type { RungChange } from "../../runtime/ladder/verdict.ts";
import { draw, OVEN, pieces } from "./draw.ts";
import { LOOP, ladderAt, record, SECOND } from "./ladder-rig.ts";

describe("judge: held rung by evidence", () => {
  it("without any evidence holds rung 0 only, and every wired row is collecting", () => {
    const twin = ladderAt(0).step();
    assert.equal(twin.held, 0);
    assert.equal(twin.wired, 5);
    assert.deepEqual(
      twin.rows.map(({ verdict }) => verdict),
      ["holds", "collecting", "collecting", "collecting", "collecting", "collecting"],
    );
    assert.equal(twin.rows[1]!.fact, "nothing measured yet");
    assert.equal(twin.rows[0]!.fact, "state loaded");
  });

  for (const rung of [1, 2, 3, 4, 5] as const) {
    it(`holds ${rung} with evidence up to row ${rung}`, () => assert.equal(ladderAt(rung).step().held, rung));
  }

  it("a row above a gap is a capability", () => {
    const { board, step } = ladderAt(1);
    board.put(record(4, "holds"));
    const twin = step();
    assert.equal(twin.held, 1);
    assert.deepEqual(twin.heldCapabilities, [0, 1, 4]);
  });

  it("collecting does not hold, and says how far it is", () => {
    const { board, step } = ladderAt(2);
    board.put(record(3, "collecting", { what: "forecasts scored", progress: { n: 12, of: 100 } }));
    const twin = step();
    assert.equal(twin.held, 2);
    assert.equal(twin.rows[3]!.fact, "forecasts scored: collecting 12 of 100");
  });

  it("one failing record among many decides a row, with its cause", () => {
    const { board, step } = ladderAt(5);
    board.put(record(2, "fails", { id: "oven1/2/rate", cause: "3 false alarms in 20 h, 1 allowed" }));
    const twin = step();
    assert.equal(twin.held, 1);
    assert.equal(twin.rows[2]!.fact, "3 false alarms in 20 h, 1 allowed");
    assert.deepEqual(twin.heldCapabilities, [0, 1, 3, 4, 5]);
    assert.deepEqual(
      twin.rows[2]!.evidence.map(({ verdict }) => verdict),
      ["fails", "holds"],
    );
  });

  it("says value and limit where a failing record names no cause", () => {
    const { board, step } = ladderAt(1);
    board.put(record(1, "fails", { value: 12.34 }));
    assert.equal(step().rows[1]!.fact, "age p99 12.3 s, limit < 3 s");
  });

  it("evidence of a row that is not wired raises nothing", () => {
    const { board, step } = ladderAt(5, draw("src opcua-source > st state > his history"));
    board.put(record(2, "holds", { node: "st" }));
    const twin = step();
    assert.equal(twin.held, 1);
    assert.equal(twin.rows[2]!.verdict, "not wired");
    assert.equal(twin.rows[2]!.fact, "needs a detector");
  });

  it("evidence of a node on no path of the twin counts for nothing", () => {
    const { board, step } = ladderAt(2);
    board.put(record(3, "holds", { node: "loose" }));
    assert.equal(step().held, 2);
    board.put(record(3, "holds", { node: "fc" }));
    assert.equal(step().held, 3);
  });

  it("tells a node that is on no path from one on a path, and from one it does not know", () => {
    const { service } = ladderAt(0);
    const isOff = ["loose", "src", "st", "in a subflow"].map((node) => service.isOffPath(OVEN, node));
    assert.deepEqual(isOff, [true, false, false, false]);
    assert.equal(service.isOffPath("acme/other", "src"), true);
  });

  it("evidence about another twin counts for nothing", () => {
    const { board, step } = ladderAt(2);
    board.put(record(3, "holds", { twin: `${OVEN}x` }));
    assert.equal(step().held, 2);
  });

  it("periodic evidence holds until its time, on the link's clock", () => {
    const { board, clock, step } = ladderAt(3);
    board.put(record(4, "holds", { what: "logger run", validUntilUs: 200 * SECOND }));
    assert.equal(step().held, 4);
    clock.plantUs = 200 * SECOND;
    assert.equal(step().held, 4);
    clock.plantUs = 200 * SECOND + 1;
    const twin = step();
    assert.equal(twin.held, 3);
    assert.equal(twin.rows[4]!.fact, "logger run was valid until 1970-01-01 00:03 UTC");
  });
});

describe("judge: continuous evidence dies with its source", () => {
  const resting = (clockUs: number) => restingOn(clockUs, 5 * SECOND);
  const ladderOnSource = () => {
    const rig = ladderAt(1);
    for (const row of [2, 3, 4] as const) rig.board.put(record(row, "holds", resting(100 * SECOND)));
    return rig;
  };

  it("capabilities fall in the evaluation after ten periods without a sample, and name the cause", () => {
    const { clock, step } = ladderOnSource();
    assert.deepEqual(step().heldCapabilities, [0, 1, 2, 3, 4]);
    clock.plantUs = 150 * SECOND;
    assert.deepEqual(step().heldCapabilities, [0, 1, 2, 3, 4]);
    clock.plantUs = 150 * SECOND + 1;
    const twin = step();
    assert.deepEqual(twin.heldCapabilities, [0, 1]);
    for (const row of [2, 3, 4]) {
      assert.equal(twin.rows[row]!.verdict, "fails");
      assert.equal(twin.rows[row]!.fact, "age p99: no sample since 1970-01-01 00:01:40 UTC");
    }
  });

  it("without an open link no clock tells its age, so it does not hold at all", () => {
    const { board, clock, step } = ladderAt(0);
    for (const row of [2, 3, 4] as const) board.put(record(row, "holds", resting(100 * SECOND)));
    assert.deepEqual(step().heldCapabilities, [0, 2, 3, 4]);
    clock.isOpen = false;
    assert.deepEqual(step().heldCapabilities, [0]);
  });

  it("an engine is asked at each evaluation; one that only repeats itself runs out, one that fails is the cause", async () => {
    const { board, clock, service, step } = ladderAt(1);
    let newestUs = 100 * SECOND;
    let isBroken = false;
    const end = board.measuredBy("det", () => {
      if (isBroken) throw new Error("no detector any more");
      return [
        {
          ...record(2, "holds"),
          newestSampleUs: newestUs,
          validUntilUs: newestUs + 50 * SECOND,
          periodUs: 0,
        },
      ];
    });
    const hung = resting(100 * SECOND);
    board.measuredBy("fc", () => [record(3, "holds", hung)]);
    assert.deepEqual(step().heldCapabilities, [0, 1, 2, 3]);
    clock.plantUs = newestUs = 300 * SECOND;
    assert.deepEqual(step().heldCapabilities, [0, 1, 2]);
    isBroken = true;
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
    assert.deepEqual(step().heldCapabilities, [0, 1]);
    assert.match((await warned).message, /evidence of det: no detector any more/);
    assert.equal(service.twin(OVEN)!.rows[2]!.fact, "its engine failed: no detector any more");
    isBroken = false;
    step();
    assert.deepEqual(step().heldCapabilities, [0, 1, 2]);
    end();
    assert.deepEqual(step().heldCapabilities, [0, 1]);
    assert.equal(service.twin(OVEN)!.rows[2]!.fact, "nothing measured yet");
  });
});

describe("judge: a clock that steps back", () => {
  it("keeps no evidence valid that an engine which hangs took before the step", () => {
    const { board, clock, service, step } = ladderAt(2);
    clock.plantUs = 1000 * SECOND;
    board.put({
      ...record(2, "holds"),
      newestSampleUs: 1000 * SECOND,
      validUntilUs: 1050 * SECOND,
    });
    assert.equal(step().held, 2);
    clock.plantUs = 951 * SECOND;
    assert.equal(step().held, 2, "as far ahead as it may be behind");
    clock.plantUs = 900 * SECOND;
    assert.equal(step().held, 1);
    assert.match(service.twin(OVEN)!.rows[2]!.fact, /1970-01-01 00:16:40 UTC, is ahead of the link's clock$/);
  });
});

describe("judge: falls and recoveries", () => {
  it("falls within one evaluation; where evidence has no period it recovers after two", () => {
    const { board, clock, service, step } = ladderAt(4);
    const seen: RungChange[] = [];
    service.subscribe((_, changes) => seen.push(...changes));
    assert.equal(step().held, 4);
    board.put(record(1, "fails", { cause: "no sample from zone 3 for 12 s" }));
    const fallen = step();
    assert.equal(fallen.held, 0);
    const { id, what, value, unit, limit, timeUs } = record(1, "fails");
    const fall = {
      kind: "held",
      twin: OVEN,
      from: 4,
      to: 0,
      row: 1,
      cause: "1 descriptive: no sample from zone 3 for 12 s",
      evidence: [{ id, what, value, unit, limit, verdict: "fails", timeUs }],
      linkTimeUs: clock.plantUs,
      timeUs: clock.wallUs,
    };
    assert.deepEqual(fallen.lastFall, fall);
    board.put(record(1, "holds"));
    const recovering = step();
    assert.equal(recovering.held, 0);
    assert.equal(recovering.rows[1]!.verdict, "recovering");
    assert.equal(recovering.rows[1]!.fact, "holds again, 1 of 2 evaluations");
    assert.equal(step().held, 4);
    assert.deepEqual(
      seen.map(({ from, to }) => [from, to]),
      [
        [4, 0],
        [0, 4],
      ],
    );
    assert.deepEqual(service.changes().at(-2), fall);
    assert.deepEqual(service.twin(OVEN)!.lastFall, fall);
  });

  it("flickering evidence never recovers", () => {
    const { board, step } = ladderAt(2);
    step();
    for (let i = 0; i < 10; i++) {
      board.put(record(2, i % 2 === 0 ? "fails" : "holds"));
      assert.equal(step().held, 1);
    }
  });

  it("collecting again after a redeploy lowers it too", () => {
    const { board, step } = ladderAt(3);
    assert.equal(step().held, 3);
    board.retract("fc");
    assert.equal(step().held, 2);
  });

  it("a wire taken away lowers it at the next deploy, and is the cause", () => {
    const { service } = ladderAt(5);
    const cut = LOOP.map((node) => (node.id === "st" ? { ...node, wires: [["his", "det", "wi"]] } : node));
    const twin = service.setFlow(cut).twins[0]!;
    assert.equal(twin.held, 2);
    assert.equal(twin.lastFall!.cause, "3 predictive: needs a forecast");
  });

  it("at its target it is enough", () => {
    const flow = LOOP.map((node) =>
      node.id === "oven" ? { ...node, targetRung: 2, objective: "explain faults" } : node,
    );
    assert.equal(ladderAt(1, flow).step().enough, false);
    assert.equal(ladderAt(2, flow).step().enough, true);
  });

  it("a subscriber that fails does not keep the others from the news", async () => {
    const { service } = ladderAt(1);
    let told = 0;
    service.subscribe(() => {
      throw new Error("broken listener");
    });
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
    const end = service.subscribe(() => told++);
    service.evaluate();
    assert.match((await warned).message, /broken listener/);
    end();
    service.evaluate();
    assert.equal(told, 1);
  });
});

describe("judge: federation", () => {
  const PAINT = "acme/leipzig/paint";
  const BOOTH = `${PAINT}/booth1`;
  const SITE = "acme/leipzig";
  const LINE = `${PAINT}/line1`;
  const twin = (name: string, address: string, parent?: string) => ({
    type: "rung-twin",
    name,
    address,
    ...(parent === undefined ? {} : { parent }),
  });
  /** A site of a paint shop of an oven, wired for 2, and a booth, wired for 1. */
  const flow = draw(
    "src opcua-source > st state > his history; st > det detect; s2 opcua-source > st2 state > h2 history",
    {
      site: twin("site", SITE),
      paint: twin("paint", PAINT, "site"),
      oven: { parent: "paint" },
      booth: twin("booth 1", BOOTH, "paint"),
      st2: { twin: "booth" },
    },
  );
  const more = (nodes: Record<string, object>) => [
    ...flow,
    ...Object.entries(nodes).map(([id, fields]) => ({ id, ...fields })),
  ];
  function federation(drawn: unknown = flow) {
    const rig = ladderAt(2, drawn);
    const booth = (verdict: Verdict, cause?: string) => {
      rig.board.put({
        ...record(1, verdict),
        id: "booth1/1/age",
        twin: BOOTH,
        node: "st2",
        ...(cause && { cause }),
      });
      rig.run();
    };
    booth("holds");
    const held = (...addresses: string[]) => addresses.map((address) => rig.service.twin(address)?.held);
    return { ...rig, booth, held };
  }

  it("a parent falls with its weakest needed part, and names it", () => {
    const { booth, held, service } = federation();
    assert.deepEqual(held(PAINT, BOOTH, OVEN), [1, 1, 2]);
    booth("fails", "silent for 20 s");
    assert.deepEqual(held(PAINT, BOOTH, OVEN), [0, 0, 2]);
    const { cause, row, evidence } = service.twin(PAINT)!.lastFall!;
    assert.equal(cause, "booth 1 holds 0: silent for 20 s");
    assert.equal(row, null);
    assert.deepEqual(
      evidence.map(({ id, verdict }) => [id, verdict]),
      [["booth1/1/age", "fails"]],
    );
  });

  it("and so do those above it, which name the part of the part", () => {
    const { booth, held, service } = federation();
    assert.deepEqual(held(SITE), [1]);
    booth("fails", "silent for 20 s");
    assert.deepEqual(held(SITE), [0]);
    assert.equal(
      service.twin(SITE)!.lastFall!.cause,
      "paint holds 0, since booth 1 holds 0: silent for 20 s",
    );
  });

  it("a parent comes back with its parts, and says so", () => {
    const { booth, held, service } = federation();
    booth("fails");
    booth("holds");
    booth("holds");
    assert.deepEqual(held(SITE, PAINT), [1, 1]);
    assert.equal(service.changes().findLast((change) => change.twin === SITE)!.cause, "its parts hold 1");
  });

  it("a part whose link is closed holds nothing: its evidence rests on samples that nobody can date", () => {
    const { board, clock, held, run } = federation();
    board.put({ ...record(1, "holds", restingOn(clock.plantUs, SECOND)), id: "b", twin: BOOTH, node: "st2" });
    run();
    assert.deepEqual(held(PAINT), [1]);
    clock.isOpen = false;
    run();
    assert.deepEqual(held(PAINT, BOOTH), [0, 0]);
  });

  it("a parent with a state of its own holds by its own rows, and is lent none by its parts", () => {
    const { held, board, run, service } = federation([
      ...flow,
      ...pieces("s3 opcua-source > st3 state > h3 history", { st3: { twin: "paint" } }),
    ]);
    const own = (verdict: Verdict) => {
      board.put({
        ...record(1, verdict),
        id: "paint/1/age",
        twin: PAINT,
        node: "st3",
        cause: "own link silent",
      });
      run();
    };
    assert.deepEqual(held(PAINT, BOOTH, OVEN), [0, 1, 2]);
    own("holds");
    assert.deepEqual(held(SITE, PAINT), [1, 1]);
    own("fails");
    assert.deepEqual(held(SITE, PAINT, BOOTH, OVEN), [0, 0, 1, 2]);
    assert.equal(service.twin(PAINT)!.lastFall!.row, 1);
    assert.match(service.twin(SITE)!.lastFall!.cause, /^paint holds 0: .*own link silent/);
  });

  it("a twin that nothing is wired to shows no row that its parts hold", () => {
    const { service } = federation(more({ line: twin("line 1", LINE, "paint") }));
    assert.deepEqual(service.twin(LINE)!.heldCapabilities, []);
    assert.ok(service.twin(LINE)!.rows.every(({ verdict }) => verdict === "not wired"));
  });

  it("a part that this flow says nothing about, such as one in another host, counts as 0", () => {
    const { held, service } = federation(more({ line: twin("line 1", LINE, "paint") }));
    assert.deepEqual(held(PAINT, LINE), [0, 0]);
    service.setFlow(flow);
    assert.deepEqual(held(PAINT), [1]);
    service.setFlow(more({ line: twin("line 1", LINE, "paint") }));
    assert.equal(service.twin(PAINT)!.lastFall!.cause, "line 1 holds 0: nothing in this flow is wired to it");
  });

  it("a part that is not needed lowers nobody", () => {
    const spare = { ...twin("line 1", LINE, "paint"), needed: false, neededReason: "stands still till May" };
    assert.deepEqual(federation(more({ line: spare })).held(SITE, PAINT, LINE), [1, 1, 0]);
  });
});
