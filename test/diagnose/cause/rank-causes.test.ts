import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import { CaseBook } from "../../../runtime/diagnose/cause/case-book.ts";
import type { CauseMessage } from "../../../runtime/diagnose/cause/cause.ts";
import { PlantStructure } from "../../../runtime/diagnose/cause/plant-structure.ts";
import { type CauseQuestion, rankCauses } from "../../../runtime/diagnose/cause/rank-causes.ts";
import type { RecentChange } from "../../../runtime/diagnose/cause/recent-change.ts";
import type { Columns } from "../../../runtime/diagnose/columns.ts";

const TWIN = "acme/oven";
const PERIOD_US = 10e6;
const ROWS = 400;
const FAULT_ROW = 350;
const NAMES = ["zone1/air", "zone2/air", "zone3/air", "zone3/burner", "belt/speed"].map(
  (p) => `${TWIN}/${p}`,
);

/** Noise; from the fault on zone 1 goes up by 6, zone 2 by 5 three rows later, zone 3 by 6 six rows later. */
function recent(
  seed: number,
  shifts: readonly (readonly [signal: number, by: number, after: number])[],
): Columns {
  const random = new Random(seed);
  const values = NAMES.map(() => Float64Array.from({ length: ROWS }, () => 100 + random.normal()));
  for (const [signal, by, after] of shifts) {
    for (let r = FAULT_ROW + after; r < ROWS; r++) values[signal]![r]! += by;
  }
  return { names: NAMES, values, timeUs: Float64Array.from({ length: ROWS }, (_, r) => r * PERIOD_US) };
}
const CHAIN = [
  [0, 6, 0],
  [1, 5, 3],
  [2, 6, 6],
] as const;

function ask(columns: Columns, given: Partial<CauseQuestion> = {}): CauseMessage {
  const sinceUs = (FAULT_ROW + 12) * PERIOD_US;
  return rankCauses({
    finding: { id: "f1", twin: TWIN, title: "Zone 3 too hot", sinceUs, timeUs: sinceUs, contributions: [] },
    recent: columns,
    structure: new PlantStructure({ twin: TWIN, properties: NAMES.map((address) => ({ address })) }),
    changes: [],
    cases: new CaseBook(),
    words: (address) => address.slice(TWIN.length + 1).replace("/", " "),
    ...given,
  });
}
const change = (kind: RecentChange["kind"], address: string, row: number, what: string): RecentChange => ({
  kind,
  address: `${TWIN}/${address}`,
  timeUs: row * PERIOD_US,
  what,
});

describe("diagnose/cause ranking", () => {
  it("leads a fault that runs through the zones back to the first, in every one of 20 draws", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { causes, onsetUs, confidence, degraded } = ask(recent(seed, CHAIN));
      assert.equal(causes[0]!.id, NAMES[0], `seed ${seed}: ${causes.map(({ id }) => id)}`);
      assert.ok(Math.abs(onsetUs / PERIOD_US - FAULT_ROW) <= 2);
      assert.equal(confidence, causes[0]!.belief);
      assert.deepEqual(degraded, []);
      const total = causes.reduce((sum, { belief }) => sum + belief, 0);
      assert.ok(total > 0.95 && total <= 1 + 1e-9, String(total));
    }
  });

  it("says why with figures: share, who moved first, lag and correlation, where it stands", () => {
    const { causes, title } = ask(recent(1, CHAIN));
    assert.match(title, /^Likely cause: Zone1 air rose first$/);
    const evidence = causes[0]!.evidence.join(" ");
    assert.match(evidence, /Zone1 air carries \d+ % of what is not normal\./);
    assert.match(evidence, /Zone1 air rose at 00:58:\d\d UTC, before or with all others\./);
    assert.match(
      evidence,
      /Zone\d air follows zone1 air by [\d.]+ (s|min) \(correlation 0\.\d\d, which stands before it\)\./,
    );
  });

  it("believes a place downstream less than one that feeds it", () => {
    const feeds = [
      { from: "zone3", to: "zone2" },
      { from: "zone2", to: "zone1" },
    ];
    const properties = NAMES.map((address) => ({ address }));
    const against = ask(recent(1, CHAIN), {
      structure: new PlantStructure({ twin: TWIN, properties, feeds }),
    });
    const along = ask(recent(1, CHAIN));
    const beliefIn = ({ causes }: CauseMessage) => causes.find(({ id }) => id === NAMES[0])!.belief;
    assert.ok(beliefIn(along) > beliefIn(against) + 0.1, `${beliefIn(along)} ${beliefIn(against)}`);
  });

  it("finds a change that reaches what moved first, and not one that came later or lies long back", () => {
    const columns = recent(2, [
      [2, 6, 1],
      [3, 8, 0],
    ]);
    const what = "Zone 3 setpoint set from 190 to 196 °C";
    const named = ask(columns, {
      changes: [
        change("setpoint", "zone3/airSetpoint", FAULT_ROW - 1, what),
        change("maintenance", "belt", FAULT_ROW - 5, "belt tightened"),
        change("order", "zone3", FAULT_ROW + 30, "order 2 began"),
        change("maintenance", "zone3", 20, "burner cleaned"),
      ],
    });
    assert.equal(named.causes[0]!.kind, "change");
    assert.equal(named.causes[0]!.title, what);
    assert.match(
      named.causes[0]!.evidence[0]!,
      /at 00:58:10 UTC, \d+ s before the first signal left normal|as the first/,
    );
    const titles = named.causes.map(({ title }) => title);
    assert.ok(!titles.includes("order 2 began") && !titles.includes("burner cleaned"), titles.join());
    const belt = named.causes.find(({ title }) => title === "belt tightened");
    assert.ok(belt === undefined || belt.belief < named.causes[0]!.belief / 2);
  });

  it("learns: each like case counts as one against the three of the ranking", () => {
    const plain = ask(recent(1, CHAIN));
    const cases = new CaseBook();
    const confirm = (cause: string): void =>
      cases.add({ signature: plain.signature, cause, timeUs: Date.UTC(2026, 4, 3) * 1000, by: "ann" });
    confirm("door left open");
    const once = ask(recent(1, CHAIN), { cases });
    const found = once.causes.find(({ id }) => id === "door left open")!;
    assert.equal(found.kind, "case");
    assert.ok(Math.abs(found.belief - 1 / 4) < 1e-9, String(found.belief));
    assert.ok(Math.abs(once.causes[0]!.belief - 0.75 * plain.causes[0]!.belief) < 1e-9);
    for (let i = 0; i < 3; i++) confirm("door left open");
    const often = ask(recent(1, CHAIN), { cases });
    assert.equal(often.causes[0]!.id, "door left open");
    assert.ok(Math.abs(often.confidence - 4 / 7) < 1e-9);
    assert.deepEqual(often.causes[0]!.evidence, ["Confirmed in 4 like cases, last on 2026-05-03."]);
    confirm(NAMES[1]!);
    const corrected = ask(recent(1, CHAIN), { cases });
    const second = corrected.causes.find(({ id }) => id === NAMES[1])!;
    assert.match(second.evidence[0]!, /Confirmed in a like case/);
    // The opposite pattern is another case.
    const down = ask(
      recent(
        1,
        CHAIN.map(([s, by, after]) => [s, -by, after] as const),
      ),
      { cases },
    );
    assert.ok(down.causes.every(({ id }) => id !== "door left open"));
  });

  it("states what it could not use, and never gives a number that is none", () => {
    const normal = recent(1, CHAIN);
    const told = [{ address: NAMES[4]!, share: 1 }];
    const finding = (sinceUs: number, contributions = told): CauseQuestion["finding"] => ({
      id: "f1",
      twin: TWIN,
      title: "x",
      sinceUs,
      timeUs: sinceUs,
      contributions,
    });
    const early = ask(normal, { finding: finding(10 * PERIOD_US) });
    assert.deepEqual(early.degraded, ["too few rows before the finding to compare with"]);
    assert.deepEqual([early.causes[0]!.id, early.confidence], [NAMES[4], 1]);
    const none = ask({ names: [], values: [], timeUs: new Float64Array(0) }, { finding: finding(5e6, []) });
    assert.deepEqual([none.causes.length, none.confidence, none.title], [0, 0, "No cause found: x"]);

    const broken: Columns = {
      ...normal,
      values: normal.values.map((values, c) =>
        c === 3
          ? values.map(() => 7)
          : values.map((x, r) => (r % 7 === c ? [Number.NaN, Number.POSITIVE_INFINITY][r % 2]! : x)),
      ),
    };
    const answer = ask(broken);
    assert.equal(answer.causes[0]!.id, NAMES[0]);
    assert.match(answer.degraded[0]!, /^1 signals did not move/);
    for (const { belief } of answer.causes) assert.ok(belief >= 0 && belief <= 1);
    assert.ok(!/NaN|Infinity|undefined/.test(JSON.stringify(answer)));
    const odd = [
      { address: NAMES[0]!, share: Number.NaN },
      { address: "elsewhere", share: 1 },
    ];
    assert.ok(!/NaN|null/.test(JSON.stringify(ask(normal, { finding: finding(362 * PERIOD_US, odd) }))));
  });

  it("refuses rows that are not in time", () => {
    const columns = recent(1, CHAIN);
    columns.timeUs[9] = 0;
    assert.throws(() => ask(columns), { code: "unordered-time" });
  });

  it("answers the same question with the same words", () => {
    assert.deepEqual(ask(recent(4, CHAIN)), ask(recent(4, CHAIN)));
  });
});
