import assert from "node:assert/strict";
import { join } from "node:path";
import { csvOfCures, curesOf } from "../../runtime/cli/query-cure.ts";
import { bodyRecords } from "../../runtime/describe/historian/body-records.ts";
import { genealogy } from "../../runtime/describe/orders/genealogy.ts";
import { OrderStore } from "../../runtime/describe/orders/order-store.ts";
import { CureFrames } from "../../runtime/predict/cure-frames.ts";
import { type CureRecord, cureRecord } from "../../runtime/predict/cure-record.ts";
import type { TrackedExit } from "../../runtime/predict/oven-tracker.ts";
import { HistorianBench } from "../describe/historian-fixture.ts";
import { OVEN, PlantFrames } from "./plant-frames.ts";
import { paintOven, primedOven } from "./primed-oven.ts";

const NODES = ["roof", "door", "aPillar", "bPillar", "rocker"] as const;
const LIMITS = { e170LeastMin: 10, e170MostMin: 55, peakMostC: 205 };

/** An exit of which all nodes are alike, but one. */
function exitOf(e170Min: number, spreadLn: number, peakC = 190, rockerMin = e170Min): TrackedExit {
  const five = (value: number) => new Array<number>(5).fill(value);
  return {
    id: 7,
    entryUs: 1e15,
    timeUs: 1e15 + 1800e6,
    zoneS: new Array<number>(6).fill(300),
    gasKWh: 20,
    predictedC: five(178),
    measuredC: five(177),
    e170Min: [...five(e170Min).slice(1), rockerMin],
    e170LnDeviation: five(spreadLn),
    peakC: five(peakC),
    nis: 5,
  };
}
const record = (exit: TrackedExit): CureRecord => cureRecord(exit, OVEN, paintOven(), LIMITS, "v1");

describe("cure record of a body", () => {
  it("gives each node its 90 % interval, and the gas its CO2", () => {
    const { nodes, gasKWh, co2Kg, zones } = record(exitOf(20, 0.1));
    assert.ok(Math.abs(nodes[0]!.lowMin - 20 / Math.exp(0.1645)) < 1e-9);
    assert.ok(Math.abs(nodes[0]!.highMin - 20 * Math.exp(0.1645)) < 1e-9);
    assert.deepEqual([gasKWh, co2Kg], [20, 20 * 0.202]);
    assert.deepEqual(zones[5], { name: "zone6", timeS: 300 });
    assert.deepEqual(record({ ...exitOf(20, 0.1), gasKWh: Number.NaN }).gasKWh, null);
  });

  it("judges the least and the most cured node, and says where the interval leaves it open", () => {
    for (const [exit, verdict] of [
      [exitOf(20, 0.03), "cured"],
      [exitOf(20, 0.03, 190, 9.9), "under-cured"],
      [exitOf(20, 0.03, 190, 10.3), "doubtful"],
      [exitOf(20, 0.03, 190, 56), "over-baked"],
      [exitOf(54, 0.03), "doubtful"],
      [exitOf(20, 0.03, 206), "over-baked"],
    ] as const)
      assert.equal(record(exit).verdict, verdict, JSON.stringify(exit.e170Min));
  });
});

describe("cure of the virtual plant's bodies, in history", function () {
  this.timeout(30_000);
  const bench = new HistorianBench();
  const { plant, tracker } = primedOven(23);
  const source = new PlantFrames(plant);
  const told: CureRecord[] = [];
  let historian: ReturnType<HistorianBench["historian"]>;
  let startUs: number;

  before(async () => {
    historian = bench.historian();
    const config = paintOven();
    const cures = new CureFrames({ source: "estimate:e", epoch: 1, reality: "virtual", twin: OVEN, config });
    const stored: Promise<unknown>[] = [];
    tracker.onExit((exit) => {
      const cure = cureRecord(exit, OVEN, config, LIMITS, tracker.modelVersion);
      told.push(cure);
      stored.push(historian.append(cures.frameOf(cure, plant.timeUs)));
    });
    const follow = plant.onTick!;
    plant.onTick = (timeUs) => {
      follow(timeUs);
      stored.push(historian.append(source.take()));
    };
    plant.finished.length = 0;
    startUs = plant.timeUs;
    plant.step(1.5 * 3600);
    plant.fault({ fault: "fouled-nozzle", zone: 3, severity: 0.6 });
    plant.step(2 * 3600);
    await Promise.all(stored);
  });
  after(() => bench.end());

  const span = () => ({ fromUs: startUs, toUs: plant.timeUs + 1 });

  it("holds one record per body that left, joined to the orders by its exit", async () => {
    const records = await bodyRecords(historian, { under: `${OVEN}/cure`, ...span() });
    assert.deepEqual(
      records.map(({ body, timeUs }) => [body, timeUs]),
      told.map(({ body, leftUs }) => [String(body), leftUs]),
    );
    assert.ok(told.length > 100);
    const [first] = records;
    assert.equal(first!.values["e170/rocker"], told[0]!.nodes[4]!.e170Min);
    assert.equal(first!.values.model, tracker.modelVersion);
    assert.deepEqual(first!.values.entered, new Date(told[0]!.enteredUs / 1000));

    const store = new OrderStore(join(bench.folder, "orders.sqlite"));
    const body = String(told[20]!.body);
    const requests = [{ id: "o1", version: "1", product: "sedan", bodies: [body] }];
    store.take({ requests, responses: [], problems: [] }, "test", plant.timeUs);
    const rows = await genealogy(historian, store, {
      entry: `${OVEN}/entry/body`,
      exit: `${OVEN}/exit/body`,
      addresses: [`${OVEN}/conveyor/speed`],
      records: `${OVEN}/cure`,
      order: "o1",
      ...span(),
    });
    store.close();
    assert.deepEqual(
      rows.map((row) => [row.body, row.product, row.record!["e170/rocker"]]),
      [[body, "sedan", told[20]!.nodes[4]!.e170Min]],
    );
  });

  it("answers for one body, and for those below a limit, as `rung query --cure` does", async () => {
    const under = told.filter(({ nodes }) => nodes.some(({ e170Min }) => e170Min < 12));
    assert.ok(under.length > 5 && under.length < told.length, `${under.length} below 12 min`);
    const found = await curesOf(historian, { twin: OVEN, below: 12, ...span() });
    assert.deepEqual(
      found.map(({ body }) => body),
      under.map(({ body }) => String(body)),
    );
    const one = await curesOf(historian, { twin: OVEN, body: String(told[3]!.body), ...span() });
    assert.equal(one.length, 1);
    assert.equal(one[0]!.values.verdict, told[3]!.verdict);
    const [header, line] = csvOfCures(one).split("\n");
    assert.match(header!, /^body,left,co2,e170\/aPillar,/);
    assert.ok(line!.startsWith(`${told[3]!.body},20`));
    await assert.rejects(curesOf(historian, { twin: "acme/leipzig/paint/oven2", ...span() }), {
      code: "unknown-address",
    });
  });

  it("covers the plant's truth, and shares the gas out whole", () => {
    const truth = new Map(plant.finished.map((body) => [body.id, body]));
    let inside = 0;
    let count = 0;
    for (const { body, nodes } of told) {
      for (const [n, name] of NODES.entries()) {
        const e170 = truth.get(body)!.e170[name];
        assert.ok(Math.abs(nodes[n]!.e170Min / e170 - 1) < 0.15, `${name} of body ${body}`);
        if (e170 >= nodes[n]!.lowMin && e170 <= nodes[n]!.highMin) inside++;
        count++;
      }
    }
    assert.ok(
      inside / count > 0.75 && inside < count,
      `90 % intervals cover ${((100 * inside) / count).toFixed(0)} %`,
    );
    // The plant's share counts gas and fans; its fans take a tenth.
    for (const { body, gasKWh } of told.slice(0, 50)) {
      const share = gasKWh! / truth.get(body)!.energyKwh;
      assert.ok(share > 0.8 && share < 1, `body ${body}: ${share}`);
    }
  });
});
