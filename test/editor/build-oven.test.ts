import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Locator, Page } from "playwright-core";
import { eventually, type Product } from "../flows/product.ts";
import { ProductEditor } from "./product-editor.ts";

const RUNG = fileURLToPath(new URL("../../dist/runtime/cli/rung.js", import.meta.url));
const CATEGORIES = [
  "0 model",
  "1 describe",
  "2 diagnose",
  "3 predict",
  "4 prescribe",
  "5 act",
  "rung dashboard",
  "common",
];
/** Where each node of the flow is put on the canvas, px. */
const PLACES: Record<string, { x: number; y: number }> = {
  "rung-opcua-source": { x: 140, y: 160 },
  "rung-state": { x: 360, y: 160 },
  "rung-history": { x: 580, y: 90 },
  "rung-detect": { x: 580, y: 230 },
};
/** A twin of its own, so that the flow stands beside the paint shop's and not in it. */
const TWIN = { name: "Oven by hand", address: "acme/leipzig/paint/ovenByHand" };

describe("editor: an oven flow built by hand", function () {
  this.timeout(180_000);
  let editor: ProductEditor;
  let product: Product;
  let page: Page;
  const nodes: Record<string, Locator> = {};

  before(async function () {
    editor = await ProductEditor.start(this);
    ({ product, page } = editor);
  });
  after(() => editor?.close());
  afterEach(function () {
    return editor?.check(this.currentTest);
  });

  const picture = (name: string) => editor.picture(name);
  const done = async () => {
    await page.locator("#node-dialog-ok").click();
    await page.locator("#red-ui-editor-stack .red-ui-tray").waitFor({ state: "detached" });
  };
  const edit = async (type: string) => {
    await nodes[type]!.dblclick();
    await page.locator("#node-dialog-ok").waitFor();
  };

  it("opens for the admin, with the ladder's categories above core", async () => {
    const headers = page.locator(".red-ui-palette-category:visible > .red-ui-palette-header");
    assert.deepEqual(
      (await headers.allInnerTexts()).slice(0, CATEGORIES.length).map((text) => text.trim()),
      CATEGORIES,
    );
  });

  it("takes nodes from the palette onto an empty tab", async () => {
    await page.locator(".red-ui-tab-button .fa-plus").first().click();
    await page.waitForFunction("RED.nodes.filterNodes({z: RED.workspaces.active()}).length === 0");
    for (const [type, targetPosition] of Object.entries(PLACES)) {
      const known = await page
        .locator(".red-ui-flow-node-group")
        .evaluateAll((all) => all.map(({ id }) => id));
      await page
        .locator(`.red-ui-palette-node[data-palette-type=${type}]`)
        .dragTo(page.locator("#red-ui-workspace-chart"), { targetPosition });
      const id = await eventually(`a ${type} on the canvas`, async () => {
        const now = await page
          .locator(".red-ui-flow-node-group")
          .evaluateAll((all) => all.map((each) => each.id));
        return now.find((each) => !known.includes(each));
      });
      nodes[type] = page.locator(`[id="${id}"]`);
    }
    assert.equal(await page.locator(".red-ui-flow-node-group").count(), Object.keys(PLACES).length);
  });

  it("draws wires with the mouse", async () => {
    const port = async (type: string, side: "input" | "output") => {
      const box = await nodes[type]!.locator(`.red-ui-flow-port-${side} .red-ui-flow-port`)
        .first()
        .boundingBox();
      return { x: box!.x + box!.width / 2, y: box!.y + box!.height / 2 };
    };
    const wires = [
      ["rung-opcua-source", "rung-state"],
      ["rung-state", "rung-history"],
      ["rung-state", "rung-detect"],
    ] as const;
    for (const [from, to] of wires) {
      const start = await port(from, "output");
      const end = await port(to, "input");
      await page.mouse.move(start.x, start.y);
      await page.mouse.down();
      await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 4 });
      await page.mouse.move(end.x, end.y, { steps: 4 });
      await page.mouse.up();
    }
    const drawn = await page.evaluate(
      "RED.nodes.filterLinks({}).filter(({source}) => source.z === RED.workspaces.active()).map(({source, sourcePort, target}) => [source.type, sourcePort, target.type])",
    );
    assert.deepEqual(
      drawn,
      wires.map(([from, to]) => [from, 0, to]),
    );
  });

  it("binds a tag ticked in the server's tree to a new twin", async () => {
    await edit("rung-opcua-source");
    await page.locator("#node-input-btn-twin-add").click();
    await page.fill("#node-config-input-name", TWIN.name);
    await page.fill("#node-config-input-address", TWIN.address);
    await page.locator("#node-config-dialog-ok").click();
    await page.locator("#node-config-dialog-ok").waitFor({ state: "detached" });
    await page.selectOption("#node-input-link", { label: "virtual plant" });

    const tree = page.locator("#rung-ua-tree");
    const open = async (name: string) =>
      tree
        .locator(".line", { has: page.getByText(name, { exact: true }) })
        .locator(".twist")
        .click();
    await tree.getByText("Oven1", { exact: true }).waitFor();
    await open("Oven1");
    await tree.getByText("Zone3", { exact: true }).waitFor();
    await open("Zone3");
    const tick = (nodeId: string) => tree.locator(`input[data-node="${nodeId}"]`).check();
    await tick("ns=1;s=Oven1.Zone3.AirTemp");
    await page.locator("#rung-ua-rows tr input.path").first().waitFor();
    await tick("ns=1;s=Oven1.Zone3.BurnerOutput");
    const rows = page.locator("#rung-ua-rows tr");
    await eventually(
      "two rows with a value of the plant each",
      async () => {
        const values = await rows.locator("td.number:nth-child(2) b").allTextContents();
        return (values.length === 2 && values.every((text) => /\d/.test(text))) || undefined;
      },
      90_000,
    );
    await picture("source dialog");
    // Published every 0.2 s, and the plant runs at 60 times the wall's pace: nothing has to be typed to go on.
    assert.deepEqual(
      await rows
        .locator("input.period")
        .evaluateAll((all) => all.map((each) => (each as HTMLInputElement).value)),
      ["12 s", "12 s"],
    );
    assert.deepEqual(
      await rows
        .locator("input.unit")
        .evaluateAll((all) => all.map((each) => (each as HTMLInputElement).value)),
      ["", "°C", "", "%"],
    );
    assert.equal(await page.locator("#rung-ua-problems").textContent(), "");
    await done();

    await edit("rung-state");
    await page.selectOption("#node-input-twin", { label: TWIN.name });
    await done();
    for (const type of ["rung-history", "rung-detect"]) {
      await edit(type);
      await page.selectOption("#node-input-historian", { label: "plant history" });
      await done();
    }
  });

  it("deploys, and every node says what it is doing", async () => {
    const answered = page.waitForResponse(
      (response) => response.url().endsWith("/flows") && response.request().method() === "POST",
    );
    await page.locator("#red-ui-header-button-deploy").click();
    assert.equal((await answered).status(), 200);
    await page.waitForFunction("!RED.nodes.dirty()");
    const SAYS: Record<string, RegExp> = {
      "rung-opcua-source": /^2 tags · \d.*\/s · age \d/,
      "rung-state": /^in step, 2 values · age \d/,
      "rung-history": /^[\d.]+ [kM]B · no gaps$/,
      "rung-detect": /^gathering normal data, \d+ of 2,000 rows$/,
    };
    const statuses: Record<string, string> = {};
    for (const [type, says] of Object.entries(SAYS)) {
      statuses[type] = await eventually(`a status of ${type} like ${says}`, async () => {
        const label = nodes[type]!.locator(".red-ui-flow-node-status-label");
        const text = (await label.count()) === 0 ? "" : ((await label.textContent()) ?? "");
        return says.test(text) ? text : undefined;
      });
    }
    console.log(`      ${Object.values(statuses).join(" | ")}`);
    await picture("deployed");
  });

  it("shows the new twin in the editor's ladder, and rung check reads the saved flow the same", async () => {
    await page.locator(".rl-name:visible", { hasText: TWIN.name }).first().waitFor();
    await picture("ladder");
    const report = JSON.parse(
      execFileSync(
        process.execPath,
        [RUNG, "check", join(product.home, "flows"), "--min", `${TWIN.address}=2`, "--json"],
        {
          encoding: "utf8",
        },
      ),
    );
    const twin = report.twins.find(({ address }: { address: string }) => address === TWIN.address);
    assert.equal(twin.class, "shadow");
    assert.equal(twin.wired, 2);
    assert.equal(twin.reality, "virtual");
    const saved = JSON.parse(readFileSync(join(product.home, "flows", "flow-1.json"), "utf8"));
    const source = saved.find(({ type }: { type: string }) => type === "rung-opcua-source");
    assert.deepEqual(
      source.bindings.map((row: Record<string, unknown>) => [row.nodeId, row.path, row.unit, row.periodMs]),
      [
        ["ns=1;s=Oven1.Zone3.AirTemp", "oven1/zone3/airTemp", "°C", 12000],
        ["ns=1;s=Oven1.Zone3.BurnerOutput", "oven1/zone3/burnerOutput", "%", 12000],
      ],
    );
  });
});
