import assert from "node:assert/strict";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { UserList } from "../../runtime/host/users.ts";
import { openBrowser } from "../flows/browser.ts";
import {
  addEveryRole,
  HostProcess,
  PASSWORD,
  removeHome,
  temporaryHome,
  writeFlowFile,
} from "./host-process.ts";

const LOOK = { className: "", visible: true, disabled: false };
/** A button that counts on a text, so that an input that reached the flow is seen. */
const FLOW = [
  { id: "t1", type: "tab", label: "Paint shop" },
  { id: "base", type: "ui-base", name: "Rung", path: "/dashboard", includeClientData: true },
  {
    id: "theme",
    type: "ui-theme",
    name: "Grey",
    colors: {
      surface: "#c8cbce",
      primary: "#20364c",
      bgPage: "#c8cbce",
      groupBg: "#d4d6d8",
      groupOutline: "#a7acb1",
    },
    sizes: { density: "compact" },
  },
  {
    id: "page",
    type: "ui-page",
    name: "Paint",
    ui: "base",
    path: "/paint",
    layout: "grid",
    theme: "theme",
    order: 1,
    ...LOOK,
  },
  {
    id: "group",
    type: "ui-group",
    name: "Oven",
    page: "page",
    width: 6,
    height: 1,
    order: 1,
    showTitle: true,
    ...LOOK,
  },
  {
    id: "press",
    type: "ui-button",
    z: "t1",
    group: "group",
    order: 1,
    width: 0,
    height: 0,
    label: "Press",
    icon: "",
    payload: "pressed",
    payloadType: "str",
    topic: "",
    topicType: "str",
    ...LOOK,
    x: 100,
    y: 80,
    wires: [["shown"]],
  },
  {
    id: "shown",
    type: "ui-text",
    z: "t1",
    group: "group",
    order: 2,
    width: 0,
    height: 0,
    label: "State",
    format: "{{msg.payload}}",
    layout: "row-spread",
    ...LOOK,
    x: 300,
    y: 80,
    wires: [],
  },
];

describe("signing in with a browser", function () {
  this.timeout(60_000);
  let home: string;
  let host: HostProcess;
  let browser: Browser;
  let wrong: string[];

  before(async function () {
    browser = await openBrowser(this);
    home = temporaryHome();
    await addEveryRole(home);
    writeFlowFile(join(home, "flows"), "paint.json", FLOW);
    host = await HostProcess.start(home);
  });
  after(async () => {
    await browser?.close();
    if (host === undefined) return;
    await host.stop();
    removeHome(home);
  });
  beforeEach(() => {
    wrong = [];
  });

  async function signIn(user: string): Promise<Page> {
    const page = await (await browser.newContext({ viewport: { width: 1400, height: 900 } })).newPage();
    page.on("console", (message) => {
      if (message.type() === "error") wrong.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => wrong.push(`page: ${error.message}`));
    page.on("request", (request) => {
      if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(host.url))
        wrong.push(`outside: ${request.url()}`);
    });
    await page.goto(`${host.url}/`);
    await page.fill("input[name=user]", user);
    await page.fill("input[name=password]", PASSWORD);
    await page.click("button");
    await page.waitForURL("**/dashboard/paint");
    await page.getByRole("button", { name: "Press" }).waitFor();
    return page;
  }
  async function openEditor(page: Page): Promise<void> {
    await page.goto(`${host.url}/editor/`);
    await page.waitForFunction(
      "window.RED?.workspaces?.count() > 0 && !$('#red-ui-loading-progress').is(':visible')",
    );
  }

  it("opens dashboard and editor at once, with nothing kept where a script could read it", async () => {
    const page = await signIn("engineer");
    await page.getByRole("button", { name: "Press" }).click();
    await page.getByText("pressed").waitFor();
    await openEditor(page);
    assert.equal(await page.evaluate("RED.settings.user.username"), "engineer");
    assert.equal(await page.evaluate("document.cookie"), "");
    assert.equal(await page.evaluate("RED.settings.get('auth-tokens')"), null);
    const headings = await page.locator(".red-ui-palette-header").allInnerTexts();
    const categories = [
      "0 model",
      "1 describe",
      "2 diagnose",
      "3 predict",
      "4 prescribe",
      "5 act",
      "rung dashboard",
    ];
    assert.deepEqual(headings.slice(0, 7), categories);
    assert.equal(await page.title(), "Rung : Paint shop");

    // Deployed for real, and over the editor's own socket told back.
    await page.evaluate(
      "RED.nodes.node('press').label = 'Press now'; RED.nodes.node('press').changed = true; RED.nodes.dirty(true)",
    );
    const saved = page.waitForResponse(
      (response) => response.url().endsWith("/flows") && response.request().method() === "POST",
    );
    await page.click("#red-ui-header-button-deploy");
    assert.equal((await saved).status(), 200);
    await page.waitForFunction("!RED.nodes.dirty()");
    assert.deepEqual(wrong, []);

    const left = page.waitForURL("**/sign-in");
    await page.evaluate("RED.user.logout()");
    await left;
    await page.goto(`${host.url}/editor/`);
    assert.ok(page.url().startsWith(`${host.url}/sign-in?next=`), page.url());
    await page.context().close();
  });

  it("shows a viewer everything and takes nothing, also in the editor", async () => {
    const page = await signIn("viewer");
    await page.getByRole("button", { name: "Press" }).click();
    await page.waitForTimeout(300);
    assert.match(host.output, /dashboard, viewer: widget-action refused: a viewer only reads/);
    await openEditor(page);
    assert.equal(await page.evaluate("RED.user.hasPermission('flows.write')"), false);
    assert.deepEqual(wrong, []);
    await page.context().close();
  });

  it("cuts off a person who is removed while the page is open", async () => {
    const page = await signIn("operator");
    new UserList(home).remove("operator");
    await page.waitForFunction(
      "/connection lost|disconnect|reconnect/i.test(document.body.innerText)",
      undefined,
      { timeout: 10_000 },
    );
    await page.reload();
    assert.ok(page.url().startsWith(`${host.url}/sign-in`), page.url());
    await page.context().close();
  });
});
