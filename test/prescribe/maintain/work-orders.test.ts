import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MaintenanceEvent } from "../../../runtime/core/maintenance-event.ts";
import { InstructionShelf } from "../../../runtime/prescribe/maintain/instructions/instruction-shelf.ts";
import { readInstruction } from "../../../runtime/prescribe/maintain/instructions/read-instruction.ts";
import { eventOf, openOrders, pastOf } from "../../../runtime/prescribe/maintain/orders/open-orders.ts";
import { OrderBook } from "../../../runtime/prescribe/maintain/orders/order-book.ts";
import { doOrder } from "../../../runtime/prescribe/maintain/orders/order-desk.ts";
import { run } from "../../../runtime/prescribe/maintain/rolling/maintenance-thread.ts";
import { RollingPlan } from "../../../runtime/prescribe/maintain/rolling/rolling-plan.ts";
import { HOUR_US, MONDAY_US, plantOf, TWIN } from "./maintained-station.ts";

const CAPS = `
id: caps
class: gun
title: {en: Change the caps, de: Kappen wechseln}
hazards: [{en: "Crushing", de: "Quetschen"}]
part: {id: cap, label: {en: Electrode cap}}
sketch: {width: 10, height: 10, shapes: [{part: cap, points: [[1, 1], [2, 1], [2, 2]]}]}
steps:
  - {text: {en: Lock the robot out}, minutes: 5, lockout: true}
  - {text: Pull the caps, minutes: 10, tools: [Cap puller]}
`;
const OPERATOR = { name: "Ada", role: "operator" } as const;

describe("work orders", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-orders-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const file = () => join(folder, "maintenance", "orders.jsonl");

  async function opened() {
    const book = new OrderBook(file());
    const plant = plantOf({ components: [plantOfGun()] });
    const rolling = new RollingPlan({
      twin: TWIN,
      plant,
      seed: 1,
      past: (component) => pastOf(book, TWIN, component),
      marks: new Map(),
      solve: async (order) => run(order),
    });
    const life = { kind: "life" as const, component: "r1-caps", rul: 5, low: 4, high: 6, unit: "h" };
    rolling.takeLife({ ...life, timeUs: MONDAY_US }, "test");
    const shelf = new InstructionShelf([readInstruction(CAPS, "caps.yaml")]);
    const plan = await rolling.plan(MONDAY_US);
    const orders = openOrders(book, plan, plant, shelf, MONDAY_US);
    return { book, plant, rolling, shelf, plan, orders };
  }
  const plantOfGun = () => ({
    id: "r1-caps",
    asset: `${TWIN}/r1`,
    class: "gun",
    alpha: 2,
    beta: 8,
    duration_h: 0.5,
    mtbf_h: 30,
    mark: "R1",
  });

  it("are opened once for the works that begin soon, with the steps of their class", async () => {
    const { book, plant, plan, shelf, orders } = await opened();
    assert.deepEqual(
      orders.map(({ title, steps, mark, state }) => [title, steps, mark, state]),
      [["r1-caps: Change the caps", 2, "R1", "open"]],
    );
    assert.deepEqual(openOrders(book, plan, plant, shelf, MONDAY_US), []);
    const later = { ...plan, stops: plan.stops.map((stop) => ({ ...stop, fromUs: stop.fromUs + HOUR_US })) };
    openOrders(book, later, plant, shelf, MONDAY_US);
    assert.equal(book.get(orders[0]!.order)!.plannedUs, later.stops[0]!.fromUs, "they move with the plan");
  });

  it("go from open to signed off, step by step, each by whom and when", async () => {
    const { book, rolling, orders } = await opened();
    const { order } = orders[0]!;
    const events: (MaintenanceEvent | undefined)[] = [];
    book.onLine((one, line) => events.push(eventOf(one, line)));
    const act = (action: object, at = 6) =>
      doOrder(book, { order, ...action }, OPERATOR, MONDAY_US + at * HOUR_US, MONDAY_US);
    const sign = { do: "sign", condition: "as foretold", found: " worn to 5 mm ", isRenewed: true };
    assert.throws(() => act({ do: "tick", step: 0 }), /has not begun/);
    act({ do: "begin" });
    assert.throws(() => act({ do: "tick", step: 1 }), /step 2 is not the next one \(step 1 of 2 is\)/);
    act({ do: "tick", step: 0 });
    assert.throws(() => act(sign), /step 2 of 2 is not done/);
    act({ do: "tick", step: 1 });
    act({ do: "untick" });
    act({ do: "tick", step: 1 });
    assert.throws(() => act({ ...sign, condition: "fine" }), /does not say how the part was found/);
    const signed = act(sign);
    assert.equal(signed.state, "signed off");
    assert.deepEqual(signed.signed!.by, OPERATOR);
    assert.equal(signed.signed!.found, "worn to 5 mm");
    assert.throws(() => act(sign), /is signed off already/);

    const [event] = events.filter((one) => one !== undefined);
    assert.deepEqual(
      [event!.kind, event!.asset, event!.by, event!.isRenewed],
      ["maintenance", `${TWIN}/r1`, "Ada", true],
    );
    const [state] = rolling.states(MONDAY_US + 7 * HOUR_US);
    assert.equal((state!.life!.dueUs - MONDAY_US) / HOUR_US, 36, "a life begins with the new part");
    const { stops } = await rolling.plan(MONDAY_US + 7 * HOUR_US);
    assert.deepEqual(
      stops.map(({ works }) => works.map(({ id }) => id)),
      [["r1-caps#2"]],
    );
  });

  it("are for operators and above who are signed in", async () => {
    const { book, orders } = await opened();
    const begin = { order: orders[0]!.order, do: "begin" };
    const viewer = { name: "Vic", role: "viewer" } as const;
    assert.throws(() => doOrder(book, begin, undefined, 0, 0), /nobody is signed in/);
    assert.throws(() => doOrder(book, begin, viewer, 0, 0), /Vic is a viewer, who only reads/);
    assert.throws(() => doOrder(book, { order: "x", do: "begin" }, OPERATOR, 0, 0), /is no work order/);
    assert.throws(() => doOrder(book, null, OPERATOR, 0, 0), /is no work order/);
    assert.throws(
      () => doOrder(book, { ...begin, do: "drop", why: " " }, OPERATOR, 0, 0),
      /without a reason/,
    );
    assert.throws(() => doOrder(book, { ...begin, do: "fly" }, OPERATOR, 0, 0), /"fly" cannot be done/);
    assert.equal(book.get(begin.order)!.state, "open");
  });

  it("outlive a restart in a file that only grows, a half-written line apart", async () => {
    const { book, orders } = await opened();
    const { order } = orders[0]!;
    doOrder(book, { order, do: "begin" }, OPERATOR, MONDAY_US, MONDAY_US);
    assert.equal(statSync(file()).mode & 0o777, 0o600);
    const before = readFileSync(file(), "utf8");
    appendFileSync(file(), '{"kind":"ticked","ord');
    const again = new OrderBook(file());
    assert.equal(again.broken, 1);
    assert.deepEqual(again.get(order), book.get(order));
    doOrder(again, { order, do: "drop", why: "robot is away" }, OPERATOR, MONDAY_US, MONDAY_US);
    assert.ok(readFileSync(file(), "utf8").startsWith(before));
    const third = new OrderBook(file());
    assert.equal(third.get(order)!.dropped!.why, "robot is away");
    assert.deepEqual(
      third.query({ asset: TWIN, states: ["dropped"] }).map((one) => one.order),
      [order],
    );
    assert.deepEqual(third.query({ asset: "acme/other" }), []);
  });
});

describe("instructions", () => {
  it("are read with both languages, steps, tools and what is to be marked", () => {
    const caps = readInstruction(CAPS, "caps.yaml");
    assert.deepEqual(caps.title, { en: "Change the caps", de: "Kappen wechseln" });
    assert.deepEqual(
      caps.steps.map(({ isLockOut, minutes, text }) => [isLockOut, minutes, text.en]),
      [
        [true, 5, "Lock the robot out"],
        [false, 10, "Pull the caps"],
      ],
    );
  });

  it("are found by class, fault and component, the one that says most", () => {
    const base = readInstruction(CAPS, "caps.yaml");
    const worn = { ...base, id: "worn", fault: "wear" };
    const shelf = new InstructionShelf([base, worn]);
    const find = (assetClass: string, fault: string) =>
      shelf.find({ assetClass, component: "r1-caps", fault })?.id;
    assert.equal(find("gun", ""), "caps");
    assert.equal(find("gun", "Electrode Wear of R1"), "worn");
    assert.equal(find("fan", ""), undefined);
  });

  it("say what is wrong, by path", () => {
    for (const [from, to, message] of [
      ["minutes: 5", "minutes: 0", /caps\.yaml: steps\/0\/minutes: must be > 0 min, got 0/],
      ["id: caps", "id: 3x\nspeed: 2", /caps\.yaml: speed: means nothing here/],
      ["part: cap,", "part: arm,", /part\/id: cap is in no shape of the sketch/],
      ["lockout: true", "lockout: 1", /steps\/0\/lockout: must be true or false/],
      ["[1, 1],", "[1],", /points\/0: has 1 numbers/],
      ["class: gun", "class: [", /caps\.yaml: /],
    ] as const)
      assert.throws(() => readInstruction(CAPS.replace(from, to), "caps.yaml"), message);
  });
});
