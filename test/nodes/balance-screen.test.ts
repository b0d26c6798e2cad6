import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { JACKSON_BALANCE } from "./jackson-line.ts";
import { oneWidgetFlow } from "./widget-flow.ts";
import { onWidgetPage } from "./widget-page.ts";

describe("the balance board", function () {
  this.timeout(60_000);
  const on = onWidgetPage(
    () =>
      oneWidgetFlow({
        type: "ui-rung-balance",
        payload: JACKSON_BALANCE,
        says: "[msg.payload.editedBy, msg.payload.stations, msg.payload.assignment[7]].join(' | ')",
      }),
    "engineer",
  );
  let page: Page;
  before(async () => {
    page = on.page;
    await page.locator(".task").first().waitFor();
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
    await on.shoot("broken");
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
    await on.isWhole("balance");
  });

  it("sends a balance that holds, with who made it", async () => {
    await task("7").click();
    await page.getByRole("button", { name: "Later" }).click();
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("6 stations, edited by engineer").waitFor();
    assert.match(on.host.output, /engineer \| 6 \| 3/);
    assert.deepEqual((await loads()).slice(2, 4), ["5 of 10 s", "9 of 10 s"]);
  });

  it("broke nothing on its page", () => assert.deepEqual(on.wrong, []));
});
