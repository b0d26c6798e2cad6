import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { accessFaults } from "../flows/access-check.ts";
import { pageFaults } from "../flows/page-check.ts";
import { BOX_STUDY, CLEAN_STUDY, writeBoxCell } from "./box-cell.ts";
import { NO_WEBGL, onWidgetPage, SIZES } from "./widget-page.ts";

const GREY = {
  surface: "#bfc3c6",
  primary: "#20364c",
  bgPage: "#c8cbce",
  groupBg: "#c8cbce",
  groupOutline: "#c8cbce",
};
const BREAKPOINTS = [
  { name: "Default", px: "0", cols: "3" },
  { name: "Desktop", px: "1024", cols: "12" },
];

const inject = (id: string, payload: object, once: boolean) => ({
  id,
  type: "inject",
  z: "t",
  name: id,
  props: [{ p: "payload" }],
  repeat: "",
  crontab: "",
  once,
  onceDelay: 0.1,
  topic: "",
  payload: JSON.stringify(payload),
  payloadType: "json",
  x: 100,
  y: 100,
  wires: [["screen"]],
});

const flowOf = (cell: string) => [
  { id: "t", type: "tab", label: "Cell" },
  {
    id: "base",
    type: "ui-base",
    name: "Rung",
    path: "/dashboard",
    navigationStyle: "none",
    titleBarStyle: "hidden",
    includeClientData: true,
  },
  { id: "theme", type: "ui-theme", name: "Grey", colors: GREY, sizes: { density: "default" } },
  ...["biw", "empty"].flatMap((name, at) => [
    {
      id: `page-${name}`,
      type: "ui-page",
      name,
      ui: "base",
      path: `/${name}`,
      layout: "grid",
      theme: "theme",
      breakpoints: BREAKPOINTS,
      order: at,
      className: "",
      visible: true,
      disabled: false,
    },
    {
      id: `group-${name}`,
      type: "ui-group",
      name,
      page: `page-${name}`,
      width: 12,
      height: 1,
      order: 1,
      showTitle: false,
      className: "",
      visible: true,
      disabled: false,
    },
  ]),
  {
    id: "screen",
    type: "ui-rung-cell",
    z: "t",
    name: "",
    label: "",
    group: "group-biw",
    order: 1,
    width: 12,
    height: 12,
    cell,
    version: 1,
    x: 300,
    y: 100,
    wires: [["kept"]],
  },
  {
    id: "nothing",
    type: "ui-rung-cell",
    z: "t",
    name: "",
    label: "",
    group: "group-empty",
    order: 1,
    width: 12,
    height: 4,
    cell,
    version: 1,
    x: 300,
    y: 200,
    wires: [[]],
  },
  inject("study", BOX_STUDY, true),
  inject("clean", CLEAN_STUDY, false),
  inject("wrong", { kind: "recommendation" }, false),
  {
    id: "kept",
    type: "function",
    z: "t",
    name: "",
    func: "node.warn([msg.topic, msg.payload.orders[0].finding, msg.payload.acceptedBy].join(' | ')); return null;",
    outputs: 1,
    x: 500,
    y: 100,
    wires: [[]],
  },
];

/** Share of a canvas's pixels that are not of its commonest colour, and how many colours there are. */
async function inkOf(page: Page, at: number): Promise<{ share: number; colours: number }> {
  return page
    .locator(".picture canvas")
    .nth(at)
    .evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      const counts = new Map<number, number>();
      for (let i = 0; i < data.length; i += 4) {
        const colour = (data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!;
        counts.set(colour, (counts.get(colour) ?? 0) + 1);
      }
      return { share: 1 - Math.max(...counts.values()) / (data.length / 4), colours: counts.size };
    });
}

describe("the screen of a robot cell", function () {
  this.timeout(60_000);
  const on = onWidgetPage((home) => flowOf(writeBoxCell(`${home}/cell`)), "operator", { path: "biw" });
  let page: Page;
  before(async () => {
    page = on.page;
    await page.locator(".close-up canvas").nth(1).waitFor();
  });

  it("draws the cell and both close looks, with WebGL in this browser", async () => {
    for (const at of [0, 1, 2]) {
      const { share, colours } = await inkOf(page, at);
      assert.ok(share > 0.1 && colours > 20, `picture ${at}: ${share} not ground, ${colours} colours`);
    }
  });

  it("points at the finding with its words, and rings the place", async () => {
    const label = page.locator(".cell-main .label.p1");
    assert.match(
      (await label.textContent()) ?? "",
      /R1 clips reinforcement by 38\.8 mm\s*gun against reinforcement, exit along −y/,
    );
    // The close look is centred on the middle of the pair: so must its ring be.
    const ring = await page.locator(".close-up .contact .ring").evaluate((circle) => {
      const picture = circle.closest(".picture")!;
      const of = (name: string) => Number(circle.getAttribute(name));
      return { x: of("cx") / picture.clientWidth, y: of("cy") / picture.clientHeight };
    });
    assert.ok(Math.abs(ring.x - 0.5) < 0.02 && Math.abs(ring.y - 0.5) < 0.02, JSON.stringify(ring));
    assert.match((await page.locator(".close-up .label").first().textContent()) ?? "", /clips by 38\.8\smm/);
    assert.match((await page.locator(".close-up .label").nth(1).textContent()) ?? "", /clear by 16\.4\smm/);
  });

  it("has no text cut, overlapping or raw at any size", async () => {
    await on.isWhole("cell", {
      settleMs: 400,
      also: async ({ width }) =>
        assert.equal(
          await page.locator(".cell-main .label.p1").count(),
          1,
          `the finding's label at ${width} px`,
        ),
    });
  });

  it("fetches study, scene and each mesh once over the wire", async () => {
    const fetched = await page.evaluate(() =>
      (performance.getEntriesByType("resource") as PerformanceResourceTiming[])
        .filter(({ name }) => name.includes("/rung-cell/"))
        .map(({ name, transferSize }) => ({ name, isFromCache: transferSize === 0 })),
    );
    // Meshes: 7 links and a gun that two robots share, fixture, body, reinforcement.
    assert.equal(new Set(fetched.map(({ name }) => name)).size, 2 + 11);
    assert.equal(fetched.filter(({ isFromCache }) => !isFromCache).length, 2 + 11);
  });

  it("moves the robots along time, and back to a finding by its mark", async () => {
    const before = await page
      .locator(".cell-main canvas")
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    await page.locator(".scrub input").fill("1.5");
    await page.locator(".cell-main .rung-head").getByText("1.5 s of 10.0 s").waitFor();
    assert.equal(await page.locator(".cell-main .label.p1").count(), 0, "the finding is at another moment");
    await page.waitForTimeout(200);
    const after = await page
      .locator(".cell-main canvas")
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    assert.notEqual(after, before);
    await page.locator(".ticks button").first().click();
    await page.locator(".cell-main .label.p1").waitFor();
  });

  it("turns by keyboard and by mouse, and comes back to the whole cell", async () => {
    const picture = page.locator(".cell-main .picture");
    const ringAt = () => page.locator(".cell-main .ring").evaluate((ring) => Number(ring.getAttribute("cx")));
    const first = await ringAt();
    await picture.focus();
    await page.keyboard.press("ArrowLeft");
    const byKey = await ringAt();
    assert.notEqual(byKey, first);
    const box = (await picture.boundingBox())!;
    await page.mouse.move(box.x + 300, box.y + 300);
    await page.mouse.down();
    await page.mouse.move(box.x + 380, box.y + 300, { steps: 4 });
    await page.mouse.up();
    assert.notEqual(await ringAt(), byKey);
    await picture.focus();
    await page.keyboard.press("0");
    assert.ok(Math.abs((await ringAt()) - first) < 0.01);
  });

  it("shows the path as programmed and with the fix", async () => {
    await page.getByRole("button", { name: "Show path" }).click();
    assert.equal(await page.locator(".cell-main path.path").count(), 2);
    assert.equal(await page.locator(".cell-main path.path.dashed").count(), 1);
    await page.getByRole("button", { name: "Hide path" }).click();
    assert.equal(await page.locator(".cell-main path.path").count(), 0);
  });

  it("exports the change orders", async () => {
    for (const [kind, first] of [
      ["CSV", /^order,priority,station,robot/],
      ["JSON", /^\[\s+\{\s+"order": 1/],
    ] as const) {
      const coming = page.waitForEvent("download");
      await page.getByRole("button", { name: kind, exact: true }).click();
      const download = await coming;
      assert.equal(download.suggestedFilename(), `change-orders-B.${kind.toLowerCase()}`);
      const text = readFileSync(await download.path(), "utf8");
      assert.match(text, first);
      assert.match(text, /R1 clips reinforcement by 38\.8 mm/);
    }
  });

  it("says what no fix was found for", async () => {
    await page.getByText("R1 cannot reach W-131").click();
    await page.locator(".close-up .rung-empty").getByText("No fix that checks clear is known.").waitFor();
    assert.equal(await page.getByRole("button", { name: "Accept into plan" }).count(), 0);
    assert.deepEqual(await pageFaults(page), []);
    assert.deepEqual(await accessFaults(page), []);
    await page.locator(".row").first().click();
  });

  it("takes a fix into the plan: a message with who did it, and nothing else", async () => {
    await page.getByRole("button", { name: "Accept into plan" }).click();
    await page.getByText("In the plan, accepted by operator. Nothing is sent to a robot from here").waitFor();
    assert.equal(await page.getByRole("button", { name: "Accept into plan" }).isDisabled(), true);
    assert.match(on.host.output, /change-orders \| R1 clips reinforcement by 38\.8 mm \| operator/);
  });

  it("is for whoever has signed in: what it fetches is for nobody else", async () => {
    const [address] = await page.evaluate(() =>
      performance
        .getEntriesByType("resource")
        .map(({ name }) => name)
        .filter((name) => name.includes("/rung-cell/")),
    );
    const stranger = await fetch(address!, { redirect: "manual" });
    assert.ok([302, 303, 401].includes(stranger.status), String(stranger.status));
    const inside = await page.evaluate(async (url) => (await fetch(url)).status, address!);
    assert.equal(inside, 200);
  });

  it("keeps the lists where a browser has no WebGL, and says so", async () => {
    const plain = await on.open("viewer", { path: "biw", size: SIZES[1], scripts: [NO_WEBGL] });
    await plain
      .getByText("This browser has no WebGL, so the cell is not drawn. The lists hold every figure.")
      .waitFor();
    assert.equal(await plain.locator(".row").count(), 3);
    assert.deepEqual(await pageFaults(plain), []);
    assert.deepEqual(await accessFaults(plain), []);
    await plain.close();
  });

  it("says what is missing before the first study", async () => {
    const empty = await on.open("viewer", { path: "empty", size: SIZES[1] });
    await empty
      .getByText(
        "No study yet. It comes from a variant check or a reach study wired to this widget, and may take minutes.",
      )
      .waitFor();
    assert.deepEqual(await pageFaults(empty), []);
    assert.deepEqual(await accessFaults(empty), []);
    await empty.close();
  });

  it("keeps what it shows when something else comes, and shows a study without findings", async () => {
    const engineer = await on.open("engineer", { path: "biw" });
    const press = async (id: string) => {
      const headers = { origin: on.host.url };
      assert.equal(
        (await engineer.request.post(`${on.host.url}/editor/inject/${id}`, { headers })).status(),
        200,
      );
    };
    await press("wrong");
    await press("clean");
    await page.getByText("Nothing clips, every clearance is kept and every weld is reached.").waitFor();
    assert.match(on.host.output, /expected a study of a robot cell/);
    await page.getByText("new in A").waitFor();
    assert.equal(await page.locator(".close-up").count(), 0);
    assert.deepEqual(await pageFaults(page), []);
    assert.deepEqual(await accessFaults(page), []);
    assert.ok((await inkOf(page, 0)).share > 0.1);
    await engineer.close();
  });

  it("did nothing wrong on the way", () => assert.deepEqual(on.wrong, []));
});
