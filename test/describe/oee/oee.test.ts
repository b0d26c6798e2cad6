import assert from "node:assert/strict";
import { AssemblyLine } from "../../../plant/assembly/assembly-line.ts";
import { ASSEMBLY_TAGS } from "../../../plant/assembly/assembly-tags.ts";
import { EXECUTE } from "../../../plant/assembly/packml.ts";
import { Dictionary } from "../../../runtime/core/dictionary.ts";
import type { RungError } from "../../../runtime/core/errors.ts";
import { FrameBuilder } from "../../../runtime/core/frame.ts";
import type { Property } from "../../../runtime/core/property.ts";
import { GOOD } from "../../../runtime/core/quality.ts";
import { figuresOf, sumOfElements } from "../../../runtime/describe/oee/oee-elements.ts";
import { gatherReports, type OeeReport } from "../../../runtime/describe/oee/oee-report.ts";
import { OeeSession, type OeeSessionParts } from "../../../runtime/describe/oee/oee-session.ts";
import { machinesOf, type OeeRow, readOeeRows } from "../../../runtime/describe/oee/oee-table.ts";

const TWIN = "acme/leipzig/assembly/line1";
const T0 = 1_790_000_000_000_000;
const BAD = 0x80000000;

const propertyOf = (path: string): Property => ({
  address: `${TWIN}/${path}`,
  kind: "measurement",
  type: "number",
  update: { mode: "onChange" },
});

/** Frames of rows `[path, seconds after T0, value, quality]`; a text is no number. */
class Line {
  readonly #paths: readonly string[];
  readonly #dictionary: Dictionary;
  constructor(paths: readonly string[]) {
    this.#paths = paths;
    this.#dictionary = new Dictionary(paths.map(propertyOf));
  }
  frame(...rows: readonly [path: string, s: number, value: number | string, quality?: number][]) {
    const builder = new FrameBuilder({ source: "test", reality: "virtual", dictionary: this.#dictionary });
    for (const [path, s, value, quality] of rows) {
      const index = this.#paths.indexOf(path);
      const isText = typeof value === "string";
      builder.add(
        index,
        isText ? Number.NaN : value,
        T0 + s * 1e6,
        quality ?? GOOD,
        isText ? value : undefined,
      );
    }
    return builder.build({ epoch: 1, first: 0, receiveTimeUs: T0 });
  }
}

const ROW: OeeRow = {
  state: "m*/state",
  made: "m*/made",
  good: "m*/good",
  ideal: "m*/ideal",
  planned: "shift/planned",
};
const PATHS = ["m1/state", "m1/made", "m1/good", "m1/ideal", "m2/state", "m2/made", "m2/good", "m2/ideal"];
const line = () => new Line([...PATHS, "shift/planned", "shift/name"]);
const session = (more: Partial<OeeSessionParts> = {}) =>
  new OeeSession({ twin: TWIN, rows: [ROW], begins: "", hours: 8, ...more });
const near = (actual: number | null, expected: number) =>
  assert.ok(actual !== null && Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);

describe("describe/oee: the figures", () => {
  it("are those of ISO 22400-2, by the sums", () => {
    const figures = figuresOf({ plannedS: 25_200, runS: 20_160, idealS: 18_000, made: 250, good: 240 });
    near(figures.availability, 0.8);
    near(figures.effectiveness, 18_000 / 20_160);
    near(figures.quality, 0.96);
    // The product of the three is the ideal time of what was good over the planned time.
    near(figures.oee, (18_000 * (240 / 250)) / 25_200);
  });

  it("of many machines come from their summed elements, and are not the mean of their percentages", () => {
    const small = { plannedS: 3600, runS: 3600, idealS: 3600, made: 60, good: 60 };
    const large = { plannedS: 36_000, runS: 9000, idealS: 4500, made: 50, good: 25 };
    const [one, other, both] = [figuresOf(small), figuresOf(large), figuresOf(sumOfElements([small, large]))];
    near(one.oee, 1);
    near(other.oee, 0.0625);
    near(both.oee, (12_600 / 39_600) * (8100 / 12_600) * (85 / 110));
    assert.ok(Math.abs(both.oee! - (1 + 0.0625) / 2) > 0.3);
  });

  it("are null where nothing was planned, ran or was made", () => {
    const idle = figuresOf({ plannedS: 3600, runS: 0, idealS: 0, made: 0, good: 0 });
    assert.deepEqual(idle, { availability: 0, effectiveness: null, quality: null, oee: null });
  });
});

describe("describe/oee: an account of frames", () => {
  it("integrates state and plan in the order of time, and counts by the counters", () => {
    const source = line();
    const oee = session();
    oee.consume(
      source.frame(
        ["m1/state", 0, 6],
        ["m1/made", 0, 500],
        ["m1/good", 0, 480],
        ["m1/ideal", 0, 50],
        ["shift/planned", 0, 1],
      ),
    );
    // One frame, tag by tag: state to 5 at 300 s and back at 400 s; a break from 600 to 900 s.
    oee.consume(
      source.frame(
        ["m1/state", 300, 5],
        ["m1/state", 400, 6],
        ["shift/planned", 600, 0],
        ["shift/planned", 900, 1],
        ["m1/made", 950, 510],
        ["m1/good", 950, 489],
        ["m1/state", 1000, 2],
      ),
    );
    const report = oee.report()!;
    assert.deepEqual(report.elements, { plannedS: 700, runS: 600, idealS: 500, made: 10, good: 9 });
    assert.deepEqual([report.fromUs, report.toUs], [T0, T0 + 1000e6]);
    assert.deepEqual(
      report.parts.map(({ name }) => name),
      ["m1"],
    );
    assert.deepEqual(
      report.leftOut.map(({ name }) => name),
      ["m2"],
    );
    near(report.figures.oee, (600 / 700) * (500 / 600) * 0.9);
  });

  const told = (source: Line, oee: OeeSession, machine: string, from = 0) =>
    oee.consume(
      source.frame(
        [`${machine}/state`, from, 6],
        [`${machine}/made`, from, 0],
        [`${machine}/good`, from, 0],
        [`${machine}/ideal`, from, 60],
        ["shift/planned", from, 1],
      ),
    );

  it("leaves out what is stale or unknown, and says so", () => {
    const source = line();
    const oee = session();
    told(source, oee, "m1");
    told(source, oee, "m2");
    oee.consume(
      source.frame(["m1/made", 600, 10], ["m1/good", 600, 10], ["m2/made", 600, 5], ["m2/good", 600, 5]),
    );
    const both = oee.report()!;
    assert.deepEqual(both.leftOut, []);
    assert.deepEqual(both.elements, { plannedS: 1200, runS: 1200, idealS: 900, made: 15, good: 15 });
    const stale = oee.report((address) => address === `${TWIN}/m2/state`)!;
    assert.deepEqual(stale.leftOut, [{ name: "m2", why: "its state is stale" }]);
    near(stale.figures.oee, 1);
    oee.consume(source.frame(["m1/state", 700, 6, BAD]));
    assert.deepEqual(oee.report()!.leftOut, [{ name: "m1", why: "its state is unknown" }]);
    oee.consume(source.frame(["m1/state", 800, 6], ["m1/made", 1000, 11]));
    assert.deepEqual(oee.report()!.leftOut, [
      { name: "m1", why: "its state was unknown for 10 % of the time" },
    ]);
    const none = oee.report(() => true)!;
    assert.deepEqual(none.figures, { availability: null, effectiveness: null, quality: null, oee: null });
  });

  it("says which of state, counts and cycle time is missing", () => {
    const source = line();
    const oee = session();
    const why = () => oee.report()!.leftOut.find(({ name }) => name === "m1")!.why;
    oee.consume(source.frame(["m1/state", 0, 6], ["shift/planned", 0, 1]));
    assert.equal(why(), "tells no count of what it made");
    oee.consume(source.frame(["m1/made", 1, 3]));
    assert.equal(why(), "tells no good count");
    oee.consume(source.frame(["m1/good", 2, 3]));
    assert.equal(why(), "has no planned cycle time");
  });

  it("begins anew with the shift, and ends the old account where the shift did", () => {
    const source = line();
    const oee = session({ begins: "shift/name" });
    oee.consume(source.frame(["shift/name", 0, "early"]));
    told(source, oee, "m1");
    const closed = oee.consume(
      source.frame(
        ["m1/made", 100, 2],
        ["m1/good", 100, 2],
        ["shift/name", 150, "late"],
        ["m1/made", 200, 3],
      ),
    );
    assert.deepEqual(
      closed.map(({ isClosed, fromUs, toUs, elements }) => [isClosed, fromUs - T0, toUs - T0, elements]),
      [[true, 0, 150e6, { plannedS: 150, runS: 150, idealS: 120, made: 2, good: 2 }]],
    );
    const now = oee.report()!;
    assert.deepEqual([now.fromUs - T0, now.elements.made, now.elements.plannedS], [150e6, 1, 50]);
  });

  it("without a shift begins anew after its hours; accounts in which nothing came are left out", () => {
    const source = line();
    const oee = session({ hours: 0.1 });
    told(source, oee, "m1");
    const closed = oee.consume(source.frame(["m1/made", 400, 5], ["m1/good", 400, 5]));
    assert.deepEqual(
      closed.map(({ fromUs, toUs, elements }) => [fromUs - T0, toUs - T0, elements.plannedS]),
      [[0, 360e6, 360]],
    );
    assert.deepEqual(oee.report()!.elements, { plannedS: 40, runS: 40, idealS: 300, made: 5, good: 5 });
    // Ten years later: one report, not one for each six minutes of them.
    const later = 10 * 365 * 86_400;
    assert.equal(oee.consume(source.frame(["m1/made", later, 6])).length, 1);
    const { fromUs, toUs } = oee.report()!;
    assert.ok(toUs - fromUs < 360e6 && toUs === T0 + later * 1e6);
  });

  it("does not know what a machine did while nothing came from it", () => {
    const source = line();
    const oee = session();
    told(source, oee, "m1");
    oee.consume(source.frame(["m1/made", 800, 10], ["m1/good", 800, 10]));
    assert.deepEqual(oee.report()!.elements.runS, 800, "a quarter of an hour is believed");
    oee.consume(source.frame(["m1/made", 8000, 100]));
    const { leftOut } = oee.report()!;
    assert.deepEqual(
      leftOut,
      [
        { name: "m2", why: "tells no count of what it made" },
        { name: "m1", why: "its state was unknown for 90 % of the time" },
      ].reverse(),
    );
  });

  it("takes up what was told before it began, on change only", () => {
    const source = line();
    const before: Record<string, unknown> = {
      "m1/state": 6,
      "m1/made": 100,
      "m1/good": 90,
      "m1/ideal": 60,
      "shift/planned": 1,
      "shift/name": "early",
    };
    const asked: number[] = [];
    const oee = session({
      begins: "shift/name",
      lastValue: (address, beforeUs) => {
        asked.push(beforeUs);
        return before[address.slice(TWIN.length + 1)];
      },
    });
    oee.consume(source.frame(["m1/made", 60, 101], ["m1/good", 60, 91]));
    const closed = oee.consume(source.frame(["shift/name", 120, "late"]));
    assert.deepEqual(closed[0]!.elements, { plannedS: 60, runS: 60, idealS: 60, made: 1, good: 1 });
    assert.ok(
      asked.every((us) => us === T0 + 60e6),
      "asked for what was before its first sample",
    );
  });

  it("begins with what is told first as it stands, however old that is and in whatever order it comes", () => {
    const source = line();
    const oee = session();
    oee.consume(source.frame(["m1/ideal", -90_000, 60], ["shift/planned", -7200, 1], ["m1/made", -40, 7]));
    oee.consume(
      source.frame(["m1/good", -40, 7], ["m1/state", -300, 6], ["m1/made", 60, 8], ["m1/good", 60, 8]),
    );
    oee.consume(source.frame(["m1/made", 160, 9], ["m1/good", 160, 9]));
    const { fromUs, elements, leftOut } = oee.report()!;
    assert.deepEqual(
      leftOut.map(({ name }) => name),
      ["m2"],
    );
    assert.deepEqual(
      [fromUs - T0, elements],
      [-40e6, { plannedS: 200, runS: 200, idealS: 120, made: 2, good: 2 }],
    );
  });

  it("counts nothing where a counter steps back, and counts on from there", () => {
    const source = line();
    const oee = session();
    told(source, oee, "m1");
    for (const [s, made] of [
      [10, 5],
      [20, 4],
      [30, 6],
      [40, 0],
      [50, 2],
    ] as const)
      oee.consume(source.frame(["m1/made", s, made], ["m1/good", s, made]));
    assert.deepEqual([oee.report()!.elements.made, oee.report()!.elements.good], [9, 9]);
  });

  it("judges item by item where there is no counter of the good", () => {
    const source = new Line(["machine/state", "exit/body", "cure/verdict"]);
    const rows: OeeRow[] = [
      { state: "machine/state", made: "exit/body", good: "cure/verdict=0", ideal: "90", label: "oven" },
    ];
    const oee = new OeeSession({ twin: TWIN, rows, begins: "", hours: 8 });
    oee.consume(source.frame(["machine/state", 0, 6], ["exit/body", 0, 7], ["cure/verdict", 0, 0]));
    oee.consume(
      source.frame(
        ["exit/body", 90, 8],
        ["cure/verdict", 90, 0],
        ["exit/body", 180, 9],
        ["cure/verdict", 180, 1],
      ),
    );
    const report = oee.report()!;
    assert.deepEqual(report.parts[0]!.name, "oven");
    assert.deepEqual([report.elements.made, report.elements.good, report.elements.idealS], [2, 2, 180]);
  });

  it("agrees with the virtual line counted second by second, every station, over a break and a shift change", () => {
    const plant = new AssemblyLine(2, Date.UTC(2026, 10, 23, 11, 30) * 1000);
    const tags = ASSEMBLY_TAGS.filter(({ cyclic }) => !cyclic);
    const dictionary = new Dictionary(tags.map(({ path }) => propertyOf(path)));
    const row: OeeRow = {
      state: "st*/state",
      made: "st*/made",
      good: "st*/good",
      ideal: "st*/plannedCycle",
      planned: "shift/planned",
    };
    const oee = new OeeSession({ twin: TWIN, rows: [row], begins: "shift/name", hours: 8 });
    const shown: unknown[] = [];
    const closed: OeeReport[] = [];
    const counted = () => plant.stations.map(({ made, good }) => ({ plannedS: 0, runS: 0, made, good }));
    let own = counted();
    let ended: typeof own | undefined;
    let shift = plant.shift.name;
    const tell = (timeUs: number) => {
      const builder = new FrameBuilder({ source: "test", reality: "virtual", dictionary });
      for (const [i, { read }] of tags.entries()) {
        const value = read(plant);
        if (Object.is(value, shown[i])) continue;
        shown[i] = value;
        const isText = typeof value === "string";
        builder.add(i, isText ? Number.NaN : Number(value), timeUs, GOOD, isText ? value : undefined);
      }
      if (builder.length > 0)
        closed.push(...oee.consume(builder.build({ epoch: 1, first: 0, receiveTimeUs: timeUs })));
    };
    const difference = (from: typeof own) =>
      plant.stations.map(({ made, good }, i) => ({
        ...from[i]!,
        made: made - from[i]!.made,
        good: good - from[i]!.good,
      }));
    tell(plant.timeUs);
    plant.stepTo(plant.timeUs + 4 * 3600e6, (timeUs) => {
      tell(timeUs);
      if (plant.shift.name !== shift) {
        shift = plant.shift.name;
        ended = difference(own);
        own = counted();
      }
      for (const [i, { state }] of plant.stations.entries()) {
        own[i]!.plannedS += plant.shift.planned ? 1 : 0;
        own[i]!.runS += state === EXECUTE && plant.shift.planned ? 1 : 0;
      }
    });
    const elements = ({ parts }: OeeReport) =>
      parts.map(({ elements: { plannedS, runS, made, good } }) => ({ plannedS, runS, made, good }));
    assert.equal(closed.length, 1);
    assert.deepEqual(closed[0]!.leftOut, []);
    // The closing second itself belongs to the old account by its counters, and the first interval begins at T + 1 s.
    assert.deepEqual(
      elements(closed[0]!).map(({ made }) => made),
      ended!.map(({ made }) => made),
    );
    const [first] = elements(closed[0]!);
    assert.ok(
      Math.abs(first!.runS - ended![0]!.runS) <= 1 && Math.abs(first!.plannedS - ended![0]!.plannedS) <= 1,
    );
    const now = oee.report()!;
    assert.equal(now.parts.length, 12);
    for (const [i, part] of elements(now).entries()) {
      assert.ok(
        Math.abs(part.runS - own[i]!.runS) <= 1,
        `st${i + 1}: ${part.runS} s run of ${own[i]!.runS} s`,
      );
      assert.ok(Math.abs(part.plannedS - own[i]!.plannedS) <= 1);
    }
    assert.ok(now.figures.oee! > 0.5 && now.figures.oee! < 1, `${now.figures.oee}`);
  });
});

describe("describe/oee: a plant of shops", () => {
  const shop = (twin: string, made: number, why = ""): OeeReport => {
    const elements = { plannedS: 1000, runS: 900, idealS: made * 80, made, good: made - 1 };
    const parts = why === "" ? [{ name: "m1", elements, figures: figuresOf(elements) }] : [];
    const leftOut = [{ name: "m9", why: why || "its state is stale" }];
    const sum = sumOfElements(parts.map((part) => part.elements));
    return {
      kind: "oee",
      twin,
      fromUs: T0,
      toUs: T0 + made,
      isClosed: false,
      elements: sum,
      figures: figuresOf(sum),
      parts,
      leftOut,
    };
  };

  it("sums the shops' elements, and keeps what each left out", () => {
    const plant = gatherReports("acme/leipzig", [
      shop("a/paint", 10),
      shop("a/body", 5, "tells no good count"),
      shop("a/assembly", 6),
    ]);
    assert.deepEqual(plant.elements, { plannedS: 2000, runS: 1800, idealS: 1280, made: 16, good: 14 });
    near(plant.figures.oee, 0.9 * (1280 / 1800) * (14 / 16));
    assert.deepEqual(
      plant.parts.map(({ name }) => name),
      ["a/paint", "a/assembly"],
    );
    assert.deepEqual(plant.leftOut, [
      { name: "a/paint/m9", why: "its state is stale" },
      { name: "a/body", why: "tells no good count" },
      { name: "a/assembly/m9", why: "its state is stale" },
    ]);
    assert.equal(plant.toUs, T0 + 10);
    assert.equal(gatherReports("acme/leipzig", []).figures.oee, null);
  });
});

describe("describe/oee: the table", () => {
  const paths = ["st01/state", "st02/state", "cell/st03/state", "b01/fill"];
  it("finds the machines that a * means", () => {
    const [first, ...others] = machinesOf({ ...ROW, state: "st*/state", made: "st*/made" }, paths);
    assert.deepEqual(
      [first!.name, first!.made, others.map(({ name }) => name)],
      ["st01", "st01/made", ["st02"]],
    );
    assert.deepEqual(
      machinesOf({ ...ROW, state: "*/state" }, paths).map(({ name }) => name),
      ["st01", "st02"],
    );
  });

  const wrong: [what: string, rows: unknown, message: RegExp][] = [
    ["no row", [], /oee: names no machine/],
    ["no table", "st01", /oee: names no machine/],
    ["no good count", [{ ...ROW, good: " " }], /machine 1: good is missing/],
    ["two stars", [{ ...ROW, made: "*/*/made" }], /made has more than one \*/],
    ["a star that names nothing", [{ ...ROW, state: "machine/state" }], /the state names no machine/],
    ["a state that is none", [{ ...ROW, running: "6,Execute" }], /"Execute" is no state/],
    ["a code that is none", [{ ...ROW, good: "cure/verdict=ok" }], /"ok" is no code/],
    ["no time", [{ ...ROW, ideal: "-5" }], /must be above 0 s, got -5/],
    ["a row that is none", [null], /machine 1: is no row/],
    ["a number for a path", [{ ...ROW, made: 5 }], /made is no text/],
  ];
  for (const [what, rows, message] of wrong)
    it(`refuses ${what}`, () =>
      assert.throws(
        () => readOeeRows(rows, "oee"),
        (thrown: RungError) => thrown.code === "bad-oee-row" && message.test(thrown.message),
      ));
});
