import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { siblingModule } from "../../runtime/core/sibling-module.ts";
import { CHROMIUM, launchChromium } from "../flows/browser.ts";
import { draw, type Node } from "../ladder/draw.ts";
import { needsFile } from "../needs.ts";

const FLOW = draw(
  "src opcua-source > j 'junction' > st state > his history; st > det detect > dbg 'debug'; st > fc forecast; st > wi whatif > opt optimise > env envelope > act actuate; st > box 'subflow:s' > life life; st > lo 'link out'; li 'link in' > det2 detect",
  {
    s: {
      type: "subflow",
      name: "s",
      in: [{ x: 40, y: 40, wires: [{ id: "in1" }] }],
      out: [{ x: 400, y: 40, wires: [{ id: "in2", port: 0 }] }],
    },
    in1: { type: "change", z: "s", x: 140, y: 40, wires: [["in2"]], rules: [] },
    in2: { type: "rung-cause", z: "s", x: 260, y: 40, wires: [[]] },
    lo: { links: ["li"], mode: "link" },
    li: { links: ["lo"] },
    dbg: {
      active: true,
      tosidebar: true,
      complete: "payload",
      targetType: "msg",
      statusVal: "",
      statusType: "auto",
    },
    booth: { type: "rung-twin", name: "spray booth", address: "acme/leipzig/paint/booth" },
  },
);

/** Spreads a drawing over the canvas. */
function laidOut(flow: Node[]): Node[] {
  let count = 0;
  return flow.map((node) => {
    if (node.x === undefined || node.z === "s") return node;
    const at = count++;
    return { ...node, x: 120 + (at % 4) * 220, y: 80 + Math.floor(at / 4) * 80 };
  });
}

/** Edits as the editor makes them: by its actions on what is selected. */
const EDITS: readonly [string, string][] = [
  [
    "rename, as the dialog does",
    "const node = RED.nodes.node('box'); RED.history.push({t: 'edit', node, changes: {name: node.name}, dirty: RED.nodes.dirty(), changed: node.changed}); node.name = 'autonomous'; node.changed = true; RED.events.emit('nodes:change', node)",
  ],
  ["disable a node", "select('det'); act('core:disable-selected-nodes')"],
  ["enable it", "select('det'); act('core:enable-selected-nodes')"],
  ["delete a node", "select('fc'); act('core:delete-selection')"],
  ["delete and join", "select('det'); act('core:delete-selection-and-reconnect')"],
  ["group", "select('src', 'st'); act('core:group-selection')"],
  ["another group", "select('opt', 'env'); act('core:group-selection')"],
  [
    "move from group to group",
    "const [a, b] = RED.nodes.groups('tab'); const n = RED.nodes.node('st'); RED.group.removeFromGroup(a, n); RED.group.addToGroup(b, n)",
  ],
  [
    "ungroup",
    "RED.view.select({groups: RED.nodes.groups('tab').slice(0, 1)}); act('core:ungroup-selection')",
  ],
  [
    "copy and paste",
    "select('opt', 'env', 'act'); act('core:copy-selection-to-internal-clipboard'); act('core:paste-from-internal-clipboard')",
  ],
  [
    "drop what is pasted",
    "document.querySelector('#red-ui-workspace-chart svg .red-ui-workspace-chart-event-layer').dispatchEvent(new MouseEvent('mouseup', {bubbles: true, clientX: 700, clientY: 600}))",
  ],
  ["make a subflow", "select('wi'); act('core:convert-to-subflow')"],
  [
    "cut a wire inside the subflow",
    "RED.workspaces.show('s'); RED.nodes.removeLink(RED.nodes.getNodeLinks('in2', 1)[0])",
  ],
  ["delete a node inside the subflow", "select('in1'); act('core:delete-selection')"],
  ["back to the tab", "RED.workspaces.show('tab')"],
  [
    "disable the tab",
    "const tab = RED.nodes.workspace('tab'); tab.disabled = true; RED.events.emit('flows:change', tab)",
  ],
  [
    "enable the tab",
    "const tab = RED.nodes.workspace('tab'); tab.disabled = false; RED.events.emit('flows:change', tab)",
  ],
  [
    "a wire",
    "RED.nodes.addLink({source: RED.nodes.node('src'), sourcePort: 0, target: RED.nodes.node('act')})",
  ],
  ["a field by a script, which tells nobody", "RED.nodes.node('st').twin = 'booth'"],
  ["a tab", "act('core:add-flow')"],
  [
    "import",
    "RED.view.importNodes([{id: 'imported', type: 'tab', label: 'more'}, {id: 'st9', type: 'rung-state', z: 'imported', x: 100, y: 100, twin: 'booth', wires: [['his9']]}, {id: 'his9', type: 'rung-history', z: 'imported', x: 300, y: 100, wires: []}], {generateIds: false, addFlow: false, touchImport: true})",
  ],
  ["delete a configuration", "RED.nodes.remove('booth')"],
  ["delete the instance", "RED.workspaces.show('tab'); select('box'); act('core:delete-selection')"],
];

describe("editor: the ladder after every edit", function () {
  this.timeout(120_000);
  let folder: string;
  let host: ChildProcess;
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];
  /** Edits that were seen only when the canvas was compared. */
  const silent: string[] = [];

  before(async function () {
    needsFile(this, CHROMIUM);
    folder = mkdtempSync(join(tmpdir(), "rung-edits-"));
    host = fork(siblingModule(import.meta.url, "./editor-host"), [folder], {
      env: { ...process.env, RUNG_HOME: join(folder, "home") },
    });
    const { port } = await new Promise<{ port: number }>((resolve, reject) => {
      host.once("message", (message) => resolve(message as { port: number }));
      host.once("exit", (code) => reject(new Error(`the host ended with ${code}`)));
    });
    const base = `http://127.0.0.1:${port}`;
    const post = async (path: string, body: object) => {
      const headers = { "content-type": "application/json", "Node-RED-Deployment-Type": "full" };
      const response = await fetch(base + path, { method: "POST", headers, body: JSON.stringify(body) });
      assert.ok(response.ok, `${path}: ${response.status}`);
    };
    const none = { tabs: [], hidden: true };
    const top = { tabs: ["rung-ladder", "info", "config"], active: "rung-ladder" };
    const palette = { tabs: ["palette", "explorer"], active: "palette" };
    const state = {
      v: 4,
      tabs: ["palette", "rung-ladder"],
      primary: { width: 364, top, bottom: none },
      secondary: { width: 276, top: palette, bottom: none },
    };
    await post("/settings/user", { editor: { sidebar: { state } } });
    await post("/flows", laidOut(FLOW));
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 1600, height: 950 } });
    page.on("pageerror", (error) => faults.push(error.message));
    await page.goto(`${base}/`);
    await page.waitForFunction("window.RED && RED.workspaces && RED.workspaces.count() > 0");
    await page.locator("#red-ui-loading-progress").waitFor({ state: "hidden" });
    await page.evaluate(`(async () => {
      const at = "/resources/@rung/node-red-rung/";
      const [{ LadderStore }, { analyse }] = await Promise.all([import(at + "rung-ladder/ladder-store.js"), import(at + "runtime/ladder/wiring.js")]);
      const inAnyOrder = (value) => {
        if (value instanceof Set) return [...value].sort();
        if (Array.isArray(value)) return value.map(inAnyOrder).sort((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
        if (typeof value !== "object" || value === null) return value;
        return Object.fromEntries(Object.entries(value).filter(([key]) => key !== "path").map(([key, entry]) => [key, inAnyOrder(entry)]));
      };
      window.store = new LadderStore();
      store.watch();
      store.readCanvas();
      window.act = (name) => RED.actions.invoke(name);
      window.select = (...ids) => RED.view.select({ nodes: ids.map((id) => RED.nodes.node(id)).filter(Boolean) });
      window.followed = () => inAnyOrder(store.wiring);
      window.whole = () => inAnyOrder(analyse(RED.nodes.createCompleteNodeSet({ credentials: false })));
    })()`);
  });

  after(async () => {
    await browser?.close();
    if (host?.connected) {
      const ended = new Promise((resolve) => host.once("exit", resolve));
      host.send({ stop: true });
      await ended;
    }
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  afterEach(() => assert.deepEqual(faults.splice(0), []));

  /** Compares once the edit's own turn is over, and again after the canvas was compared as a whole. */
  async function compare(what: string): Promise<void> {
    await page.evaluate("new Promise((resolve) => setTimeout(() => setTimeout(resolve, 20), 0))");
    const [followed, whole] = (await page.evaluate("[followed(), whole()]")) as [unknown, unknown];
    try {
      assert.deepEqual(followed, whole);
    } catch {
      silent.push(what);
    }
    await page.evaluate("store.compareCanvas()");
    assert.deepEqual(await page.evaluate("followed()"), whole, what);
  }

  it("the canvas as it was loaded", () => compare("load"));

  it("drag a node", async () => {
    const box = (await page.locator("#fc .red-ui-flow-node").boundingBox())!;
    await page.mouse.move(box.x + 40, box.y + 15);
    await page.mouse.down();
    await page.mouse.move(box.x + 90, box.y + 60, { steps: 4 });
    await page.mouse.up();
    await compare("drag");
    assert.equal(await page.evaluate("store.work.visited"), 0);
  });

  it("draw a wire", async () => {
    const before = (await page.evaluate("RED.nodes.getNodeLinks('dbg', 1).length")) as number;
    const centre = async (selector: string) => {
      const box = (await page.locator(selector).first().boundingBox())!;
      return [box.x + box.width / 2, box.y + box.height / 2] as const;
    };
    await page.mouse.move(...(await centre("#fc .red-ui-flow-port-output .red-ui-flow-port")));
    await page.mouse.down();
    await page.mouse.move(...(await centre("#dbg .red-ui-flow-port-input .red-ui-flow-port")), { steps: 5 });
    await page.mouse.up();
    assert.equal(await page.evaluate("RED.nodes.getNodeLinks('dbg', 1).length"), before + 1);
    await compare("draw a wire");
  });

  for (const [what, script] of EDITS) {
    it(what, async () => {
      await page.evaluate(`(() => { ${script}; })()`);
      await compare(what);
    });
  }

  it("everything undone, step by step, and done again", async () => {
    const steps = (await page.evaluate("RED.history.depth()")) as number;
    assert.ok(steps >= 12, `${steps}`);
    for (let i = 0; i < steps; i++) {
      await page.evaluate("act('core:undo')");
      await compare(`undo ${steps - i}`);
    }
    for (let i = 0; i < steps; i++) {
      await page.evaluate("act('core:redo')");
      await compare(`redo ${i + 1}`);
    }
  });

  it("was followed at once, but for what nobody tells", () => {
    assert.deepEqual(silent, ["a field by a script, which tells nobody"]);
  });
});
