import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Request } from "playwright-core";
import { openBrowser } from "../../flows/browser.ts";
import {
  addEveryRole,
  PASSWORD as HOST_PASSWORD,
  HostProcess,
  removeHome,
  temporaryHome,
  writeFlowFile,
} from "../../host/host-process.ts";
import { ovenEnvelope } from "../oven-envelope.ts";
import { OvenActuator, PASSWORD } from "./oven-actuator.ts";

/** The path of the host's dashboard with nothing but a page. */
const FLOW = [
  { id: "t1", type: "tab", label: "Paint shop" },
  { id: "base", type: "ui-base", name: "Rung", path: "/dashboard", includeClientData: true },
  { id: "theme", type: "ui-theme", name: "Grey", colors: {}, sizes: {} },
  {
    id: "page",
    type: "ui-page",
    name: "Paint",
    ui: "base",
    path: "/paint",
    layout: "grid",
    theme: "theme",
    order: 1,
    className: "",
    visible: true,
    disabled: false,
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
    className: "",
    visible: true,
    disabled: false,
  },
  {
    id: "text",
    type: "ui-text",
    z: "t1",
    group: "group",
    order: 1,
    width: 0,
    height: 0,
    label: "Link",
    format: "{{msg.payload}}",
    layout: "row-spread",
    className: "",
    x: 300,
    y: 80,
    wires: [],
  },
];

/** All that a request carries, as one text. */
async function carried(request: Request): Promise<string> {
  const headers = await request.allHeaders();
  return `${request.method()} ${request.url()}\n${JSON.stringify(headers)}\n${request.postData() ?? ""}`;
}

describe("after a login at the actuator", function () {
  this.timeout(120_000);
  let browser: Browser;
  let oven: OvenActuator;
  let host: HostProcess;
  let home: string;

  before(async function () {
    browser = await openBrowser(this);
    oven = await OvenActuator.start({ anna: "engineer" });
    oven.actuator.want(ovenEnvelope({ maxInputAgeMs: 5_000, ttlMs: 60_000 }));
    home = temporaryHome();
    mkdirSync(join(home, "flows"), { recursive: true });
    await addEveryRole(home);
    writeFlowFile(join(home, "flows"), "paint.json", FLOW);
    host = await HostProcess.start(home);
  });
  after(async () => {
    await browser?.close();
    await host?.stop();
    await oven?.stop();
    if (home !== undefined) removeHome(home);
  });

  it("no request to the host carries a secret of the actuator, nor anything that came from its page", async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 844 } });
    const toHost: Request[] = [];
    const fromActuator: string[] = [];
    const framesToHost: string[] = [];
    context.on("request", (request) => {
      if (request.url().startsWith(host.url)) toHost.push(request);
    });
    context.on("response", async (response) => {
      if (response.url().startsWith(oven.url)) fromActuator.push(JSON.stringify(await response.allHeaders()));
    });
    context.on("page", (page) =>
      page.on("websocket", (socket) =>
        socket.on("framesent", ({ payload }) => framesToHost.push(`${socket.url()} ${String(payload)}`)),
      ),
    );

    const dashboard = await context.newPage();
    await dashboard.goto(`${host.url}/`);
    await dashboard.fill("input[name=user]", "engineer");
    await dashboard.fill("input[name=password]", HOST_PASSWORD);
    await dashboard.click("button");
    await dashboard.waitForURL("**/dashboard/paint");

    // Opened from the dashboard as its link does, so that an opener or a referrer could leak.
    const opened = context.waitForEvent("page");
    await dashboard.evaluate((url) => {
      const link = Object.assign(document.createElement("a"), {
        href: url,
        target: "_blank",
        rel: "noopener",
      });
      document.body.append(link);
      link.click();
    }, `${oven.url}/`);
    const page = await opened;
    assert.equal(await page.evaluate("window.opener"), null);
    await page.getByLabel("Name").fill("anna");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("Ready to arm").last().waitFor();
    const token = (await page.evaluate("sessionStorage.getItem('rung-actuator-token')")) as string;
    assert.ok(token.length > 20);
    const asked = page.waitForResponse("**/arm");
    await page.getByLabel("Your password, again").fill(PASSWORD);
    await page.getByRole("button", { name: "Hold 2 s to arm" }).focus();
    await page.keyboard.down("Enter");
    assert.equal((await asked).status(), 200);
    await page.keyboard.up("Enter");

    const before = toHost.length;
    await dashboard.reload();
    await dashboard.getByText("Link").first().waitFor();
    const editor = await context.newPage();
    await editor.goto(`${host.url}/editor/`);
    await editor.waitForFunction("window.RED?.workspaces?.count() > 0");
    // The actuator's own window goes on to the host: the last page it was on must not be told.
    await page.goto(`${host.url}/dashboard/paint`);
    await page.getByText("Link").first().waitFor();
    assert.equal(await page.evaluate("sessionStorage.getItem('rung-actuator-token')"), null);
    assert.equal(await page.evaluate("document.referrer"), "");

    const after = await Promise.all(toHost.slice(before).map(carried));
    assert.ok(after.length > 20, `${after.length} requests to the host`);
    assert.ok(framesToHost.length > 0, "no frame to the host");
    const { port } = new URL(oven.url);
    for (const text of [...after, ...framesToHost]) {
      for (const secret of [token, PASSWORD, encodeURIComponent(PASSWORD), `127.0.0.1:${port}`]) {
        assert.equal(text.includes(secret), false, text);
      }
    }
    // No cookie that the browser could send along to the host, whose port cookies ignore.
    assert.ok(fromActuator.length > 5);
    for (const headers of fromActuator) assert.doesNotMatch(headers, /set-cookie/i);
    await context.close();
  });
});
