import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { accessFaults } from "../flows/access-check.ts";
import { pageFaults } from "../flows/page-check.ts";
import { eventually } from "../flows/product.ts";
import { gltfPlant } from "../model/layout/gltf-plant.ts";
import { COUNT_DRAWING, type Drawn } from "./counted-drawing.ts";
import { node, plant3dFlow, row } from "./plant3d-flow.ts";
import { NO_WEBGL, onWidgetPage } from "./widget-page.ts";

const TWIN = "acme/hall";
const LAYOUT = `
rung: layout
version: 1
name: Hall
units: m
shops:
  - { id: hall, name: Hall one, page: /dashboard/hall, at: [0, 0], size: [40, 24, 0] }
  - { id: yard, name: Yard, at: [40, 0], size: [30, 24, 0] }
stations:
  - { id: st01, name: ST01 Press, shop: hall, address: acme/hall/st01, at: [-12, 4], size: [6, 5, 3], state: state, body: body }
  - { id: st02, name: ST02 Oven, shop: hall, address: acme/hall/st02, at: [12, 4], size: [6, 5, 3], values: [temperature] }
  - { id: st03, name: ST03 Spare, shop: hall, address: acme/hall/st03, at: [12, -8], size: [6, 5, 3] }
conveyors:
  - { id: b01, name: Buffer 01, shop: hall, address: acme/hall/b01, way: [[-9, 4], [9, 4]], fill: fill, places: 3 }
agvs:
${Array.from({ length: 40 }, (_, i) => `  - { id: agv${i}, name: AGV${i}, shop: yard, address: acme/hall/agv${i}, x: x, y: y }`).join("\n")}
`;

const agvsAt = (x: number) =>
  Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [
      [`agv${i}/x`, 28 + x + (i % 8) * 3],
      [`agv${i}/y`, -8 + Math.floor(i / 8) * 4],
    ]).flat(),
  );
const finding = (active: boolean) => ({
  kind: "finding",
  id: "f1",
  twin: TWIN,
  contributions: [{ address: "acme/hall/st02/temperature", share: 1 }],
  score: 2,
  limit: 1,
  active,
  sinceUs: 1_790_000_000_000_000,
  timeUs: 1_790_000_000_000_000,
  priority: 2,
  title: "Oven 12 % below normal",
  reason: "It is 158 °C, normal 178 to 182.",
  action: "Check the burner.",
});

const inject = (id: string, payload: object, to: string) =>
  node(id, "inject", {
    props: [{ p: "payload" }],
    payload: JSON.stringify(payload),
    payloadType: "json",
    repeat: "",
    once: false,
    wires: [[to]],
  });

function flow(layout: string): object[] {
  const bindings = [
    row("st01/state", "enum", ""),
    row("st01/body", "integer", ""),
    row("st02/temperature", "number", "°C"),
    row("b01/fill", "integer", "1"),
    ...Array.from({ length: 40 }, (_, i) => [
      row(`agv${i}/x`, "number", "m"),
      row(`agv${i}/y`, "number", "m"),
    ]).flat(),
  ];
  return [
    ...plant3dFlow({ address: TWIN, layout, bindings, silentAfterS: 3600 }),
    node("list", "ui-rung-list", {
      group: "group",
      order: 2,
      width: 12,
      height: 4,
      label: "",
      shows: "findings",
      wires: [[]],
    }),
    inject(
      "first",
      { "st01/state": 6, "st01/body": 1203, "st02/temperature": 180.24, "b01/fill": 2, ...agvsAt(0) },
      "ingest",
    ),
    inject("moved", agvsAt(1), "ingest"),
    inject("warmer", { "st02/temperature": 181 }, "ingest"),
    inject("raised", finding(true), "list"),
    inject("over", finding(false), "list"),
  ];
}

describe("the plant in 3D", function () {
  this.timeout(90_000);
  const on = onWidgetPage(
    (home) => {
      writeFileSync(`${home}/hall.yaml`, LAYOUT);
      return flow(`${home}/hall.yaml`);
    },
    "viewer",
    { scripts: [COUNT_DRAWING] },
  );
  let page: Page;
  let token: string;
  before(async () => {
    page = on.page;
    token = await on.host.signIn("engineer");
    await side().getByText("Hall one").first().waitFor();
  });

  const side = () => page.locator(".plant-screen .side");
  const rowOf = (name: string) => side().locator(".rows button", { hasText: name }).first();
  const drawn = (): Promise<Drawn> => page.evaluate("({ ...window.drawn })");
  /** What was drawn until now, once nothing more comes of what was done before. */
  async function settled(): Promise<Drawn> {
    let last = await drawn();
    return eventually("an end of drawing", async () => {
      await page.waitForTimeout(1200);
      const before = last;
      last = await drawn();
      return last.frames === before.frames ? last : undefined;
    });
  }
  async function press(id: string): Promise<void> {
    const response = await on.host.as(token, `/editor/inject/${id}`, { method: "POST" });
    assert.equal(response.status, 200, id);
  }
  /** Frames and calls since then, once there are so many frames; a moment later there are no more. */
  async function drawnSince(before: Drawn, frames: number): Promise<Drawn> {
    const since = async () => {
      const now = await drawn();
      return { frames: now.frames - before.frames, calls: now.calls - before.calls };
    };
    await eventually(`${frames} frames`, async () => ((await since()).frames >= frames ? true : undefined));
    // Longer than the widget takes to send its view again.
    await page.waitForTimeout(2500);
    return since();
  }

  it("says of every part that no value has come, and what is hatched is in the list", async () => {
    await rowOf("Hall one").click();
    await rowOf("ST01 Press").getByText("no value yet").waitFor();
    await side().locator("nav button").first().click();
  });

  it("draws once for each update that is seen differently, and not at all without one", async () => {
    const before = await settled();
    await press("first");
    const first = await drawnSince(before, 1);
    assert.ok(first.frames <= 2, `${first.frames} frames: the view may be made while the message comes in`);
    const still = await settled();
    await press("warmer");
    // Its value is not in the picture.
    await page.waitForTimeout(2500);
    assert.deepEqual(await drawn(), still);
    const moved = await settled();
    await press("moved");
    const after = await drawnSince(moved, 1);
    assert.equal(after.frames, 1);
    // Shops, open stations, closed ones, conveyors, AGVs and bodies: faces and lines of each; 40 AGVs are one call.
    assert.ok(after.calls <= 12, `${after.calls} calls`);
  });

  it("draws once for each step of the camera", async () => {
    const before = await settled();
    await page.locator(".plant-screen .picture").focus();
    for (const key of ["ArrowLeft", "+", "0"]) {
      await page.keyboard.press(key);
      await page.waitForTimeout(300);
    }
    const { frames } = await drawnSince(before, 1);
    assert.ok(frames <= 3, `${frames} frames`);
  });

  it("leads from the plant into a shop and to a part by the list, and back by Esc", async () => {
    await rowOf("Hall one").click();
    assert.match((await rowOf("ST01 Press").textContent()) ?? "", /Execute · body 1203/);
    assert.match((await rowOf("Buffer 01").textContent()) ?? "", /2 of 3 bodies/);
    assert.match((await rowOf("ST03 Spare").textContent()) ?? "", /no value yet/);
    await rowOf("ST02 Oven").click();
    const table = side().locator("table");
    await table.getByText("181.0").waitFor();
    assert.match(
      (await table.textContent()) ?? "",
      /st02\/temperature\s*181\.0\s*°C\s*good\s*[\d.]+\s(s|min)/,
    );
    assert.equal(
      await side().getByRole("link", { name: "Open its page" }).getAttribute("href"),
      "/dashboard/hall",
    );
    await page.locator(".plant-screen .picture").focus();
    await page.keyboard.press("Escape");
    await rowOf("ST01 Press").waitFor();
    await page.keyboard.press("Escape");
    await rowOf("Yard").waitFor();
  });

  it("leads there by clicks in the picture too", async () => {
    const label = page.locator(".plant-screen .label", { hasText: "Yard" });
    const box = (await page.locator(".plant-screen canvas").boundingBox())!;
    // The yard is the right third of the plant.
    await page.mouse.click(box.x + box.width * 0.72, box.y + box.height * 0.5);
    await side().locator("nav button", { hasText: "Yard" }).waitFor();
    assert.match((await rowOf("AGV0").textContent()) ?? "", /at 29\.0, −8\.0 m/);
    await side().locator("nav button").first().click();
    await label.waitFor();
  });

  it("colours what an alarm is about, names it over the picture and first in the list, and what to do", async () => {
    await press("raised");
    await page.locator(".plant-screen .label.p2", { hasText: "Oven 12 % below normal" }).waitFor();
    const first = side().locator(".rows button").first();
    await eventually("first in the list", async () =>
      /ST02 Oven\s*Oven 12 % below normal/.test((await first.textContent()) ?? "") ? true : undefined,
    );
    assert.match((await rowOf("Hall one").textContent()) ?? "", /1 abnormal/);
    await first.click();
    await side().getByText("Check the burner.").waitFor();
  });

  it("has no text cut, overlapping or raw, and no fault of access, at any size and in the dark", async () => {
    await on.isWhole("plant3d", { settleMs: 600 });
    await side().locator("nav button").first().click();
  });

  it("takes the colour away when the alarm is over", async () => {
    await press("over");
    await page.locator(".plant-screen .label.p2").waitFor({ state: "detached" });
  });

  it("keeps the list where a browser has no WebGL, and says so", async () => {
    const plain = await on.open("viewer", { scripts: [NO_WEBGL] });
    await plain
      .getByText("This browser has no WebGL, so the plant is not drawn. The list holds every fact.")
      .waitFor();
    await plain.locator(".rows button", { hasText: "Hall one" }).click();
    await plain.getByText("Execute · body 1203").waitFor();
    assert.deepEqual(await pageFaults(plain), []);
    assert.deepEqual(await accessFaults(plain), []);
    await plain.close();
  });

  it("gives its layout and its values to nobody who is not signed in, and of no part that is not there", async () => {
    const fetched = await page.evaluate(() =>
      performance
        .getEntriesByType("resource")
        .map(({ name }) => name)
        .filter((name) => name.includes("/rung-plant3d")),
    );
    const values = fetched.find((name) => name.includes("-values/"))!;
    for (const address of [fetched.find((name) => name.includes("/rung-plant3d/"))!, values]) {
      const { status } = await fetch(address, { redirect: "manual" });
      assert.ok([302, 303, 401].includes(status), String(status));
    }
    const status = (address: string) => page.evaluate(async (url) => (await fetch(url)).status, address);
    const [root] = values.split("?");
    assert.deepEqual(
      [await status(`${root}?part=0`), await status(`${root}?part=99`), await status(`${root}x?part=0`)],
      [200, 400, 404],
    );
    // What was asked amiss stands in the console.
    on.wrong.splice(0, on.wrong.length, ...on.wrong.filter((one) => !/rung-plant3d-values|40[04]/.test(one)));
  });

  it("draws a plant from glTF, and says of a layout what is wrong with it", async () => {
    const { flows } = await on.host.getFlows(token);
    const deploy = async (layout: string) => {
      const changed = flows.map((one) => (one.id === "widget" ? { ...one, layout } : one));
      assert.equal((await on.host.deploy(token, changed)).status, 200);
    };
    writeFileSync(
      `${on.home}/hall.gltf`,
      gltfPlant([
        { name: "Works", rung: { kind: "shop" }, children: [1, 2], hasShape: false },
        { name: "acme/hall/st02", at: [4, 0, 0] },
        { name: "acme/hall/st03", at: [8, 0, 0] },
      ]),
    );
    await deploy(`${on.home}/hall.gltf`);
    await rowOf("Works").click();
    await rowOf("st02").waitFor();
    const before = await settled();
    await page.locator(".plant-screen .picture").focus();
    await page.keyboard.press("ArrowLeft");
    const { frames, calls } = await drawnSince(before, 1);
    assert.deepEqual(
      [frames, calls],
      [1, 2],
      "two nodes of one shape: a call for its faces and one for its lines",
    );
    writeFileSync(`${on.home}/wrong.yaml`, LAYOUT.replaceAll("acme/hall", "acme/elsewhere"));
    await deploy(`${on.home}/wrong.yaml`);
    await page.reload();
    await page
      .getByText(/44 of 46 parts are not of acme\/hall, first st01 at acme\/elsewhere\/st01/)
      .waitFor();
    assert.deepEqual(await pageFaults(page), []);
  });

  it("did nothing wrong on the way", () => assert.deepEqual(on.wrong, []));
});
