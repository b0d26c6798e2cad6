import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { openBrowser, watch } from "./browser.ts";
import { pageFaults } from "./page-check.ts";
import { PASSWORD, Product } from "./product.ts";

interface FlowNode {
  readonly id: string;
  readonly z?: string;
  readonly type: string;
}

/**
 * Covers: the maintenance page of the product as a person starts it, over the virtual body station.
 * Scenario: its guns wear with every body; their caps are planned in stops, and an order is begun.
 */
describe("the maintenance of station 120", function () {
  this.timeout(120_000);
  let product: Product;
  let browser: Browser;
  let page: Page;
  let wrong: string[];

  before(async function () {
    this.timeout(120_000);
    browser = await openBrowser(this);
    product = await Product.start(["--no-fault"]);
    await product.signIn();
    // This tab alone: what the other shops compute would only make it wait.
    const flows = await product.get<FlowNode[]>("/editor/flows");
    const tabs = new Set(
      flows.filter(({ type, id }) => type === "tab" && id !== "maintenance").map(({ id }) => id),
    );
    await product.deploy(flows.filter(({ id, z }) => !tabs.has(id) && !tabs.has(z ?? "")));
    page = await browser.newPage({ viewport: { width: 1366, height: 768 } });
    page.setDefaultTimeout(60_000);
    wrong = watch(page);
    await page.goto(`${product.url}/sign-in?next=/dashboard/maintenance`);
    await page.fill("input[name=user]", "admin");
    await page.fill("input[name=password]", PASSWORD);
    await page.click("button");
    await page.waitForURL("**/dashboard/maintenance");
  });
  after(async function () {
    this.timeout(60_000);
    await browser?.close();
    await product?.stop();
  });

  it("plans by the cycles that the station counts", async () => {
    await page.locator(".stops li").first().waitFor();
    const text = (await page.locator(".stops").first().textContent()) ?? "";
    assert.match(text, /R1 electrode caps:? ?\d+ of 900 cycles used, \d+ an hour/);
    assert.deepEqual(await pageFaults(page), []);
    if (process.env.RUNG_SHOTS)
      await page.screenshot({ path: `${process.env.RUNG_SHOTS}/flow.png`, fullPage: true });
  });

  it("opens the orders that come near, with their steps", async () => {
    await page
      .locator(".order .head", { hasText: "R1 electrode caps: Change the electrode caps" })
      .first()
      .click();
    await page.getByRole("button", { name: "Begin" }).click();
    await page.locator(".steps li.next", { hasText: "Lock out" }).waitFor();
    assert.deepEqual(await pageFaults(page), []);
  });

  it("did nothing wrong on the way", () => assert.deepEqual(wrong, []));
});
