import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { forecastBar, stationBoxes } from "../../nodes/dashboard/line/line-boxes.ts";
import { LINE_WORDS } from "../../nodes/dashboard/line/line-words.ts";
import { takeLine } from "../../runtime/predict/line/line-message.ts";
import { accessFaults } from "../flows/access-check.ts";
import { openBrowser, watch } from "../flows/browser.ts";
import { pageFaults } from "../flows/page-check.ts";
import {
  addEveryRole,
  HostProcess,
  PASSWORD,
  removeHome,
  temporaryHome,
  writeFlowFile,
} from "../host/host-process.ts";
import { LIVE_LINE } from "./live-line.ts";
import { oneWidgetFlow } from "./widget-flow.ts";

const PACK = fileURLToPath(new URL("../../dist/dashboard/package.json", import.meta.url));
const SIZES = [
  { width: 1920, height: 1080 },
  { width: 1366, height: 768 },
  { width: 390, height: 844 },
];

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
  let home: string;
  let host: HostProcess;
  let browser: Browser;
  let page: Page;
  let wrong: string[];

  before(async function () {
    if (!existsSync(PACK)) throw new Error("run the build first");
    browser = await openBrowser(this);
    home = temporaryHome();
    await addEveryRole(home);
    writeFlowFile(`${home}/flows`, "line.json", oneWidgetFlow({ type: "ui-rung-line", payload: LIVE_LINE }));
    host = await HostProcess.start(home);
    page = await browser.newPage({ viewport: SIZES[0]! });
    page.setDefaultTimeout(5000);
    wrong = watch(page);
    await page.goto(`${host.url}/sign-in?next=/dashboard/widget`);
    await page.fill("input[name=user]", "operator");
    await page.fill("input[name=password]", PASSWORD);
    await page.click("button");
    await page.waitForURL("**/dashboard/widget");
    await page.locator(".box").first().waitFor();
  });
  after(async () => {
    await browser?.close();
    await host?.stop();
    if (home) removeHome(home);
  });

  it("shows stations, forecast and bottleneck", async () => {
    assert.equal(await page.locator(".box").count(), 12);
    assert.equal(await page.locator(".box.bottleneck b").first().textContent(), "ST08");
    assert.match((await page.locator(".forecast").textContent()) ?? "", /262 by the end of the shift/);
    assert.match((await page.locator(".rung-head").textContent()) ?? "", /bottleneck ST08: active 100 %/);
  });

  it("has no text cut, overlapping or raw at any size, light and dark", async () => {
    for (const shade of ["light", "dark"]) {
      for (const size of SIZES) {
        await page.setViewportSize(size);
        await page.evaluate(
          (isDark) => document.body.classList.toggle("rung-dark", isDark),
          shade === "dark",
        );
        await page.waitForTimeout(200);
        if (process.env.RUNG_SHOTS)
          await page.screenshot({
            path: `${process.env.RUNG_SHOTS}/line-${shade}-${size.width}.png`,
            fullPage: true,
          });
        assert.deepEqual(await pageFaults(page), [], `${shade}, ${size.width} px`);
        assert.deepEqual(await accessFaults(page), [], `${shade}, ${size.width} px`);
      }
    }
  });

  it("broke nothing on its page", () => assert.deepEqual(wrong, []));
});
