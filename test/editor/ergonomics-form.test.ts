import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { hashPassword } from "../../runtime/host/password.ts";
import { UserList } from "../../runtime/host/users.ts";
import { eventually, PASSWORD } from "../flows/product.ts";
import { ProductEditor } from "./product-editor.ts";

const { method: _, ...POSTURE } = JSON.parse(
  readFileSync(new URL("../../examples/posture.ergo.json", import.meta.url), "utf8"),
) as Record<string, unknown>;
/** What the form starts a posture from. */
const START = {
  upperArm: { flexionDeg: 0 },
  lowerArm: { flexionDeg: 80 },
  wrist: { flexionDeg: 0 },
  neck: { flexionDeg: 0 },
  trunk: { flexionDeg: 0 },
};
const NODE = { type: "rung-ergonomics", z: "work", version: 1, twin: "", table: "", wires: [[]] };
const FLOW = [
  { id: "work", type: "tab", label: "work" },
  { ...NODE, id: "screwing", name: "", method: "rula", assessment: JSON.stringify(POSTURE), x: 200, y: 120 },
  { ...NODE, id: "lift", name: "", method: "niosh", assessment: "{}", x: 200, y: 260 },
];

describe("editor: the form of ergonomics", function () {
  this.timeout(120_000);
  let editor: ProductEditor;
  let page: Page;

  before(async function () {
    const hash = await hashPassword(PASSWORD);
    const prepare = (home: string) => {
      new UserList(home).add({ name: "admin", role: "admin", hash });
      mkdirSync(join(home, "flows"), { recursive: true });
      writeFileSync(join(home, "flows", "flow-work.json"), JSON.stringify(FLOW));
    };
    editor = await ProductEditor.start(this, { args: ["--no-demo"], prepare });
    ({ page } = editor);
  });
  after(() => editor?.close());
  afterEach(function () {
    return editor?.check(this.currentTest);
  });

  const rated = async (wanted: RegExp): Promise<string> =>
    eventually(`a rating like ${wanted}`, async () => {
      const result = page.locator("#rung-ergonomics-result");
      const text = (await result.count()) === 0 ? "" : ((await result.textContent()) ?? "");
      return wanted.test(text) ? text : undefined;
    });
  const write = (value: unknown) =>
    page.evaluate(
      `$("#node-input-assessment").typedInput("value", ${JSON.stringify(JSON.stringify(value))})`,
    );

  it("shows the rating of what is typed, and what gave it, before it is deployed", async () => {
    const status = page.locator('[id="screwing"] .red-ui-flow-node-status-label');
    await eventually("its status", async () =>
      (await status.textContent()) === "RULA 7: investigate and change at once" ? true : undefined,
    );
    await page.locator('[id="screwing"]').dblclick();
    const text = await rated(/RULA 7/);
    assert.match(text, /upper arm4flexed 70°: 3, abducted: \+1/);
    assert.equal(await page.locator("#rung-ergonomics-result.concern").count(), 1);
    await editor.picture("form");
    assert.equal(await page.inputValue("#rung-ergonomics-trunk"), "35");
    await page.fill("#rung-ergonomics-trunk", "-5");
    await rated(/trunk3extended 5°: 2, twisted: \+1/);
    await write(POSTURE);
    await page.locator("#node-input-name").focus();
    await rated(/RULA 7/);
    await page.selectOption("#node-input-method", "reba");
    await rated(/REBA 9: necessary soon/);
    await write({ ...POSTURE, trunk: { flexionDeg: 200 } });
    await rated(/rated\/trunk: flexionDeg must be -60 to 150 °, got 200/);
    await editor.picture("fault");
    await page.locator("#node-dialog-cancel").click();
    await page.locator("#red-ui-editor-stack .red-ui-tray").waitFor({ state: "detached" });
  });

  it("starts another method from what it needs, and keeps what was written", async () => {
    await page.locator('[id="lift"]').dblclick();
    await rated(/Rates what comes in messages/);
    await write(START);
    await page.selectOption("#node-input-method", "load");
    await rated(/1 operator, at most 144 points/);
    assert.equal(await page.locator("#rung-ergonomics-angles").isVisible(), false);
    await page.selectOption("#node-input-method", "niosh");
    await rated(/LI 0\.7/);
    await editor.picture("lift");
    const written = { duration: "short", load: 12 };
    await write(written);
    await rated(/rated\/origin: must be an object/);
    await page.selectOption("#node-input-method", "rula");
    await rated(/has no field duration/);
    await page.locator("#node-dialog-ok").click();
    await page.locator("#red-ui-editor-stack .red-ui-tray").waitFor({ state: "detached" });
    assert.deepEqual(await page.evaluate("JSON.parse(RED.nodes.node('lift').assessment)"), written);
    assert.equal(await page.evaluate("RED.nodes.node('lift').method"), "rula");
  });
});
