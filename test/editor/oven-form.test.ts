import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { hashPassword } from "../../runtime/host/password.ts";
import { UserList } from "../../runtime/host/users.ts";
import { openEditor, watch } from "../flows/browser.ts";
import { eventually, PASSWORD, type Product } from "../flows/product.ts";
import { ProductEditor } from "./product-editor.ts";

/** The worked example, whose figures are published: rocker 10.183 min, 22.64 kWh. */
const STORED = readFileSync(new URL("../../examples/oven.config.json", import.meta.url), "utf8");
const FLOW = [
  { id: "paint", type: "tab", label: "paint" },
  {
    id: "oven",
    type: "rung-oven",
    z: "paint",
    name: "cure oven",
    version: 1,
    twin: "",
    oven: STORED,
    x: 200,
    y: 120,
    wires: [[]],
  },
];

describe("editor: the oven's form", function () {
  this.timeout(120_000);
  let editor: ProductEditor;
  let product: Product;
  let page: Page;

  before(async function () {
    const hash = await hashPassword(PASSWORD);
    const prepare = (home: string) => {
      const users = new UserList(home);
      users.add({ name: "admin", role: "admin", hash });
      users.add({ name: "vera", role: "viewer", hash });
      users.add({ name: "anna", role: "engineer", hash });
      mkdirSync(join(home, "flows"), { recursive: true });
      writeFileSync(join(home, "flows", "flow-paint.json"), JSON.stringify(FLOW));
    };
    editor = await ProductEditor.start(this, { args: ["--no-demo"], prepare });
    ({ product, page } = editor);
  });
  after(() => editor?.close());
  afterEach(function () {
    return editor?.check(this.currentTest);
  });

  const picture = (name: string) => editor.picture(name, page);
  const box = (path: string) => page.locator(`.rung-oven [data-path="${path}"]`);
  const open = async () => {
    await page.locator(".red-ui-flow-node-group").first().dblclick();
    await page.locator("#node-dialog-ok").waitFor();
    await settled();
  };
  const done = async () => {
    await page.locator("#node-dialog-ok").click();
    await page.locator("#red-ui-editor-stack .red-ui-tray").waitFor({ state: "detached" });
  };
  const stored = () =>
    page.evaluate("JSON.parse(RED.nodes.node('oven').oven)") as Promise<Record<string, unknown>>;
  const figures = (): Promise<Record<string, string[]>> =>
    page.locator("#rung-oven-figures tbody tr").evaluateAll((rows) =>
      Object.fromEntries(
        rows.map((row) => {
          const [name, ...cells] = [...row.children].map((cell) => cell.textContent!.trim());
          return [name!.split(" ")[0]!, cells];
        }),
      ),
    );
  /** Waits for the answer to what was typed last. */
  const settled = () => page.locator('#rung-oven-result[aria-busy="false"]').waitFor();

  it("shows the stored oven, its ride and its energy, and leaves it as it is", async () => {
    await open();
    assert.equal(await box("zones.2.airTemperatureC").inputValue(), "190");
    assert.equal(await box("nodes.4.thicknessMm").inputValue(), "5");
    assert.equal(await box("conveyor.speedMPerMin").inputValue(), "2");
    const told = await figures();
    assert.deepEqual(Object.keys(told), ["roof", "door", "aPillar", "bPillar", "rocker"]);
    assert.deepEqual(told.rocker, ["10.2", "0.904", "168.5", "168.5"]);
    assert.deepEqual(told.roof, ["35.8", "1.000", "175.0", "189.8"]);
    assert.match(
      (await page.locator("#rung-oven-energy-line").textContent())!,
      /^22\.64 kWh per body = gas 22\.64 \+ electricity 0\.00 · 4\.57 kg CO₂$/,
    );
    assert.equal(await page.locator("#rung-oven-head").textContent(), "body · 30.0 min · 40.0 bodies/h");
    assert.equal(await page.locator("#rung-oven-picture path.metal").count(), 5);
    await picture("light");
    await done();
    assert.deepEqual(await stored(), JSON.parse(STORED));
    assert.equal(await page.evaluate("RED.nodes.dirty()"), false);
  });

  it("rides with what is typed, and marks a fault at its field", async () => {
    await open();
    await box("conveyor.speedMPerMin").fill("3");
    await settled();
    assert.equal((await figures()).rocker![0]!.startsWith("10"), false);
    assert.match((await page.locator("#rung-oven-figures tr.under").first().textContent())!, /under-cured/);

    await box("zones.0.lengthM").fill("-1");
    await settled();
    assert.equal(await box("zones.0.lengthM").getAttribute("aria-invalid"), "true");
    assert.equal(
      await page.locator("#rung-oven-faults").textContent(),
      "oven1/zone1: length must be > 0 m, got -1 (parameter lengthM)",
    );
    await page.locator("#rung-oven-faults a").click();
    assert.equal(await page.evaluate("document.activeElement.dataset.path"), "zones.0.lengthM");
    await picture("fault");
    await box("zones.0.lengthM").fill("10");
    await settled();
    assert.equal(await page.locator("#rung-oven-faults li").count(), 0);
    assert.equal(await box("zones.0.lengthM").getAttribute("aria-invalid"), null);
    await page.locator("#node-dialog-cancel").click();
    await page.locator("#red-ui-editor-stack .red-ui-tray").waitFor({ state: "detached" });
    assert.deepEqual(await stored(), JSON.parse(STORED));
  });

  it("is worked by the keyboard alone: a zone with emitters, a body type, gaps, couplings, a pyrometer", async () => {
    await open();
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await page.locator('[data-add="zones"]').focus();
    await press("Enter");
    // The focus is in the new row's first box.
    await page.keyboard.type("ir");
    await press("Tab");
    await page.keyboard.type("4");
    await press("Tab");
    await page.keyboard.type("150");
    await press("Tab", "Tab");
    await page.keyboard.type("400");
    await press("Tab");
    await page.keyboard.type("0.3");
    await settled();
    await page.locator("#rung-oven-conveyor-pitchM").focus();
    await page.keyboard.type("3");
    await page.locator('[data-add="conveyor.gaps"]').focus();
    await press("Enter");
    await settled();
    for (const [node, area] of [
      [0, "2"],
      [4, "1"],
    ] as const)
      await box(`nodes.${node}.areaM2`).fill(area);
    await page.locator('[data-add="couplings"]').focus();
    await press("Enter", "Tab");
    await box("couplings.0.between.1").selectOption("rocker");
    await page.locator("#rung-oven-pyrometer").focus();
    await press("Space");
    await page.locator("#rung-oven-add-type").focus();
    await press("Enter");
    await page.keyboard.type("suv");
    await box("bodyTypes.0.bodyKg").fill("450");
    await settled();
    assert.equal(await page.locator("#rung-oven-faults").textContent(), "");
    assert.match(
      (await page.locator("#rung-oven-head").textContent())!,
      /^suv · 32\.0 min · 38\.1 bodies\/h$/,
    );
    assert.equal(await page.locator("#rung-oven-energy-bodiesPerHour").isDisabled(), true);
    await picture("grown");
    await page.selectOption("#rung-oven-type", "body");
    await settled();
    await box("nodes.0.name").scrollIntoViewIfNeeded();
    await page.mouse.move(600, 600);
    await page.mouse.wheel(0, 300);
    await picture("panels");
    // A coupling follows its panel's new name.
    await box("nodes.0.name").fill("top");
    await settled();
    assert.equal(await page.locator("#rung-oven-faults").textContent(), "");
    assert.equal(await box("couplings.0.between.0").inputValue(), "top");
    await done();
    const oven = await stored();
    assert.deepEqual((oven.zones as object[])[6], {
      name: "ir",
      lengthM: 4,
      airTemperatureC: 150,
      radiant: { emitterC: 400, viewFactor: 0.3 },
    });
    assert.deepEqual(oven.conveyor, {
      speedMPerMin: 2,
      stops: [],
      pitchM: 3,
      gaps: [{ everyBodies: 20, emptyPlaces: 1 }],
    });
    assert.deepEqual(oven.couplings, [{ between: ["top", "rocker"], conductanceWPerK: 1 }]);
    assert.deepEqual(oven.bodyTypes, [{ name: "suv", bodyKg: 450 }]);
    assert.deepEqual(oven.pyrometer, {});
    // What the form does not know stays.
    assert.deepEqual(oven.cure, JSON.parse(STORED).cure);
  });

  it("takes JSON in and gives it out, and says what is none", async () => {
    await open();
    await page.locator("#rung-oven-json-details summary").click();
    const text = page.locator("#rung-oven-json");
    // The browser tells that the part is open a moment after the click.
    await page.waitForFunction('document.querySelector("#rung-oven-json").value !== ""');
    assert.equal(JSON.parse(await text.inputValue()).zones.length, 7);
    await text.fill("{");
    await page.locator("#rung-oven-json-apply").click();
    assert.match(
      (await page.locator("#rung-oven-json-problem").textContent())!,
      /^This is no JSON of an oven: /,
    );
    await text.fill(STORED);
    await page.locator("#rung-oven-json-apply").click();
    await settled();
    assert.equal((await figures()).rocker![0], "10.2");
    await done();
    assert.deepEqual(await stored(), JSON.parse(STORED));
  });

  it("speaks German, and is readable in the dark, with nothing cut", async () => {
    const context = await editor.browser.newContext({
      viewport: { width: 1700, height: 1000 },
      locale: "de-DE",
    });
    const light = page;
    page = await context.newPage();
    const said = watch(page);
    await openEditor(page, product);
    await page.evaluate('document.documentElement.classList.add("nr-theme-dark")');
    await open();
    const legends = await page.locator(".rung-oven legend").allTextContents();
    assert.deepEqual(legends, ["Zonen", "Förderer", "Karosse", "Vernetzung und Pyrometer", "Energie"]);
    await eventually("figures", async () => ((await figures()).rocker ? true : undefined));
    await picture("dark");
    const text = (await page.locator(".rung-oven").textContent())!;
    assert.doesNotMatch(text, /NaN|undefined|null|rung-oven\.|\[object/);
    const cut = await page
      .locator(".rung-oven :is(label, legend, th, p, button, summary)")
      .evaluateAll((all) =>
        all
          .filter((each) => each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0)
          .map((each) => each.textContent),
      );
    assert.deepEqual(cut, []);
    assert.deepEqual(said, []);
    await context.close();
    page = light;
  });

  it("refuses to try an oven for a viewer, and lets an engineer", async () => {
    for (const [user, status] of [
      ["vera", 401],
      ["anna", 200],
    ] as const) {
      const signedIn = await fetch(`${product.url}/sign-in`, {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json", origin: product.url },
        body: JSON.stringify({ user, password: PASSWORD }),
      });
      const { token } = (await signedIn.json()) as { token: string };
      const answer = await fetch(`${product.url}/editor/rung/oven/try`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          accept: "application/json",
        },
        body: JSON.stringify({ oven: JSON.parse(STORED) }),
      });
      assert.equal(answer.status, status, user);
    }
  });
});
