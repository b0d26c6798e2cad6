import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { readBindingCsv, writeBindingCsv } from "../../runtime/describe/binding-csv.ts";
import { type LargeServer, startLargeServer } from "../describe/opcua-large-server.ts";
import { openBrowser, watch } from "../flows/browser.ts";
import { eventually, PASSWORD, Product } from "../flows/product.ts";

const LINES = 10;
const CELLS = 10;
const TAGS = 50;
const ALL = LINES * CELLS * TAGS;
const TWIN = "acme/leipzig/works";

/** All tags of the server as the table of a careful person. */
const ROWS = Array.from({ length: ALL }, (_, i) => {
  const line = Math.floor(i / (CELLS * TAGS)) + 1;
  const cell = (Math.floor(i / TAGS) % CELLS) + 1;
  const tag = (i % TAGS) + 1;
  const isTemperature = tag % 2 === 1;
  return {
    nodeId: isTemperature ? `ns=1;s=Line${line}.Cell${cell}.Temperature${tag}` : `ns=1;i=${100_000 + i}`,
    path: `line${line}/cell${cell}/${isTemperature ? "temperature" : "count"}${tag}`,
    unit: isTemperature ? "K" : "",
    plantUnit: isTemperature ? "°C" : "",
    kind: isTemperature ? "measurement" : "parameter",
    type: isTemperature ? "number" : "integer",
    periodMs: isTemperature ? 1000 : 0,
    label: isTemperature ? `Line ${line}, "hot" spot ${tag}` : "",
  } as const;
});
const TABLE = writeBindingCsv(ROWS);
const HEADER = `${TABLE.slice(0, TABLE.indexOf("\n"))},reads,field,objectId,inputs,onlyReads`;

const TEMPERATURE = "ns=1;s=Line1.Cell1.Temperature1";
/** What the rows that are added by hand are in a file. */
const PARTS = [
  "i=2253,alarms,,,measurement,structure,0,,,,,,,events,,,,",
  "i=2256,server/product,,,measurement,string,0,,,,,,,value,BuildInfo.ProductName,,,",
  "i=2256,server/state,,,measurement,enum,0,,,,,,,value,State,,,",
  `${TEMPERATURE},server/element,,,measurement,number,0,,,,,,,value,[0],,,`,
  'i=11492,server/items,,,measurement,number,60000,,,,,,,method,,i=2253,"[7,""north""]",true',
];

const FLOW = (endpoint: string) => ({
  "flow-works.json": [
    { id: "works", type: "tab", label: "works" },
    {
      id: "source",
      type: "rung-opcua-source",
      z: "works",
      name: "works PLC",
      version: 1,
      link: "link",
      twin: "twin",
      bindings: [],
      problems: 0,
      publishingMs: 1000,
      samplingMs: 0,
      emit: "frames",
      x: 160,
      y: 100,
      wires: [["state"]],
    },
    {
      id: "state",
      type: "rung-state",
      z: "works",
      name: "",
      version: 1,
      twin: "twin",
      x: 400,
      y: 100,
      wires: [[]],
    },
  ],
  "config-twin.json": [
    {
      id: "twin",
      type: "rung-twin",
      name: "works",
      version: 1,
      address: TWIN,
      scope: "system",
      targetRung: 1,
      objective: "test",
    },
  ],
  "config-link.json": [
    {
      id: "link",
      type: "rung-opcua-link",
      name: "works line",
      version: 1,
      endpoint,
      reality: "live",
      securityMode: "SignAndEncrypt",
      securityPolicy: "Basic256Sha256",
      login: "anonymous",
      keyring: "",
      surviveS: 30,
    },
  ],
});

describe("editor: 5,000 tags bound", function () {
  this.timeout(120_000);
  this.bail(true);
  let server: LargeServer;
  let product: Product;
  let browser: Browser;
  let page: Page;
  let wrong: string[];
  let folder: string;

  before(async function () {
    browser = await openBrowser(this);
    folder = mkdtempSync(join(tmpdir(), "rung-bind-"));
    const pki = join(folder, "pki");
    server = await startLargeServer({ pki, lines: LINES, cells: CELLS, tags: TAGS, periodMs: 3000 });
    product = await Product.start(["--no-demo"], (home) => {
      mkdirSync(join(home, "flows"), { recursive: true });
      for (const [name, nodes] of Object.entries(FLOW(server.endpoint)))
        writeFileSync(join(home, "flows", name), JSON.stringify(nodes));
    });
    await product.signIn();
    page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
    wrong = watch(page);
    await page.goto(`${product.url}/sign-in?next=/editor/`);
    await page.fill("input[name=user]", "admin");
    await page.fill("input[name=password]", PASSWORD);
    await page.click("button");
    await page.waitForFunction("window.RED && RED.workspaces && RED.workspaces.count() > 0");
    await page.locator("#red-ui-loading-progress").waitFor({ state: "hidden" });
  });
  after(async () => {
    await browser?.close();
    await product?.stop();
    await server?.stop();
    // RUNG_PICTURES keeps them for a person to look at.
    if (folder && !process.env.RUNG_PICTURES) rmSync(folder, { recursive: true, force: true });
    else if (folder) console.log(`      pictures are in ${folder}`);
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await picture(`failed ${this.currentTest.title}`);
    assert.deepEqual(wrong.splice(0), []);
  });

  const picture = (name: string) => page.screenshot({ path: join(folder, `${name}.png`) });
  const line = (name: string): Locator =>
    page.locator("#rung-ua-tree .line", { has: page.getByText(name, { exact: true }) });
  const says = (selector: string, text: string | RegExp) =>
    eventually(`${selector} to say ${text}`, async () => {
      const said = (await page.locator(selector).textContent()) ?? "";
      return (typeof text === "string" ? said === text : text.test(said)) || undefined;
    }).catch(async (error: Error) => {
      throw new Error(`${error.message}; it says "${await page.locator(selector).textContent()}"`);
    });
  const reach = (reads: string): Locator => page.locator(`#rung-ua-reach tr[data-reach=${reads}]`);
  const fill = async (row: Locator, cells: Record<string, string>): Promise<void> => {
    for (const [key, text] of Object.entries(cells)) await row.locator(`input[data-key=${key}]`).fill(text);
    const last = Object.keys(cells).at(-1);
    if (last !== undefined) await row.locator(`input[data-key=${last}]`).blur();
  };
  const add = async (reads: string, cells: Record<string, string> = {}): Promise<void> => {
    await page.locator(`#rung-ua-reach button[data-reads=${reads}]`).click();
    await fill(reach(reads).last(), cells);
  };
  const csv = async (): Promise<string> => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("#rung-ua-csv-out")]);
    return readFileSync(await download.path(), "utf8");
  };
  const inputOf = (path: string): Locator => page.locator(`input.path[title="${path}"]`);
  const paths = () =>
    page
      .locator("#rung-ua-rows input.path")
      .evaluateAll((all) => all.map((each) => (each as HTMLInputElement).value));

  it("asks about the server, then searches it for words and expressions", async () => {
    await page.locator('[id="source"]').dblclick({ position: { x: 15, y: 15 } });
    await page.locator("#rung-ua-trust").click();
    await line("Works").waitFor();
    await page.fill("#rung-ua-find", "cell3 temperature1");
    // Temperature1 and 11 to 19, ten lines.
    await says("#rung-ua-tree-count", /^60 found · 5,1\d\d looked at$/);
    await page.fill("#rung-ua-find", "/Line2\\.Cell7\\.Temperature[13]$/");
    await says("#rung-ua-tree-count", /^2 found · 5,1\d\d looked at$/);
    await page.locator("#rung-ua-tree .line", { hasText: "Temperature3" }).locator("input").check();
    await says("#rung-ua-count", `1 of 1 shown · below ${TWIN}`);
    await picture("search");
    await page.fill("#rung-ua-find", "/(/");
    await says("#rung-ua-tree-count", /^\/\(\/: Invalid regular expression/);
    await page.fill("#rung-ua-find", "");
    await line("Works").waitFor();
  });

  it("takes a whole branch that is dragged into the table", async () => {
    await line("Works").locator(".twist").click();
    await line("Line1").dragTo(page.locator("#rung-ua-box"));
    await says("#rung-ua-count", `501 of 501 shown · below ${TWIN}`);
    await page.locator("#rung-ua-table").evaluate((table) => table.scrollTo(0, table.scrollHeight));
    const last = page.locator('#rung-ua-rows input.path[data-node="ns=1;i=100499"]');
    await last.waitFor();
    assert.equal(await last.inputValue(), "line1/cell10/count50");
    assert.equal(await line("Line1").locator("input").isChecked(), true);
    assert.equal(await page.locator("#rung-ua-problems").textContent(), "");
    await picture("branch");
  });

  it("shows what a rule would make of the table, names conflicts, and binds", async () => {
    await page.locator("#rung-ua-rules-open").click();
    const [pattern, path, unit] = ["rulePattern", "rulePath", "ruleUnit"].map((_, i) =>
      page.locator("#rung-ua-rule-lines .rule input").nth(i),
    );
    await pattern!.fill("Line(\\d+)/Cell(\\d+)/Temperature(\\d+)");
    await path!.fill("line$1/temperature$3");
    await says("#rung-ua-rule-said", "251 of 501 rows fit a rule");
    // Ten cells each want the same 25 addresses.
    await says("#rung-ua-problems", "250 rows to correct before deploy");
    // The one of line 2, the first, has its address for itself.
    assert.equal(await page.locator("#rung-ua-rows tr.attention").count(), (await paths()).length - 1);
    await path!.fill("line$1/cell$2/temperature$3");
    await unit!.fill("bar");
    await says("#rung-ua-problems", "251 rows to correct before deploy");
    assert.match(
      (await page.locator("#rung-ua-rows .attention-text").first().textContent())!,
      /°C cannot be told in bar/,
    );
    await picture("conflicts");
    await path!.fill("line$4");
    await says("#rung-ua-rule-said", /^rule 1: its path names \$4/);
    await path!.fill("line$1/cell$2/temperature$3");
    await unit!.fill("K");
    await says("#rung-ua-problems", "");
    await eventually("values in kelvin", async () => {
      const values = await page.locator("#rung-ua-rows td.wide b").allTextContents();
      return (values.length > 0 && values.every((text) => Number(text) > 273)) || undefined;
    });
    await picture("rules");
    await page.locator("#rung-ua-rule-take").click();
    await page.locator("#rung-ua-rules").waitFor({ state: "hidden" });
    await says("#rung-ua-count", `501 of 501 shown · below ${TWIN}`);
    await page.locator("#rung-ua-table").evaluate((table) => table.scrollTo(0, 0));
    await eventually(
      "the first rows",
      async () => (await paths())[0] === "line2/cell7/temperature3" || undefined,
    );
    assert.deepEqual((await paths()).slice(1, 3), ["line1/cell1/temperature1", "line1/cell1/count2"]);
  });

  it("refuses a file with a mistake, naming line and column", async () => {
    const file = join(folder, "wrong.csv");
    writeFileSync(
      file,
      TABLE.replace("line1/cell1/temperature3,K,°C,measurement", "line1/cell1/temperature3,K,°C,wish"),
    );
    await page.locator("#rung-ua-file").setInputFiles(file);
    const told = page.locator(".red-ui-notification", { hasText: "Nothing was taken" });
    await told.waitFor();
    assert.match((await told.textContent())!, /wrong\.csv, line 4, column kind: "wish" is no kind/);
    await says("#rung-ua-count", `501 of 501 shown · below ${TWIN}`);
  });

  it("takes alarms, methods and parts of one value, and brings them through CSV and back", async () => {
    await add("events");
    await says("#rung-ua-problems", "");
    await add("value", { nodeId: "i=2256", field: "BuildInfo.ProductName", path: "server/product" });
    await reach("value").last().locator("select").selectOption("string");
    await add("value", { nodeId: "i=2256", field: "State", path: "server/state" });
    await reach("value").last().locator("select").selectOption("enum");
    await add("value", { nodeId: TEMPERATURE, field: "[0]", path: "server/element" });
    await add("method", { nodeId: "i=11492" });
    await says("#rung-ua-problems", "1 row to correct before deploy");
    const method = reach("method");
    assert.match((await method.getAttribute("title"))!, /is no address/);
    await fill(method, { path: "server/items", objectId: "i=2253", inputs: '[ 7, "north" ]' });
    await says("#rung-ua-problems", "1 row to correct before deploy");
    assert.match((await method.getAttribute("title"))!, /nobody has said that this method only reads/);
    await method.locator(".only-reads").check();
    await says("#rung-ua-problems", "");
    await says("#rung-ua-count", `506 of 506 shown · below ${TWIN}`);
    await picture("reach 1920");

    // A tag and a part of it are two rows: a tick and a rule mean the tag alone.
    await page.fill("#rung-ua-find", "line1 cell1 temperature1");
    const tick = page.locator(`#rung-ua-tree input[data-node="${TEMPERATURE}"]`);
    await tick.uncheck();
    await says("#rung-ua-count", `505 of 505 shown · below ${TWIN}`);
    await tick.check();
    await says("#rung-ua-count", `506 of 506 shown · below ${TWIN}`);
    await page.fill("#rung-ua-find", "");
    await page.locator("#rung-ua-rules-open").click();
    await page.locator("#rung-ua-rule-lines .rule input").nth(0).fill("=2256|Cell1\\.Temperature1$");
    await page.locator("#rung-ua-rule-lines .rule input").nth(1).fill("x");
    await says("#rung-ua-rule-said", "1 of 501 rows fit a rule");
    await page.locator("#rung-ua-rule-close").click();
    await page.fill("#rung-ua-filter", "server");
    await eventually("the values of the parts", async () => {
      const values = await page.locator("#rung-ua-rows td.number:nth-child(2) b").allTextContents();
      return values.join().includes("NodeOPCUA") || undefined;
    });
    await picture("parts");
    assert.equal(
      await page
        .locator("#rung-ua-rows tr", { has: inputOf("server/element") })
        .locator(".attention-text")
        .textContent(),
      " the value has no such field or element now",
    );
    await page.fill("#rung-ua-filter", "");

    const written = await csv();
    const lines = written.trimEnd().split("\n");
    assert.equal(lines[0], HEADER);
    assert.deepEqual(lines.slice(-6, -1), PARTS);
    const file = join(folder, "parts.csv");
    writeFileSync(file, written);
    await page.locator("#rung-ua-file").setInputFiles(file);
    await says("#rung-ua-problems", "");
    assert.equal(await csv(), written);
    assert.equal(await reach("method").locator("input[data-key=inputs]").inputValue(), '[7,"north"]');
    // One part is removed, the other of the same value stays.
    await reach("method").locator("a").click();
    await reach("value").last().locator("a").click();
    await says("#rung-ua-count", `504 of 504 shown · below ${TWIN}`);
    assert.deepEqual(
      await reach("value")
        .locator("input[data-key=field]")
        .evaluateAll((all) => all.map((each) => (each as HTMLInputElement).value)),
      ["BuildInfo.ProductName", "State"],
    );
  });

  it("reads 5,000 rows from CSV, draws only those in sight, and writes the same bytes", async () => {
    const file = join(folder, "works.csv");
    writeFileSync(file, TABLE);
    await page.locator("#rung-ua-file").setInputFiles(file);
    await says("#rung-ua-count", `5,000 of 5,000 shown · below ${TWIN}`);
    const table = page.locator("#rung-ua-table");
    await table.evaluate((each) => each.scrollTo(0, each.scrollHeight));
    await page.locator(`#rung-ua-rows input.path[data-node="ns=1;i=${100_000 + ALL - 1}"]`).waitFor();
    assert.ok((await page.locator("#rung-ua-rows tr").count()) < 60, "rows out of sight are not drawn");
    await eventually("the last rows with values", async () => {
      const values = await page.locator("#rung-ua-rows td.number:nth-child(2) b").allTextContents();
      return (values.length > 10 && values.every((text) => /\d/.test(text))) || undefined;
    });
    await eventually("every tag compared with the server", async () => {
      return (await page.locator("#rung-ua-checked").textContent()) === "" || undefined;
    });
    assert.equal(await page.locator("#rung-ua-problems").textContent(), "");
    assert.equal(await page.locator("#rung-ua-missing").textContent(), "");
    await picture("table 1920");
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("#rung-ua-csv-out")]);
    assert.equal(readFileSync(await download.path(), "utf8"), TABLE);
    assert.equal(download.suggestedFilename(), "works PLC bindings.csv");
  });

  it("finds the rows to correct among 5,000, and the tags the server does not have", async () => {
    const file = join(folder, "flawed.csv");
    const flawed = TABLE.replace("line7/cell7/count2,", "line7/cell7/temperature1,").replace(
      "ns=1;s=Line9.Cell9.Temperature9,",
      "ns=1;s=Line9.Cell9.Gone,",
    );
    writeFileSync(file, flawed);
    await page.locator("#rung-ua-file").setInputFiles(file);
    await says("#rung-ua-problems", "2 rows to correct before deploy");
    await says("#rung-ua-missing", "1 not on the server");
    await page.locator("#rung-ua-only").click();
    assert.deepEqual(await paths(), [
      "line7/cell7/temperature1",
      "line7/cell7/temperature1",
      "line9/cell9/temperature9",
    ]);
    await picture("to correct");
    await page.locator("#rung-ua-only").click();
    const whole = join(folder, "whole.csv");
    writeFileSync(
      whole,
      writeBindingCsv([...ROWS, ...readBindingCsv([HEADER, ...PARTS].join("\n"), "parts").rows.slice(0, 3)]),
    );
    await page.locator("#rung-ua-file").setInputFiles(whole);
    await says("#rung-ua-count", `5,003 of 5,003 shown · below ${TWIN}`);
    await says("#rung-ua-problems", "");
  });

  it("deploys, and all 5,000 tags arrive in the state", async () => {
    await page.locator("#node-dialog-ok").click();
    await page.locator("#red-ui-editor-stack .red-ui-tray").waitFor({ state: "detached" });
    await page.locator("#red-ui-header-button-deploy").click();
    await page.waitForFunction("!RED.nodes.dirty()");
    const status = (id: string) =>
      page.locator(`[id="${id}"] .red-ui-flow-node-status-label`).textContent({ timeout: 5000 });
    await eventually(
      "5,003 tags at the source",
      async () => /^5,003 tags · /.test((await status("source")) ?? "") || undefined,
    );
    await eventually(
      "5,002 values in the state, without an alarm",
      async () => /5,002 values/.test((await status("state")) ?? "") || undefined,
    );
    type Seen = {
      counters: { received: number; emitted: number; dropped: object };
      tags: number;
      unbound: number;
    };
    const seen = await product.get<Seen>("/editor/rung/source/source");
    assert.deepEqual([seen.tags, seen.unbound, seen.counters.dropped], [ALL + 3, 0, {}]);
    assert.equal(seen.counters.received, seen.counters.emitted);
    const saved = JSON.parse(readFileSync(join(product.home, "flows", "flow-works.json"), "utf8")) as {
      type: string;
      bindings: { nodeId: string; field?: string; reads?: string }[];
    }[];
    const { bindings } = saved.find(({ type }) => type === "rung-opcua-source")!;
    assert.equal(bindings.length, ALL + 3);
    assert.deepEqual(
      bindings.filter(({ reads }) => reads).map(({ nodeId, reads, field }) => [nodeId, reads, field]),
      [
        ["i=2253", "events", undefined],
        ["i=2256", "value", "BuildInfo.ProductName"],
        ["i=2256", "value", "State"],
      ],
    );
  });

  it("opens again with what arrives, in a laptop's window too", async () => {
    await page.setViewportSize({ width: 1300, height: 800 });
    await page.reload();
    await page.locator("#red-ui-loading-progress").waitFor({ state: "hidden" });
    await page.locator('[id="source"]').dblclick({ position: { x: 15, y: 15 } });
    await says("#rung-ua-count", `5,003 of 5,003 shown · below ${TWIN}`);
    await says("#rung-ua-rate", /^arriving [\d,.]+ values\/s · received ([\d,]+), kept \1$/);
    await picture("laptop");
    const right = (selector: string) =>
      page.locator(selector).evaluate((each) => each.getBoundingClientRect().right);
    assert.ok(
      (await right(".rung-ua")) <= (await right("#red-ui-editor-stack .red-ui-tray")),
      "nothing is cut off",
    );
    assert.equal(await reach("value").count(), 2);
    await page.locator("#rung-ua-reach").scrollIntoViewIfNeeded();
    await picture("reach laptop");
    await page.locator("#node-dialog-cancel").click();
  });
});
