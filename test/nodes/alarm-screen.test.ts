import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { CaseBooks } from "../../runtime/diagnose/cause/case-books.ts";
import type { CauseMessage } from "../../runtime/diagnose/cause/cause.ts";
import type { Finding } from "../../runtime/diagnose/finding.ts";
import { cause, ended, finding, TWIN } from "../diagnose/alarms/findings.ts";
import { accessFaults } from "../flows/access-check.ts";
import { openBrowser, watch } from "../flows/browser.ts";
import { pageFaults } from "../flows/page-check.ts";
import { eventually } from "../flows/product.ts";
import {
  addEveryRole,
  HostProcess,
  PASSWORD,
  removeHome,
  temporaryHome,
  writeFlowFile,
} from "../host/host-process.ts";
import { oneWidgetFlow } from "./widget-flow.ts";

const PACK = fileURLToPath(new URL("../../dist/dashboard/package.json", import.meta.url));
const SIZES = [
  { width: 1920, height: 1080 },
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
];
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

describe("the list of alarms", function () {
  this.timeout(60_000);
  let home: string;
  let host: HostProcess;
  let browser: Browser;
  let page: Page;
  let wrong: string[];

  before(async function () {
    if (!existsSync(PACK)) throw new Error("run the build first");
    browser = await openBrowser(this);
    home = temporaryHome();
    await addEveryRole(home);
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
    writeFlowFile(`${home}/flows`, "alarms.json", flow);
    host = await HostProcess.start(home);
    page = await browser.newPage({ viewport: SIZES[0]! });
    page.setDefaultTimeout(20_000);
    wrong = watch(page);
    await signIn(page, "operator");
  });
  after(async () => {
    await browser?.close();
    await host?.stop();
    if (home) removeHome(home);
  });

  async function signIn(on: Page, user: string): Promise<void> {
    await on.goto(`${host.url}/sign-in?next=/dashboard/widget`);
    await on.fill("input[name=user]", user);
    await on.fill("input[name=password]", PASSWORD);
    await on.click("button");
    await on.waitForURL("**/dashboard/widget");
    await on.locator(".rung-panel").waitFor();
  }
  const step = async (name: string) => {
    const response = await page.request.get(`${host.url}/steps?step=${name}`);
    assert.equal(response.status(), 204, await response.text());
  };
  const rows = () => page.locator(".alarm-rows li span").allTextContents();
  const head = (on: Page) => on.locator(".rung-head").textContent();
  const picture = async (name: string) => {
    if (process.env.RUNG_SHOTS)
      await page.screenshot({ path: `${process.env.RUNG_SHOTS}/alarms-${name}.png`, fullPage: true });
  };

  it("says so where nothing is abnormal", async () => {
    await page.getByText("Nothing abnormal.").waitFor();
    await page.getByText(/0 in the last 10 min/).waitFor();
    await picture("empty");
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
    const other = await browser.newPage();
    await signIn(other, "viewer");
    await page.getByRole("button", { name: "Acknowledge", exact: true }).click();
    await page
      .getByText(/acknowledged by operator/)
      .first()
      .waitFor();
    await other
      .getByText(/acknowledged by operator/)
      .first()
      .waitFor();
    assert.match(host.output, /acknowledged \| operator \| Zone 3 fan flow/);
    // A viewer's press is refused by the host.
    await other.getByRole("button", { name: "Acknowledge", exact: true }).click();
    await eventually("the refusal", () => /viewer only reads/.test(host.output) || undefined);
    assert.match((await head(other)) ?? "", /3 open · 2 not acknowledged/);
    await other.close();
  });

  it("lists the likely causes, and learns from the operator which it was", async () => {
    await step("causes");
    const card = page.locator(".alarm-card");
    await card.getByText("Zone 3 fan flow fell first (60 %). Zone 3 fan flow fell first left").waitFor();
    const other = await browser.newPage();
    await signIn(other, "viewer");
    const nameIt = async (on: Page) => {
      await on.locator(".alarm-rows button", { hasText: fan.title }).click();
      await on.getByRole("button", { name: "Name the cause …" }).click();
      await on.getByRole("radio", { name: "Zone 3 fan power fell" }).check();
      await on.getByRole("button", { name: "This was the cause" }).click();
    };
    const refusals = host.output.split("viewer only reads").length;
    await nameIt(other);
    await eventually(
      "the refusal",
      () => host.output.split("viewer only reads").length > refusals || undefined,
    );
    assert.deepEqual(new CaseBooks(`${home}/cause`).of(TWIN).causes, [], "a viewer teaches nothing");
    await nameIt(page);
    for (const each of [page, other])
      await each.getByText("Zone 3 fan power fell · found by operator").waitFor();
    await other.close();
    assert.match(host.output, /cause-found \| operator \| Zone 3 fan flow/);
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
    await picture("cause");
    assert.deepEqual(await accessFaults(page), []);
    await card.getByRole("combobox").fill("nozzle fouled");
    assert.equal(await card.getByRole("radio", { name: /none of these/ }).isChecked(), true);
    await put.click();
    await card.getByText("nozzle fouled · found by operator").waitFor();
    assert.deepEqual(new CaseBooks(`${home}/cause`).of(TWIN).causes, ["nozzle fouled"]);
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
    const kept = readFileSync(`${home}/history/alarms.jsonl`, "utf8").trim().split("\n");
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
    for (const shade of ["light", "dark"]) {
      for (const size of SIZES) {
        await page.setViewportSize(size);
        await page.evaluate(
          (isDark) => document.body.classList.toggle("rung-dark", isDark),
          shade === "dark",
        );
        await page.waitForTimeout(200);
        await picture(`${shade}-${size.width}`);
        assert.deepEqual(await pageFaults(page), [], `${shade}, ${size.width} px`);
        assert.deepEqual(await accessFaults(page), [], `${shade}, ${size.width} px`);
      }
    }
    await page.evaluate("document.body.classList.remove('rung-dark')");
  });

  it("broke nothing on its page", () => assert.deepEqual(wrong, []));
});
