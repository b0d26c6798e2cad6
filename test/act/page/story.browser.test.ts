import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { openBrowser, watch } from "../../flows/browser.ts";
import { pageFaults } from "../../flows/page-check.ts";
import { ovenEnvelope, TWIN } from "../oven-envelope.ts";
import { OvenActuator, PASSWORD } from "./oven-actuator.ts";

const ZONE1 = `${TWIN}/zone1/airTemperatureSetpoint`;
const CALM = { maxInputAgeMs: 5_000, ttlMs: 60_000 };

describe("two people at the actuator's page", function () {
  this.timeout(60_000);
  let browser: Browser;
  let oven: OvenActuator;
  const pages: { page: Page; wrong: string[] }[] = [];

  before(async function () {
    browser = await openBrowser(this);
    oven = await OvenActuator.start({ anna: "engineer", ben: "engineer", vera: "viewer" });
    oven.actuator.want(ovenEnvelope(CALM));
    // A wider limit than the first envelope, which a virtual plant's actuator commissions by itself.
    oven.actuator.want(ovenEnvelope({ ...CALM, max: 225 }));
  });
  after(async () => {
    await browser?.close();
    await oven?.stop();
  });

  async function signIn(name: string, width: number): Promise<Page> {
    const page = await (await browser.newContext({ viewport: { width, height: 844 } })).newPage();
    pages.push({ page, wrong: watch(page) });
    await page.goto(oven.url);
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator("#desk article").first().waitFor();
    return page;
  }
  /** Types the password and holds the button with the mouse until it has acted. */
  async function hold(page: Page, name: RegExp, password = PASSWORD): Promise<void> {
    const button = page.getByRole("button", { name });
    const panel = page.locator(".panel", { has: button });
    await panel.getByLabel("Your password, again").fill(password);
    await button.scrollIntoViewIfNeeded();
    const answered = page.waitForResponse((response) => response.request().method() === "POST");
    await button.hover();
    await page.mouse.down();
    await answered;
    await page.mouse.up();
  }
  const events = () =>
    readFileSync(join(oven.home, "actuator", "audit.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).event as string);

  it("commission a changed envelope, arm it together, approve, see it written, and disarm", async () => {
    const anna = await signIn("anna", 390);
    await anna.getByText("highest value").first().waitFor();
    const cells = await anna.locator(".differences td").allTextContents();
    assert.deepEqual(cells.slice(0, 3), ["highest value", "220 °C", "225 °C"]);
    assert.equal(cells.length, 6);
    assert.deepEqual(await pageFaults(anna), []);

    await hold(anna, /to commission/, "a wrong password");
    await anna.getByText("Name or password is wrong.").waitFor();
    await hold(anna, /to commission/);
    await anna.locator(".state", { hasText: "Ready to arm" }).waitFor();

    await anna.getByLabel("Minutes").fill("30");
    await anna.getByLabel("What it does").selectOption("advise");
    await hold(anna, /to arm/);
    await anna.getByText("You asked: another person must agree").waitFor();
    assert.equal(await anna.getByRole("button", { name: /to agree/ }).getAttribute("aria-disabled"), "true");

    const ben = await signIn("ben", 1280);
    await ben.getByText("anna asked for “Writes what a person approves” for 30 min").waitFor();
    assert.deepEqual(await pageFaults(ben), []);
    await hold(ben, /to agree and arm/);
    await ben.getByText("Armed by anna and ben.").waitFor();
    await anna.getByText("Armed by anna and ben.").waitFor();

    const expiresUs = oven.plant.nowUs() + 600e6;
    const change = { target: ZONE1, value: 185, unit: "°C" };
    oven.actuator.requestApproval({
      id: "r1",
      title: "Zone 1 up",
      twin: TWIN,
      changes: [change],
      expiresUs,
      proposedBy: "anna",
    });
    const [waiting] = await oven.actuator.propose([
      { kind: "proposal", id: "p1", ...change, expiresUs, evidence: [], recommendation: "r1" },
    ]);
    assert.equal(waiting!.state, "awaiting-approval");
    await anna.getByText("you proposed it: another person must approve it").waitFor();
    await ben.getByText("now 180").waitFor();
    assert.deepEqual(oven.plant.asked, []);
    await hold(ben, /to approve 1 setpoint$/);
    await ben.locator(".writes", { hasText: /read back 185\s°C/ }).waitFor();
    assert.deepEqual(oven.plant.asked, [{ zone: "Oven1.Zone1", value: 185 }]);
    assert.deepEqual(await pageFaults(ben), []);

    await anna.getByRole("button", { name: "Disarm" }).click();
    await anna.locator(".state", { hasText: "Ready to arm" }).waitFor();
    await ben.locator(".state", { hasText: "Ready to arm" }).waitFor();
    assert.deepEqual(
      events().filter((event) =>
        ["commission", "arm-requested", "arm", "approve", "write", "disarm"].includes(event),
      ),
      ["commission", "commission", "arm-requested", "arm", "approve", "write", "disarm"],
    );
    for (const { wrong } of pages) {
      assert.deepEqual(
        wrong.filter((one) => !/\/commission|status of 401/.test(one)),
        [],
      );
    }
  });

  it("letting go and leaving the button do nothing, and the keyboard holds as well", async () => {
    const page = pages[0]!.page;
    const posts: string[] = [];
    page.on("request", (request) => {
      if (request.method() === "POST") posts.push(request.url());
    });
    const button = page.getByRole("button", { name: /to arm/ });
    await page.getByLabel("Your password, again").fill(PASSWORD);
    const fill = () => button.locator("i").evaluate((i) => i.getBoundingClientRect().width);
    const grows = async () => {
      while ((await fill()) < 20) await page.waitForTimeout(20);
    };
    await button.scrollIntoViewIfNeeded();
    await button.hover();
    await page.mouse.down();
    await grows();
    await page.mouse.up();
    assert.equal(await fill(), 0);
    await page.mouse.down();
    await grows();
    await page.mouse.move(5, 5);
    assert.equal(await fill(), 0);
    await page.mouse.up();
    await button.focus();
    await page.keyboard.down("Space");
    await grows();
    await page.keyboard.up("Space");
    assert.equal(await fill(), 0);
    await page.waitForTimeout(2_200);
    assert.deepEqual(posts, []);
    // By the keyboard alone, too.
    await button.focus();
    const answered = page.waitForResponse((response) => response.url().endsWith("/arm"));
    await page.keyboard.down("Enter");
    assert.equal((await answered).status(), 200);
    await page.keyboard.up("Enter");
    await page.getByText("You asked: another person must agree").waitFor();
  });

  it("a viewer sees all of it and is told why nothing can be done", async () => {
    const vera = await signIn("vera", 390);
    await vera.getByText("Not with your account: is viewer: arm needs engineer.").waitFor();
    assert.equal(await vera.getByRole("button", { name: /to agree/ }).getAttribute("aria-disabled"), "true");
    await vera.getByText("Audit, last lines").waitFor();
    await vera.getByRole("button", { name: "Sign out" }).click();
    await vera.getByLabel("Name").waitFor();
    assert.equal(
      await vera.evaluate("sessionStorage.length + document.cookie.length + localStorage.length"),
      0,
    );
  });

  it("says how long whoever guesses must wait", async () => {
    const page = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage();
    await page.goto(oven.url);
    await page.getByLabel("Name").fill("vera");
    for (let i = 0; i < 8; i++) {
      await page.getByLabel("Password").fill(`guess ${i}`);
      const answered = page.waitForResponse("**/sign-in");
      await page.getByRole("button", { name: "Sign in" }).click();
      if ((await answered).status() === 429) break;
    }
    await page.getByText(/Too many wrong passwords\. Try again in \d+ s\./).waitFor();
    assert.deepEqual(await pageFaults(page), []);
  });

  it("says that the actuator does not answer", async () => {
    const { page } = pages[0]!;
    await page.context().setOffline(true);
    await page.getByText("The actuator does not answer. What is shown is old.").waitFor();
    await page.context().setOffline(false);
    await page.getByText("The actuator does not answer.").waitFor({ state: "hidden" });
  });
});
