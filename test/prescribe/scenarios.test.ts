import assert from "node:assert/strict";
import { Compute } from "../../runtime/compute/compute.ts";
import type { RungError } from "../../runtime/core/errors.ts";
import { selectQuantiles } from "../../runtime/core/statistics/select-quantiles.ts";
import { energyPerBody } from "../../runtime/model/oven/energy.ts";
import { ovenConfig } from "../../runtime/model/oven/oven-config.ts";
import { ride } from "../../runtime/model/oven/ride.ts";
import { designSituation } from "../../runtime/prescribe/design-situation.ts";
import { runScenarios } from "../../runtime/prescribe/oven-scenarios.ts";
import { type ScenarioEdit, scenarioEdit, whatIf } from "../../runtime/prescribe/oven-whatif.ts";
import type { Comparison, ScenarioResult } from "../../runtime/prescribe/recommendation.ts";
import { TOY_OVEN, toySituation } from "./toy-oven.ts";

const control = { breathe: async () => undefined };

function row({ comparisons, nodes }: ScenarioResult, what: string): Comparison {
  const found = [...comparisons, ...nodes].find((one) => one.what === what);
  assert.ok(found, `${what} is among ${[...comparisons, ...nodes].map((one) => one.what).join(", ")}`);
  return found;
}

const near = (value: number, expected: number, tolerance: number): void =>
  assert.ok(Math.abs(value - expected) <= tolerance, `${value} is not ${expected} within ${tolerance}`);

describe("scenarios on a sibling", () => {
  let compute: Compute;
  before(() => {
    compute = new Compute({ cpuChildren: 1 });
  });
  after(() => compute.close());
  const ask = (edit: ScenarioEdit, runs = 2000): Promise<ScenarioResult> =>
    whatIf(compute, toySituation(), edit, { runs, seed: 5, model: ovenConfig(SUV_OVEN) });

  const SUV = {
    name: "suv",
    bodyKg: 420,
    nodes: TOY_OVEN.nodes.map((node) => ({ ...node, thicknessMm: node.thicknessMm * 1.2 })),
  };
  const SUV_OVEN = { ...TOY_OVEN, bodyTypes: [SUV] };

  it("compares with paired draws, so that the difference has an interval of its own", async () => {
    const result = await ask({ setpointC: { zone6: 181 } });
    const least = row(result, "E170 of the least cured node");
    assert.ok(least.difference.low > 0, "one more kelvin cures every body more");
    const widths = least.difference.high - least.difference.low;
    assert.ok(widths < 0.2 * (least.baseline.high - least.baseline.low), `${widths}`);
    // What stands there is what the runs say.
    const situation = toySituation();
    const plans = [180, 181].map((zone6) => ({
      setpointC: [...situation.setpointC.slice(0, 5), zone6],
      speedMPerMin: 2.4,
      stopMin: 0,
    }));
    const [before, after] = await runScenarios({ situation, plans, runs: 2000, seed: 5 }, control);
    const differences = after!.e170Least.map((value, run) => value - before!.e170Least[run]!);
    const [low, value, high] = selectQuantiles(differences, [0.05, 0.5, 0.95]);
    near(least.difference.low, low!, 2e-3);
    near(least.difference.value, value!, 2e-3);
    near(least.difference.high, high!, 2e-3);
  });

  it("knows energy, gas, carbon dioxide, each node, the peak and the throughput", async () => {
    const result = await ask({ speedMPerMin: 3 });
    const throughput = row(result, "throughput while it runs");
    assert.deepEqual([throughput.baseline.value, throughput.scenario.value], [40, 50]);
    const gas = row(result, "gas per body");
    near(gas.baseline.value, 24.16, 0.02);
    near(row(result, "CO2 of the gas per body").baseline.value, gas.baseline.value * 0.202, 1e-4);
    // No fans in this oven: energy is the gas.
    near(row(result, "energy per body, gas and fans").scenario.value, gas.scenario.value, 1e-9);
    ride(ovenConfig(TOY_OVEN)).nodes.forEach((node) => {
      near(row(result, `E170, ${node.name}`).baseline.value / node.e170Min, 1, 0.02);
    });
    near(row(result, "hottest metal").baseline.value, 194.8, 0.3);
    const { baseline, scenario } = result.risks;
    assert.equal(baseline.underCure.runs, 2000);
    assert.ok(scenario.underCure.share > 0.9 && baseline.underCure.share < 0.01);
    assert.ok(baseline.underCure.upper > baseline.underCure.share);
    for (const { low, high, baseline: before, scenario: after } of result.histograms) {
      assert.ok(high > low);
      for (const bins of [before, after])
        assert.equal(
          bins.reduce((sum, n) => sum + n, 0),
          2000,
        );
    }
  });

  it("takes a stop, a zone off, another body and other air, each alone and all at once", async () => {
    const stop = await ask({ stopMin: 30 });
    near(row(stop, "bodies lost to the stop").scenario.value, 20, 1e-9);
    const { energy } = toySituation();
    const still = { ...energy, bodyKg: 0, skidKg: 0, bodiesPerHour: 1 };
    const aboveHallK = 1070 / 6 - energy.hallC;
    const rise = { bodyRiseK: 0, skidRiseK: 0, exhaustRiseK: aboveHallK, wallRiseK: aboveHallK };
    near(row(stop, "gas burnt during the stop").scenario.value, energyPerBody(still, rise).gasKWh / 2, 1e-9);
    const least = async (edit: ScenarioEdit) => row(await ask(edit), "E170 of the least cured node");
    assert.ok((await least({ off: ["zone4"] })).difference.high < 0);
    const heavier = await least({ body: "suv" });
    assert.ok(heavier.difference.high < 0, "thicker panels cure less");
    const byHand = { timeConstantFactor: { rocker: 1.2, bPillar: 1.2 }, bodyKg: 420 };
    // The fast lane's step follows the fastest node, which is another body's here.
    near((await least({ body: byHand })).scenario.value, heavier.scenario.value, 1e-3);
    const all: ScenarioEdit = {
      setpointC: { zone2: 185 },
      off: ["zone6"],
      speedMPerMin: 2.2,
      stopMin: 5,
      body: "suv",
    };
    const result = await ask(all);
    assert.equal(result.title, "zone2 185 °C, zone6 off, conveyor 2.2 m/min, stop of 5 min, body suv");
    const situation = toySituation();
    const suv = ovenConfig({ ...TOY_OVEN, nodes: SUV.nodes });
    const plan = {
      setpointC: [140, 185, 195, 190, 185, energy.hallC],
      speedMPerMin: 2.2,
      stopMin: 5,
      body: {
        timeConstantS: designSituation(suv).timeConstantS,
        startC: 25,
        bodyKg: 420,
        skidKg: 180,
      },
    };
    const [runs] = await runScenarios({ situation, plans: [plan], runs: 2000, seed: 5 }, control);
    near(row(result, "gas per body").scenario.value, selectQuantiles(runs!.gasKWh, [0.5])[0]!, 1e-5);
  });

  it("names what is wrong with a body", async () => {
    await assert.rejects(ask({ body: "van" }), /van is no body type \(known are body, suv\)/);
    await assert.rejects(
      ask({ body: { timeConstantFactor: { hood: 1.1 } } }),
      /hood is no node, known are roof/,
    );
    assert.throws(() => scenarioEdit({ body: 3 }, "w"), /w: body is an object, got 3/);
    assert.throws(() => scenarioEdit({ body: { wheels: 4 } }, "w"), /wheels is no part of a body/);
    assert.throws(
      () => scenarioEdit({ body: { timeConstantFactor: { rocker: 0 } } }, "w"),
      /rocker must be a number from 0.1 to 10, got 0/,
    );
  });

  it("completes a million runs in one request, tells how far it is, and sends back little", async function () {
    this.timeout(60_000);
    // One node and one zone: what is many here is the runs.
    const zones = TOY_OVEN.zones.slice(2, 3);
    const nodes = TOY_OVEN.nodes.slice(4);
    const small = designSituation(ovenConfig({ ...TOY_OVEN, zones, nodes }));
    const told: number[] = [];
    const result = await whatIf(
      compute,
      small,
      { setpointC: { zone1: 190 } },
      { runs: 1_000_000, seed: 2, onProgress: (done) => told.push(done) },
    );
    assert.equal(result.runs, 1_000_000);
    assert.equal(result.risks.baseline.underCure.runs, 1_000_000);
    assert.equal(
      result.histograms[0]!.baseline.reduce((sum, n) => sum + n, 0),
      1_000_000,
    );
    assert.equal(result.constraints.at(-1)!.value, 0, "one zone has no neighbour");
    assert.ok(told.length >= 2 && told.every((done, i) => i === 0 || done >= told[i - 1]!));
    assert.ok(JSON.stringify(result).length < 20_000);
  });

  it("lets a short request of higher priority in between, and ends when it is cancelled", async function () {
    this.timeout(60_000);
    const cancel = new AbortController();
    const order: string[] = [];
    let begun: (() => void) | undefined;
    const started = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const long = whatIf(
      compute,
      toySituation(),
      { stopMin: 5 },
      { runs: 1_000_000, signal: cancel.signal, onProgress: (done) => done > 0 && begun?.() },
    ).catch((fault: RungError) => {
      order.push(fault.code);
    });
    await started;
    const short = await whatIf(compute, toySituation(), { stopMin: 5 }, { runs: 1000, priority: 5 });
    order.push(`${short.runs}`);
    cancel.abort();
    await long;
    assert.deepEqual(order, ["1000", "compute-cancelled"]);
    // The child goes on with the next request.
    assert.equal((await whatIf(compute, toySituation(), {}, { runs: 100 })).runs, 100);
  });
});
