import assert from "node:assert/strict";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { accessFaults } from "./access-check.ts";
import { openBrowser, watch } from "./browser.ts";
import {
  type DashboardPage,
  dashboardPages,
  drawn,
  PAGE_SIZES,
  PAGE_THEMES,
  signInOnPage,
} from "./dashboard-pages.ts";
import { keyboardFaults, lookFaults, targetFaults } from "./look-check.ts";
import { pageFaults } from "./page-check.ts";
import { eventually, Product } from "./product.ts";

const PHONE = PAGE_SIZES.at(-1)!;
const DESKS = PAGE_SIZES.slice(0, -1);
/** How long the link to the plant is cut, wall time. */
const CUT_S = 20;

/** Every page of the dashboard as it ships, found in its own configuration: in three sizes, light and dark. */
describe("every page of the product", function () {
  this.timeout(600_000);
  let product: Product;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let pages: DashboardPage[];
  let wrong: string[];

  before(async function () {
    browser = await openBrowser(this);
    product = await Product.start();
    await product.signIn();
    pages = await dashboardPages(product);
    context = await browser.newContext({ viewport: PAGE_SIZES[0]! });
    page = await context.newPage();
    page.setDefaultTimeout(60_000);
    wrong = watch(page);
    await signInOnPage(page, product, pages[0]!.path);
  });
  after(async () => {
    await browser?.close();
    await product?.stop();
  });

  const open = async (one: DashboardPage, on: Page = page): Promise<void> => {
    await on.goto(`${product.url}/dashboard${one.path}`);
    await drawn(on, one);
  };
  const faultsOf = async (
    on: Page,
    one: DashboardPage,
    sizes: readonly (typeof PHONE)[],
  ): Promise<string[]> => {
    const faults: string[] = [];
    await open(one, on);
    for (const theme of PAGE_THEMES) {
      await on.emulateMedia({ colorScheme: theme });
      for (const size of sizes) {
        await on.setViewportSize(size);
        // Charts and pictures follow the window's size with their next drawing.
        await on.waitForTimeout(1000);
        const found = [...(await pageFaults(on)), ...(await lookFaults(on)), ...(await accessFaults(on))];
        faults.push(...found.map((fault) => `${one.path} ${size.width} px, ${theme}: ${fault}`));
      }
    }
    await on.emulateMedia({ colorScheme: "light" });
    return faults;
  };

  it("reads well on a screen of each size, light and dark", async () => {
    assert.ok(pages.length >= 6, `${pages.length} pages`);
    const faults: string[] = [];
    for (const one of pages) faults.push(...(await faultsOf(page, one, DESKS)));
    assert.deepEqual(faults, []);
  });

  it("reads well on a phone, light and dark, and fits a finger", async () => {
    const phone = await browser.newContext({ viewport: PHONE, hasTouch: true, isMobile: true });
    const small = await phone.newPage();
    small.setDefaultTimeout(60_000);
    await signInOnPage(small, product, pages[0]!.path);
    const faults: string[] = [];
    for (const one of pages) {
      faults.push(...(await faultsOf(small, one, [PHONE])));
      faults.push(...(await targetFaults(small)).map((fault) => `${one.path}: ${fault}`));
    }
    await phone.close();
    assert.deepEqual(faults, []);
  });

  it("is walked by the Tab key, in the order of reading, and shows where one is", async () => {
    await page.setViewportSize(PAGE_SIZES[0]!);
    const faults: string[] = [];
    for (const one of pages) {
      await open(one);
      faults.push(...(await keyboardFaults(page)).map((fault) => `${one.path}: ${fault}`));
    }
    assert.deepEqual(faults, []);
  });

  it("asked for nothing outside this machine, and met no error", () =>
    assert.deepEqual(
      // A connection that a busy machine answered too late; the page opens another.
      wrong.filter((one) => !one.includes("WebSocket is already in CLOSING or CLOSED state")),
      [],
    ));

  it("shows what a silent source told last as no longer true", async () => {
    await open(pages.find(({ path }) => path === "/paint")!);
    const struck = page.locator("#nrdb-ui-widget-zones .value .struck");
    const zones = async (count: number) => ((await struck.count()) === count ? true : undefined);
    await eventually("six zones that count", () => zones(0));
    await product.plant("POST", "/faults", { fault: "network-cut", durationS: CUT_S });
    await eventually("six zones that no longer count", () => zones(6), 60_000);
    assert.deepEqual(await pageFaults(page), []);
    assert.deepEqual(await lookFaults(page), []);
    await eventually("six zones that count again", () => zones(0), 120_000);
  });

  it("says STALE on every widget when the connection is lost, and is live again after it", async () => {
    await page.close();
    const tabs: Page[] = [];
    for (const one of pages) {
      const tab = await context.newPage();
      await tab.goto(`${product.url}/dashboard${one.path}`);
      tabs.push(tab);
    }
    /** Widgets that have something to show, by whether they say that it is old. */
    const widgets = (tab: Page) =>
      tab.evaluate(() => {
        const all = [...document.querySelectorAll(".nrdb-ui-widget:has(> .rung)")];
        const live = all.filter((widget) => widget.querySelector(".rung-stale, .rung-empty") === null).length;
        return { old: all.filter((widget) => widget.querySelector(".rung-stale") !== null).length, live };
      });
    const until = (what: string, holds: (seen: { old: number; live: number }) => boolean) =>
      Promise.all(
        tabs.map((tab, i) =>
          eventually(`${pages[i]!.path} ${what}`, async () => holds(await widgets(tab)) || undefined, 90_000),
        ),
      );
    const isLive = ({ old, live }: { old: number; live: number }) => old === 0 && live > 0;
    await until("live", isLive);
    await context.setOffline(true);
    await until("marked", ({ old, live }) => live === 0 && old > 0);
    for (const tab of tabs) assert.deepEqual(await pageFaults(tab), [], tab.url());
    await context.setOffline(false);
    await until("live again", isLive);
  });
});
