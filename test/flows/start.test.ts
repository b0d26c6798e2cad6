import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { accessFaults } from "./access-check.ts";
import { openBrowser, watch } from "./browser.ts";
import { pageFaults } from "./page-check.ts";
import { PlantReader } from "./plant-reader.ts";
import { eventually, PASSWORD, Product } from "./product.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const RUNG = join(ROOT, "dist/runtime/cli/rung.js");
const ZONES = [1, 2, 3, 4, 5, 6];
/** Between the sizes of pages.test.ts, which looks at every page. */
const SCREENS = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
];

/** Every process below one, from /proc. */
function descendants(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    const stat = readIfThere(`/proc/${name}/stat`);
    if (stat === undefined) continue;
    // The name in brackets may hold anything; the state and the parent's pid stand behind its end.
    parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
  }
  const below = (one: number): number[] =>
    [...parents].filter(([, parent]) => parent === one).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // The process ended in between.
    return undefined;
  }
}

/** What git says has changed in the checkout; undefined where this is none. */
function checkoutState(): string | undefined {
  if (!existsSync(join(ROOT, ".git"))) return undefined;
  return execFileSync("git", ["status", "--porcelain"], { cwd: ROOT, encoding: "utf8" });
}

describe("rung start, the whole product", function () {
  this.timeout(120_000);
  const stateBefore = checkoutState();
  let product: Product;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let wrong: string[];
  let link: string;

  before(async function () {
    browser = await openBrowser(this);
    product = await Product.start();
    link = product.firstLogin;
    context = await browser.newContext({ viewport: SCREENS[0]! });
    page = await context.newPage();
    wrong = watch(page);
  });
  after(async () => {
    await browser?.close();
    await product?.stop();
  });

  const shownNumbers = async (selector: string): Promise<number[]> =>
    (await page.locator(selector).allTextContents()).map((text) =>
      Number(text.replace(/[^\d.-]/g, "") || NaN),
    );

  it("prints one line, and leaves the link in a file for its owner alone", () => {
    const file = join(product.home, "first-login");
    assert.equal(
      product.said.out,
      `Rung is running: ${product.url}/ (one-time sign-in link, valid 10 min, in ${file}; simulated plant, no PLC touched)\n`,
    );
    assert.equal(product.said.err, "");
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(link.startsWith(`${product.url}/first-login?token=`));
  });

  it("asks for a password, shows the plant, and a click further live values and the ladder", async () => {
    await page.goto(link);
    assert.deepEqual(await pageFaults(page), []);
    assert.deepEqual(await accessFaults(page), []);
    await page.fill("input[name=password]", PASSWORD);
    await page.fill("input[name=again]", PASSWORD);
    const openedMs = performance.now();
    await page.click("button");
    await page.waitForURL("**/dashboard/plant");
    await page.locator("#nrdb-ui-widget-plantshops").getByRole("link", { name: "Paint" }).click();
    await eventually("six zone temperatures and five rungs on the dashboard", async () => {
      const zones = await shownNumbers("#nrdb-ui-widget-zones .value");
      const rungs = await page.locator("#nrdb-ui-widget-ladder .ladder-row .n").allTextContents();
      const allThere =
        zones.length === ZONES.length &&
        zones.every(Number.isFinite) &&
        ["1", "2", "3", "4", "5"].every((rung) => rungs.includes(rung));
      return allThere || undefined;
    });
    console.log(
      `      live values and the ladder after ${((performance.now() - openedMs) / 1000).toFixed(1)} s`,
    );
    assert.match(
      (await page.locator("#nrdb-ui-widget-header").textContent()) ?? "",
      /Virtual plant · no PLC connected/,
    );
  });

  it("spends the link", async () => {
    assert.equal((await fetch(link)).status, 410);
    assert.ok(!existsSync(join(product.home, "first-login")));
  });

  it("shows what the OPC UA server holds, to the last digit on the screen", async () => {
    const reader = await PlantReader.open(product);
    try {
      await product.plant("POST", "/pause", { paused: true });
      const held = await reader.numbers(ZONES.map((zone) => `Oven1.Zone${zone}.AirTemp`));
      assert.ok(new Set(held).size > 1, "zones differ");
      await eventually(`the zones at ${held.map((value) => value.toFixed(1)).join(", ")}`, async () => {
        const shown = await shownNumbers("#nrdb-ui-widget-zones .value");
        return held.every((value, i) => Math.abs(value - shown[i]!) <= 0.0501) || undefined;
      });
      const { setpoints } = await product.plant<{ setpoints: number[] }>("GET", "/status");
      const shown = await shownNumbers("#nrdb-ui-widget-zones .setpoint");
      assert.deepEqual(shown, setpoints);
    } finally {
      await product.plant("POST", "/pause", { paused: false });
      await reader.close();
    }
    const [before] = await shownNumbers("#nrdb-ui-widget-zones .value");
    await eventually("a zone that moves again", async () => {
      const [now] = await shownNumbers("#nrdb-ui-widget-zones .value");
      return now !== before || undefined;
    });
  });

  it("shows a recommendation, or says why there is none", async () => {
    const card = page.locator("#nrdb-ui-widget-recommendation");
    // The optimiser proposes once its estimate has taken up the history; until then the panel says what is missing.
    const proposed = await card
      .locator("table")
      .waitFor({ timeout: 20_000 })
      .then(
        () => true,
        () => false,
      );
    const text = (await card.textContent()) ?? "";
    assert.match(
      text,
      proposed ? /Baseline.*Scenario.*Setpoints.*Constraints/s : /No recommendation is open/,
    );
  });

  it("shows what is missing in the history, and where every sample went", async () => {
    const widget = page.locator("#nrdb-ui-widget-gaps");
    const counts = await eventually("the counts of samples", async () => {
      const text = (await widget.locator(".gap-foot").textContent({ timeout: 1000 })) ?? "";
      const found =
        /received ([\d,]+) = stored ([\d,]+) \+ queued ([\d,]+) \+ deduplicated ([\d,]+) \+ dropped ([\d,]+)/.exec(
          text,
        );
      return found?.slice(1).map((count) => Number(count.replaceAll(",", "")));
    });
    const [received, ...parts] = counts as [number, ...number[]];
    assert.ok(received > 0);
    assert.equal(
      parts.reduce((sum, part) => sum + part, 0),
      received,
    );
    assert.match((await widget.textContent()) ?? "", /No gaps: nothing is missing|\d+ open · \d+ filled/);
  });

  for (const screen of SCREENS) {
    it(`has a dashboard that reads well at ${screen.width} x ${screen.height}`, async () => {
      await page.setViewportSize(screen);
      // The chart follows the window's size with its next picture.
      await page.waitForTimeout(1500);
      assert.deepEqual(await pageFaults(page), []);
      assert.deepEqual(await accessFaults(page), []);
    });
  }

  it("has a ladder alone on a page, read from 3 m at full width, and well at any", async () => {
    const wall = await context.newPage();
    const wallsWrong = watch(wall);
    await wall.setViewportSize({ width: 1920, height: 1080 });
    await wall.goto(`${product.url}/dashboard/ladder`);
    await wall.locator("#nrdb-ui-widget-ladderwall .ladder-row").nth(5).waitFor();
    const type = (selector: string) =>
      wall
        .locator(`#nrdb-ui-widget-ladderwall ${selector}`)
        .first()
        .evaluate((element) => {
          const { fontSize, fontWeight } = getComputedStyle(element);
          return `${fontSize} ${fontWeight}`;
        });
    assert.equal(await type(".ladder-sum b"), "124px 700");
    assert.equal(await type(".ladder-row.top .n"), "46px 700");
    assert.equal(await type(".ladder-row.top .name span"), "40px 700");
    assert.match(await type(".ladder-row.off .name span"), /^40px /);
    assert.match(await type(".ladder-row .fact"), /^24px /);
    for (const theme of ["", "rung-dark"]) {
      await wall.evaluate((name) => {
        document.body.className = name;
      }, theme);
      for (const screen of SCREENS) {
        await wall.setViewportSize(screen);
        assert.deepEqual(await pageFaults(wall), [], `${theme} ${screen.width} x ${screen.height}`);
        assert.deepEqual(await accessFaults(wall), [], `${theme} ${screen.width} x ${screen.height}`);
      }
    }
    const group = await wall
      .locator("#nrdb-ui-widget-ladderwall .rung-panel")
      .evaluate((panel) => getComputedStyle(panel).backgroundColor);
    assert.equal(group, "rgb(42, 47, 51)");
    const [passport] = await Promise.all([
      context.waitForEvent("page"),
      wall.locator(".ladder-foot").getByRole("link", { name: "Passport" }).click(),
    ]);
    await passport.locator("h1").waitFor();
    assert.equal(await passport.locator("h1").textContent(), "Oven 1");
    assert.deepEqual(await pageFaults(passport), []);
    assert.deepEqual(await accessFaults(passport), []);
    const sheets = (await passport.pdf({ preferCSSPageSize: true }))
      .toString("latin1")
      .match(/\/Type\s*\/Page\b/g);
    assert.ok(sheets !== null && sheets.length <= 2, `${sheets?.length} sheets`);
    assert.deepEqual(wallsWrong, []);
    await passport.close();
    await wall.close();
  });

  it("has an overview of the plant, whose shops lead to their pages", async () => {
    const overview = await context.newPage();
    const overviewsWrong = watch(overview);
    await overview.goto(`${product.url}/dashboard/plant`);
    await overview.locator("#nrdb-ui-widget-plantshops .shop").nth(3).waitFor();
    assert.deepEqual(
      await overview.locator("#nrdb-ui-widget-plantshops .shop header > :first-child").allTextContents(),
      ["Plant Leipzig", "Body-in-white", "Paint", "Assembly"],
    );
    await overview
      .locator("#nrdb-ui-widget-plantshops .shop", { hasText: "Assembly" })
      .getByText("Takt")
      .waitFor();
    for (const screen of [SCREENS[0]!, SCREENS.at(-1)!]) {
      await overview.setViewportSize(screen);
      assert.deepEqual(await pageFaults(overview), [], `${screen.width} x ${screen.height}`);
      assert.deepEqual(await accessFaults(overview), [], `${screen.width} x ${screen.height}`);
    }
    await overview.locator("#nrdb-ui-widget-plantshops").getByRole("link", { name: "Assembly" }).click();
    await overview.locator("#nrdb-ui-widget-asmladder .ladder-row").nth(5).waitFor();
    // Those below it are fetched after it.
    for (const last of ["asmfindings", "asmgaps", "asmbalance"])
      await overview.locator(`#nrdb-ui-widget-${last} .rung-panel`).waitFor();
    assert.deepEqual(await pageFaults(overview), []);
    assert.deepEqual(await accessFaults(overview), []);
    assert.deepEqual(overviewsWrong, []);
    await overview.close();
  });

  it("leads from the plant over shop and station to one value, and back, and reads well all the way", async () => {
    const way = await context.newPage();
    const wrongOnTheWay = watch(way);
    const readsWell = async (what: string) => {
      for (const screen of [SCREENS[0]!, SCREENS.at(-1)!]) {
        await way.setViewportSize(screen);
        assert.deepEqual(await pageFaults(way), [], `${what}, ${screen.width} x ${screen.height}`);
        assert.deepEqual(await accessFaults(way), [], `${what}, ${screen.width} x ${screen.height}`);
      }
      await way.setViewportSize(SCREENS[0]!);
    };
    const header = () => way.locator(".rung-header:visible");
    await way.goto(`${product.url}/dashboard/plant`);
    await header().locator("nav a").nth(5).waitFor();
    assert.deepEqual(
      (await header().locator("nav a").allTextContents()).map((text) => text.split(":")[0]!.trim()),
      ["Plant", "Body-in-white", "Paint", "Assembly", "Maintenance", "Energy", "Training"],
    );
    assert.equal(await header().locator(".display").textContent(), "Level 1");
    assert.match((await header().locator(".person").textContent()) ?? "", /admin/);
    const { height } = (await header().boundingBox())!;
    assert.ok(height >= 52 && height <= 54, `${height} px: 52, and the line below it`);

    await header().getByRole("link", { name: "Assembly" }).click();
    await way.locator("#nrdb-ui-widget-asmband").getByRole("link", { name: "ST07" }).click();
    await way.locator("#nrdb-ui-widget-detailscreen td a").first().waitFor();
    assert.equal(await header().locator(".display").textContent(), "Level 3");
    assert.match(way.url(), /\?station=acme\/leipzig\/assembly\/line1\/st07$/);
    await readsWell("a station");

    await way
      .locator("#nrdb-ui-widget-detailscreen")
      .getByRole("link", { name: /power$/ })
      .click();
    await way.locator("#nrdb-ui-widget-detailscreen .facts").waitFor();
    await way.locator("#nrdb-ui-widget-detailscreen canvas").first().waitFor();
    assert.equal(await header().locator(".display").textContent(), "Level 4");
    assert.match(
      (await way.locator(".facts").textContent()) ?? "",
      /acme\/leipzig\/assembly\/line1\/st07\/power/,
    );
    await readsWell("a value");

    await header().locator(".way").getByRole("link", { name: "st07" }).click();
    await way.locator("#nrdb-ui-widget-detailscreen td a").first().waitFor();
    await header().locator(".way").getByRole("link", { name: "Assembly" }).click();
    await way.locator("#nrdb-ui-widget-asmladder .ladder-row").first().waitFor();

    await header().getByRole("link", { name: "Energy" }).click();
    await way
      .locator("#nrdb-ui-widget-energyscreen", { hasText: "Oven 1" })
      .getByText(/Baseline/)
      .first()
      .waitFor();
    await readsWell("energy");
    await way.setViewportSize(SCREENS.at(-1)!);
    await header().getByRole("button", { name: "Pages" }).press("Enter");
    await header().getByRole("link", { name: "Plant" }).press("Enter");
    await way.waitForURL("**/dashboard/plant");
    assert.deepEqual(wrongOnTheWay, []);
    await way.close();
  });

  it("has one look for all widgets, and rules of each that no order of loading changes", async () => {
    assert.deepEqual(
      await page.evaluate(() => {
        const styles = [...document.querySelectorAll("style")];
        return {
          looks: styles.filter((style) => style.textContent.includes("--rung-page:")).map(({ id }) => id),
          widgets: styles.flatMap((style) => style.dataset.rungWidget ?? []).sort(),
        };
      }),
      {
        looks: ["rung-look"],
        widgets: ["header", "ladder", "list", "recommendation", "tile", "trend", "whatif"],
      },
    );
    // Both pictures are taken in one task, so that no value moves between them.
    const moved = await page.evaluate(() => {
      const picture = () =>
        [...document.querySelectorAll(".rung, .rung *")].map((element) => {
          const style = getComputedStyle(element);
          return [...style].map((name) => `${name}: ${style.getPropertyValue(name)}`).join("; ");
        });
      const before = picture();
      const rules = [...document.querySelectorAll("style#rung-look, style[data-rung-widget]")];
      for (const style of rules.reverse()) document.head.append(style);
      const after = picture();
      for (const style of rules.reverse()) document.head.append(style);
      return { elements: before.length, changed: after.filter((now, at) => now !== before[at]).length };
    });
    assert.ok(moved.elements > 100, `${moved.elements} elements`);
    assert.equal(moved.changed, 0);
  });

  it("has a sign-in page and an actuator's page that read well", async () => {
    const stranger = await (await browser.newContext({ viewport: SCREENS[0]! })).newPage();
    const strangersWrong = watch(stranger);
    await stranger.goto(product.url);
    await stranger.waitForURL("**/sign-in**");
    assert.deepEqual(await pageFaults(stranger), []);
    assert.deepEqual(await accessFaults(stranger), []);

    const phone = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage();
    const phonesWrong = watch(phone);
    const login = JSON.parse(readFileSync(join(product.home, "actuator", "first-login"), "utf8"));
    await phone.goto(`http://127.0.0.1:${product.runFile("actuator").port}/`);
    await phone.locator("#name").waitFor();
    assert.deepEqual(await pageFaults(phone), []);
    assert.deepEqual(await accessFaults(phone), []);
    await phone.fill("#name", login.user);
    await phone.fill("#password", login.password);
    await phone.click("#sign-in button");
    await phone.locator("#desk article").first().waitFor();
    assert.deepEqual(await pageFaults(phone), []);
    assert.deepEqual(await accessFaults(phone), []);
    assert.deepEqual([...strangersWrong, ...phonesWrong], []);
    await stranger.context().close();
    await phone.context().close();
  });

  it("tells its health and its figures", async () => {
    const health = (await (await fetch(`${product.url}/health`)).json()) as Record<string, unknown>;
    assert.equal(health.status, "ok");
    assert.equal(health.flowFilesBroken, 0);
    const metrics = await (await fetch(`${product.url}/metrics`)).text();
    assert.match(metrics, /^process_cpu_seconds_total [\d.]+$/m);
    assert.match(metrics, /^rung_unhandled_rejections 0$/m);
    assert.match(metrics, /^rung_flow_files_broken 0$/m);
  });

  it("is refused twice on one home, and runs beside another on its own", async () => {
    const second = spawnSync(process.execPath, [RUNG, "start"], {
      env: { ...process.env, RUNG_HOME: product.home, RUNG_PORT: "0" },
      encoding: "utf8",
    });
    assert.equal(second.status, 2);
    assert.equal(second.stdout, "");
    assert.equal(
      second.stderr,
      `${product.home}: Rung is running here already, process ${product.pid}, at port ${product.runFile("host").port} (stop that one, or start with another RUNG_HOME and RUNG_PORT)\n`,
    );

    const other = await Product.start();
    try {
      for (const each of [product, other]) {
        const health = (await (await fetch(`${each.url}/health`)).json()) as { status: string };
        assert.equal(health.status, "ok");
        const { timeUs } = await each.plant<{ timeUs: number }>("GET", "/status");
        assert.ok(timeUs > 0);
      }
      const ports = [product, other].flatMap((each) =>
        ["host", "broker", "plant", "actuator"].map((name) => each.runFile(name).port),
      );
      assert.equal(new Set(ports).size, ports.length);
    } finally {
      assert.equal(await other.stop(), 0);
    }
  });

  it("asked for nothing outside this machine, and no page met an error", () => {
    assert.deepEqual(wrong, []);
  });

  it("marks every panel STALE when the connection is lost, and takes the mark away when it is back", async () => {
    const marks = page.locator(".rung-stale");
    assert.equal(await marks.count(), 0);
    const panels = await page.locator(".rung-panel, .rung-header").count();
    await context.setOffline(true);
    await eventually(`${panels} STALE marks`, async () =>
      (await marks.count()) === panels ? true : undefined,
    );
    for (const screen of SCREENS) {
      await page.setViewportSize(screen);
      assert.deepEqual(await pageFaults(page), [], `${screen.width} x ${screen.height}`);
      assert.deepEqual(await accessFaults(page), [], `${screen.width} x ${screen.height}`);
    }
    await context.setOffline(false);
    await eventually(
      "live panels again",
      async () => ((await marks.count()) === 0 ? true : undefined),
      60_000,
    );
  });

  it("ends with 0 and leaves no process, and the checkout as it was", async () => {
    await page.close();
    const below = descendants(product.pid);
    assert.ok(below.length >= 3, `host, plant and actuator at least, got ${below.length}`);
    assert.equal(await product.stop(), 0);
    assert.deepEqual(
      below.filter((pid) => existsSync(`/proc/${pid}`)),
      [],
    );
    assert.equal(product.said.out.split("\n").length, 2, "still one line");
    assert.equal(product.said.err, "");
    assert.equal(checkoutState(), stateBefore);
  });
});
