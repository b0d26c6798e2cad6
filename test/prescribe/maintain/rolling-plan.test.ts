import assert from "node:assert/strict";
import type { Finding } from "../../../runtime/diagnose/finding.ts";
import type { LifeMessage } from "../../../runtime/predict/life/life-message.ts";
import { crewMakespanH } from "../../../runtime/prescribe/maintain/crew-makespan.ts";
import { readMaintainedPlant } from "../../../runtime/prescribe/maintain/rolling/maintained-plant.ts";
import { run } from "../../../runtime/prescribe/maintain/rolling/maintenance-thread.ts";
import { planEvidence } from "../../../runtime/prescribe/maintain/rolling/plan-evidence.ts";
import { planRecommendation } from "../../../runtime/prescribe/maintain/rolling/plan-recommendation.ts";
import { type ComponentPast, RollingPlan } from "../../../runtime/prescribe/maintain/rolling/rolling-plan.ts";
import { betweenShifts, foretoldIdle } from "../../../runtime/prescribe/maintain/rolling/stop-windows.ts";
import { UsageMeter } from "../../../runtime/prescribe/maintain/rolling/usage-meter.ts";
import { recommendationFaults } from "../../../runtime/prescribe/recommendation-evidence.ts";
import { HOUR_US, MONDAY_US, plantOf, STATION, TWIN } from "./maintained-station.ts";

const NEW: ComponentPast = { signed: 0, renewedUs: undefined, lookedUs: undefined, isAtWork: false };

function planOf(more: object = {}, past: Record<string, ComponentPast> = {}) {
  return new RollingPlan({
    twin: TWIN,
    plant: plantOf(more),
    seed: 1,
    past: (component) => past[component] ?? NEW,
    marks: new Map(),
    solve: async (order) => run(order),
  });
}

const life = (component: string, rul: number, unit: string, timeUs = MONDAY_US) => ({
  kind: "life" as const,
  component,
  rul,
  low: rul - 2,
  high: rul + 2,
  unit,
  timeUs,
});

/** Counts a station of 50 cycles an hour for so many hours. */
function count(plan: RollingPlan, hours: number): void {
  for (let minute = 0; minute <= 60 * hours; minute += 6)
    plan.takeSample("cycle/count", MONDAY_US + minute * 60e6, 1000 + Math.floor((minute * 50) / 60));
}

const startH = (fromUs: number): number => (fromUs - MONDAY_US) / HOUR_US;

describe("a rolling plan of maintenance", () => {
  it("plans by the use that is counted, at the pace that was seen", async () => {
    const plan = planOf();
    count(plan, 2);
    const nowUs = MONDAY_US + 2 * HOUR_US;
    const [gun] = plan.states(nowUs);
    assert.equal(gun!.life!.because, "100 of 600 cycles used, 50 an hour");
    assert.ok(Math.abs(startH(gun!.life!.dueUs) - 12) < 0.1, "500 cycles at 50 an hour, from 2 h on");
    const made = await plan.plan(nowUs);
    assert.ok(made.proven);
    const [first] = made.stops;
    assert.deepEqual(first!.works.map(({ id }) => id).sort(), ["r1-caps#1", "r2-caps#1"]);
    assert.equal(made.effect!.saved.low <= made.effect!.saved.value, true);
    assert.ok(made.effect!.saved.value > 0);
    assert.deepEqual(made.unknown, []);
  });

  it("waits for a spare part, and gives the stock to what is due first", async () => {
    const plan = planOf({ setup_cost: 0, downtime_cost_rate: 0 });
    plan.takeLife(life("r1-caps", 5, "h"), "test");
    plan.takeLife(life("r2-caps", 6, "h"), "test");
    const { stops } = await plan.plan(MONDAY_US);
    const at = (id: string) => stops.find(({ works }) => works.some((work) => work.id === id))!;
    assert.ok(Math.abs(startH(at("r1-caps#1").fromUs) - 5) < 1e-6);
    assert.ok(
      Math.abs(startH(at("r2-caps#1").fromUs) - 12) < 1e-6,
      "its part is ordered now and there in 12 h",
    );
  });

  it("never changes a part twice in one stop, whatever a stop costs", async () => {
    const plan = planOf({ setup_cost: 1e6 });
    for (const id of ["r1-caps", "r2-caps"]) plan.takeLife(life(id, 5, "h"), "test");
    const { stops } = await plan.plan(MONDAY_US);
    assert.ok(stops.some(({ works }) => works.length > 1));
    for (const { works } of stops)
      assert.equal(new Set(works.map(({ component }) => component)).size, works.length);
  });

  it("takes the message of the life node: cycles, due at the pace of late", () => {
    const plan = planOf();
    const told: LifeMessage = {
      kind: "life",
      twin: "r1-caps",
      madeAtUs: MONDAY_US,
      unit: 3,
      cycle: 100,
      rul: 50,
      isAtLeast: false,
      low: 40,
      high: 60,
      dueUs: MONDAY_US + 10 * HOUR_US,
      health: 0.4,
      drivers: [],
      similar: [],
      reason: "its current rose",
    };
    plan.takeLife(told, "test");
    const life = plan.states(MONDAY_US)[0]!.life!;
    assert.deepEqual(
      [life.lowUs, life.dueUs, life.highUs].map((timeUs) => (timeUs - MONDAY_US) / HOUR_US),
      [8, 10, 12],
    );
    assert.equal(life.because, "its current rose");
  });

  it("re-plans as a life changes, and says what moved and why", async () => {
    const plan = planOf();
    plan.takeLife(life("r1-caps", 30, "h"), "test");
    plan.takeLife(life("r2-caps", 30, "h"), "test");
    await plan.plan(MONDAY_US);
    assert.equal(plan.isOutdated(MONDAY_US), false);
    plan.takeLife({ ...life("r1-caps", 8, "h", MONDAY_US + HOUR_US), reason: "its current rose" }, "test");
    assert.equal(plan.isOutdated(MONDAY_US + HOUR_US), true);
    const { changes } = await plan.plan(MONDAY_US + HOUR_US);
    const moved = changes.find(({ work }) => work === "r1-caps#1")!;
    assert.match(moved.what, /^R1 caps \d+ h earlier$/);
    assert.match(moved.why, /^due 21 h earlier: its current rose$/);
  });

  it("takes what was foretold before a renewal for no life of the new part", () => {
    const renewed = { ...NEW, signed: 1, renewedUs: MONDAY_US + 10 * HOUR_US };
    const plan = planOf({}, { "r1-caps": renewed });
    plan.takeLife(life("r1-caps", 1, "h"), "test");
    assert.equal(plan.states(MONDAY_US + 11 * HOUR_US)[0]!.life, undefined);
  });

  it("wants the part of a finding looked at within a shift, until it is over", () => {
    const plan = planOf();
    plan.takeLife(life("r1-caps", 40, "h"), "test");
    const finding: Finding = {
      kind: "finding",
      id: "f",
      twin: TWIN,
      contributions: [{ address: `${TWIN}/r1/current`, share: 1 }],
      score: 9,
      limit: 3,
      active: true,
      sinceUs: MONDAY_US,
      timeUs: MONDAY_US,
      priority: 2,
      title: "R1 current high",
      reason: "",
      action: "",
    };
    assert.equal(plan.takeFinding(finding)?.id, "r1-caps");
    const due = () => startH(plan.states(MONDAY_US)[0]!.life!.dueUs);
    assert.equal(due(), 8);
    plan.takeFinding({ ...finding, active: false });
    assert.equal(due(), 40);
    assert.equal(plan.takeFinding({ ...finding, twin: "acme/x", contributions: [] }), undefined);
  });

  it("works between shifts, and while the line is foretold to stand", async () => {
    const shifts = { time_zone: "UTC", list: [{ name: "day", start: "06:00", end: "22:00" }] };
    const plan = planOf({ shifts });
    plan.takeLife(life("r1-caps", 12, "h"), "test");
    plan.takeLife(life("r2-caps", 12, "h"), "test");
    const first = await plan.plan(MONDAY_US);
    assert.ok(first.stops.every(({ fromUs, toUs }) => inNight(fromUs) && inNight(toUs - 1)));
    const forecast = { madeAtUs: MONDAY_US, made: 0, mean: 410, low90: 400, high90: 420, plan: 300 };
    const idle = foretoldIdle({
      kind: "line",
      name: "line 1",
      madeAtUs: MONDAY_US,
      forecast: { ...forecast, workLeftS: 14 * 3600, replications: 1, skill: {} as never },
    } as never)!;
    assert.ok(
      Math.abs(startH(idle.fromUs) - 10.5) < 1e-9 && startH(idle.toUs) === 14,
      "a quarter is to spare",
    );
    plan.takeIdle("line 1", idle);
    const { stops } = await plan.plan(MONDAY_US);
    const stop = stops.find(({ works }) => works.some(({ id }) => id === "r1-caps#1"))!;
    assert.ok(startH(stop.fromUs) >= 10.5 && startH(stop.toUs) <= 14);
    assert.match(stop.why, /line 1 is foretold to have made its 300/);
  });

  it("says what holds, and recommends nothing that breaks a limit", async () => {
    const plan = planOf();
    plan.takeLife(life("r1-caps", 12, "h"), "test");
    plan.takeLife(life("r2-caps", 13, "h"), "test");
    const of = (made?: Awaited<ReturnType<RollingPlan["plan"]>>) =>
      planEvidence({ twin: TWIN, node: "n", plan: made, signed: [], nowUs: MONDAY_US });
    assert.deepEqual(
      of().map(({ verdict }) => verdict),
      ["collecting", "collecting"],
    );
    const made = await plan.plan(MONDAY_US);
    assert.deepEqual(
      of(made).map(({ verdict }) => verdict),
      ["holds", "collecting"],
    );
    const proposed = planRecommendation(made)!;
    assert.deepEqual(recommendationFaults(proposed), { uncertain: [], broken: [], beyond: [] });
    const stop = { ...made.stops[0]!, works: made.stops[0]!.works.map((work) => ({ ...work, crew: 3 })) };
    assert.match(of({ ...made, stops: [stop] })[0]!.cause!, /needs 3 of 2 repairers/);
  });

  it("judges its lives by how people found the parts", () => {
    const signed = (n: number, condition: string) =>
      Array.from({ length: n }, () => ({ signed: { condition } }));
    const verdict = (orders: object[]) =>
      planEvidence({ twin: TWIN, node: "n", plan: undefined, signed: orders as never, nowUs: MONDAY_US })[1]!;
    assert.equal(verdict(signed(20, "as foretold")).verdict, "holds");
    const bad = verdict([...signed(12, "as foretold"), ...signed(8, "failed")]);
    assert.equal(bad.verdict, "fails");
    assert.match(bad.cause!, /of 20 parts that were worked on 12 were found as foretold, 8 had failed/);
  });

  it("plans nothing by half a life", () => {
    const plan = planOf();
    for (const [wrong, message] of [
      [{ rul: Number.NaN }, /the life of r1-caps has no rul, got null/],
      [{ low: 40 }, /is 8, outside its interval 40 to 10/],
      [{ unit: "weeks" }, /is in "weeks"/],
      [{ component: "r9" }, /a life is of r9, which is not maintained/],
      [{ component: undefined }, /names nothing/],
      [{ component: "fan", unit: "cycles" }, /nothing says how many it has an hour/],
      [{ timeUs: undefined }, /has no timeUs/],
    ] as const)
      assert.throws(() => plan.takeLife({ ...life("r1-caps", 8, "h"), ...wrong }, "test"), message);
  });

  it("says what is wrong in what is maintained, by its path", () => {
    const [gun] = STATION.components;
    for (const [wrong, message] of [
      [{ components: [] }, /components: there are 0/],
      [{ components: [gun, gun] }, /r1-caps stands twice/],
      [{ components: [{ ...gun, crew: 3 }] }, /components\/0\/crew: 3 are needed at once, of 2/],
      [{ components: [{ ...gun, part: "nut" }] }, /components\/0\/part: nut is no spare part/],
      [{ components: [{ ...gun, life_cycles: 0 }] }, /life_cycles: must be > 0 cycles, got 0/],
      [{ components: [{ ...gun, speed: 1 }] }, /components\/0\/speed: means nothing here/],
      [{ setup_cost: Number.NaN }, /setup_cost: must be a number/],
      [{ shifts: { time_zone: "Mars", list: [] } }, /time zone "Mars"/],
    ] as const)
      assert.throws(() => readMaintainedPlant({ ...STATION, ...wrong }, "station"), message);
  });
});

const inNight = (timeUs: number): boolean => {
  const hour = (startH(timeUs) + 480) % 24;
  return hour < 6 || hour >= 22;
};

describe("the use of a component", () => {
  const [gun] = plantOf().components;
  const fan = {
    ...gun!,
    usage: { by: "running" as const, path: "fan/power", above: 2, lifeRunningH: 100 },
  };

  it("goes on where its counter begins anew, and over a restart", () => {
    const meter = new UsageMeter(gun as never);
    for (const [h, value] of [
      [0, 500],
      [1, 560],
      [2, 10],
      [3, 40],
      [3, 99],
      [4, Number.NaN],
    ] as const)
      meter.add(MONDAY_US + h * HOUR_US, value);
    assert.equal(meter.used, 60 + 10 + 30);
    const after = new UsageMeter(gun as never, meter.mark);
    after.add(MONDAY_US + 9 * HOUR_US, 90);
    assert.equal(after.used, 150, "what was counted meanwhile is in the counter");
  });

  it("is the time above a limit, and says what nobody saw", () => {
    const meter = new UsageMeter(fan);
    for (let minute = 0; minute <= 60; minute++) meter.add(MONDAY_US + minute * 60e6, minute < 30 ? 8 : 1);
    assert.ok(Math.abs(meter.used - 0.5) < 1e-9);
    meter.add(MONDAY_US + 3 * HOUR_US, 8);
    assert.equal(meter.lostH, 2);
    assert.match(meter.foretold()!.because, /running hours used, .* 2 h not seen$/);
  });

  it("is told in memory that does not grow", () => {
    const meter = new UsageMeter(gun as never);
    for (let minute = 0; minute < 5000; minute++) meter.add(MONDAY_US + minute * 60e6, minute);
    assert.match(meter.foretold()!.because, /60 an hour/);
  });
});

describe("crews", () => {
  it("take turns where more are needed than there are", () => {
    assert.equal(crewMakespanH([{ durationH: 2, crew: 2 }, { durationH: 1 }, { durationH: 3 }], 2), 5);
    assert.equal(crewMakespanH([{ durationH: 2, crew: 2 }, { durationH: 1 }, { durationH: 3 }], 3), 3);
    assert.equal(
      crewMakespanH(
        [
          { durationH: 2, crew: 2 },
          { durationH: 2, crew: 2 },
        ],
        3,
      ),
      4,
    );
  });
});

describe("times between shifts", () => {
  it("are the nights and closed days, joined", () => {
    const shifts = {
      time_zone: "UTC",
      list: [{ name: "day", start: "06:00", end: "22:00", days: ["mon", "wed"] }],
    };
    const found = betweenShifts(plantOf({ shifts }).shifts!, MONDAY_US, MONDAY_US + 72 * HOUR_US);
    assert.deepEqual(
      found.map(({ fromUs, toUs }) => [startH(fromUs), startH(toUs)]),
      [
        [0, 6],
        [22, 54],
        [70, 72],
      ],
    );
  });
});
