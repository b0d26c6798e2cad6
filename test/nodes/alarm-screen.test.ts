import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { CaseBooks } from "../../runtime/diagnose/cause/case-books.ts";
import type { CauseMessage } from "../../runtime/diagnose/cause/cause.ts";
import type { Finding } from "../../runtime/diagnose/finding.ts";
import { cause, ended, finding, TWIN } from "../diagnose/alarms/findings.ts";
import { accessFaults } from "../flows/access-check.ts";
import { eventually } from "../flows/product.ts";
import { oneWidgetFlow } from "./widget-flow.ts";
import { onWidgetPage } from "./widget-page.ts";

// The widget's clock is this machine's: no link feeds the twin.
const NOW_S = Math.floor(Date.now() / 1000);
const fan = finding("fan", "zone3/fanFlow", 1, NOW_S - 120, {
  title: "Zone 3 fan flow 18 % below normal",
  reason: "Zone 3 fan flow is 9,420 m³/h, normal 11,300 to 11,700; its average is 9 standard deviations off.",
  action: "Clean the nozzles of zone 3 at the next stop",
  consequence: "Rocker under-cured, 18.6 % of bodies when the zone settles",
  withinMin: 10,
});
const pump = finding("pump", "pump/current", 2, NOW_S - 60, { title: "Pump current 12 % above normal" });
const long = finding("long", "longName", 3, NOW_S - 30, {
  title: `Signal ${"of a very long name ".repeat(10)}is frozen`,
});
const STEPS: Record<string, readonly (Finding | CauseMessage)[]> = {
  start: [fan, pump, long],
  causes: [cause("fan", "Zone 3 fan flow fell first", "Zone 3 fan power fell")],
  fanEnds: [ended(fan, NOW_S)],
  flood: Array.from({ length: 300 }, (_, i) =>
    finding(`f${i}`, `place${i}`, 3, NOW_S, { title: `Place ${i} off` }),
  ),
};

/** A list of alarms that is fed a step at a time, by asking for it. */
function alarmsFlow(): object[] {
  const flow = oneWidgetFlow({
    type: "ui-rung-list",
    payload: {},
    says: "msg.payload.map(({ event, by, title }) => [event, by, title].join(' | ')).join('; ')",
  }).map((node) =>
    (node as { id: string }).id === "in"
      ? {
          id: "in",
          type: "http in",
          z: "t",
          name: "",
          url: "/steps",
          method: "get",
          x: 100,
          y: 100,
          wires: [["each", "answer"]],
        }
      : node,
  );
  flow.push(
    {
      id: "each",
      type: "function",
      z: "t",
      name: "",
      func: `const steps = ${JSON.stringify(STEPS)}; node.send([steps[msg.payload.step].map((payload) => ({ payload }))]);`,
      outputs: 1,
      x: 200,
      y: 100,
      wires: [["widget"]],
    },
    { id: "answer", type: "http response", z: "t", name: "", statusCode: "204", x: 200, y: 160, wires: [] },
  );
  return flow;
}

describe("the list of alarms", function () {
  this.timeout(60_000);
  const on = onWidgetPage(alarmsFlow, "operator");
  let page: Page;
  before(async () => {
    page = on.page;
    await page.locator(".rung-panel").waitFor();
  });

  const step = async (name: string) => {
    const response = await page.request.get(`${on.host.url}/steps?step=${name}`);
    assert.equal(response.status(), 204, await response.text());
  };
  const rows = () => page.locator(".alarm-rows li span").allTextContents();
  const head = (on: Page) => on.locator(".rung-head").textContent();

  it("says so where nothing is abnormal", async () => {
    await page.getByText("Nothing abnormal.").waitFor();
    await page.getByText(/0 in the last 10 min/).waitFor();
    await on.shoot("alarms-empty");
    assert.deepEqual(await accessFaults(page), []);
  });

  it("opens the worst with why, what happens otherwise, what to do and how long it helps", async () => {
    await step("start");
    const card = page.locator(".alarm-card");
    await card.getByRole("heading", { name: "Zone 3 fan flow 18 % below normal" }).waitFor();
    for (const words of [
      /9 standard deviations off/,
      /Rocker under-cured/,
      /Clean the nozzles/,
      /Act within\d:\d\d/,
    ])
      await card.getByText(words).first().waitFor();
    assert.match((await head(page)) ?? "", /3 open · 3 not acknowledged/);
    assert.deepEqual((await rows()).slice(0, 2), [fan.title, pump.title]);
  });

  it("is acknowledged by the operator, by name, on every page at once", async () => {
    const other = await on.open("viewer");
    await page.getByRole("button", { name: "Acknowledge", exact: true }).click();
    await page
      .getByText(/acknowledged by operator/)
      .first()
      .waitFor();
    await other
      .getByText(/acknowledged by operator/)
      .first()
      .waitFor();
    assert.match(on.host.output, /acknowledged \| operator \| Zone 3 fan flow/);
    // A viewer's press is refused by the host.
    await other.getByRole("button", { name: "Acknowledge", exact: true }).click();
    await eventually("the refusal", () => /viewer only reads/.test(on.host.output) || undefined);
    assert.match((await head(other)) ?? "", /3 open · 2 not acknowledged/);
    await other.close();
  });

  it("lists the likely causes, and learns from the operator which it was", async () => {
    await step("causes");
    const card = page.locator(".alarm-card");
    await card.getByText("Zone 3 fan flow fell first (60 %). Zone 3 fan flow fell first left").waitFor();
    const other = await on.open("viewer");
    const nameIt = async (on: Page) => {
      await on.locator(".alarm-rows button", { hasText: fan.title }).click();
      await on.getByRole("button", { name: "Name the cause …" }).click();
      await on.getByRole("radio", { name: "Zone 3 fan power fell" }).check();
      await on.getByRole("button", { name: "This was the cause" }).click();
    };
    const refusals = on.host.output.split("viewer only reads").length;
    await nameIt(other);
    await eventually(
      "the refusal",
      () => on.host.output.split("viewer only reads").length > refusals || undefined,
    );
    assert.deepEqual(new CaseBooks(`${on.home}/cause`).of(TWIN).causes, [], "a viewer teaches nothing");
    await nameIt(page);
    for (const each of [page, other])
      await each.getByText("Zone 3 fan power fell · found by operator").waitFor();
    await other.close();
    assert.match(on.host.output, /cause-found \| operator \| Zone 3 fan flow/);
  });

  it("is over and out of the list when the plant is normal again and somebody has seen it", async () => {
    await step("fanEnds");
    await page.locator(".alarm-over").getByText(fan.title).waitFor();
    assert.match((await head(page)) ?? "", /2 open · 2 not acknowledged/);
  });

  it("takes another word on the cause of what is over: none of these, but", async () => {
    await page.locator(".alarm-over button").click();
    const card = page.locator(".alarm-card");
    await card.getByRole("heading", { name: fan.title }).waitFor();
    assert.equal(await card.getByRole("button", { name: /Acknowledge|Shelve/ }).count(), 0);
    await card.getByRole("button", { name: "Correct the cause …" }).click();
    const put = card.getByRole("button", { name: "This was the cause" });
    assert.equal(await put.isDisabled(), true, "something is to be named");
    await on.shoot("alarms-cause");
    assert.deepEqual(await accessFaults(page), []);
    await card.getByRole("combobox").fill("nozzle fouled");
    assert.equal(await card.getByRole("radio", { name: /none of these/ }).isChecked(), true);
    await put.click();
    await card.getByText("nozzle fouled · found by operator").waitFor();
    assert.deepEqual(new CaseBooks(`${on.home}/cause`).of(TWIN).causes, ["nozzle fouled"]);
  });

  it("is shelved by keyboard, for a time and a reason, and brought back", async () => {
    await page.locator(".alarm-rows button", { hasText: "Pump current" }).focus();
    await page.keyboard.press("Enter");
    await page
      .locator(".alarm-card")
      .getByRole("heading", { name: /Pump current/ })
      .waitFor();
    await page.getByRole("button", { name: "Shelve …" }).press("Enter");
    const put = page.getByRole("button", { name: "Shelve", exact: true });
    assert.equal(await put.isDisabled(), true, "a reason is asked for");
    await page.getByLabel("because").fill("being mended");
    await page.getByLabel("because").press("Enter");
    await page
      .getByText(/shelved until \d\d:\d\d:\d\d/)
      .first()
      .waitFor();
    assert.match((await head(page)) ?? "", /1 shelved/);
    await page.locator(".alarm-rows button", { hasText: "Pump current" }).click();
    await page
      .locator(".alarm-card")
      .getByText(/being mended by operator/)
      .waitFor();
    await page.getByRole("button", { name: "Bring back" }).click();
    await eventually("back", async () => (/shelved/.test((await head(page)) ?? "") ? undefined : true));
    const kept = readFileSync(`${on.home}/history/alarms.jsonl`, "utf8").trim().split("\n");
    assert.deepEqual(
      kept.map((line) => JSON.parse(line)).map(({ event, by }) => [event, by ?? ""].join(" ").trim()),
      [
        "raised",
        "raised",
        "raised",
        "acknowledged operator",
        "cause-found operator",
        "returned",
        "cause-found operator",
        "shelved operator",
        "unshelved operator",
      ],
    );
  });

  it("stays readable in a flood, at every size, light and dark, and passes the guidelines", async () => {
    await step("flood");
    await page.getByText(/Flood: 30\d in 10 min/).waitFor();
    await page.getByText("The first 100 of 302 are listed.").waitFor();
    await on.isWhole("alarms");
  });

  it("broke nothing on its page", () => assert.deepEqual(on.wrong, []));
});
