import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { productRoot } from "../../runtime/host/product-root.ts";
import { openBrowser, watch } from "../flows/browser.ts";
import {
  addEveryRole,
  HostProcess,
  PASSWORD,
  removeHome,
  temporaryHome,
  writeFlowFile,
} from "./host-process.ts";

const COLOURS = ["surface", "primary", "bgPage", "groupBg", "groupOutline"].map((name) => [name, "#c8cbce"]);
const LOOK = { className: "", visible: true, disabled: false };
const AT = { z: "screens", x: 100, y: 40, wires: [[]], group: "group", width: 0, height: 0, ...LOOK };
const FED = ["text", "chart", "progress"];
const PAGE = { ui: "base", path: "/screens", layout: "grid", theme: "theme", order: 1, ...LOOK };
const CHART = {
  chartType: "line",
  category: "topic",
  categoryType: "msg",
  xAxisType: "time",
  action: "append",
};
/** A page with widgets of Dashboard 2 that are not ours. */
const SCREENS: Node[] = [
  { id: "screens", type: "tab", label: "Screens" },
  { id: "base", type: "ui-base", name: "Rung", path: "/dashboard", includeClientData: true },
  { id: "theme", type: "ui-theme", name: "Grey", colors: Object.fromEntries(COLOURS), sizes: {} },
  { id: "page", type: "ui-page", name: "Screens", ...PAGE },
  { id: "group", type: "ui-group", name: "All", page: "page", width: 12, order: 1, showTitle: true, ...LOOK },
  { id: "text", type: "ui-text", label: "text", format: "{{msg.payload}}", ...AT },
  { id: "chart", type: "ui-chart", label: "chart", series: [], colors: ["#20364c"], ...CHART, ...AT },
  { id: "table", type: "ui-table", label: "table", columns: [], autocols: true, maxrows: 0, ...AT },
  { id: "form", type: "ui-form", label: "form", options: [], formValue: {}, submit: "go", ...AT },
  { id: "switch", type: "ui-switch", label: "switch", onvalueType: "bool", offvalueType: "bool", ...AT },
  { id: "slider", type: "ui-slider", label: "slider", min: 0, max: 10, step: 1, outs: "all", ...AT },
  { id: "choice", type: "ui-dropdown", label: "choice", options: [], ...AT },
  { id: "progress", type: "ui-progress", label: "progress", ...AT },
  {
    id: "feed",
    type: "inject",
    ...AT,
    props: [{ p: "payload" }],
    payload: "5",
    payloadType: "num",
    repeat: "0.5",
    wires: [FED],
  },
];
/** Widgets that the browser compiles. */
const COMPILED: Node[] = [
  {
    id: "template",
    type: "ui-template",
    format: "<b>{{ 6 * 7 }} compiled</b>",
    templateScope: "local",
    ...AT,
  },
  { id: "markdown", type: "ui-markdown", content: "## Head of it", ...AT },
];

interface Node {
  readonly id: string;
  readonly type: string;
  readonly [property: string]: unknown;
}

/** The nodes of every example, by file, on the one dashboard: so every node of ours has a dialog to open. */
function examples(): Map<string, Node[]> {
  const folder = join(productRoot, "examples");
  const seen = new Set<string>();
  const files = new Map<string, Node[]>();
  for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!/^[^.]*\/[^.]*\.json$/.test(path) || path.startsWith("data/")) continue;
    const nodes = JSON.parse(readFileSync(join(folder, path), "utf8")) as Node[];
    const fresh = nodes.filter(({ id, type }) => !seen.has(id) && type !== "ui-base");
    for (const { id } of nodes) seen.add(id);
    files.set(
      path.replace("/", "-"),
      fresh.map((node) => (node.type === "ui-page" ? { ...node, ui: "base" } : node)),
    );
  }
  return files;
}

describe("the content policy of the pages, in a browser", function () {
  this.timeout(90_000);
  let home: string;
  let host: HostProcess;
  let browser: Browser;
  let page: Page;
  let wrong: string[];

  before(async function () {
    browser = await openBrowser(this);
    home = temporaryHome();
    await addEveryRole(home);
    writeFlowFile(join(home, "flows"), "screens.json", SCREENS);
    for (const [name, nodes] of examples()) writeFlowFile(join(home, "flows"), name, nodes);
    host = await HostProcess.start(home);
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    wrong = watch(page);
    await page.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
        console.error(`violated: ${violatedDirective} by ${blockedURI}`);
      });
    });
    await page.goto(`${host.url}/sign-in?next=/dashboard/screens`);
    await page.fill("input[name=user]", "engineer");
    await page.fill("input[name=password]", PASSWORD);
    await page.click("button");
    await page.waitForURL("**/dashboard/screens");
  });
  after(async () => {
    await browser?.close();
    if (host === undefined) return;
    await host.stop();
    removeHome(home);
  });
  beforeEach(() => {
    wrong.length = 0;
  });

  it("lets the dashboard run what it loads from here, and neither inline scripts nor eval", async () => {
    const answer = await page.goto(`${host.url}/dashboard/screens`);
    assert.match(answer!.headers()["content-security-policy"]!, /script-src 'self';/);
    await page.locator("canvas").first().waitFor();
    for (const text of ["table", "choice", "slider"]) await page.getByText(text).first().waitFor();
    assert.deepEqual(wrong, []);
    // What an injected script would do.
    await page.evaluate(
      "document.body.append(Object.assign(document.createElement('script'), { text: 'window.ran = 1' }))",
    );
    assert.equal(await page.evaluate("window.ran"), undefined);
    assert.match(wrong.join(), /violated: script-src-elem by inline/);
  });

  it("lets the editor run its nodes' dialogs and the code editor, without eval", async () => {
    const answer = await page.goto(`${host.url}/editor/`);
    assert.doesNotMatch(answer!.headers()["content-security-policy"]!, /unsafe-eval/);
    await page.waitForFunction(
      "window.RED?.workspaces?.count() > 0 && !$('#red-ui-loading-progress').is(':visible')",
    );
    const dialogs: [type: string, how: string][] = [
      ...[
        "inject",
        "function",
        "rung-oven",
        "rung-kernel",
        "rung-opcua-source",
        "rung-envelope",
        "ui-rung-trend",
      ].map((type): [string, string] => [
        type,
        `RED.editor.edit(RED.nodes.filterNodes({ type: "${type}" })[0])`,
      ]),
      ...["rung-twin", "rung-opcua-link"].map((type): [string, string] => [
        type,
        `(() => {
          let first;
          RED.nodes.eachConfig((node) => { if (node.type === "${type}") first ??= node.id; });
          RED.editor.editConfig("", "${type}", first);
        })()`,
      ]),
    ];
    for (const [type, open] of dialogs) {
      await page.evaluate(`void ${open}`);
      const cancel = page.locator("#node-dialog-cancel, #node-config-dialog-cancel").last();
      await cancel.waitFor();
      if (type === "function")
        await page.locator(".monaco-editor .view-line").first().waitFor({ state: "attached" });
      await cancel.click();
      await cancel.waitFor({ state: "detached" });
    }
    assert.deepEqual(wrong, []);
  });

  it("lets the dashboard compile templates where a flow has one, and still runs nothing inline", async () => {
    const token = await host.signIn("engineer");
    const { flows } = await host.getFlows(token);
    assert.equal((await host.deploy(token, [...flows, ...COMPILED])).status, 200);
    let policy = "";
    while (!policy.includes("unsafe-eval")) {
      const answer = await page.goto(`${host.url}/dashboard/screens`);
      policy = answer!.headers()["content-security-policy"]!;
    }
    assert.match(policy, /script-src 'self' 'unsafe-eval';/);
    for (const text of ["42 compiled", "Head of it"]) await page.getByText(text).first().waitFor();
    assert.deepEqual(wrong, []);
  });
});
