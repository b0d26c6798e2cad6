import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { oneWidgetFlow } from "./widget-flow.ts";
import { onWidgetPage, SIZES } from "./widget-page.ts";

const PLANT = `
name: station 120
setup_cost: 250
downtime_cost_rate: 900
repairmen: 2
horizon_h: 72
open_orders_h: 72
components:
  - {id: r1-caps, label: R1 caps, asset: acme/r1, class: weld gun, mark: R1, alpha: 2, beta: 9, duration_h: 0.4, mtbf_h: 6}
  - {id: fan, label: Fan, asset: acme/fan, class: fan, alpha: 2, beta: 9, duration_h: 1, mtbf_h: 50}
`;

/** The widget behind a maintain node that plans at once. */
function flow(): object[] {
  const nodes = oneWidgetFlow({
    type: "ui-rung-maintenance",
    payload: {},
    says: "[msg.payload.kind, msg.payload.robot, msg.payload.words].join(' | ')",
  }).map((node) => ((node as { id: string }).id === "in" ? { ...node, wires: [["plan"]] } : node));
  const instructions = fileURLToPath(
    new URL("../../examples/data/maintenance/instructions", import.meta.url),
  );
  const empty = { repairers: "", setupCost: "", downtimeRate: "", horizonH: "" };
  const plan = {
    id: "plan",
    type: "rung-maintain",
    z: "t",
    name: "",
    version: 1,
    twin: "",
    file: "",
    plant: PLANT,
  };
  return [
    ...nodes,
    { ...plan, ...empty, instructions, everyMin: 60, seed: 1, x: 200, y: 100, wires: [["widget"], [], []] },
  ];
}

describe("the maintenance screen", function () {
  this.timeout(90_000);
  const on = onWidgetPage(flow, "operator", { size: SIZES[2] });
  let page: Page;
  before(async () => {
    page = on.page;
    await page.locator(".order").first().waitFor();
  });

  const caps = () => page.locator(".order", { hasText: "R1 caps: Change the electrode caps" }).first();

  it("shows when the line stops, for what, and what that saves", async () => {
    const text = (await page.locator(".rung-panel").textContent()) ?? "";
    assert.match(text, /next stop in/);
    assert.match(text, /stops? instead of \d+; the line stands/);
    assert.match(text, /saves [\d,]+ \([\d,]+ to [\d,]+\), (not )?proved the most/);
    assert.ok((await page.locator(".track .stop").count()) > 0);
  });

  it("lets a viewer read, and sign nothing", async () => {
    const viewer = await on.open("viewer", { size: SIZES[2] });
    await viewer.locator(".order .head").first().click();
    await viewer.getByRole("button", { name: "Begin" }).click();
    await viewer.waitForTimeout(1500);
    assert.equal(await viewer.getByRole("button", { name: "Begin" }).count(), 1, "it is still open");
    await viewer.close();
  });

  it("is ticked by keyboard, step by step, the part marked", async () => {
    await caps().locator(".head").focus();
    await page.keyboard.press("Enter");
    assert.equal(await caps().locator(".hazards li").count(), 2);
    await caps().getByRole("button", { name: "Begin" }).focus();
    await page.keyboard.press("Enter");
    await caps().locator(".steps li.next").waitFor();
    assert.match((await caps().locator("figcaption").textContent()) ?? "", /Lock-out point/);
    assert.equal(
      await caps().locator(".steps input").nth(1).isDisabled(),
      true,
      "not before the first is done",
    );
    const sign = caps().getByRole("button", { name: "Sign off" });
    for (let step = 0; step < 5; step++) {
      assert.equal(await sign.isDisabled(), true);
      await caps().locator(".steps input").nth(step).focus();
      await page.keyboard.press("Space");
      await caps().locator(".steps li").nth(step).getByText("done by operator").waitFor();
    }
    assert.match((await caps().locator("figcaption").textContent()) ?? "", /Electrode caps/);
    assert.ok((await caps().locator("polygon.marked").count()) === 2);
    assert.match(on.host.output, /part-mark \| R1 \| Lock-out point/);
  });

  it("has no text cut, overlapping or raw at any size, light and dark", async () => {
    await on.isWhole("maintenance");
  });

  it("is signed off with what was found, and the plan goes on without it", async () => {
    await caps().locator("textarea").fill("worn to 5 mm");
    await caps().getByRole("button", { name: "Sign off" }).click();
    await page.getByText("signed off by operator").first().waitFor();
    const file = readFileSync(join(on.home, "maintenance", "work-orders.jsonl"), "utf8");
    const signed = file.split("\n").find((line) => line.includes('"kind":"signed off"'))!;
    assert.deepEqual(JSON.parse(signed).by, { name: "operator", role: "operator" });
    assert.equal(JSON.parse(signed).found, "worn to 5 mm");
    await page.locator("summary", { hasText: "since the plan before" }).click();
    await page.getByText("R1 caps is out").waitFor();
  });

  it("broke nothing on its page", () => assert.deepEqual(on.wrong, []));
});
