import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "../../../runtime/core/random.ts";
import { blameWalk } from "../../../runtime/diagnose/cause/blame-walk.ts";
import { CaseBook, likeness, signatureOf } from "../../../runtime/diagnose/cause/case-book.ts";
import { CaseBooks } from "../../../runtime/diagnose/cause/case-books.ts";
import { laggedCorrelation } from "../../../runtime/diagnose/cause/lagged-correlation.ts";
import { onsetOf } from "../../../runtime/diagnose/cause/onset.ts";
import { PlantStructure, readFeeds } from "../../../runtime/diagnose/cause/plant-structure.ts";
import { ChangeLog, changeReach, readChange } from "../../../runtime/diagnose/cause/recent-change.ts";
import { RecentRows } from "../../../runtime/diagnose/cause/recent-rows.ts";

const noise = (rows: number, seed: number): Float64Array => {
  const random = new Random(seed);
  return Float64Array.from({ length: rows }, () => random.normal());
};

describe("diagnose/cause onset", () => {
  it("dates a step of four standard deviations to within two rows, and its direction", () => {
    for (let seed = 1; seed <= 50; seed++) {
      const z = noise(200, seed).map((value, r) => value + (r >= 150 ? -4 : 0));
      const { row, direction } = onsetOf(z, 120);
      assert.equal(direction, -1);
      assert.ok(Math.abs(row - 150) <= 2, `seed ${seed}: ${row}`);
    }
  });

  it("finds none in normal noise, in a wander that normal rows had, in gaps, or in one wild value", () => {
    let found = 0;
    for (let seed = 1; seed <= 200; seed++) if (onsetOf(noise(200, seed), 120).row >= 0) found++;
    assert.ok(found <= 10, `${found} of 200`);
    const wander = Float64Array.from({ length: 300 }, (_, r) => 1.7 * Math.sin(r / 15));
    assert.equal(onsetOf(wander, 200).row, -1);
    assert.equal(onsetOf(new Float64Array(200).fill(Number.NaN), 100).row, -1);
    const wild = noise(200, 3);
    wild[150] = 1e9;
    assert.equal(onsetOf(wild, 120).row, -1);
    assert.equal(onsetOf(new Float64Array(0)).row, -1);
  });
});

describe("diagnose/cause lagged correlation", () => {
  it("tells by how many rows and with which sign one follows the other", () => {
    const a = noise(200, 1);
    const b = a.map((_, r) => (r >= 7 ? -2 * a[r - 7]! : 0));
    const { lag, r } = laggedCorrelation(a, b, 20, 200, 20);
    assert.equal(lag, 7);
    assert.ok(r < -0.99);
    assert.deepEqual(
      [laggedCorrelation(b, a, 20, 200, 20).lag, laggedCorrelation(a, a, 0, 200, 20).lag],
      [-7, 0],
    );
  });

  it("says nothing of too few rows, constants and gaps", () => {
    const a = noise(50, 2);
    assert.equal(laggedCorrelation(a, a, 45, 50, 20).r, 0);
    assert.equal(laggedCorrelation(a, new Float64Array(50), 0, 50, 5).r, 0);
    assert.equal(laggedCorrelation(a, new Float64Array(50).fill(Number.NaN), 0, 50, 5).r, 0);
  });
});

describe("diagnose/cause blame walk", () => {
  it("ends as computed by hand on a chain", () => {
    // 2 is led by 1 fully, 1 by 0 half. Half of what may go on does.
    const ended = blameWalk(
      Float64Array.from([0, 0, 1]),
      [new Map(), new Map([[0, 0.5]]), new Map([[1, 1]])],
      0.5,
    );
    assert.deepEqual([...ended], [0.125, 0.375, 0.5]);
  });

  it("keeps the sum at 1 in a loop", () => {
    const ended = blameWalk(Float64Array.from([0.3, 0.7]), [new Map([[1, 3]]), new Map([[0, 1]])], 0.9);
    assert.ok(Math.abs(ended[0]! + ended[1]! - 1) < 1e-3);
  });
});

describe("diagnose/cause plant structure", () => {
  const twin = "acme/paint/oven1";
  const properties = [1, 2, 3, 10].flatMap((zone) =>
    ["air", "burner"].map((name) => ({
      address: `${twin}/zone${zone}/${name}`,
      affectedBy: [`${twin}/zone${zone}/airSetpoint`],
    })),
  );

  it("takes numbered places to feed in the order of their numbers", () => {
    const structure = new PlantStructure({ twin, properties });
    const standing = (a: string, b: string) => structure.standing(`${twin}/${a}`, `${twin}/${b}`);
    assert.equal(standing("zone1/air", "zone1/burner"), "same");
    assert.equal(standing("zone1/air", "zone3/air"), "before");
    assert.equal(standing("zone10/air", "zone3/air"), "after");
    assert.equal(standing("zone1/air", "gas/flow"), "unknown");
    assert.equal(structure.moves(`${twin}/zone3/airSetpoint`, `${twin}/zone3/air`), true);
    assert.equal(structure.moves(`${twin}/zone2/airSetpoint`, `${twin}/zone3/air`), false);
  });

  it("goes by declared feeds alone where there are any, by the shorter way in a loop", () => {
    const feeds = readFeeds("zone3 > zone2 > zone1\nzone1 > zone3", "node");
    const structure = new PlantStructure({ twin, properties, feeds });
    const standing = (a: string, b: string) => structure.standing(`${twin}/${a}`, `${twin}/${b}`);
    assert.equal(standing("zone3/air", "zone2/air"), "before");
    assert.equal(standing("zone1/air", "zone3/air"), "before");
    assert.equal(standing("zone2/air", "zone10/air"), "unknown");
  });

  it("says what is wrong with a feed", () => {
    assert.throws(() => readFeeds("zone1", "node cause"), /node cause: "zone1" names no two places/);
    assert.throws(() => readFeeds("zone1 > > zone2", "n"), /names no two places/);
    assert.throws(
      () => new PlantStructure({ twin, properties, feeds: [{ from: "zone1", to: "zone9" }] }),
      /"zone9" is no place of acme\/paint\/oven1.*places are .*zone1/,
    );
    assert.deepEqual(readFeeds(" , \n", "n"), []);
  });

  it("knows how closely a change goes with a signal", () => {
    const structure = new PlantStructure({ twin, properties });
    const reach = (address: string): number =>
      changeReach({ kind: "setpoint", address, timeUs: 0, what: "x" }, `${twin}/zone3/air`, structure);
    assert.deepEqual(
      [
        `${twin}/zone3/airSetpoint`,
        `${twin}/zone3`,
        `${twin}/zone2/belt`,
        `${twin}/zone10/belt`,
        "acme/other",
      ].map(reach),
      [1, 0.8, 0.5, 0.2, 0.2],
    );
  });
});

describe("diagnose/cause changes and rows", () => {
  it("keeps the newest changes in time, and refuses what is none", () => {
    const log = new ChangeLog(2);
    for (const timeUs of [30, 10, 20]) log.add({ kind: "order", address: "a", timeUs, what: `at ${timeUs}` });
    assert.deepEqual(
      log.between(0, 100).map(({ timeUs }) => timeUs),
      [20, 30],
    );
    for (const [given, says] of [
      [undefined, /is no change/],
      [{ kind: "weather", address: "a", timeUs: 1, what: "rain" }, /kind is "weather"/],
      [{ kind: "order", address: "", timeUs: 1, what: "x" }, /address is missing/],
      [{ kind: "order", address: "a", timeUs: Number.NaN, what: "x" }, /timeUs is no time/],
      [{ kind: "order", address: "a", timeUs: 1, what: " " }, /what is missing/],
    ] as const) {
      assert.throws(() => readChange(given, "change"), says);
    }
  });

  it("keeps so many rows, oldest first, none that lies back in time, and goes over to other signals", () => {
    const rows = new RecentRows(["a", "b"], 3);
    for (const t of [1, 2, 2, 1, 3, 4]) rows.add(t, Float64Array.from([t, 10 * t]));
    assert.deepEqual([...rows.columns().timeUs], [2, 3, 4]);
    assert.deepEqual([...rows.columns().values[1]!], [20, 30, 40]);
    const wider = rows.forSignals(["b", "c"]);
    assert.deepEqual([...wider.columns().values[0]!], [20, 30, 40]);
    assert.ok(wider.columns().values[1]!.every(Number.isNaN));
  });
});

describe("diagnose/cause cases", () => {
  const pattern = (...weights: number[]) => weights.map((weight, i) => ({ address: `s${i}`, weight }));

  it("counts like cases by their likeness", () => {
    assert.ok(Math.abs(likeness(pattern(0.6, 0.8), pattern(0.6, 0.8)) - 1) < 1e-12);
    assert.ok(Math.abs(likeness(pattern(1), pattern(-1)) + 1) < 1e-12);
    assert.equal(likeness(pattern(1, 0), []), 0);
    const book = new CaseBook();
    const add = (cause: string, ...weights: number[]) =>
      book.add({ signature: pattern(...weights), cause, timeUs: 5, by: "ann" });
    add("nozzle fouled", 0.9, 0.1);
    add("nozzle fouled", 0.8, 0.2);
    add("belt slips", -0.9, 0.1);
    add("filter", 0, 1);
    const [only, ...others] = book.like(pattern(1, 0));
    assert.deepEqual(others, []);
    assert.deepEqual([only!.cause, only!.count], ["nozzle fouled", 2]);
    assert.ok(only!.weight > 1.9 && only!.weight < 2);
    const word = (cause: string) =>
      book.add({ signature: pattern(1, 0), cause, timeUs: 6, by: "ann", finding: "f1" });
    word("nozle");
    word("nozzle fouled");
    assert.deepEqual(
      book.like(pattern(1, 0)).map(({ cause, count }) => [cause, count]),
      [["nozzle fouled", 3]],
      "a later word on a finding corrects the one before",
    );
    assert.deepEqual(book.causes, ["nozzle fouled", "filter", "belt slips"]);
    assert.throws(() => add(" ", 1), /names no cause/);
    assert.throws(() => add("x".repeat(1025), 1), /more than 1024 characters/);
    assert.throws(() => book.add({ signature: [], cause: "x", timeUs: 0, by: "" }), /has no pattern/);
  });

  it("makes a pattern of shares and directions", () => {
    assert.deepEqual(signatureOf(["a", "b", "c"], Float64Array.from([0.2, 0.795, 0.005]), [1, -1, 1]), [
      { address: "b", weight: -0.795 },
      { address: "a", weight: 0.2 },
    ]);
  });

  it("keeps them in a private file of the twin, and refuses a broken one", () => {
    const folder = mkdtempSync(join(tmpdir(), "rung-cases-"));
    try {
      const open = () => new CaseBooks(join(folder, "cause"));
      const books = open();
      assert.equal(books.of("acme/oven1").size, 0);
      books.confirm("acme/oven1", { signature: pattern(1), cause: "nozzle fouled", timeUs: 5, by: "" });
      assert.equal(open().of("acme/oven1").like(pattern(1))[0]!.cause, "nozzle fouled");
      assert.equal(open().of("acme/oven2").size, 0);
      const file = join(folder, "cause", readdirSync(join(folder, "cause"))[0]!);
      assert.equal(statSync(file).mode & 0o777, 0o600);
      writeFileSync(file, "{");
      assert.throws(() => open().of("acme/oven1"), { code: "broken-file" });
      writeFileSync(file, JSON.stringify({ version: 1, cases: [{ cause: 4 }] }));
      assert.throws(() => open().of("acme/oven1"), { code: "broken-cases" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
