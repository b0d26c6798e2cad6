import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { eventually } from "../flows/product.ts";
import { linearModel } from "../predict/forecast/onnx-bytes.ts";
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
  const press = async (button: "ok" | "cancel"): Promise<void> => {
    await page.locator(`#node-dialog-${button}`).click();
    await page.locator("#red-ui-editor-stack .red-ui-tray").waitFor({ state: "detached" });
  };
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
    const ahead = page.locator("#node-input-knownAhead");
    await ahead.fill("line/plannedRate");
    await ahead.blur();
    assert.match((await ahead.getAttribute("class")) ?? "", /input-error/, "a model of one's own reads none");
    await ahead.fill("");
    await ahead.blur();
    assert.doesNotMatch((await ahead.getAttribute("class")) ?? "", /input-error/);
    await page.fill("#node-input-longSeasonS", "30");
    await page.locator("#node-input-longSeasonS").blur();
    assert.match((await page.locator("#node-input-longSeasonS").getAttribute("class")) ?? "", /input-error/);
    await page.fill("#node-input-longSeasonS", "0");
    await editor.picture("form");
    await press("cancel");
  });

  it("runs a model of one's own that was put into the home, and says at once what is wrong with others", async () => {
    const put = (name: string, bytes: Uint8Array) =>
      writeFileSync(join(editor.product.home, "models", name), bytes);
    put("text.onnx", Buffer.from("this is no model"));
    put("wide.onnx", linearModel([[1]]));
    // The mean of the last two steps, for the next two.
    put(
      "mean.onnx",
      linearModel(
        [
          [0.5, 0.5],
          [0.5, 0.5],
        ],
        { "rung.unit": "°C", "rung.stepS": "10" },
      ),
    );
    // The rest of the plant runs on.
    await page.locator("#red-ui-header-button-deploy-options").click();
    await page.locator("#deploymenu-item-node").click();
    for (const [file, says] of [
      ["none.onnx", /^none\.onnx: there is no such file/],
      ["text.onnx", /^text\.onnx: is no ONNX model/],
      ["wide.onnx", /^wide\.onnx: forecasts 1 steps, asked are 2/],
      ["mean.onnx", /^(skill|scoring) -?\d/],
    ] as const) {
      await page.locator('[id="exhaustforecast"]').dblclick({ position: { x: 20, y: 15 } });
      await page.locator("#node-input-method").selectOption("onnx");
      await page.fill("#node-input-modelFile", file);
      for (const [field, value] of Object.entries({ stepS: 10, horizonS: 20, seasonS: 0 }))
        await page.fill(`#node-input-${field}`, String(value));
      await press("ok");
      await page.locator("#red-ui-header-button-deploy").click();
      await eventually(
        `${file} is told of`,
        async () => {
          const status = await page.evaluate("RED.nodes.node('exhaustforecast').status?.text");
          return says.test(String(status)) || undefined;
        },
        90_000,
      );
    }
    await editor.picture("own model");
  });

  it("lists what is maintained row by row, with the fields of what each is due by", async () => {
    await page.locator("#red-ui-workspace-tabs").getByText("maintenance", { exact: true }).click();
    const open = () => page.locator('[id="toolsplan"]').dblclick({ position: { x: 20, y: 15 } });
    await open();
    const list = page.locator("#node-input-components-list");
    const add = page.locator(".red-ui-editableList-addButton", { hasText: "add" });
    await add.waitFor();
    assert.equal(await list.locator("li").count(), 0, "the file says it");
    await add.click();
    const row = list.locator("li");
    const field = (name: string) => row.locator(`[data-field="${name}"]`);
    const said = { id: "gun", asset: "acme/leipzig/body/station120/r1", class: "gun" };
    const figures = { duration_h: 0.5, alpha: 5, beta: 20, life_cycles: 3000, cycles_per_h: 120 };
    assert.equal(await field("mtbf_h").isVisible(), true);
    await row.locator(".rung-due-by").selectOption("counter");
    assert.equal(await field("mtbf_h").isVisible(), false);
    const all = { ...said, counter: "r1/tips/count", ...figures };
    for (const [name, value] of Object.entries(all)) await field(name).fill(String(value));
    await editor.picture("components");
    await press("ok");
    const saved = await page.evaluate("RED.nodes.node('toolsplan').components");
    assert.deepEqual(saved, [all]);
    await open();
    await field("counter").waitFor({ state: "visible" });
    assert.equal(await field("life_cycles").inputValue(), "3000");
    await field("alpha").fill("");
    await press("ok");
    assert.equal(await page.evaluate("RED.nodes.node('toolsplan').valid"), false);
    await page.locator("#red-ui-workspace-tabs").getByText("paint", { exact: true }).click();
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
    await press("ok");
    const saved = await page.evaluate(
      "(({ method, neighbours }) => ({ method, neighbours }))(RED.nodes.node('ovendetect'))",
    );
    assert.deepEqual(saved, { method: "knn", neighbours: "7" });
  });
});
