import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { accessFaults } from "../flows/access-check.ts";
import { pageFaults } from "../flows/page-check.ts";
import { eventually } from "../flows/product.ts";
import { badDataFlow, WAYS } from "./bad-data-flow.ts";
import { onWidgetPage, SIZES } from "./widget-page.ts";

/** What no person wrote, beyond what every page is searched for. */
const UNWRITTEN = /Invalid|\[object|NaN|undefined|\b\d{7,}\b|\d(?:,\d{3}){4,}/;

describe("screens of bad data", function () {
  this.timeout(120_000);
  const on = onWidgetPage(badDataFlow, "operator");
  let page: Page;
  before(async () => {
    page = on.page;
    await widget("ladder").locator(".ladder").waitFor();
  });

  const widget = (id: string) => page.locator(`#nrdb-ui-widget-${id}`);
  const ask = async (path: string) => {
    const response = await page.request.get(`${on.host.url}/${path}`);
    assert.equal(response.status(), 204, await response.text());
  };
  /** Two more frames have come, so that what was sent before is drawn. */
  const drawn = () =>
    page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          setTimeout(() => requestAnimationFrame(() => setTimeout(resolve)), 1200);
        }),
    );
  const look = async (what: string) => {
    for (const size of [SIZES[0], SIZES[2]]) {
      await page.setViewportSize(size);
      await drawn();
      await on.shoot(`bad-${what}-${size.width}`);
      const faults = await pageFaults(page);
      // Where all numbers of a plan are bad it is told in dashes: there is no digit to look for.
      const isAllBad = (fault: string) => fault.startsWith("maintenance has neither data");
      assert.deepEqual(
        faults.filter((fault) => !isAllBad(fault)),
        [],
        `${what}, ${size.width} px`,
      );
      const text = (await page.locator(".nrdb-ui-widget").allTextContents()).join("\n");
      assert.doesNotMatch(text, UNWRITTEN, `${what}, ${size.width} px`);
    }
    // No name was run as a script.
    assert.equal(await page.title(), "widget");
  };

  it("stay readable where nothing is a number that should be", async () => {
    for (let n = 0; n < 8; n++) await ask(`sample?n=${n}`);
    await widget("rows").locator(".number").first().waitFor();
    await look("values");
  });

  for (const way of WAYS)
    it(`stay readable whatever a node tells: ${way}`, async () => {
      await ask(`spoil?way=${way}`);
      await look(`told-${way}`);
    });

  it("stay readable, bounded and in reach of the keyboard in a flood of 10,000 alarms", async () => {
    await page.setViewportSize(SIZES[0]);
    for (let from = 0; from < 10_000; from += 1000) await ask(`flood?from=${from}&to=${from + 1000}`);
    // The widget's node stands between: the last of them is in the list.
    const head = widget("list").locator(".rung-head");
    await eventually("all of them", async () =>
      /10,000 open · 10,000 not acknowledged/.test((await head.textContent()) ?? "") ? true : undefined,
    );
    await widget("list").getByText("The first 100 of 10,000 are listed.").waitFor();
    assert.equal(await widget("list").locator(".alarm-rows li").count(), 100);
    assert.equal(await widget("list").locator(".alarm-where span").count(), 12);
    await eventually("the flood", async () =>
      /Flood: 10,000 in 10 min/.test((await widget("list").textContent()) ?? "") ? true : undefined,
    );
    await look("flood");
    assert.deepEqual(await accessFaults(page), []);
    await page.setViewportSize(SIZES[0]);
    const row = widget("list").locator(".alarm-rows button").nth(40);
    await row.focus();
    const title = await row.locator("span").textContent();
    await page.keyboard.press("Enter");
    await eventually("its card", async () =>
      (await widget("list").locator(".alarm-card h3").textContent()) === title ? true : undefined,
    );
    const acknowledge = widget("list").getByRole("button", { name: "Acknowledge", exact: true });
    await acknowledge.press("Enter");
    await eventually("9,999 left", async () =>
      /10,000 open · 9,999 not/.test((await head.textContent()) ?? "") ? true : undefined,
    );
  });

  it("broke nothing on the page", () => assert.deepEqual([...new Set(on.wrong)], []));
});
