import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
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
import { JACKSON_BALANCE } from "./jackson-line.ts";
import { oneWidgetFlow } from "./widget-flow.ts";

const PACK = fileURLToPath(new URL("../../dist/dashboard/package.json", import.meta.url));
const SIZES = [
  { width: 1920, height: 1080 },
  { width: 1366, height: 768 },
  { width: 390, height: 844 },
];

describe("the balance board", function () {
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
    const flow = oneWidgetFlow({
      type: "ui-rung-balance",
      payload: JACKSON_BALANCE,
      says: "[msg.payload.editedBy, msg.payload.stations, msg.payload.assignment[7]].join(' | ')",
    });
    writeFlowFile(`${home}/flows`, "balance.json", flow);
    host = await HostProcess.start(home);
    page = await browser.newPage({ viewport: SIZES[0]! });
    page.setDefaultTimeout(5000);
    wrong = watch(page);
    await page.goto(`${host.url}/sign-in?next=/dashboard/widget`);
    await page.fill("input[name=user]", "engineer");
    await page.fill("input[name=password]", PASSWORD);
    await page.click("button");
    await page.waitForURL("**/dashboard/widget");
    await page.locator(".task").first().waitFor();
  });
  after(async () => {
    await browser?.close();
    await host?.stop();
    if (home) removeHome(home);
  });

  const station = (number: number) => page.locator(".station").nth(number - 1);
  const loads = async () => (await page.locator(".load span").allTextContents()).map((text) => text.trim());
  const task = (id: string) => page.locator(`[data-task="${id}"]`);
  const START = ["9 of 10 s", "9 of 10 s", "8 of 10 s", "6 of 10 s", "10 of 10 s", "4 of 10 s", "empty"];

  it("shows each station with its tasks and load, and how good the balance is known to be", async () => {
    assert.deepEqual(await loads(), START);
    assert.deepEqual(await station(1).locator(".task b").allTextContents(), ["1", "2", "5"]);
    const head = (await page.locator(".rung-head").textContent()) ?? "";
    assert.match(head, /6 stations; none can be below 5 stations \(time was up\)/);
    assert.match(head, /cycle 10 s · idle 23\.3 %/);
    assert.equal(await page.getByText("Precedence and loads hold.").count(), 1);
    assert.equal(await page.getByRole("button", { name: "Send" }).isDisabled(), true, "nothing was moved");
  });

  it("names what a move by mouse breaks, and takes it back", async () => {
    await task("8").dragTo(station(2).locator(".stack"));
    assert.deepEqual((await loads()).slice(1, 4), ["15 of 10 s", "8 of 10 s", "empty"]);
    await page.locator(".broken-list").getByText("station 2 has 15 s of work in 10 s").waitFor();
    assert.equal(await page.getByRole("button", { name: "Send" }).isDisabled(), true, "it is broken");
    if (process.env.RUNG_SHOTS)
      await page.screenshot({ path: `${process.env.RUNG_SHOTS}/broken.png`, fullPage: true });
    await page.getByRole("button", { name: "Undo" }).click();
    assert.deepEqual(await loads(), START);
    assert.equal(await page.locator(".broken-list").count(), 0);
  });

  it("is worked by keyboard alone, and says aloud what changed", async () => {
    await task("1").focus();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    assert.equal(await page.evaluate<string>("document.activeElement.dataset.task"), "5");
    await page.keyboard.press("Shift+ArrowRight");
    await page.locator(".fine").getByText("Task 5 to station 2.", { exact: true }).waitFor();
    await page.waitForFunction("document.activeElement.dataset.task === '5'");
    await page.keyboard.press("Shift+ArrowRight");
    await page.locator(".fine").getByText("Task 5 to station 3.", { exact: true }).waitFor();
    await page.waitForFunction("document.activeElement.dataset.task === '5'");
    assert.deepEqual((await loads()).slice(0, 3), ["8 of 10 s", "9 of 10 s", "9 of 10 s"]);
    await page.keyboard.press("Control+z");
    await page.locator(".fine").getByText("Task 5 back to station 2.").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    assert.deepEqual(await loads(), START);
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
            path: `${process.env.RUNG_SHOTS}/${shade}-${size.width}.png`,
            fullPage: true,
          });
        assert.deepEqual(await pageFaults(page), [], `${shade}, ${size.width} px`);
        assert.deepEqual(await accessFaults(page), [], `${shade}, ${size.width} px`);
      }
    }
    await page.evaluate("document.body.classList.remove('rung-dark')");
    await page.setViewportSize(SIZES[0]!);
  });

  it("sends a balance that holds, with who made it", async () => {
    await task("7").click();
    await page.getByRole("button", { name: "Later" }).click();
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("6 stations, edited by engineer").waitFor();
    assert.match(host.output, /engineer \| 6 \| 3/);
    assert.deepEqual((await loads()).slice(2, 4), ["5 of 10 s", "9 of 10 s"]);
  });

  it("broke nothing on its page", () => assert.deepEqual(wrong, []));
});
