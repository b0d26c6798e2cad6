import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { type EnvelopeConfig, envelopeFromConfig } from "../../runtime/act/envelope-config.ts";
import { hashPassword } from "../../runtime/host/password.ts";
import { UserList } from "../../runtime/host/users.ts";
import { openBrowser, openEditor, watch } from "../flows/browser.ts";
import { PASSWORD, Product } from "../flows/product.ts";

const TWIN = "acme/leipzig/paint/oven1";
/** The envelope of the example plant, alone on its tab. */
const SHIPPED = (
  JSON.parse(readFileSync(new URL("../../flows/paint.json", import.meta.url), "utf8")) as EnvelopeConfig[]
).find(({ id }) => id === "envelope")!;
const FLOW = [
  { id: "paint", type: "tab", label: "paint" },
  { ...SHIPPED, g: undefined, twin: "", actuator: "", x: 200, y: 120, wires: [[], []] },
];

describe("editor: the envelope's form", function () {
  this.timeout(120_000);
  let product: Product;
  let browser: Browser;
  let page: Page;
  let wrong: string[];
  let pictures: string;

  before(async function () {
    browser = await openBrowser(this);
    pictures = process.env.RUNG_PICTURES ?? mkdtempSync(join(tmpdir(), "rung-pictures-"));
    const hash = await hashPassword(PASSWORD);
    product = await Product.start(["--no-demo"], (home) => {
      new UserList(home).add({ name: "admin", role: "admin", hash });
      mkdirSync(join(home, "flows"), { recursive: true });
      writeFileSync(join(home, "flows", "flow-paint.json"), JSON.stringify(FLOW));
    });
    page = await browser.newPage({ viewport: { width: 1700, height: 1200 } });
    wrong = watch(page);
    await openEditor(page, product);
  });
  after(async () => {
    await browser?.close();
    await product?.stop();
    if (pictures && !process.env.RUNG_PICTURES) rmSync(pictures, { recursive: true, force: true });
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await picture("failed");
    assert.deepEqual(wrong.splice(0), []);
  });

  const picture = (name: string) => page.screenshot({ path: join(pictures, `envelope-form ${name}.png`) });
  const open = async () => {
    await page.locator(".red-ui-flow-node-group").first().dblclick();
    await page.locator("#node-dialog-ok").waitFor();
  };
  const done = async () => {
    await page.locator("#node-dialog-ok").click();
    await page.locator("#red-ui-editor-stack .red-ui-tray").waitFor({ state: "detached" });
  };
  const stored = async (): Promise<EnvelopeConfig> => {
    const keys = Object.keys(SHIPPED).filter((key) => !["g", "wires"].includes(key));
    const node = `RED.nodes.node("envelope")`;
    return page.evaluate(`Object.fromEntries(${JSON.stringify(keys)}.map((key) => [key, ${node}[key]]))`);
  };

  it("shows every setpoint with its limits, and saves what it shows", async () => {
    await open();
    const rows = page.locator("#rung-envelope-targets > li");
    assert.equal(await rows.count(), 6);
    const hour = rows.nth(2).locator(".rung-ratePerHour");
    assert.equal(await hour.inputValue(), "240");
    assert.equal(await rows.nth(2).getByText("in an hour").isVisible(), true);
    assert.equal(
      await page.locator("#rung-envelope-advanced").getAttribute("open"),
      null,
      "nothing is set there",
    );
    const lock = page.locator("#rung-envelope-interlocks > li").first();
    assert.equal(await lock.locator(".rung-update").inputValue(), "onChange");
    await picture("opened");
    await done();
    assert.deepEqual(envelopeFromConfig(await stored(), TWIN), envelopeFromConfig(SHIPPED, TWIN));
  });

  it("keeps effect, safety state and validity that are entered, and marks what cannot be", async () => {
    await open();
    const row = page.locator("#rung-envelope-targets > li").nth(2);
    await row.locator("summary").click();
    await row.locator(".rung-effect").fill("ns=1;s=Oven1.Zone3.AirTemp");
    await row.locator(".rung-effectLeast").fill("0.2");
    await row.locator(".rung-effectWithinS").fill("900");
    await page.locator("#rung-envelope-advanced > summary").click();
    await page.locator("#node-input-safetyMode").fill("ns=1;s=Oven1.Mode");
    await page.locator("#node-input-emergencyStop").fill("ns=1;s=Oven1.EStop");
    await page.locator("#node-input-validUntil").fill("2030-12-31");
    await picture("advanced");
    await done();
    const { targets, validUntil } = envelopeFromConfig(await stored(), TWIN);
    assert.equal(validUntil, "2030-12-31");
    assert.deepEqual(targets[2]!.effect, {
      nodeId: "ns=1;s=Oven1.Zone3.AirTemp",
      direction: "same",
      leastChange: 0.2,
      withinMs: 900_000,
    });
    assert.equal(targets[1]!.effect, undefined);
    assert.deepEqual(targets[0]!.safety, {
      nodeId: "ns=1;s=Oven1.Mode",
      permitted: [3, 4],
      emergencyStop: "ns=1;s=Oven1.EStop",
    });
    await open();
    assert.notEqual(
      await page.locator("#rung-envelope-advanced").getAttribute("open"),
      null,
      "something is set there",
    );
    await row.locator(".rung-effectLeast").fill("");
    await done();
    assert.equal(await page.evaluate('RED.nodes.node("envelope").valid'), false);
  });
});
