import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { siblingModule } from "../../runtime/core/sibling-module.ts";
import { openBrowser, watch } from "../flows/browser.ts";

describe("editor: which tab of the sidebar is open", function () {
  this.timeout(60_000);
  let folder: string;
  let host: ChildProcess;
  let base: string;
  let browser: Browser;
  let page: Page;
  let wrong: string[];

  before(async function () {
    browser = await openBrowser(this);
    folder = mkdtempSync(join(tmpdir(), "rung-first-opening-"));
    host = fork(siblingModule(import.meta.url, "./editor-host"), [folder], {
      env: { ...process.env, RUNG_HOME: join(folder, "home") },
    });
    const [{ port }] = (await once(host, "message")) as [{ port: number }];
    base = `http://127.0.0.1:${port}`;
    page = await browser.newPage({ viewport: { width: 1600, height: 950 } });
    wrong = watch(page);
  });
  after(async () => {
    await browser?.close();
    if (host?.connected) {
      const ended = once(host, "exit");
      host.send({ stop: true });
      await ended;
    }
    if (folder) rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => assert.deepEqual(wrong.splice(0), []));

  async function open(): Promise<void> {
    await page.goto(`${base}/`);
    await page.waitForFunction("window.RED && RED.workspaces && RED.workspaces.count() > 0");
    await page.locator("#red-ui-loading-progress").waitFor({ state: "hidden" });
    await page.locator('button[data-tab-id="rung-ladder"]').waitFor();
  }
  /** Tabs of the right sidebar, in their order, and the one that is open at its top. */
  const sidebar = async () => ({
    first: await page
      .locator('button[data-tab-id="info"]')
      .evaluate((button) => button.parentElement!.firstElementChild!.getAttribute("data-tab-id")),
    open: await page
      .locator("#red-ui-sidebar .red-ui-sidebar-section-top .red-ui-sidebar-banner-label")
      .textContent(),
  });
  /** Chooses a tab, and waits until the editor has saved the layout. */
  async function choose(tab: string): Promise<void> {
    const saved = page.waitForResponse(
      (answer) => answer.url().endsWith("/settings/user") && answer.request().method() === "POST",
    );
    await page.locator(`button[data-tab-id="${tab}"]`).click();
    await saved;
  }

  it("is the ladder at first, 364 px wide, its button first in the row", async () => {
    const saved = page.waitForResponse(
      (answer) => answer.url().endsWith("/settings/user") && answer.request().method() === "POST",
    );
    await open();
    await page.locator(".rl-head").waitFor();
    assert.deepEqual(await sidebar(), { first: "rung-ladder", open: "Ladder" });
    assert.equal(await page.locator("#red-ui-sidebar").evaluate((element) => element.clientWidth), 364);
    await saved;
  });

  it("is the one a person chose afterwards, and the ladder again once she chooses it", async () => {
    await choose("help");
    await open();
    assert.deepEqual(await sidebar(), { first: "rung-ladder", open: "Help" });
    await choose("rung-ladder");
    await open();
    await page.locator(".rl-head").waitFor();
    assert.deepEqual(await sidebar(), { first: "rung-ladder", open: "Ladder" });
  });
});
