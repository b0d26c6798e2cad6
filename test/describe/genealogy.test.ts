import assert from "node:assert/strict";
import { join } from "node:path";
import { Plant } from "../../plant/physics/plant.ts";
import type { Frame } from "../../runtime/core/frame.ts";
import { genealogy, progressOf } from "../../runtime/describe/orders/genealogy.ts";
import { OrderDesk } from "../../runtime/describe/orders/order-desk.ts";
import { OrderStore } from "../../runtime/describe/orders/order-store.ts";
import { OVEN, PlantFrames } from "../predict/plant-frames.ts";
import { HistorianBench } from "./historian-fixture.ts";

const ENTRY = `${OVEN}/entry/body`;
const EXIT = `${OVEN}/exit/body`;
const AIR = `${OVEN}/zone3/airTemperature`;
const SPEED = `${OVEN}/conveyor/speed`;
const START = 1_790_000_000_000_000;
const TICK_US = 5e6;

describe("genealogy of the virtual plant's bodies", function () {
  this.timeout(30_000);
  const bench = new HistorianBench();
  const frames: Frame[] = [];
  const plant = new Plant({ seed: 11, startTimeUs: START });
  let store: OrderStore;
  let historian: ReturnType<HistorianBench["historian"]>;

  before(async () => {
    const source = new PlantFrames(plant);
    plant.onTick = () => frames.push(source.take());
    plant.step(2 * 3600);
    historian = bench.historian();
    await Promise.all(frames.map((frame) => historian.append(frame)));
    store = new OrderStore(join(bench.folder, "orders.sqlite"));
  });
  after(async () => {
    store.close();
    await bench.end();
  });

  const question = () => ({
    entry: ENTRY,
    exit: EXIT,
    addresses: [AIR, SPEED],
    fromUs: START,
    toUs: plant.timeUs + 1,
  });
  /** Straight from the frames, sample by sample. */
  const samplesOf = (address: string): { timeUs: number; value: number }[] =>
    frames
      .flatMap((frame) => [...frame])
      .filter((sample) => sample.address === address)
      .map(({ sourceTimeUs: timeUs, value }) => ({ timeUs, value }));

  it("finds every body that passed, when the plant says it did", async () => {
    const rows = await genealogy(historian, store, question());
    const whole = rows.filter(({ enteredUs, leftUs }) => enteredUs !== null && leftUs !== null);
    assert.ok(whole.length > 20, `${whole.length} bodies passed`);
    const truth = new Map(plant.finished.map((body) => [String(body.id), body]));
    for (const { body, enteredUs, leftUs } of whole) {
      const { entryUs, exitUs } = truth.get(body)!;
      // The first frame repeats the last event before it, as a new subscription does.
      if (entryUs < START) continue;
      // A tag is published with the tick after the event.
      assert.ok(enteredUs! - entryUs >= 0 && enteredUs! - entryUs < TICK_US, body);
      assert.ok(leftUs! - exitUs >= 0 && leftUs! - exitUs < TICK_US, body);
    }
    const left = plant.finished.filter(({ exitUs }) => exitUs >= START && exitUs <= plant.timeUs - TICK_US);
    const seen = new Set(rows.filter(({ leftUs }) => leftUs !== null).map(({ body }) => body));
    assert.deepEqual(
      left.filter(({ id }) => !seen.has(String(id))),
      [],
    );
    assert.ok(
      rows.some(({ leftUs }) => leftUs === null),
      "some are still inside",
    );
  });

  it("tells each body's conditions as the samples give them", async () => {
    const rows = await genealogy(historian, store, question());
    const air = samplesOf(AIR);
    for (const { body, enteredUs, leftUs, conditions } of rows.filter((row) => row.enteredUs && row.leftUs)) {
      const inside = air.filter(({ timeUs }) => timeUs >= enteredUs! && timeUs < leftUs!);
      const atEntry = air.filter(({ timeUs }) => timeUs <= enteredUs!).at(-1)!.value;
      const standing = [
        { timeUs: enteredUs!, value: atEntry },
        ...inside.filter(({ timeUs }) => timeUs > enteredUs!),
      ];
      const weighted = standing.reduce(
        (sum, { timeUs, value }, i) => sum + value * ((standing[i + 1]?.timeUs ?? leftUs!) - timeUs),
        0,
      );
      const values = standing.map(({ value }) => value);
      const found = conditions[AIR]!;
      assert.deepEqual(
        [found.atEntry, found.min, found.max, found.atExit, found.count, found.covered],
        [atEntry, Math.min(...values), Math.max(...values), values.at(-1), inside.length, 1],
        body,
      );
      assert.ok(Math.abs(found.mean! - weighted / (leftUs! - enteredUs!)) < 1e-9, body);
    }
    const speeds = rows.map(({ conditions }) => conditions[SPEED]!.mean).filter((mean) => mean !== null);
    assert.ok(speeds.length >= rows.length - 1);
    for (const speed of speeds) assert.ok(Math.abs(speed - plant.conveyorMPerMin) < 0.02, `${speed} m/min`);
  });

  it("joins the orders that name the bodies, and tells what was done of an order", async () => {
    const all = await genealogy(historian, store, question());
    const done = all.filter(({ enteredUs, leftUs }) => enteredUs !== null && leftUs !== null).slice(0, 3);
    const inside = all.find(({ leftUs }) => leftUs === null)!;
    store.take(
      {
        requests: [
          {
            id: "done",
            version: "1",
            product: "sedan",
            quantity: { value: 3, unit: "EA" },
            bodies: done.map(({ body }) => body),
          },
          { id: "running", version: "1", product: "coupe", bodies: [done[0]!.body, inside.body] },
          { id: "ahead", version: "1", bodies: ["999999"] },
        ],
        responses: [],
        problems: [],
      },
      "test",
      START,
    );
    const rows = await genealogy(historian, store, { ...question(), order: "done" });
    assert.deepEqual(
      rows.map(({ body, product }) => [body, product]),
      [
        [done[0]!.body, rows[0]!.product],
        [done[1]!.body, "sedan"],
        [done[2]!.body, "sedan"],
      ],
    );
    assert.deepEqual(progressOf(store.get("done")!, all), {
      id: "done",
      version: "1",
      actualStartUs: done[0]!.enteredUs,
      actualEndUs: done[2]!.leftUs,
      state: "completed",
      producedQuantity: { value: 3, unit: "EA" },
    });
    const running = progressOf(store.get("running")!, all)!;
    assert.deepEqual(
      [running.state, running.actualEndUs, running.producedQuantity],
      ["running", undefined, { value: 1 }],
    );
    assert.equal(progressOf(store.get("ahead")!, all), undefined);
    assert.deepEqual(await genealogy(historian, store, { ...question(), bodies: ["999999"] }), []);

    const desk = new OrderDesk(
      { name: "mes", store, historian, onEvent: () => undefined, onProblem: (error) => assert.fail(error) },
      { entry: ENTRY, exit: EXIT, addresses: [AIR] },
    );
    const asked = await desk.genealogy({
      order: "done",
      fromUs: START,
      toUs: plant.timeUs + 1,
      report: true,
    });
    assert.equal(asked.length, 3);
    assert.equal(store.get("done")!.state, "completed");
    assert.deepEqual(store.reports.counts(), { waiting: 1, sent: 0, refused: 0 });
    await desk.genealogy({ order: "done", fromUs: START, toUs: plant.timeUs + 1, report: true });
    assert.equal(store.reports.counts().waiting, 1);
    await desk.stop();
  });
});
