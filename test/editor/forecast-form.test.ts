import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { ProductEditor } from "./product-editor.ts";

describe("editor: the form of a forecast", function () {
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
});
