import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { Evidence, Rung, Verdict } from "../../runtime/core/evidence.ts";
import { siblingModule } from "../../runtime/core/sibling-module.ts";
import { CHROMIUM, launchChromium } from "../flows/browser.ts";
import { draw, type Node, OVEN } from "../ladder/draw.ts";
import { needsFile } from "../needs.ts";

const LOOP =
  "src opcua-source > st state > his history; st > det detect; st > fc forecast; st > wi whatif > opt optimise > env envelope > act actuate; src > j 'junction'";

/** Spreads a drawing over the canvas, left to right in the order it was drawn. */
function laidOut(flow: Node[]): Node[] {
  let count = 0;
  return flow.map((node) => {
    if (node.x === undefined) return node;
    const at = count++;
    return { ...node, x: 120 + (at % 4) * 220, y: 100 + Math.floor(at / 4) * 90 };
  });
}

function record(rung: Rung, node: string, verdict: Verdict, more: Partial<Evidence> = {}): Evidence {
  return {
    id: `${node}/${rung}`,
    twin: OVEN,
    rung,
    node,
    what: "age p99",
    value: 0.2,
    unit: "s",
    limit: "< 3 s",
    verdict,
    timeUs: 1e15,
    ...more,
  };
}

describe("editor: the ladder", function () {
  this.timeout(60_000);
  let folder: string;
  let host: ChildProcess;
  let base: string;
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];

  before(async function () {
    needsFile(this, CHROMIUM);
    folder = mkdtempSync(join(tmpdir(), "rung-editor-"));
    host = fork(siblingModule(import.meta.url, "./editor-host"), [folder], {
      env: { ...process.env, RUNG_HOME: join(folder, "home") },
    });
    const { port } = await answer<{ port: number }>();
    base = `http://127.0.0.1:${port}`;
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 1600, height: 950 } });
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith(base) && !/^(data|blob):/.test(request.url()))
        faults.push(`asked for ${request.url()}`);
    });
    const top = {
      tabs: ["rung-ladder", "info", "help", "config", "context", "debug"],
      active: "rung-ladder",
    };
    const palette = { tabs: ["palette", "explorer"], active: "palette" };
    const none = { tabs: [], hidden: true };
    const state = {
      v: 4,
      tabs: ["palette", "rung-ladder"],
      primary: { width: 364, top, bottom: none },
      secondary: { width: 276, top: palette, bottom: none },
    };
    await post("/settings/user", { editor: { sidebar: { state } } });
  });

  after(async () => {
    await browser?.close();
    if (host?.connected) {
      const ended = new Promise((resolve) => host.once("exit", resolve));
      host.send({ stop: true });
      await ended;
    }
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  afterEach(() => assert.deepEqual(faults.splice(0), []));

  function answer<T>(): Promise<T> {
    return new Promise((resolve, reject) => {
      host.once("message", (message) => resolve(message as T));
      host.once("exit", (code) => reject(new Error(`the host ended with ${code}`)));
    });
  }
  async function judge(evidence: Evidence[]): Promise<void> {
    const judged = answer();
    host.send({ evidence });
    await judged;
  }
  async function post(path: string, body: object): Promise<void> {
    const headers = { "content-type": "application/json", "Node-RED-Deployment-Type": "full" };
    const response = await fetch(base + path, { method: "POST", headers, body: JSON.stringify(body) });
    assert.ok(response.ok, `${path}: ${response.status}`);
  }
  /** Deploys a flow and opens the editor on it. */
  async function open(flow: Node[]): Promise<void> {
    await post("/flows", laidOut(flow));
    await page.goto(`${base}/`);
    await page.waitForFunction("window.RED && RED.workspaces && RED.workspaces.count() > 0");
    await page.locator("#red-ui-loading-progress").waitFor({ state: "hidden" });
    await page.locator(".rl-head").waitFor();
  }
  const lit = () =>
    page.locator(".red-ui-flow-node-group.rung-lit").evaluateAll((all) => all.map(({ id }) => id).sort());
  const text = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => element.textContent);

  it("the palette is the ladder, above core", async () => {
    await open(draw(LOOP));
    const shown = await page
      .locator(".red-ui-palette-category:visible > .red-ui-palette-header")
      .allInnerTexts();
    assert.deepEqual(
      shown.slice(0, 8).map((name) => name.trim()),
      [
        "0 model",
        "1 describe",
        "2 diagnose",
        "3 predict",
        "4 prescribe",
        "5 act",
        "rung dashboard",
        "common",
      ],
    );
    const [first, second] = await page
      .locator("#red-ui-palette-container-5_act .red-ui-palette-node")
      .evaluateAll((all) => all.map((node) => node.getBoundingClientRect().top));
    assert.equal(first, second, "two columns");
  });

  it("a node has its rung's tint and icon block", async () => {
    const looks = await page.locator("#det").evaluate((node) => ({
      classes: [...node.classList].filter((name) => name.startsWith("rung-")),
      fill: getComputedStyle(node.querySelector(":scope > .red-ui-flow-node")!).fill,
      icon: getComputedStyle(node.querySelector(".red-ui-flow-node-icon-shade")!).fill,
    }));
    assert.deepEqual(looks.classes, ["rung-node", "rung-r2"]);
    assert.equal(looks.icon, "rgb(21, 128, 126)");
    assert.notEqual(looks.fill, "rgb(21, 128, 126)");
  });

  it("the sidebar shows what is wired, what is held, and why", async () => {
    assert.equal(await text(".rl-count"), "1 twin");
    assert.equal(await text(".rl-open .rl-name"), "oven 1");
    assert.equal(await text(".rl-open .rl-addr"), OVEN);
    assert.deepEqual(await page.locator(".rl-open .rl-chip").allInnerTexts(), ["class twin", "live"]);
    await page.waitForFunction("document.querySelector('.rl-sum .n')?.textContent === '0'");
    await judge([
      record(1, "st", "holds"),
      record(2, "det", "holds", { what: "alarm rate", value: 0.4, unit: "%", limit: "≤ 1 %" }),
      record(3, "fc", "collecting", { what: "forecasts scored", progress: { n: 12, of: 100 } }),
    ]);
    await page.waitForFunction("document.querySelector('.rl-sum .n')?.textContent === '2'");
    assert.match(await text(".rl-sum"), /held: diagnose\s*· wired for 5/);
    assert.deepEqual(await page.locator(".rl-row .nm").allInnerTexts(), [
      "5act",
      "4prescribe",
      "3predict",
      "2diagnose",
      "1describe",
      "0model",
    ]);
    assert.equal(await text('.rl-row[data-rung="2"] .tx'), "alarm rate 0.4 %");
    assert.equal(await text('.rl-row[data-rung="3"] .tx'), "forecasts scored: collecting 12 of 100");
  });

  it("nodes with evidence carry its mark, the state its level", async () => {
    assert.equal(await page.locator("#det .rung-mark-holds").count(), 1);
    assert.equal(await page.locator("#fc .rung-mark-waiting").count(), 1);
    assert.deepEqual(await page.locator("#st .rung-pill text").allTextContents(), ["2", "of 5"]);
    assert.equal(await page.locator("#wi .rung-badge:not(.hide)").count(), 0);
  });

  it("a click on a rung lights its path, a second one puts it out", async () => {
    await page.click('.rl-row[data-rung="2"]');
    assert.deepEqual(await lit(), ["det", "src", "st"]);
    assert.deepEqual(await page.locator(".rung-step text").allTextContents(), ["1", "2", "3"]);
    await page.click('.rl-row[data-rung="5"]');
    assert.deepEqual(await lit(), ["act", "env", "opt", "src", "st", "wi"]);
    assert.equal(await text(".rung-plant text"), "through the plant: oven 1, live");
    await page.click('.rl-row[data-rung="5"]');
    assert.deepEqual(await lit(), []);
    assert.equal(await page.locator(".rung-overlay").count(), 0);
  });

  it("Escape puts the path out as well", async () => {
    await page.click('.rl-row[data-rung="1"]');
    assert.deepEqual(await lit(), ["his", "src", "st"]);
    await page.keyboard.press("Escape");
    assert.deepEqual(await lit(), []);
  });

  it("a fall shows its cause, breaks the path, and leads to the node", async () => {
    await judge([
      record(2, "det", "fails", {
        what: "alarm rate",
        value: 4,
        unit: "%",
        limit: "≤ 1 %",
        cause: "3 false alarms in 20 h",
      }),
    ]);
    await page.waitForFunction("document.querySelector('.rl-sum .n')?.textContent === '1'");
    await page.click('.rl-row[data-rung="2"]');
    assert.equal(await text(".rl-ev tr.bad .v"), "4 %");
    assert.match(await text(".rl-fix"), /3 false alarms in 20 h/);
    assert.equal(await page.locator("#det .rung-mark-fails").count(), 1);
    assert.equal(await page.locator(".red-ui-flow-link.rung-halt").count(), 1);
    assert.equal(await text(".rung-break text"), "breaks here");
    await page.click('.rl-row[data-rung="2"]');
  });

  it("has no button that arms anything", async () => {
    for (const rung of [5, 4, 3, 2, 1, 0]) {
      await page.click(`.rl-row[data-rung="${rung}"]`);
      const buttons = await page.locator(".rl-btn").allInnerTexts();
      assert.ok(buttons.length <= 1, `one button at most, found ${buttons}`);
      assert.ok(
        buttons.every((label) => !/arm/i.test(label)),
        buttons.join(),
      );
    }
    await page.keyboard.press("Escape");
  });

  it("says what is missing, adds it wired, and undo takes it back", async () => {
    await open(draw("src opcua-source > st state > his history"));
    await page.click('.rl-row[data-rung="2"]');
    assert.match(await text(".rl-ev .rl-nx"), /2 diagnose needs a detector after state/);
    await page.click(".rl-ev .rl-btn");
    await page.waitForFunction(
      "document.querySelector('.rl-row[data-rung=\"2\"] .tx').textContent === 'deploy to measure'",
    );
    const added = await page.evaluate(`(() => {
      const node = RED.nodes.filterNodes({type: "rung-detect"})[0];
      return {links: RED.nodes.getNodeLinks(node.id, 1).map(({source}) => source.id), dirty: RED.nodes.dirty(), y: node.y};
    })()`);
    assert.deepEqual((added as { links: string[] }).links, ["st"]);
    assert.equal((added as { dirty: boolean }).dirty, true);
    await page.evaluate("RED.history.pop()");
    await page.waitForFunction("RED.nodes.filterNodes({type: 'rung-detect'}).length === 0");
    await page.waitForFunction(
      "document.querySelector('.rl-row[data-rung=\"2\"] .tx').textContent === 'needs a detector'",
    );
  });

  it("reads an edit before it is deployed, and says so", async () => {
    await open(draw(LOOP));
    await page.waitForFunction("/of 5|wired for 5/.test(document.querySelector('.rl-sum').textContent)");
    await page.evaluate("RED.nodes.removeLink(RED.nodes.getNodeLinks('fc', 1)[0])");
    await page.waitForFunction(
      "/wired for 2 once deployed/.test(document.querySelector('.rl-sum').textContent)",
    );
    assert.equal(await text('.rl-row[data-rung="3"] .tx'), "needs a forecast");
  });

  it("gives the same over the admin route", async () => {
    const report = await (await fetch(`${base}/rung/ladder`)).json();
    assert.equal(report.twins[0].address, OVEN);
    assert.equal(report.twins[0].rows.length, 6);
    assert.ok(Array.isArray(report.changes));
  });

  it("keeps its text readable in the dark theme", async () => {
    await page.evaluate("document.documentElement.classList.add('nr-theme-dark')");
    const contrasts = (await page.evaluate(`(() => {
      const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
      const rgb = (colour, under) => {
        canvas.fillStyle = under; canvas.fillRect(0, 0, 1, 1);
        canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
        return canvas.getImageData(0, 0, 1, 1).data;
      };
      const luminance = (data) => [0, 1, 2].map((i) => data[i] / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
      const panel = getComputedStyle(document.querySelector(".rl")).backgroundColor;
      return [...document.querySelectorAll(".rl-row .nm em, .rl-row .nm, .rl-row .tx, .rl-sum .n, .rl-chip, .rl-addr")].map((element) => {
        let behind = element;
        while (behind && /rgba\\(.*, 0\\)|transparent/.test(getComputedStyle(behind).backgroundColor)) behind = behind.parentElement;
        const ground = rgb(getComputedStyle(behind ?? document.body).backgroundColor, panel);
        const ink = rgb(getComputedStyle(element).color, panel);
        const [light, dark] = [luminance(ink), luminance(ground)].sort((a, b) => b - a);
        return {text: element.textContent, ratio: (light + 0.05) / (dark + 0.05)};
      });
    })()`)) as { text: string; ratio: number }[];
    assert.ok(contrasts.length > 15);
    for (const { text: words, ratio } of contrasts) assert.ok(ratio >= 4.5, `${words}: ${ratio.toFixed(1)}`);
  });
});
