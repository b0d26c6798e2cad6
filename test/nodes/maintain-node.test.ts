import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import maintain from "../../nodes/4-prescribe/maintain/maintain.ts";
import type { MaintenanceEvent } from "../../runtime/core/maintenance-event.ts";
import { workOrders } from "../../runtime/host/work-orders.ts";
import { doOrder } from "../../runtime/prescribe/maintain/orders/order-desk.ts";
import type { MaintenancePlanMessage } from "../../runtime/prescribe/maintain/rolling/plan-message.ts";
import { helper, onOwnHome } from "./node-runtime.ts";

const PLANT = `
name: press line
setup_cost: 500
downtime_cost_rate: 100
repairmen: 2
horizon_h: 100
open_orders_h: 24
components:
  - {id: press, asset: acme/leipzig/press, class: press, alpha: 5, beta: 20, duration_h: 2, mtbf_h: 150}
  - {id: feeder, asset: acme/leipzig/feeder, class: feeder, alpha: 5, beta: 6, duration_h: 4, mtbf_h: 60}
`;
const FORM = {
  twin: "",
  file: "",
  plant: PLANT,
  instructions: "",
  repairers: "",
  setupCost: "",
  downtimeRate: "",
  horizonH: "",
  everyMin: 60,
  seed: 1,
};
const FLOW = [
  { id: "m", type: "rung-maintain", name: "plan", ...FORM, wires: [["plan"], ["advice"], ["done"]] },
  {
    id: "broken",
    type: "rung-maintain",
    name: "torn",
    ...FORM,
    plant: "components: [",
    wires: [[], [], []],
  },
  {
    id: "listed",
    type: "rung-maintain",
    name: "by list",
    ...FORM,
    plant: "name: press line",
    setupCost: 500,
    downtimeRate: 100,
    repairers: 2,
    horizonH: 100,
    components: [
      {
        id: "press",
        asset: "acme/leipzig/press",
        class: "press",
        alpha: 5,
        beta: 20,
        duration_h: 2,
        mtbf_h: 150,
      },
      {
        id: "feeder",
        asset: "acme/leipzig/feeder",
        class: "feeder",
        alpha: 5,
        beta: 6,
        duration_h: 4,
        mtbf_h: 60,
      },
    ],
    wires: [["listedPlan"], [], []],
  },
  {
    id: "short",
    type: "rung-maintain",
    name: "cut short",
    ...FORM,
    components: [{ id: "press", asset: "acme/leipzig/press", class: "press", alpha: 5, beta: 20 }],
    wires: [[], [], []],
  },
  ...["plan", "listedPlan", "advice", "done"].map((id) => ({ id, type: "helper", wires: [] })),
];
const OPERATOR = { name: "Ada", role: "operator" } as const;

describe("maintain in Node-RED", function () {
  this.timeout(30_000);
  onOwnHome();
  before(() => helper.load([maintain], FLOW));

  const heard = <T>(id: string): Promise<T> =>
    new Promise((resolve) => helper.getNode(id).once("input", ({ payload }) => resolve(payload as T)));
  const planAfter = (payload: unknown): Promise<MaintenancePlanMessage> =>
    new Promise((resolve, reject) => {
      void heard<MaintenancePlanMessage>("plan").then(resolve);
      helper.getNode("m").error = reject;
      helper.getNode("m").receive({ payload });
    });
  it("takes its components from a list in the form, and the rest from text and figures", async () => {
    const ofText = await planAfter("plan");
    const heardList = heard<MaintenancePlanMessage>("listedPlan");
    helper.getNode("listed").receive({ payload: "plan" });
    const ofList = await heardList;
    const worksOf = ({ stops }: MaintenancePlanMessage) =>
      stops.map(({ works }) => works.map(({ component }) => component));
    assert.deepEqual(worksOf(ofList), worksOf(ofText));
    assert.ok(worksOf(ofList).flat().includes("feeder"));
    const refused = new Promise((resolve) => {
      helper.getNode("short").error = resolve;
    });
    helper.getNode("short").receive({ payload: "plan" });
    assert.match(String(await refused), /cut short.*components\/0\/duration_h/);
  });

  const refusalOf = (payload: unknown): Promise<unknown> =>
    new Promise((resolve) => {
      helper.getNode("m").error = resolve;
      helper.getNode("m").receive({ payload });
    });
  const lifeOf = (rul: number) => ({
    kind: "life",
    component: "press",
    rul,
    low: rul - 2,
    high: rul + 4,
    unit: "h",
    timeUs: Date.now() * 1000,
    reason: "its force drifts",
  });

  it("plans what is due by the calendar when it is asked", async () => {
    const { stops, proven, name } = await planAfter({});
    assert.deepEqual([name, proven], ["press line", true]);
    assert.deepEqual(
      stops.map(({ works }) => works.map(({ id }) => id)),
      [["feeder#1"]],
    );
  });

  it("plans anew by itself when a life changes, and opens the order that comes near", async () => {
    const { stops, changes } = await planAfter(lifeOf(6));
    assert.equal(stops[0]!.works[0]!.id, "press#1");
    assert.deepEqual(
      changes.map(({ what, why }) => [what, why]),
      [["press is new", "its force drifts"]],
    );
    const [order] = workOrders().query();
    assert.deepEqual([order!.component, order!.state, order!.why], ["press", "open", "its force drifts"]);
  });

  it("tells the flow of what was signed off, and plans without it", async () => {
    const [order] = workOrders().query();
    const done = heard<MaintenanceEvent>("done");
    const plan = heard<MaintenancePlanMessage>("plan");
    const act = (action: object) =>
      doOrder(
        workOrders(),
        { order: order!.order, ...action },
        OPERATOR,
        Date.now() * 1000,
        Date.now() * 1000,
      );
    act({ do: "begin" });
    act({ do: "sign", condition: "as foretold", found: "seal worn", isRenewed: true });
    const { kind, component, by, isRenewed } = await done;
    assert.deepEqual([kind, component, by, isRenewed], ["maintenance", "press", "Ada", true]);
    const { stops, changes } = await plan;
    assert.ok(stops.every(({ works }) => works.every(({ id }) => id !== "press#1")));
    assert.match(changes[0]!.why, /begun or is done/);
    const file = join(process.env.RUNG_HOME!, "maintenance", "work-orders.jsonl");
    assert.match(readFileSync(file, "utf8"), /"kind":"signed off".*"name":"Ada"/);
  });

  it("groups a planning task that comes as a message", async () => {
    const component = (id: string, alpha: number, beta: number, duration_h: number) => ({
      id,
      alpha,
      beta,
      duration_h,
    });
    const answer = await planAfter({
      name: "two presses",
      setup_cost: 500,
      downtime_cost_rate: 100,
      components: [component("0", 5, 16, 1.108), component("1", 5, 6, 3.849)],
      activities: [
        { id: 1, component: "0", time_h: 173.298 },
        { id: 5, component: "1", time_h: 179.545 },
      ],
    });
    const { kind, value, proven } = answer as unknown as { kind: string; value: number; proven: boolean };
    assert.deepEqual([kind, proven], ["maintenance-grouping", true]);
    assert.ok(Math.abs(value - 351.333) <= 0.001);
  });

  it("says what is wrong, and goes on", async () => {
    for (const [wrong, message] of [
      [{ ...lifeOf(6), rul: Number.NaN }, /the life of press has no rul/],
      [{ ...lifeOf(6), component: "gate" }, /a life is of gate, which is not maintained/],
      [{ kind: "finding", id: "x" }, /a finding is not whole/],
      [{ kind: "forecast" }, /plans nothing by "forecast"/],
      [{ kind: "planned-stops", stops: [{ fromUs: 2, toUs: 1 }] }, /stop 0 goes from 2 to 1/],
      [{ components: [] }, /setup_cost|activities|window/],
      [[], /got a list/],
    ] as const)
      assert.match(String(await refusalOf(wrong)), message);
    const said = new Promise((resolve) => {
      helper.getNode("broken").error = resolve;
    });
    helper.getNode("broken").receive({ payload: {} });
    assert.match(String(await said), /torn: /);
    assert.equal((await planAfter({})).kind, "maintenance-plan");
  });
});
