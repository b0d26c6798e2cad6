import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { accessFaults } from "../flows/access-check.ts";
import { pageFaults } from "../flows/page-check.ts";
import { onWidgetPage } from "./widget-page.ts";

const SHOP = "acme/leipzig/paint";
const COLOURS = {
  surface: "#bfc3c6",
  primary: "#20364c",
  bgPage: "#c8cbce",
  groupBg: "#c8cbce",
  groupOutline: "#c8cbce",
};
/** As the example plant's pages have them: fewer columns on a narrower screen. */
const BREAKPOINTS = [
  { name: "Default", px: "0", cols: "3" },
  { name: "Tablet", px: "576", cols: "6" },
  { name: "Small Desktop", px: "768", cols: "9" },
  { name: "Desktop", px: "1024", cols: "12" },
];
const LOOK = { className: "", visible: true, disabled: false };

const twin = (id: string, more: object) => ({
  id,
  type: "rung-twin",
  name: `the ${id}`,
  address: `${SHOP}/${id}`,
  scope: "machine",
  parent: "shop",
  needed: true,
  neededReason: "",
  objective: "",
  targetRung: "",
  version: 1,
  ...more,
});
const ladder = (id: string, of: string, width: number) => ({
  id,
  type: "ui-rung-ladder",
  z: "t",
  name: "",
  label: "",
  group: "group",
  order: width,
  width,
  height: 10,
  twin: of,
  version: 1,
  x: 100,
  y: 100,
  wires: [],
});
/** A shop of two machines that nothing feeds: all of it holds rung 0, which is enough for one of them. */
const FLOW = [
  { id: "t", type: "tab", label: "Shop" },
  {
    id: "base",
    type: "ui-base",
    name: "Rung",
    path: "/dashboard",
    navigationStyle: "none",
    titleBarStyle: "hidden",
    includeClientData: true,
  },
  { id: "theme", type: "ui-theme", name: "Grey", colors: COLOURS, sizes: { density: "default" } },
  {
    id: "page",
    type: "ui-page",
    name: "Shop",
    ui: "base",
    path: "/paint",
    layout: "grid",
    breakpoints: BREAKPOINTS,
    theme: "theme",
    order: 1,
    ...LOOK,
  },
  {
    id: "group",
    type: "ui-group",
    name: "G",
    page: "page",
    width: 12,
    height: 1,
    order: 1,
    showTitle: false,
    ...LOOK,
  },
  twin("shop", {
    address: SHOP,
    parent: "",
    scope: "process",
    objective: "paint 40 bodies an hour",
    targetRung: 2,
  }),
  twin("oven", {
    name: "Oven with a name that is rather long for a panel",
    objective: "keep the cure",
    targetRung: 0,
  }),
  twin("booth", { needed: false, neededReason: "spare" }),
  ...["oven", "booth"].map((id) => ({
    id: `${id}-state`,
    type: "rung-state",
    z: "t",
    twin: id,
    historian: "",
    emit: "frames",
    version: 1,
    name: "",
    x: 100,
    y: 200,
    wires: [],
  })),
  ladder("wide", "shop", 12),
  ladder("narrow", "oven", 3),
];

describe("ladder of a parent on a screen", function () {
  this.timeout(60_000);
  const on = onWidgetPage(() => FLOW, "viewer", { path: "paint" });
  let page: Page;
  before(async () => {
    page = on.page;
    await page.locator("#nrdb-ui-widget-wide .ladder-parts span").nth(1).waitFor();
  });

  const texts = async (selector: string) =>
    (await page.locator(selector).allTextContents()).map((text) => text.replace(/\s+/g, " ").trim());

  it("shows its parts with what they hold, and which of them limits it", async () => {
    assert.deepEqual(await texts("#nrdb-ui-widget-wide .ladder-parts span"), [
      "0 of 0 the booth, not needed",
      "0 of 0 Oven with a name that is rather long for a panel, limits",
    ]);
    assert.equal(await page.locator("#nrdb-ui-widget-narrow .ladder-parts").count(), 0);
  });

  it("says its target, or what it is enough for", async () => {
    assert.deepEqual(await texts("#nrdb-ui-widget-wide .ladder-sum em"), [
      "Target 2: paint 40 bodies an hour",
    ]);
    assert.deepEqual(await texts("#nrdb-ui-widget-narrow .ladder-sum em"), ["Enough for keep the cure"]);
  });

  it("keeps a small panel small beside a large one, and cuts nothing at any width", async () => {
    const size = (id: string) =>
      page
        .locator(`#nrdb-ui-widget-${id} .ladder-row .name span`)
        .first()
        .evaluate((element) => getComputedStyle(element).fontSize);
    assert.deepEqual([await size("wide"), await size("narrow")], ["40px", "18px"]);
    for (const width of [1920, 1440, 1280, 1024, 780, 600, 390]) {
      await page.setViewportSize({ width, height: 900 });
      assert.deepEqual(await pageFaults(page), [], `${width} px`);
      assert.deepEqual(await accessFaults(page), [], `${width} px`);
    }
    assert.equal(await size("wide"), "18px");
    assert.deepEqual(on.wrong, []);
  });
});
