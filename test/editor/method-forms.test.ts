import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { ProductEditor } from "./product-editor.ts";

describe("editor: forms that ask by method", function () {
  this.timeout(120_000);
  let editor: ProductEditor;
  let page: Page;

  before(async function () {
    editor = await ProductEditor.start(this);
    ({ page } = editor);
  });
  after(() => editor?.close());
  afterEach(function () {
    return editor?.check(this.currentTest);
  });

  it("shows what was stored before there was a choice as autoregressive, and asks for a file where a model is one's own", async () => {
    await page.locator('[id="exhaustforecast"]').dblclick();
    const method = page.locator("#node-input-method");
    await method.waitFor();
    assert.equal(await method.inputValue(), "autoregressive");
    const file = page.locator("#node-input-modelFile");
    assert.equal(await file.isVisible(), false);
    await method.selectOption("onnx");
    await file.waitFor({ state: "visible" });
    assert.match((await file.getAttribute("class")) ?? "", /input-error/);
    await file.fill("/models/exhaust.onnx");
    await page.fill("#node-input-exogenous", "zone3/airTemperature");
    await page.fill("#node-input-longSeasonS", "30");
    await page.locator("#node-input-longSeasonS").blur();
    assert.match((await page.locator("#node-input-longSeasonS").getAttribute("class")) ?? "", /input-error/);
    await page.fill("#node-input-longSeasonS", "0");
    await editor.picture("form");
    await page.locator("#node-dialog-cancel").click();
  });

  it("says what each method of a detector is good for, and shows its fields alone", async () => {
    await page.locator('[id="ovendetect"]').dblclick();
    const method = page.locator("#node-input-method");
    await method.waitFor();
    const good = page.locator(".rung-method-good");
    const seen = new Set<string>();
    const fields = page.locator(
      "#node-input-explained, #node-input-adapt, #node-input-neighbours, #node-input-width",
    );
    for (const [name, shown] of [
      ["auto", []],
      ["single", []],
      ["together", []],
      ["pca", ["explained", "adapt"]],
      ["knn", ["neighbours", "width"]],
    ] as const) {
      await method.selectOption(name);
      const words = (await good.textContent()) ?? "";
      assert.match(words, /^Good .*\.$/);
      seen.add(words);
      const visible = await fields.evaluateAll((all) =>
        all.filter((one) => (one as HTMLElement).offsetParent !== null).map(({ id }) => id),
      );
      assert.deepEqual(
        visible,
        shown.map((field) => `node-input-${field}`),
      );
      await editor.picture(`detect-${name}`);
    }
    assert.equal(seen.size, 5);
    await page.fill("#node-input-neighbours", "0");
    await page.locator("#node-input-neighbours").blur();
    assert.match((await page.locator("#node-input-neighbours").getAttribute("class")) ?? "", /input-error/);
    await page.fill("#node-input-neighbours", "7");
    await page.locator("#node-dialog-ok").click();
    const saved = await page.evaluate(
      "(({ method, neighbours }) => ({ method, neighbours }))(RED.nodes.node('ovendetect'))",
    );
    assert.deepEqual(saved, { method: "knn", neighbours: "7" });
  });
});
