import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { forecastBar, stationBoxes } from "../../nodes/dashboard/line/line-boxes.ts";
import { LINE_WORDS } from "../../nodes/dashboard/line/line-words.ts";
import { takeLine } from "../../runtime/predict/line/line-message.ts";
import { LIVE_LINE } from "./live-line.ts";
import { oneWidgetFlow } from "./widget-flow.ts";
import { onWidgetPage } from "./widget-page.ts";

describe("what a line's screen says", () => {
  it("stacks each station's shares, with the four that are always told", () => {
    const boxes = stationBoxes(LIVE_LINE, LINE_WORDS.en);
    assert.deepEqual(
      boxes[0]!.shares.map(({ word, text }) => [word, text]),
      [
        ["busy", "75 %"],
        ["down", "10 %"],
        ["blocked", "7 %"],
        ["starved", "8 %"],
      ],
    );
    assert.deepEqual(
      boxes[7]!.shares.map(({ word, from }) => [word, from]),
      [
        ["busy", 0],
        ["down", 0.94],
        ["blocked", 1],
        ["starved", 1],
      ],
    );
    assert.deepEqual(
      boxes.map(({ priority }) => priority),
      [null, null, null, null, 2, null, 3, null, null, null, null, null],
    );
    assert.deepEqual([boxes[3]!.buffer?.text, boxes[3]!.buffer?.isFull], ["3 of 3", true]);
    assert.equal(boxes[11]!.buffer, null);
  });

  it("marks a plan that is out of reach, and one that is missed on average", () => {
    const { forecast } = LIVE_LINE;
    assert.equal(forecastBar(forecast!, LINE_WORDS.en).priority, 2);
    assert.equal(forecastBar({ ...forecast!, high90: 283 }, LINE_WORDS.en).priority, 3);
    assert.equal(forecastBar({ ...forecast!, mean: 281, high90: 290 }, LINE_WORDS.en).priority, null);
    assert.equal(
      forecastBar(forecast!, LINE_WORDS.en).words.replaceAll("\u00a0", " "),
      "262 by the end of the shift (246 to 274, 90 %) · plan 280 · 141 made · 3 h 7 min of work left",
    );
    assert.match(
      forecastBar(forecast!, LINE_WORDS.en).skill,
      /30 min ahead: skill 0\.36 over 147, 90 % covers 91 %/,
    );
  });

  it("takes a line and nothing else", () => {
    assert.equal(takeLine(LIVE_LINE, "screen"), LIVE_LINE);
    assert.throws(() => takeLine({ kind: "forecast" }, "screen"), /expected a line, got a forecast/);
    assert.throws(() => takeLine({ kind: "line" }, "screen"), /got a broken one/);
    assert.throws(() => takeLine(null, "screen"), /got a null/);
  });
});

describe("the screen of a line", function () {
  this.timeout(60_000);
  const on = onWidgetPage(() => oneWidgetFlow({ type: "ui-rung-line", payload: LIVE_LINE }), "operator");
  let page: Page;
  before(async () => {
    page = on.page;
    await page.locator(".box").first().waitFor();
  });

  it("shows stations, forecast and bottleneck", async () => {
    assert.equal(await page.locator(".box").count(), 12);
    assert.equal(await page.locator(".box.bottleneck b").first().textContent(), "ST08");
    assert.match((await page.locator(".forecast").textContent()) ?? "", /262 by the end of the shift/);
    assert.match((await page.locator(".rung-head").textContent()) ?? "", /bottleneck ST08: active 100 %/);
  });

  it("has no text cut, overlapping or raw at any size, light and dark", async () => {
    await on.isWhole("line");
  });

  it("broke nothing on its page", () => assert.deepEqual(on.wrong, []));
});
