import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { accessFaults } from "../flows/access-check.ts";
import { openBrowser, watch } from "../flows/browser.ts";
import { pageFaults } from "../flows/page-check.ts";
import { eventually, PASSWORD, Product } from "../flows/product.ts";

const SIZES = [
  { width: 1920, height: 1080 },
  { width: 1366, height: 768 },
];
/** Both robots that W-131 is about: a study of all four takes twice as long. */
const STUDIED = { robots: ["R3", "R4"] };
const STUDY_MS = 150_000;

interface FlowNode {
  readonly id: string;
  readonly z?: string;
  readonly type: string;
}

/**
 * Covers: the body shop's page of the product as it is started by a person, from the live cell to the plan.
 * Scenario: variant B7 brings a reinforcement that R3 clips and a weld it cannot reach; both are mended.
 */
describe("the story of the body shop", function () {
  this.timeout(120_000);
  let product: Product;
  let browser: Browser;
  let page: Page;
  let wrong: string[];

  before(async function () {
    this.timeout(120_000);
    browser = await openBrowser(this);
    product = await Product.start();
    await product.signIn();
    // The body shop alone: what the other shops compute would only make its study wait.
    const flows = await product.get<FlowNode[]>("/editor/flows");
    const tabs = new Set(flows.filter(({ type, id }) => type === "tab" && id !== "biw").map(({ id }) => id));
    const kept = flows.filter(({ id, z }) => !tabs.has(id) && !tabs.has(z ?? ""));
    await product.deploy(
      kept.map((node) =>
        node.id === "askvariant" ? { ...node, onceDelay: "15", payload: JSON.stringify(STUDIED) } : node,
      ),
    );
    // Drawn without a graphics card here: the smaller screen first.
    page = await browser.newPage({ viewport: SIZES[1]! });
    page.setDefaultTimeout(60_000);
    wrong = watch(page);
    // Runs in the page: the contexts it draws with, to take them away later.
    await page.addInitScript(`
      window.contexts = [];
      const { getContext } = HTMLCanvasElement.prototype;
      HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
        const context = getContext.call(this, kind, ...more);
        if (kind === "webgl2" && context && !window.contexts.includes(context)) window.contexts.push(context);
        return context;
      };
    `);
    await page.goto(`${product.url}/sign-in?next=/dashboard/body-in-white`);
    await page.fill("input[name=user]", "admin");
    await page.fill("input[name=password]", PASSWORD);
    await page.click("button");
    await page.waitForURL("**/dashboard/body-in-white");
  });
  after(async function () {
    this.timeout(60_000);
    await browser?.close();
    await product?.stop();
  });

  const main = () => page.locator(".cell-main");
  const pictureOf = (at: number) =>
    page
      .locator(".picture canvas")
      .nth(at)
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  /** Colour in the upper left corner of the cell's picture: its ground. */
  const groundOf = () =>
    page
      .locator(".cell-main canvas")
      .evaluate((canvas) =>
        [...(canvas as HTMLCanvasElement).getContext("2d")!.getImageData(2, 2, 1, 1).data].join(),
      );

  it("shows the robots as the plant's stand, and says when the study comes", async () => {
    await main().getByText("as the robots stand now · variant A6").waitFor();
    await page.getByText(/“.+” (starts in \d+ s|: study)/).waitFor();
    await page.locator(".cell-main canvas").waitFor();
    assert.deepEqual(await page.locator(".cell-main .label b").allTextContents(), [
      "R1",
      "R2",
      "R3",
      "R4",
      "Body",
    ]);
    const first = await pictureOf(0);
    await eventually("a robot moves", async () => ((await pictureOf(0)) === first ? undefined : true));
    assert.deepEqual(await pageFaults(page), []);
    assert.deepEqual(await accessFaults(page), []);
  });

  it("finds that R3 clips, explains it, and shows a fix that was checked again", async function () {
    this.timeout(STUDY_MS + 10_000);
    await page.locator(".cell-main .label.p1").waitFor({ timeout: STUDY_MS });
    assert.match(
      (await page.locator(".cell-main .label.p1").textContent()) ?? "",
      /R3 clips reinforcement by (39|40)\.\d mm\s*gun against reinforcement, exit along/,
    );
    const close = page.locator(".close-up");
    assert.match((await close.nth(0).textContent()) ?? "", /As programmed.*clips by (39|40)\.\d\smm/s);
    assert.match((await close.nth(1).textContent()) ?? "", /With fix F-1, re-checked.*clear by \d+\.\d\smm/s);
    await page.getByText(/Whole program of R3 re-checked: \d+ poses and \d+ stretches/).waitFor();
    const row = (name: string) => page.locator(".cell-right tr", { hasText: name }).locator("td.chosen");
    assert.equal(await row("New findings").textContent(), "0");
    assert.equal(await row("Contacts on the path").textContent(), "0");
  });

  it("mends the weld out of reach by another robot or by a moved base, each to be looked at", async () => {
    await page.locator(".row", { hasText: "R3 cannot reach W-131: short by 67.5 mm" }).click();
    const ways = page.locator(".others button");
    assert.equal(await ways.count(), 2);
    await page.getByText("give W-131 to R4", { exact: true }).waitFor();
    assert.match((await page.locator(".close-up").nth(1).textContent()) ?? "", /clear by \d+\.\d\smm/);
    await ways.filter({ hasText: "base 73" }).click();
    await page.getByText(/move the base of R3 by \d+\.\d mm/).waitFor();
    assert.match((await page.locator(".close-up").nth(1).textContent()) ?? "", /clear by \d+\.\d\smm/);
  });

  it("has no text cut, overlapping or raw at any size", async () => {
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await page.waitForTimeout(500);
      if (process.env.RUNG_SHOTS)
        await page.screenshot({ path: `${process.env.RUNG_SHOTS}/biw-${size.width}.png` });
      assert.deepEqual(await pageFaults(page), [], `${size.width} px`);
      assert.deepEqual(await accessFaults(page), [], `${size.width} px`);
    }
  });

  it("takes the fix into the plan, and hands out the change orders", async () => {
    await page.getByRole("button", { name: "Accept into plan" }).click();
    await page.getByText("In the plan, accepted by admin. Nothing is sent to a robot from here").waitFor();
    const coming = page.waitForEvent("download");
    await page.getByRole("button", { name: "CSV", exact: true }).click();
    const text = readFileSync(await (await coming).path(), "utf8");
    assert.match(text, /^order,priority,station,robot/);
    assert.match(text, /R3 clips reinforcement by/);
    assert.match(text, /give W-131 to R4/);
  });

  it("draws again after the browser took its pictures' memory away and gave it back", async () => {
    const before = await pictureOf(0);
    const lost = await page.evaluate(`
      window.kept = window.contexts.filter((one) => !one.isContextLost()).map((one) => one.getExtension("WEBGL_lose_context"));
      window.kept.forEach((one) => one.loseContext());
      window.kept.length`);
    assert.equal(lost, 2, "the cell as it stands and as it was studied");
    await page.waitForTimeout(500);
    await page.locator(".cell-main canvas").evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      canvas.getContext("2d")!.clearRect(0, 0, canvas.width, canvas.height);
    });
    assert.ok((await pictureOf(0)) !== before, "wiped");
    await page.evaluate("window.kept.forEach((one) => one.restoreContext())");
    await eventually(
      "the same picture",
      async () => ((await pictureOf(0)) === before ? true : undefined),
      60_000,
    );
  });

  it("is drawn in another theme's colours as soon as the page has it", async () => {
    const bright = await groundOf();
    await page.evaluate("document.body.classList.add('rung-dark')");
    await eventually("another ground", async () => ((await groundOf()) === bright ? undefined : true));
    if (process.env.RUNG_SHOTS) await page.screenshot({ path: `${process.env.RUNG_SHOTS}/biw-dark.png` });
    await page.evaluate("document.body.classList.remove('rung-dark')");
    await eventually("the ground of before", async () => ((await groundOf()) === bright ? true : undefined));
  });

  it("goes back to the robots as they stand", async () => {
    await page.getByRole("button", { name: "Live", exact: true }).click();
    await main().getByText("as the robots stand now · variant A6").waitFor();
    assert.equal(await page.locator(".close-up").count(), 0);
    const first = await pictureOf(0);
    await eventually("a robot moves", async () => ((await pictureOf(0)) === first ? undefined : true));
  });

  it("did nothing wrong on the way", () => assert.deepEqual(wrong, []));
});
