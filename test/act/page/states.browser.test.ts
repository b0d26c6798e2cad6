import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import express from "express";
import type { Browser, Page } from "playwright-core";
import { securityHeaders } from "../../../runtime/act/http/guards.ts";
import { pageRoutes } from "../../../runtime/act/page/page-routes.ts";
import type { PersonView } from "../../../runtime/act/person-view.ts";
import { openBrowser, watch } from "../../flows/browser.ts";
import { pageFaults } from "../../flows/page-check.ts";
import { VIEWS } from "./view-fixture.ts";

const WIDTHS = [390, 1280];
/** A folder to look at each picture in; without it they are only checked. */
const PICTURES = process.env.RUNG_PICTURES;

/** What of the state must be read on the page. */
const SAYS: Readonly<Record<string, readonly RegExp[]>> = {
  "nothing-wanted": [/Nothing wanted/],
  "never-commissioned": [/Not commissioned/, /lowest value/, /Nothing was in force before/],
  changed: [/Changed/, /8 fields of it differ/, /highest value\s*220 °C\s*235 °C/, /not there/],
  observing: [/Observing/, /7 of 20 inside, 1 outside/, /Not now\. Observed decisions/],
  ready: [/Ready to arm/, /you ask first/],
  "second-person": [/Second person needed/, /ben asked for “Writes by itself” for 60 min/, /3:24/],
  "own-request": [/You asked: another person must agree/],
  armed: [/Armed/, /32:24/, /Armed by anna and ben/, /read back 150 °C, effect seen/],
  hold: [/On hold/, /is 64 s old/, /taken over by an operator/, /goes on by itself/],
  disarmed: [/Disarmed/, /clock stepped by 12 s/],
  "locked-out": [/Locked out/, /proposed back: 190 °C, by hand/, /the PLC has 193 °C, not 198 °C/],
  "link-lost": [/Link to the plant lost/, /not read/],
  "not-isolated": [/Not isolated/, /same operating system user/],
  "audit-broken": [/The audit is broken: line 214/],
  "advise-only": [/Advises only/, /no request block/],
  virtual: [/Virtual plant/, /Not isolated/, /One person is enough/],
  retired: [/Retired/],
  approval: [/Compensate zone 3/, /now 140/, /170 to 174/, /at limit/, /Asked by the flow/, /3:49/],
  "self-approval": [/you proposed it: another person must approve it/, /Asked by anna/],
  viewer: [/is viewer: disarm needs operator/, /is viewer: approve needs operator/],
};

describe("the actuator's page in every state", function () {
  this.timeout(60_000);
  let browser: Browser;
  let server: Server;
  let shown: PersonView | undefined;

  before(async function () {
    browser = await openBrowser(this);
    const app = express();
    app.use(securityHeaders, pageRoutes());
    app.get("/view", (_request, response) => {
      if (shown === undefined) response.status(401).json({ error: { code: "not-signed-in", message: "" } });
      else response.json(shown);
    });
    server = createServer(app);
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    if (PICTURES !== undefined) mkdirSync(PICTURES, { recursive: true });
  });
  after(async () => {
    await browser?.close();
    server?.closeAllConnections();
    await new Promise((done) => server?.close(done) ?? done(undefined));
  });

  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  async function keepPictures(page: Page, name: string): Promise<void> {
    if (PICTURES === undefined) return;
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(PICTURES, `${name}-${colorScheme}.png`), fullPage: true });
    }
  }

  /** Everything to touch: large enough for a finger, and named for who does not see it. */
  async function touchFaults(page: Page): Promise<string[]> {
    return page.evaluate(() => {
      const faults: string[] = [];
      for (const each of document.querySelectorAll<HTMLElement>("button, input, select")) {
        if (!each.checkVisibility()) continue;
        const least = each.classList.contains("hold") ? 66 : 44;
        const { height, width } = each.getBoundingClientRect();
        const name =
          each.tagName === "BUTTON" ? each.textContent : (each as HTMLInputElement).labels?.[0]?.textContent;
        if (height < least || width < least) faults.push(`${name}: ${width} x ${height}`);
        if (!name?.trim()) faults.push(`${each.id} has no name`);
        const why = each.getAttribute("aria-describedby");
        const isOff = each.getAttribute("aria-disabled") === "true";
        if (isOff && !document.getElementById(why ?? "")?.textContent)
          faults.push(`${name} does not say why not`);
      }
      return faults;
    });
  }

  it("has words for every state it can be in", () => {
    assert.deepEqual(Object.keys(SAYS).sort(), Object.keys(VIEWS).sort());
  });

  it("cuts off and covers nothing in any of them, on a phone and on a desk", async () => {
    const page = await (await browser.newContext()).newPage();
    const wrong = watch(page);
    const look = async (name: string) => {
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 844 });
        assert.deepEqual(
          [...(await pageFaults(page)), ...(await touchFaults(page))],
          [],
          `${name}, ${width} px`,
        );
        await keepPictures(page, `${name}-${width}`);
      }
    };
    await page.goto(url());
    await page.locator("#name").waitFor();
    await look("sign-in");
    await page.evaluate("sessionStorage.setItem('rung-actuator-token', 'of the test')");
    for (const [name, view] of Object.entries(VIEWS)) {
      shown = view;
      await page.goto(url());
      await page.locator("#desk article").first().waitFor();
      // As it is shown: what is hidden is not read.
      const text = ((await page.evaluate("document.body.innerText")) as string).replaceAll("\u00a0", " ");
      for (const what of SAYS[name]!) assert.match(text, what, name);
      await look(name);
    }
    assert.deepEqual(wrong, []);
    await page.context().close();
  });

  it("keeps what is typed while it is painted anew, and takes it away where the thing changed meanwhile", async () => {
    shown = VIEWS.approval;
    const page = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage();
    await page.goto(url());
    await page.evaluate("sessionStorage.setItem('rung-actuator-token', 'of the test')");
    await page.reload();
    const password = page.getByLabel("Your password, again").first();
    await password.fill("half a pass");
    const next = () => page.waitForResponse("**/view").then((response) => response.finished());
    await next();
    await next();
    assert.equal(await password.inputValue(), "half a pass");
    const [approval] = VIEWS.approval!.status.approvals;
    shown = {
      ...VIEWS.approval!,
      status: { ...VIEWS.approval!.status, approvals: [{ ...approval!, hash: "b".repeat(64) }] },
    };
    await page.getByText("It changed while you were typing").waitFor();
    assert.equal(await password.inputValue(), "");
    await page.context().close();
  });

  it("tells a screen reader what changed, and shows nothing more once the sign-in has ended", async () => {
    shown = VIEWS.ready;
    const page = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage();
    await page.goto(url());
    await page.evaluate("sessionStorage.setItem('rung-actuator-token', 'of the test')");
    await page.reload();
    await page.getByText("Ready to arm").waitFor();
    shown = VIEWS.hold;
    await page.locator("[aria-live=polite]", { hasText: "Paint, oven 1: On hold" }).waitFor();
    shown = undefined;
    await page.getByText("Your sign-in has ended").waitFor();
    assert.equal(await page.locator("#desk > *").count(), 0);
    assert.equal(await page.evaluate("sessionStorage.length"), 0);
    await page.context().close();
  });
});
