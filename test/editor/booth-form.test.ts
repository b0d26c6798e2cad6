import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { eventually, type Product } from "../flows/product.ts";
import { ProductEditor } from "./product-editor.ts";

describe("editor: the form of a booth", function () {
  this.timeout(120_000);
  let editor: ProductEditor;
  let product: Product;
  let page: Page;

  before(async function () {
    editor = await ProductEditor.start(this);
    ({ product, page } = editor);
  });
  after(() => editor?.close());
  afterEach(function () {
    return editor?.check(this.currentTest);
  });

  const picture = (name: string) => editor.picture(name);
  const figure = async (key: string): Promise<number> => {
    const text = (await page.locator(`[data-figure=${key}] b`).textContent()) ?? "";
    return Number.parseFloat(text.replaceAll(",", ""));
  };
  const remarks = async () => (await page.locator("#rung-booth-remarks").textContent()) ?? "";

  it("compares the running plant with the model on the canvas", async () => {
    const label = page.locator('[id="boothmodel"] .red-ui-flow-node-status-label');
    const text = await eventually("a status with both residuals", async () => {
      const said = (await label.count()) === 0 ? "" : ((await label.textContent()) ?? "");
      return /^fan [+−]\d+\.\d % · air [+−]\d+ kW$/.test(said) ? said : undefined;
    });
    console.log(`      ${text}`);
    const residual = Number.parseFloat(/fan ([+−][\d.]+)/.exec(text)![1]!.replace("−", "-"));
    assert.ok(Math.abs(residual) < 10, text);
    await picture("canvas");
  });

  it("shows the figures of the engine, and they follow what is typed", async () => {
    await page.locator('[id="boothmodel"]').dblclick();
    await page.locator("[data-figure=total]").waitFor();
    assert.equal(await figure("supply"), 108_000);
    assert.equal(await figure("fans"), 102);
    assert.ok((await page.locator("#rung-booth-chart svg .mark").count()) >= 3);
    const warm = await figure("total");
    await picture("form");
    await page.locator("#rung-booth-tabs a", { hasText: "Around" }).click();
    await page.fill("#rung-booth-outside-temperatureC", "-15");
    await eventually("more energy at -15 °C", async () => (await figure("total")) > warm + 50 || undefined);
    await picture("form in frost");
  });

  it("names every fault in the engine's words and takes the figures away", async () => {
    await page.fill("#rung-booth-outside-temperatureC", "90");
    await page.fill("#rung-booth-hall-leakageM3PerHAt10Pa", "");
    await eventually("both faults", async () => {
      const text = await remarks();
      return (
        (/outside: temperature must be <= 55 °C, got 90/.test(text) &&
          /leakage at 10 Pa must be a number/.test(text)) ||
        undefined
      );
    });
    assert.equal(await page.locator("[data-figure=total]").count(), 0);
    assert.equal(await page.locator("#rung-booth-run").isDisabled(), true);
    await picture("faults");
    await page.fill("#rung-booth-outside-temperatureC", "-15");
    await page.fill("#rung-booth-hall-leakageM3PerHAt10Pa", "4000");
    await page.locator("[data-figure=total]").waitFor();
  });

  it("draws the airflow on Run, with both Reynolds numbers, and says when it is of other fields", async () => {
    await page.locator("#rung-booth-tabs a", { hasText: "Airflow" }).click();
    await page.fill("#rung-booth-airflow-cellsPerM", "6");
    await page.fill("#rung-booth-airflow-reynolds", "60");
    await page.waitForFunction("!document.getElementById('rung-booth-run').disabled");
    await page.locator("#rung-booth-run").click();
    await page.locator("#rung-booth-air-picture canvas").waitFor({ timeout: 60_000 });
    const said = (await page.locator("#rung-booth-air-said").textContent()) ?? "";
    assert.match(said, /Reynolds number 60, the booth's is 35,762/);
    assert.match(said, /m\/s down above the body/);
    assert.doesNotMatch(said, /NaN|undefined|null|__/);
    await picture("airflow");
    await page.fill("#rung-booth-airflow-reynolds", "50");
    await eventually(
      "the picture is marked as old",
      async () =>
        /other fields/.test((await page.locator("#rung-booth-air-age").textContent()) ?? "") || undefined,
    );
  });

  it("saves what was typed, and the node runs by it", async () => {
    await page.locator("#node-dialog-ok").click();
    await page.locator("#red-ui-editor-stack .red-ui-tray").waitFor({ state: "detached" });
    const answered = page.waitForResponse(
      (response) => response.url().endsWith("/flows") && response.request().method() === "POST",
    );
    await page.locator("#red-ui-header-button-deploy").click();
    assert.equal((await answered).status(), 200);
    const saved = await eventually("the saved booth", () => {
      const nodes = JSON.parse(readFileSync(join(product.home, "flows", "paint.json"), "utf8"));
      const { booth, faults } = nodes.find(({ id }: { id: string }) => id === "boothmodel");
      return booth.outside.temperatureC === -15 ? { booth, faults } : undefined;
    });
    assert.equal(saved.faults, 0);
    assert.deepEqual([saved.booth.airflow.cellsPerM, saved.booth.air.freshPercent], [6, 20]);
    assert.equal(saved.booth.handling.humidifier, "adiabatic");
  });
});
