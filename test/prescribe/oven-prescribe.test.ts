import assert from "node:assert/strict";
import { Compute } from "../../runtime/compute/compute.ts";
import { RungError } from "../../runtime/core/errors.ts";
import { Random } from "../../runtime/core/random.ts";
import { MetalTrack } from "../../runtime/model/oven/metal-track.ts";
import { ride } from "../../runtime/model/oven/ride.ts";
import type { OvenSituation } from "../../runtime/predict/oven-situation.ts";
import { cureWindow } from "../../runtime/prescribe/cure-window.ts";
import { OptimiseSession } from "../../runtime/prescribe/optimise-session.ts";
import { OvenOptimiser } from "../../runtime/prescribe/oven-optimiser.ts";
import { outlook } from "../../runtime/prescribe/oven-outlook.ts";
import { runScenarios } from "../../runtime/prescribe/oven-scenarios.ts";
import { scenarioEdit, whatIf } from "../../runtime/prescribe/oven-whatif.ts";
import { SCENARIO_KERNEL } from "../../runtime/prescribe/scenario-kernel.ts";
import { bodyAtEntry, proposable, run as searchOnce } from "../../runtime/prescribe/setpoint-kernel.ts";
import { lastMove, steadyPlan } from "../../runtime/prescribe/setpoint-plan.ts";
import { searchSetpoints, violations } from "../../runtime/prescribe/setpoint-search.ts";
import { steadyRuns } from "../../runtime/prescribe/steady-runs.ts";
import { OVEN } from "../predict/plant-frames.ts";
import { paintOven, START_US } from "../predict/primed-oven.ts";

/** For a certificate, on a machine that has other things to do, ms. */
const PATIENT_MS = 60_000;
const COAT = { e170MostMin: 55, peakMostC: 205 };
const breathe = { breathe: async () => undefined };

/** An oven known as the configuration says, with a spread of 3 % in each zone. */
function situation(change: Partial<OvenSituation> = {}): OvenSituation {
  const config = paintOven();
  const covariance = new Float64Array(17 * 17);
  for (let i = 5; i < 11; i++) covariance[i * 17 + i] = 0.03 ** 2;
  const setpointC = config.zones.map((zone) => zone.airTemperatureC);
  return {
    twin: OVEN,
    timeUs: START_US,
    modelVersion: "v1",
    zoneNames: config.zones.map((zone) => zone.name),
    nodeNames: config.nodes.map((node) => node.name),
    zoneLengthM: config.zones.map((zone) => zone.lengthM),
    speedMPerMin: 2.4,
    timeConstantS: ride(config).nodes.map((node) => node.timeConstantS),
    energyK: (66_200 / 8.314462618) as number,
    mean: new Float64Array(17),
    covariance,
    zoneFactor: config.zones.map(() => 1),
    airC: setpointC,
    setpointC,
    observed: config.zones.map(() => false),
    learntAirC: setpointC,
    bodyStartC: 25,
    exitOffsetK: [0, 0, 0, 0, 0],
    exitDeviationK: [1.5, 1.5, 1.5, 1.5, 1.5],
    bodyLn: 0.02,
    cureLn: 0.015,
    energy: config.energy,
    gasRatio: 1,
    gasRatioDeviation: 0.02,
    bodies: [],
    ...change,
  };
}

/** A session that follows such an oven, as far as an optimiser looks at it. */
function followedOven(now: () => OvenSituation): Parameters<OptimiseSession["step"]>[0] {
  const tracker = {
    twin: OVEN,
    phase: "tracking",
    modelVersion: "v1",
    readings: { periodUs: 5e6 },
    get timeUs() {
      return now().timeUs;
    },
    situation: now,
  };
  return { learningHistory: false, evidence: () => [], tracker } as unknown as Parameters<
    OptimiseSession["step"]
  >[0];
}

const WINDOW = cureWindow(COAT);

describe("oven outlook", () => {
  it("foretells the model's own ride", () => {
    const [fresh] = outlook(situation(), steadyPlan(situation().setpointC), []);
    ride(paintOven()).nodes.forEach((node, n) => {
      assert.ok(Math.abs(Math.exp(fresh!.nodes[n]!.lnE170) / node.e170Min - 1) < 2e-3, node.name);
      assert.ok(Math.abs(fresh!.nodes[n]!.exitC - node.zoneEndC.at(-1)!) < 0.01);
      assert.ok(Math.abs(fresh!.nodes[n]!.peakC - node.peakC) < 0.01);
    });
  });

  it("has the spread that a Monte Carlo has", async () => {
    const s = situation();
    const [fresh] = outlook(s, steadyPlan(s.setpointC), []);
    const [runs] = await runScenarios(
      {
        situation: s,
        plans: [{ setpointC: s.setpointC, speedMPerMin: 2.4, stopMin: 0 }],
        runs: 4000,
        seed: 4,
      },
      breathe,
    );
    for (let n = 0; n < 5; n++) {
      const ln = Array.from({ length: 4000 }, (_, run) => Math.log(runs!.e170Min[run * 5 + n]!));
      const mean = ln.reduce((sum, v) => sum + v, 0) / ln.length;
      const deviation = Math.sqrt(ln.reduce((sum, v) => sum + (v - mean) ** 2, 0) / ln.length);
      // First order against all orders: the thin panels' response bends.
      assert.ok(Math.abs(fresh!.nodes[n]!.lnE170Deviation / deviation - 1) < 0.08, `node ${n}`);
    }
  });

  it("doubts E170 by what the model leaves out, and no temperature", async () => {
    const s = situation({ covariance: new Float64Array(17 * 17), bodyLn: 0, cureLn: 0.05 });
    const [fresh] = outlook(s, steadyPlan(s.setpointC), []);
    const plan = { setpointC: s.setpointC, speedMPerMin: 2.4, stopMin: 0 };
    const runs = 2000;
    const [exact] = await runScenarios({ situation: s, plans: [plan], runs, seed: 5 }, breathe);
    const fast = await steadyRuns(s, plan, runs, 5, breathe);
    for (let n = 0; n < 5; n++) {
      assert.ok(Math.abs(fresh!.nodes[n]!.lnE170Deviation - 0.05) < 1e-12);
      assert.equal(fresh!.nodes[n]!.exitDeviationK, 0);
      assert.equal(fresh!.nodes[n]!.peakDeviationK, 0);
      for (const { e170Min } of [exact!, fast]) {
        const ln = Array.from({ length: runs }, (_, run) => Math.log(e170Min[run * 5 + n]!));
        const mean = ln.reduce((sum, v) => sum + v, 0) / runs;
        const deviation = Math.sqrt(ln.reduce((sum, v) => sum + (v - mean) ** 2, 0) / runs);
        // Four standard errors of a deviation of 2000 draws.
        assert.ok(Math.abs(deviation / 0.05 - 1) < 4 / Math.sqrt(2 * runs), `node ${n}: ${deviation}`);
      }
    }
    assert.equal(new Set(exact!.peakC).size, 1, "every run has the same peak");
  });
});

describe("setpoint search", () => {
  const common = { situation: situation(), window: WINDOW, bodies: [], margin: 0, robust: true } as const;

  it("saves gas inside the window, the step and the neighbours' limit", async () => {
    const before = outlook(common.situation, steadyPlan(common.situation.setpointC), []);
    assert.ok(Math.max(...violations(before, WINDOW, 0, true)) < 0, "the present keeps the window");
    const found = await searchSetpoints(
      { ...common, moves: [{ fromS: 0, reachK: 8 }], saveGas: true },
      breathe,
    );
    assert.ok(found.violation < 2e-3, `${found.violation}`);
    const foundC = lastMove(found.plan);
    foundC.forEach((c, z) => {
      assert.ok(Math.abs(c - common.situation.setpointC[z]!) <= 8 + 1e-9);
      if (z > 0) assert.ok(Math.abs(c - foundC[z - 1]!) <= 40.3);
    });
    const present = await searchSetpoints(
      { ...common, moves: [{ fromS: 0, reachK: 1e-9 }], saveGas: true },
      breathe,
    );
    assert.ok(found.gasKWh < 0.99 * present.gasKWh, `${found.gasKWh} against ${present.gasKWh}`);
  });

  it("is more careful than the nominal answer", async () => {
    const robust = await searchSetpoints(
      { ...common, moves: [{ fromS: 0, reachK: 40 }], saveGas: true },
      breathe,
    );
    const nominal = await searchSetpoints(
      {
        ...common,
        moves: [{ fromS: 0, reachK: 40 }],
        saveGas: true,
        robust: false,
      },
      breathe,
    );
    assert.ok(nominal.gasKWh < robust.gasKWh);
    const least = (rides: typeof robust.outlook) => Math.min(...rides[0]!.nodes.map((node) => node.lnE170));
    assert.ok(Math.exp(least(robust.outlook)) > Math.exp(least(nominal.outlook)) + 0.3);
  });

  it("mends a zone that heats too little, and leaves an observed zone alone", async () => {
    const fouled = situation({
      zoneFactor: [1, 1, 0.45, 1, 1, 1],
      observed: [false, false, true, false, false, false],
    });
    const before = Math.max(
      ...violations(outlook(fouled, steadyPlan(fouled.setpointC), []), WINDOW, 0, true),
    );
    assert.ok(before > 0.02);
    const found = await searchSetpoints(
      {
        ...common,
        situation: fouled,
        moves: [{ fromS: 0, reachK: 8 }],
        saveGas: false,
      },
      breathe,
    );
    assert.ok(found.violation < before / 2, `${before} to ${found.violation}`);
    assert.equal(lastMove(found.plan)[2], fouled.setpointC[2]);
  });

  it("lets a zone wait for the bodies that need it, while those before them are still under it", async () => {
    const s = situation();
    const entering = bodyAtEntry(s);
    const inside = (positionM: number, metalC: readonly number[], e170: readonly number[]) => ({
      ...entering,
      id: positionM,
      positionM,
      temperatureC: Float64Array.from(metalC),
      e170Min: Float64Array.from(e170),
    });
    // The first has as much as it may get, the second, two zones behind it, far too little in its slow nodes.
    const bodies = [
      inside(61, [180, 180, 180, 178, 175], [49, 48, 40, 30, 16]),
      inside(37, [188, 188, 180, 160, 132], [14, 14, 10, 3, 0.3]),
    ];
    const problem = { ...common, situation: s, bodies, saveGas: false };
    const now = { fromS: 0, reachK: 8 };
    const { plan } = await searchSetpoints({ ...problem, moves: [now, { fromS: 300, reachK: 25 }] }, breathe);
    const [first, later] = plan.setpointC.map((row) => row[5]!);
    assert.ok(first! < s.setpointC[5]! - 1, `zone 6 goes to ${first} while the first is under it`);
    assert.ok(later! > first! + 5, `and to ${later} once it has left`);
    const atOnce = await searchSetpoints({ ...problem, moves: [now] }, breathe);
    const twice = await searchSetpoints({ ...problem, moves: [now, { fromS: 300, reachK: 8 }] }, breathe);
    assert.ok(twice.merit < atOnce.merit);
  });

  it("mends for the others although one body is lost", async () => {
    const s = situation({ zoneFactor: [1, 1, 0.45, 1, 1, 1] });
    const lost = { ...bodyAtEntry(s), id: 7, positionM: 50, e170Min: new Float64Array(5).fill(75) };
    lost.temperatureC.fill(180);
    const moves = [
      { fromS: 0, reachK: 8 },
      { fromS: 300, reachK: 25 },
    ];
    const search = (bodies: (typeof lost)[]) =>
      searchSetpoints(
        {
          ...common,
          situation: s,
          bodies: [bodyAtEntry(s), ...bodies],
          saveGas: false,
          moves,
        },
        breathe,
      );
    for (const { merit, meritWaiting } of [await search([]), await search([lost])])
      assert.ok(merit < 0.85 * meritWaiting, `${merit} against ${meritWaiting}`);
  });

  it("gives the same answer every time", async () => {
    const a = await searchSetpoints({ ...common, moves: [{ fromS: 0, reachK: 8 }], saveGas: true }, breathe);
    const b = await searchSetpoints({ ...common, moves: [{ fromS: 0, reachK: 8 }], saveGas: true }, breathe);
    assert.deepEqual(a.plan, b.plan);
  });

  it("rounds to tenths within the neighbours' limit and drops what is too small to write", async () => {
    const s = situation();
    const proposed = proposable(s, WINDOW, [140.26, 180.33, 195.04, 182.01, 185, 180], 0.5);
    assert.deepEqual(proposed, [140, 180, 195, 182, 185, 180]);
    const stretched = proposable(s, WINDOW, [135.04, 175.06, 195, 190, 185, 180], 0.5);
    assert.ok(stretched[1]! - stretched[0]! <= 40);
    const far = proposable(s, WINDOW, [140, 181.5, 195, 190, 185, 180], 0.5);
    assert.deepEqual(far, [140, 180, 195, 190, 185, 180], "back to the step in force");
    const random = new Random(5);
    for (let i = 0; i < 500; i++) {
      const wished = s.setpointC.map((c) => c + 16 * (random.uniform() - 0.5) * 4);
      const kept = proposable(s, WINDOW, wished, 0.5);
      for (let z = 1; z < kept.length; z++)
        assert.ok(Math.abs(kept[z]! - kept[z - 1]!) <= 40 + 1e-9, `${wished} became ${kept}`);
    }
  });
});

describe("setpoint kernel", () => {
  const { step } = MetalTrack.prototype;
  after(() => {
    MetalTrack.prototype.step = step;
  });

  it("breathes after one outlook of all bodies, or a hundred descents, whatever it mends", async () => {
    const s = situation({ zoneFactor: [1, 1, 0.45, 1, 1, 1] });
    const bodies = Array.from({ length: 36 }, (_, i) => ({ ...bodyAtEntry(s), id: i, positionM: 2 * i }));
    let [steps, stepsMost, stepsAll] = [0, 0, 0];
    MetalTrack.prototype.step = function (...args) {
      steps++;
      step.apply(this, args);
    };
    // A descent looks at each pair of neighbours once: five in this oven, for each of three moves.
    let [looks, looksMost] = [0, 0];
    const window = Object.defineProperty({ ...WINDOW }, "neighbourStepK", {
      get: () => {
        looks++;
        return WINDOW.neighbourStepK;
      },
    });
    const control = {
      breathe: async () => {
        stepsMost = Math.max(stepsMost, steps);
        looksMost = Math.max(looksMost, looks);
        stepsAll += steps;
        steps = 0;
        looks = 0;
      },
    };
    const found = await searchOnce(
      {
        situation: { ...s, bodies },
        window,
        ...{ tolerance: 0.02, saveGas: true, margin: 0.04, leastChangeK: 0.5 },
        runs: 100,
        seed: 1,
      },
      control,
    );
    assert.equal(found!.mending, true);
    // 6 zones of 300 s in steps of 15 s: one to come, one entering, 18 inside.
    assert.ok(stepsMost <= 20 * 120, `${stepsMost} steps between two breaths`);
    assert.ok(stepsAll > 20 * stepsMost, `of ${stepsAll} in all`);
    assert.ok(looksMost <= 100 * 18, `${looksMost} looks at neighbours between two breaths`);
  });
});

describe("what-if and optimise in the compute child", () => {
  let compute: Compute;
  before(() => {
    compute = new Compute();
  });
  after(() => compute.close());

  it("compares a sibling with the oven as it is, the same for the same seed", async () => {
    const edit = { setpointC: { zone3: 180 }, title: "cooler" };
    const a = await whatIf(compute, situation(), edit, { runs: 400, seed: 7 });
    const b = await whatIf(compute, situation(), edit, { runs: 400, seed: 7 });
    assert.deepEqual(a, b);
    assert.equal(a.title, "cooler");
    const cure = a.comparisons.find((row) => row.what.startsWith("E170 of the least"))!;
    assert.ok(cure.difference.high < 0, "a cooler zone cures less, in every run of 20");
    for (const { baseline, scenario, difference } of a.comparisons) {
      for (const interval of [baseline, scenario, difference]) {
        assert.ok(interval.low <= interval.value && interval.value <= interval.high);
      }
    }
  });

  it("knows a stop, a slower conveyor and a zone that is off", async () => {
    const least = async (edit: object): Promise<number> => {
      const result = await whatIf(compute, situation(), edit, { runs: 200 });
      return result.comparisons[0]!.difference.value;
    };
    assert.ok((await least({ stopMin: 10 })) > 0);
    assert.ok((await least({ speedMPerMin: 2 })) > 0);
    assert.ok((await least({ off: ["zone4"] })) < -1);
    assert.equal(await least({}), 0);
  });

  it("names what is wrong with a scenario", async () => {
    const says = (edit: object, said: RegExp) =>
      assert.rejects(whatIf(compute, situation(), edit), (fault: unknown) => {
        assert.ok(fault instanceof RungError);
        assert.match(fault.message, said);
        return true;
      });
    await says({ setpointC: { zone9: 180 } }, /oven1\/what-if: zone9 is no zone, known are zone1/);
    await says(
      { setpointC: { zone3: Number.NaN } },
      /zone3: setpoint must lie between 0 and 400 °C, got NaN/,
    );
    await says({ speedMPerMin: 0 }, /conveyor speed must be > 0 m\/min, got 0/);
    assert.throws(() => scenarioEdit({ zone3: 4 }, "w"), /w: zone3 is no part of a scenario/);
    assert.throws(() => scenarioEdit([], "w"), /a scenario is an object/);
    assert.throws(() => cureWindow({ maxStepK: 0 }, "o"), /o: maxStepK must be > 0, got 0/);
  });

  it("recommends with nominal beside robust, an effect on a measurement, evidence and expiry", async function () {
    this.timeout(120_000);
    const optimiser = new OvenOptimiser(compute, COAT, { runs: 400, certifyMs: 60_000, deadlineMs: 60_000 });
    const { recommendation } = await optimiser.look(situation(), ["e1", "e2"]);
    assert.ok(recommendation !== undefined);
    assert.match(recommendation.title, /^Save gas: zone 1 [+−]\d/);
    assert.deepEqual(recommendation.evidence, ["e1", "e2"]);
    assert.equal(recommendation.expiresUs, START_US + 300e6);
    assert.equal(recommendation.projected.address, `${OVEN}/exit/rocker`);
    const lastMoveS = recommendation.later?.at(-1)?.afterS ?? 0;
    assert.equal(recommendation.projected.afterUs, (lastMoveS + 600 + 1800) * 1e6);
    const rocker = recommendation.comparisons.find(({ what }) => what === "exit temperature, rocker")!;
    assert.deepEqual(recommendation.projected.interval, rocker.scenario);
    assert.deepEqual(recommendation.projected.baseline, rocker.baseline, "what comes if nothing is changed");
    const gas = (rows: typeof recommendation.comparisons) =>
      rows.find((row) => row.what === "gas per body")!.difference;
    assert.ok(gas(recommendation.comparisons).high < 0);
    assert.ok(gas(recommendation.nominal!.comparisons).value < gas(recommendation.comparisons).value);
    const { baseline, scenario, nominal } = recommendation.risks!;
    for (const { underCure } of [baseline, scenario, nominal]) {
      assert.equal(underCure.runs, 400);
      assert.ok(underCure.upper > underCure.share);
    }
    assert.ok(nominal.underCure.share > 0.2 && scenario.underCure.share < 0.01);
    for (const constraint of recommendation.constraints)
      assert.notEqual(constraint.verdict, "violated", constraint.name);
    assert.equal(recommendation.modelVersion, "v1");
    const { certified, words, underCure } = recommendation.certificate!;
    assert.deepEqual([certified, underCure.runs], [true, 100_000]);
    assert.match(words, /^certified by 100,000 fresh runs: at most 0\.0\d+ % under-cured, \d/);
    assert.ok(underCure.upper <= WINDOW.underCureShare);
    for (const { target, from, to } of recommendation.changes) {
      assert.match(target, /^acme\/leipzig\/paint\/oven1\/zone[1-6]\/airTemperatureSetpoint$/);
      assert.ok(Math.abs(to - from) <= 8);
    }
  });

  it("says by how many runs its risk is bounded where the certificate does not come in time", async () => {
    const optimiser = new OvenOptimiser(compute, COAT, { certifyRuns: 1_000_000, certifyMs: 1 });
    const { recommendation, text } = await optimiser.look(situation(), []);
    const { certified, words } = recommendation!.certificate!;
    assert.equal(certified, false);
    assert.match(words, /^bounded by 4,000 runs: at most 0\.\d+ % under-cured/);
    assert.ok(text.endsWith(words), text);
  });

  it("proposes no saving whose risk is bounded beyond a limit, by fresh runs or by those of the search", async () => {
    const said = async (options: object): Promise<string> => {
      const optimiser = new OvenOptimiser(compute, COAT, options);
      const { recommendation, text } = await optimiser.look(situation(), []);
      assert.equal(recommendation, undefined);
      return text;
    };
    const late = { runs: 400, certifyRuns: 1_000_000, certifyMs: 1 };
    assert.match(
      await said(late),
      /^nothing feasible to save: bounded by 400 runs: at most 0\.75 % under-cured/,
    );
    // None of so few says next to nothing: 14 % at most.
    assert.match(
      await said({ certifyRuns: 20 }),
      /^nothing feasible to save: bounded by 20 fresh runs: at most/,
    );
  });

  it("a change that mends and leaves the cure beyond a limit is told in the evidence with the limit", async () => {
    // A zone that hardly heats: what mends the slow nodes over-bakes the thin ones.
    const fouled = situation({ zoneFactor: [1, 1, 0.15, 1, 1, 1] });
    const session = new OptimiseSession(compute, "n", 30, COAT, { runs: 400 });
    const recommendation = await session.step(followedOven(() => fouled));
    assert.match(recommendation!.title, /^Keep the cure/);
    const [search, record] = session.evidence();
    assert.equal(search!.verdict, "holds", "zones and steps are kept");
    assert.equal(record!.verdict, "holds");
    assert.equal(recommendation!.mends, true);
    assert.match(
      record!.what,
      /which mends the cure and leaves beyond: .*bodies over E170 55 min or 205 °C \(\d+(\.\d+)? % against 5 %\)/,
    );
    assert.match(session.words().text, /^cure at risk, change proposed, still beyond: bodies/);
  });

  it("proposes nothing made with a model that was calibrated anew meanwhile", async () => {
    const versions = ["v1", "v2"];
    const session = new OptimiseSession(compute, "n", 30, COAT, { runs: 100, certifyMs: PATIENT_MS });
    const followed = followedOven(() => situation());
    Object.defineProperty(followed.tracker, "modelVersion", { get: () => versions.at(-1) });
    assert.equal(await session.step(followed), undefined);
    assert.equal(session.words().text, "not proposed: the model was calibrated anew meanwhile");
    assert.equal(session.evidence()[1]!.verdict, "collecting");
    versions.pop();
    assert.equal(session.evidence()[1]!.verdict, "holds");
  });

  it("does not chatter: saving waits for ten minutes, mending for the last change to act", async () => {
    const optimiser = new OvenOptimiser(compute, COAT, { runs: 100, certifyMs: PATIENT_MS });
    assert.ok((await optimiser.look(situation(), [])).recommendation !== undefined);
    const soon = { timeUs: START_US + 30e6 };
    assert.equal((await optimiser.look(situation(soon), [])).recommendation, undefined);
    const fouled = { zoneFactor: [1, 1, 0.45, 1, 1, 1] };
    assert.match(
      (await optimiser.look(situation({ ...soon, ...fouled }), [])).recommendation!.title,
      /^Keep the cure/,
    );
    const sooner = await optimiser.look(situation({ timeUs: START_US + 60e6, ...fouled }), []);
    assert.deepEqual([sooner.recommendation, sooner.text], [undefined, "waiting for the last change to act"]);
    const later = await optimiser.look(situation({ timeUs: START_US + 120e6, ...fouled }), []);
    assert.ok(later.recommendation !== undefined);
  });

  it("a killed compute process stops recommendations and fails row 4 until the next answer", async () => {
    const own = new Compute();
    try {
      const session = new OptimiseSession(own, "n", 30, COAT, { runs: 100_000 });
      let timeUs = START_US;
      const followed = followedOven(() => situation({ timeUs }));
      const plan = { setpointC: situation().setpointC, speedMPerMin: 2.4, stopMin: 0 };
      const plans = [plan, plan] as const;
      const warm = { situation: situation(), window: WINDOW, plans, runs: 1, seed: 1 };
      await own.submit({ kernel: SCENARIO_KERNEL, input: warm });
      const lost = session.step(followed);
      process.kill(own.pid!, "SIGKILL");
      await assert.rejects(
        lost,
        (fault: unknown) => fault instanceof RungError && fault.code === "compute-lost",
      );
      const [record] = session.evidence();
      assert.equal(record!.verdict, "fails");
      assert.match(record!.cause!, /the compute process ended/);
      // The next look is answered by a new child, and the row holds again.
      timeUs += 60e6;
      const next = new OptimiseSession(own, "n", 30, COAT, { runs: 100 });
      await next.step(followed);
      const [answered] = next.evidence();
      assert.equal(answered!.verdict, "holds");
      // It stands for ten periods of 30 s after the look, and no longer where no further look follows.
      assert.equal(answered!.newestSampleUs, timeUs);
      assert.equal(answered!.validUntilUs, timeUs + 300e6);
      assert.equal(
        answered!.periodUs,
        followed.tracker.readings.periodUs,
        "it comes back as its readings do",
      );
    } finally {
      await own.close();
    }
  });
});
