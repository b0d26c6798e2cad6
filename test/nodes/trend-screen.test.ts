import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { lineOf } from "../../nodes/dashboard/trend/line-of.ts";
import type { TrendStretch, TrendView } from "../../nodes/dashboard/trend/trend-view.ts";
import { eventually } from "../flows/product.ts";
import { PAST_S, STEP_S, trendFlow } from "./trend-flow.ts";
import { onWidgetPage } from "./widget-page.ts";

describe("the screen of trends", function () {
  this.timeout(120_000);
  // A viewer only reads: he may look closer all the same.
  const on = onWidgetPage(trendFlow, "viewer");
  let page: Page;
  before(async () => {
    page = on.page;
    await widget("several").locator("canvas").waitFor();
    await eventually("the forecast", async () =>
      /skill 0\.30/.test(await head("several")) ? true : undefined,
    );
  });

  const widget = (id: string) => page.locator(`#nrdb-ui-widget-${id}`);
  const head = async (id: string) =>
    ((await widget(id).locator(".rung-head").textContent()) ?? "").replaceAll("\u00a0", " ");
  const said = async (id: string) =>
    (await widget(id).locator(".trend-host").getAttribute("aria-label")) ?? "";
  const address = async () => {
    const response = page.waitForResponse(
      (one) => one.url().includes("/rung-trend/") && one.url().includes("from="),
    );
    await widget("several").locator(".trend-host").focus();
    await page.keyboard.press("-");
    const { pathname } = new URL((await response).url());
    await page.keyboard.press("Escape");
    return on.host.url + pathname;
  };
  const whole = async (at: string) => (await (await page.request.get(at)).json()) as TrendView;

  it("draws several properties with their last values, and says them to those who do not see", async () => {
    const keys = await widget("several").locator(".keys li").allTextContents();
    assert.equal(keys.length, 2);
    assert.match(keys[0]!.replaceAll("\u00a0", " "), /Press temperature 1[6-9]\d\.\d °C/);
    assert.match(keys[1]!.replaceAll("\u00a0", " "), /Load of the main drive \d\d\.\d %/);
    assert.match(
      await said("several"),
      /Press temperature: now .*, least .* at \d\d:\d\d:\d\d, greatest 2\d\d\.\d.°C at/,
    );
    const marks = await widget("several").locator(".spoken li").allTextContents();
    assert.deepEqual(
      marks.map((mark) => mark.trim().replace(/^[\d:]+ /, "")),
      [
        "priority 2: Press temperature 20 % above normal",
        "proposed: Press 4 K cooler",
        "set: press1/temperatureSetpoint 176.0 °C",
      ],
    );
    assert.match(
      (await widget("none").locator(".rung-empty").textContent()) ?? "",
      /Waiting for the first minutes/,
    );
  });

  it("has the whole curve from the server: no missing piece, none twice, the spike and the break in it", async () => {
    const { series, widthMs, nowS, spanS } = await whole(await address());
    const line = lineOf(series[0]!, widthMs, nowS);
    const load = lineOf(series[1]!, widthMs, nowS);
    const inside = load.timesS.filter((timeS) => timeS > nowS! - spanS + 5);
    for (const [i, timeS] of inside.entries())
      if (i > 0)
        assert.ok(Math.abs(timeS - inside[i - 1]! - STEP_S) < 0.01, `${timeS - inside[i - 1]!} s apart`);
    assert.ok(inside.length > 0.95 * (PAST_S / STEP_S), `${inside.length} samples`);
    assert.equal(line.values.filter((value) => value !== null && value > 230).length, 1, "the spike, once");
    assert.ok(line.bad.some(({ why, fromS, toS }) => why === "bad" && toS - fromS > 30));
  });

  it("shows the states of a machine as a band, a table, and piece by piece", async () => {
    const row = widget("band").locator(".row svg").first();
    await row.waitFor();
    const label = await eventually("the past of the band", async () => {
      const says = (await row.getAttribute("aria-label")) ?? "";
      return /off \d+ %/.test(says) ? says : undefined;
    });
    assert.match(label, /^Mode: now (off|on|broken)\. /);
    assert.ok((await row.locator("rect").count()) >= 4);
    await row.focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowRight");
    const readout = (await widget("band").locator(".readout").textContent()) ?? "";
    assert.match(readout, /^MODE (off|on|broken), \d\d:\d\d:\d\d – \d\d:\d\d:\d\d, \d+ (s|min)$/);
    await widget("band").locator("summary").click();
    assert.equal(await widget("band").locator("tbody tr").count(), 1);
    await widget("band").locator("summary").click();
    assert.match(
      (await widget("blank").locator(".rung-empty").textContent()) ?? "",
      /Waiting for the first state/,
    );
  });

  it("has no text cut, overlapping or raw at any size, light and dark", async () => {
    await on.isWhole("trend", { settleMs: 1500 });
  });

  it("shows a stretch of the past in full, by dragging and by keys, and goes back to live", async () => {
    const answer = page.waitForResponse((one) => one.url().includes("from="));
    const box = (await widget("several").locator(".u-over").boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.3, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.4, box.y + 50, { steps: 4 });
    await page.mouse.up();
    const stretch = (await (await answer).json()) as TrendStretch;
    assert.ok(stretch.toS - stretch.fromS > 60 && stretch.toS - stretch.fromS < 240);
    assert.ok(stretch.series[0]!.columns.length > 30);
    const back = widget("several").getByText("Back to live");
    await back.waitFor();
    assert.match(await head("several"), /\d\d:\d\d:\d\d – \d\d:\d\d:\d\d/);
    await on.shoot("trend-zoomed");
    await back.click();
    assert.match(await head("several"), /last 20 min, forecast/);
    await widget("several").locator(".trend-host").focus();
    await page.keyboard.press("ArrowUp");
    await back.waitFor();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Escape");
    assert.equal(await back.count(), 0);
  });

  it("shows the whole curve again after the browser's connection was cut", async () => {
    const at = await address();
    await page.context().setOffline(true);
    await widget("several").locator(".rung-stale").waitFor({ timeout: 15_000 });
    await page.waitForTimeout(9_000);
    await page.context().setOffline(false);
    await widget("several").locator(".rung-stale").waitFor({ state: "detached", timeout: 20_000 });
    // What the page draws now, read off what it says, is what the server holds.
    await eventually("the curve", async () => {
      const { series, widthMs, nowS } = await whole(at);
      const line = lineOf(series[1]!, widthMs, nowS);
      assert.deepEqual(line.bad, []);
      const newest = series[1]!.value!.toFixed(1);
      return (await said("several")).includes(`now ${newest}`) ? true : undefined;
    });
    assert.doesNotMatch(await said("modes"), /without data/);
    assert.equal(
      (await said("several")).match(/1 stretch without data/g)?.length ?? 0,
      1,
      await said("several"),
    );
  });

  it("broke nothing on its page but while it was cut off", () =>
    assert.deepEqual(
      on.wrong.filter((one) => !/ERR_INTERNET_DISCONNECTED|SIO connect error/.test(one)),
      [],
    ));
});
