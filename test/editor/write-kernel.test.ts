import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { openEditor, watch } from "../flows/browser.ts";
import { eventually, type Product } from "../flows/product.ts";
import { ProductEditor } from "./product-editor.ts";

const SHIPPED = join(import.meta.dirname, "../../flows");
const PLACES: Record<string, { x: number; y: number }> = {
  inject: { x: 140, y: 160 },
  "rung-kernel": { x: 340, y: 160 },
  debug: { x: 560, y: 160 },
};
/** A slope from one corner to the other: its figures are known without computing them. */
const SLOPE = `function slope(height, tilt) {
  const x = this.thread.x;
  const y = this.thread.y;
  return height * (x + tilt * y);
}
`;
/** The same with a name that is not there, on line 4. */
const FLAWED = SLOPE.replace("height * (x", "heigth * (x");
const [WIDTH, HEIGHT] = [40, 20];
/** A flow that knows one property with a unit; no plant need run for that. */
const LINK_AND_TWIN = ["rung-opcua-link-virtual-plant.json", "rung-twin-oven-1.json", "rung-twin-plant.json"];
const PAINT = [
  { id: "paint", type: "tab", label: "paint" },
  {
    id: "plc",
    type: "rung-opcua-source",
    z: "paint",
    version: 1,
    link: "plantlink",
    twin: "oven1",
    publishingMs: 200,
    samplingMs: 0,
    bindings: [
      {
        nodeId: "ns=1;s=Oven1.Gas.Flow",
        path: "gas/flow",
        kind: "measurement",
        type: "number",
        unit: "Nm³/h",
        periodMs: 5000,
      },
    ],
    x: 200,
    y: 120,
    wires: [[]],
  },
];
/** Light is little, dark is much. */
const LIGHTEST = [250, 247, 240];
const DARKEST = [52, 24, 44];

/** The code pane among the editors of the page. */
const EDITOR = `monaco.editor.getEditors().find((each) => each.getDomNode().closest("#rung-kernel-code"))`;

describe("editor: a kernel written, looked at and run", function () {
  this.timeout(120_000);
  let editor: ProductEditor;
  let product: Product;
  let page: Page;
  const nodes: Record<string, Locator> = {};

  before(async function () {
    const prepare = (home: string) => {
      for (const file of LINK_AND_TWIN)
        cpSync(join(SHIPPED, "config", file), join(home, "flows/config", file), { recursive: true });
      writeFileSync(join(home, "flows/paint.json"), JSON.stringify(PAINT));
    };
    const viewport = { width: 1920, height: 1080 };
    editor = await ProductEditor.start(this, { args: ["--no-demo"], prepare, viewport });
    ({ product, page } = editor);
  });
  after(() => editor?.close());
  afterEach(function () {
    return editor?.check(this.currentTest);
  });

  const picture = (name: string) => editor.picture(name);
  const says = (selector: string, text: RegExp | string): Promise<unknown> =>
    eventually(`${selector} saying ${text}`, async () => {
      const said = (await page.locator(selector).textContent()) ?? "";
      return (typeof text === "string" ? said === text : text.test(said)) || undefined;
    }).catch(async (error: Error) => {
      throw new Error(`${error.message}; it says "${await page.locator(selector).textContent()}"`);
    });
  const open = async () => {
    await nodes["rung-kernel"]!.dblclick();
    await page.locator("#rung-kernel-code .monaco-editor .view-line").first().waitFor();
    // The editor takes the code as JavaScript once it is in sight.
    await page.waitForFunction(`(${EDITOR}).getModel()?.getLanguageId() === "javascript"`);
  };
  /** Takes all away by the keys, and puts the code in at once: what is typed line by line the editor indents. */
  const write = async (code: string) => {
    await page.locator("#rung-kernel-code .view-lines").click();
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    await page.evaluate(
      `(${EDITOR}).executeEdits("test", [{ range: (${EDITOR}).getSelection(), text: ${JSON.stringify(code)} }])`,
    );
  };
  const port = (name: string) => page.locator(`#rung-kernel-ports tr[data-port="${name}"]`);
  const portNames = () =>
    page
      .locator("#rung-kernel-ports input.name")
      .evaluateAll((all) => all.map((each) => (each as HTMLInputElement).value));
  const set = async (field: Locator, text: string) => {
    await field.fill(text);
    await field.press("Tab");
  };
  const pixel = (share: { x: number; y: number }) =>
    page.locator("#rung-kernel-map canvas").evaluate((canvas, at) => {
      const drawn = canvas as HTMLCanvasElement;
      const place = (part: number, size: number) => Math.min(size - 1, Math.floor(part * size));
      const { data } = drawn
        .getContext("2d")!
        .getImageData(place(at.x, drawn.width), place(at.y, drawn.height), 1, 1);
      return [...data.slice(0, 3)];
    }, share);
  const closeTo = (actual: number[], expected: number[]) =>
    assert.ok(
      actual.every((value, i) => Math.abs(value - expected[i]!) <= 4),
      `${actual} is not ${expected}`,
    );

  it("takes the node from the palette and wires it", async () => {
    await page.locator(".red-ui-tab-button .fa-plus").first().click();
    await page.waitForFunction("RED.nodes.filterNodes({z: RED.workspaces.active()}).length === 0");
    for (const [type, targetPosition] of Object.entries(PLACES)) {
      await page
        .locator(`.red-ui-palette-node[data-palette-type=${type}]`)
        .dragTo(page.locator("#red-ui-workspace-chart"), { targetPosition });
      const id = await eventually(`a ${type} on the canvas`, async () => {
        const found = await page.evaluate(
          `RED.nodes.filterNodes({z: RED.workspaces.active(), type: "${type}"})[0]?.id`,
        );
        return found as string | undefined;
      });
      nodes[type] = page.locator(`[id="${id}"]`);
    }
    for (const [from, to] of [
      ["inject", "rung-kernel"],
      ["rung-kernel", "debug"],
    ] as const) {
      const place = async (type: string, side: string) => {
        const box = await nodes[type]!.locator(`.red-ui-flow-port-${side} .red-ui-flow-port`)
          .first()
          .boundingBox();
        return [box!.x + box!.width / 2, box!.y + box!.height / 2] as const;
      };
      await page.mouse.move(...(await place(from, "output")));
      await page.mouse.down();
      await page.mouse.move(...(await place(to, "input")), { steps: 6 });
      await page.mouse.up();
    }
    assert.equal(
      await page.evaluate(
        "RED.nodes.filterLinks({}).filter(({source}) => source.z === RED.workspaces.active()).length",
      ),
      2,
    );
  });

  it("opens with a kernel that works, and says which backends are here", async () => {
    await open();
    await says("#rung-kernel-checked", " no remarks");
    await says("#rung-kernel-cells", "runs once for every cell, 64 × 32");
    assert.deepEqual(await portNames(), ["field", "rate", "result"]);
    const cpu = page.locator("#rung-kernel-on-cpu");
    assert.equal(await cpu.isEnabled(), true);
    // A machine without a GPU says why instead of offering one.
    const gpu = page.locator('label[for="rung-kernel-on-webgpu"]');
    await eventually("the backends", async () => ((await gpu.getAttribute("title")) ? true : undefined));
    if (await page.locator("#rung-kernel-on-webgpu").isDisabled())
      assert.match((await gpu.getAttribute("title"))!, /^not on this machine: ./);
  });

  it("marks what is wrong at its line while it is typed", async () => {
    await page.fill("#node-input-name", "slope");
    await write(FLAWED);
    // The parameters became ports; those of the code that is gone are named, not thrown away.
    await says("#rung-kernel-checked", / 2 errors/);
    assert.deepEqual(await portNames(), ["height", "tilt", "field", "rate", "result"]);
    assert.deepEqual(await page.locator("#rung-kernel-ports tr.attention").count(), 2);
    for (const name of ["field", "rate"]) await port(name).locator("button").click();
    assert.deepEqual(await portNames(), ["height", "tilt", "result"]);
    await says("#rung-kernel-checked", / 1 error/);
    await says("#rung-kernel-remark", /^line 4 heigth is neither an input nor a local/);
    const markers = await page.evaluate(
      `monaco.editor.getModelMarkers({ owner: "rung-kernel" })
        .filter(({ severity }) => severity === monaco.MarkerSeverity.Error)
        .map((marker) => (${EDITOR}).getModel().getValueInRange({ ...marker, endLineNumber: marker.startLineNumber }))`,
    );
    assert.deepEqual(markers, ["heigth"]);
    // The squiggle stands at the height of the line that is numbered 4.
    const squiggle = await page.locator("#rung-kernel-code .squiggly-error").first().boundingBox();
    const numbers = page.locator("#rung-kernel-code .line-numbers");
    const shown = await numbers.evaluateAll((all) =>
      all.map((each) => ({ text: each.textContent!.trim(), y: each.getBoundingClientRect().y })),
    );
    const at = shown.find(({ y }) => Math.abs(y - squiggle!.y) < 8);
    assert.equal(at?.text, "4");
    assert.deepEqual(
      shown.map(({ text }) => text).filter((text) => text === "0"),
      [],
    );
    await picture("error");
    await page.locator("#rung-kernel-remark button").click();
    assert.equal(await page.evaluate(`(${EDITOR}).hasTextFocus()`), true);
  });

  it("keeps ports and parameters in step, and checks shapes and units", async () => {
    await write(SLOPE);
    await says("#rung-kernel-checked", " no remarks");
    const code = () => page.evaluate(`(${EDITOR}).getValue()`) as Promise<string>;
    await set(port("tilt").locator("input.name"), "lean");
    assert.match(await code(), /function slope\(height, lean\)[\s\S]*lean \* y/);
    await page.locator("#rung-kernel-add-port").click();
    assert.match(await code(), /function slope\(height, lean, input\)/);
    await says("#rung-kernel-checked", / 1 warning/);
    await port("input").locator("button").click();
    assert.match(await code(), /function slope\(height, lean\)/);
    // Between the brackets a name is changed: the port keeps what it has.
    await set(port("lean").locator(".from input"), "3");
    await write(SLOPE);
    await eventually("the port's new name", async () =>
      (await portNames()).join() === "height,tilt,result" ? true : undefined,
    );
    assert.equal(await port("tilt").locator(".from input").inputValue(), "3");

    await set(port("height").locator("td:nth-child(4) input"), "°C");
    await set(port("height").locator(".from input"), "2");
    const out = port("");
    await set(out.locator("td:nth-child(5) input"), "40 by 20");
    assert.equal(await out.locator("td:nth-child(5) input").getAttribute("aria-invalid"), "true");
    await set(out.locator("td:nth-child(5) input"), `${WIDTH}x${HEIGHT}`);
    await set(out.locator("td:nth-child(4) input"), "°C");
    await says("#rung-kernel-cells", `runs once for every cell, ${WIDTH} × ${HEIGHT}`);
    // nx and ny, which had its sizes.
    const constants = page.locator("#rung-kernel-constants input.num");
    await eventually("constants that follow the shape", async () => {
      const values = await constants.evaluateAll((all) =>
        all.map((each) => (each as HTMLInputElement).value),
      );
      return values.join() === `${WIDTH},${HEIGHT}` ? true : undefined;
    });
    await port("height").locator("select").last().selectOption("address");
    await set(port("height").locator(".from input"), "acme/leipzig/paint/oven1/gas/flow");
    await says("#rung-kernel-problem", /port height from .*gas\/flow: Nm³\/h cannot be told in °C/);
    await port("height").locator("select").last().selectOption("constant");
    await set(port("height").locator(".from input"), "2");
    await says("#rung-kernel-problem", "");
    await says("#rung-kernel-checked", " no remarks");
  });

  it("knows what a kernel sees: this.thread, the constants and the ports", async () => {
    await page.locator("#rung-kernel-add-constant").click();
    await set(page.locator("#rung-kernel-constants input.code").last(), "gain");
    const offered = async (code: string): Promise<string[]> => {
      await write(code);
      await page.keyboard.press("Control+ ");
      const rows = page.locator(".suggest-widget.visible .monaco-list-row .label-name");
      await rows.first().waitFor();
      const names = await rows.allTextContents();
      await page.keyboard.press("Escape");
      return names;
    };
    assert.deepEqual(await offered("function slope(height, tilt) { return this.thread."), ["x", "y", "z"]);
    assert.ok((await offered("function slope(height, tilt) { return this.constants.")).includes("gain"));
    assert.deepEqual(await offered("function slope(height, tilt) { return this."), [
      "constants",
      "output",
      "thread",
    ]);
    await write(SLOPE);
    await says("#rung-kernel-checked", " no remarks");
  });

  it("runs on every backend there is, and draws the result with its figures", async () => {
    await page.locator("#rung-kernel-run").click();
    // 2 * (39 + 3 * 19)
    await says("#rung-kernel-high", "192 °C");
    await says("#rung-kernel-low", "0");
    await says("#rung-kernel-spans", "spans 0 … 192 °C");
    closeTo(await pixel({ x: 0, y: 0 }), LIGHTEST);
    closeTo(await pixel({ x: 0.999, y: 0.999 }), DARKEST);
    const grey = ([r, g, b]: number[]) => r! + g! + b!;
    const across = await Promise.all([0.1, 0.3, 0.5, 0.7, 0.9].map((x) => pixel({ x, y: 0.25 })));
    for (let i = 1; i < across.length; i++)
      assert.ok(grey(across[i]!) < grey(across[i - 1]!), "darker is more");
    await says(
      "#rung-kernel-badge",
      /^same result on cpu(, wasm)? and (wasm|webgpu), (no difference|largest difference .+)$/,
    );
    await says("#rung-kernel-tile-cpu", /^[\d.,]+ (s|ms|µs)a step on CPU$/);
    await says("#rung-kernel-tile-memory", /^[\d.,]+ KiB/);
    await says("#rung-kernel-sample", /the same seed gives the same result on every backend\.$/);
    await picture("run");
    // The row of the cut: by the pointer and by the keys.
    await says("#rung-kernel-row", /^row 10 /);
    await page.locator("#rung-kernel-map").press("ArrowUp");
    await says("#rung-kernel-row", /^row 9 /);
    await page.locator("#rung-kernel-map").press("Home");
    await says("#rung-kernel-row", /^row 0 /);
    assert.match((await page.locator("#rung-kernel-cut").getAttribute("aria-label"))!, /row 0: 0 … 78 °C$/);
    const map = (await page.locator("#rung-kernel-map canvas").boundingBox())!;
    await page.locator("#rung-kernel-map canvas").click({ position: { x: 20, y: map.height - 3 } });
    await says("#rung-kernel-row", /^row 19 /);
  });

  it("says what a port was given in the preview, and what fails", async () => {
    await port("tilt").locator("select").last().selectOption("message");
    await set(port("tilt").locator("td:nth-child(6) input"), "1 … 5");
    await page.locator("#rung-kernel-run").click();
    // The middle of its range, 3.
    await says("#rung-kernel-sample", /^Made sample: tilt\. /);
    await says("#rung-kernel-high", "192 °C");
    await write(FLAWED);
    await page.locator("#rung-kernel-run").click();
    await says("#rung-kernel-failed", /4:10 heigth is neither an input nor a local/);
    await write(SLOPE);
    await port("tilt").locator("select").last().selectOption("constant");
    await set(port("tilt").locator(".from input"), "3");
    await says("#rung-kernel-checked", " no remarks");
  });

  it("is saved, deployed and injected, and opens again as it was", async () => {
    await page.locator("#node-dialog-ok").click();
    await page.locator("#red-ui-editor-stack .red-ui-tray").waitFor({ state: "detached" });
    await page.locator("#red-ui-header-button-deploy").click();
    await page.waitForFunction("!RED.nodes.dirty()");
    const status = () => nodes["rung-kernel"]!.locator(".red-ui-flow-node-status-label").textContent();
    await eventually("waiting for a message", async () =>
      (await status()) === "waiting for a message" ? true : undefined,
    );
    await page.evaluate("RED.sidebar.show('debug')");
    await nodes.inject!.locator(".red-ui-flow-node-button-button").click();
    await eventually("what ran it", async () =>
      /^(webgpu · |wasm|cpu)/.test((await status()) ?? "") ? true : undefined,
    );
    const message = page.locator(".red-ui-debug-msg", { hasText: `Float32Array[${WIDTH * HEIGHT}]` });
    await message.waitFor();
    assert.match((await message.textContent())!, /\[ 0, 2, 4, 6, 8/);
    await picture("deployed");

    const saved = (
      JSON.parse(readFileSync(join(product.home, "flows", "flow-1.json"), "utf8")) as Record<
        string,
        unknown
      >[]
    ).find(({ type }) => type === "rung-kernel")!;
    assert.equal(saved.source, SLOPE);
    assert.equal(saved.faults, 0);
    assert.deepEqual(saved.inputPorts, [
      { name: "height", holds: "number", unit: "°C", shape: [], from: { constant: 2 } },
      { name: "tilt", holds: "number", unit: "1", shape: [], range: [1, 5], from: { constant: 3 } },
    ]);
    await open();
    assert.deepEqual(await portNames(), ["height", "tilt", "result"]);
    await says("#rung-kernel-checked", " no remarks");
    await page.locator("#rung-kernel-run").click();
    await says("#rung-kernel-high", "192 °C");
    await page.locator("#node-dialog-cancel").click();
    await page.locator("#red-ui-editor-stack .red-ui-tray").waitFor({ state: "detached" });
    assert.equal(await page.evaluate("RED.nodes.dirty()"), false);
  });

  it("fits a laptop's window, in German and in the dark", async () => {
    const second = await editor.browser.newPage({ viewport: { width: 1440, height: 900 }, locale: "de-DE" });
    const seen = watch(second);
    await openEditor(second, product);
    await second.evaluate("document.documentElement.classList.add('nr-theme-dark')");
    await second.locator(".red-ui-tab-label:visible", { hasText: "Flow 1" }).first().click();
    await second.locator(`[id="${await nodes["rung-kernel"]!.getAttribute("id")}"]`).dblclick();
    await second.locator("#rung-kernel-checked", { hasText: "keine Anmerkungen" }).waitFor();
    await second.locator("#rung-kernel-run").click();
    await second.locator("#rung-kernel-high", { hasText: "192 °C" }).waitFor();
    await editor.picture("dark", second);
    const right = (selector: string) =>
      second.locator(selector).evaluate((each) => each.getBoundingClientRect().right);
    assert.ok(
      (await right(".rung-kn .two")) <= (await right("#red-ui-editor-stack .red-ui-tray")),
      "nothing is cut off",
    );
    assert.deepEqual(seen, []);
    await second.close();
  });
});
