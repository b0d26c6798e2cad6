import assert from "node:assert/strict";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import type { Role } from "../../runtime/core/roles.ts";
import { hashPassword } from "../../runtime/host/password.ts";
import { UserList } from "../../runtime/host/users.ts";
import { openBrowser, watch } from "../flows/browser.ts";
import { Product } from "../flows/product.ts";
import { writeFlowFile } from "../host/host-process.ts";

const PASSWORD = "six grey rungs";
const PEOPLE: Record<string, Role> = { anna: "engineer", bert: "engineer", vera: "viewer" };

type Node = Record<string, unknown> & { id: string };

/** A tab with an ingest, a state, a history and a detector of one twin. */
function tab(name: string): Node[] {
  const at = (id: string, type: string, x: number, y: number, wires: string[][], more: object = {}) => ({
    id: `${name}${id}`,
    type,
    z: name,
    x,
    y,
    wires,
    ...more,
  });
  const bindings = [
    {
      nodeId: "payload",
      topic: "",
      path: "temperature",
      label: "",
      plantUnit: "°C",
      unit: "°C",
      kind: "measurement",
      type: "number",
      periodMs: 1000,
      timePath: "",
      timeUnit: "iso",
      qualityPath: "",
    },
  ];
  const twin = { name, version: 1, twin: `${name}twin` };
  const kept = { name: "keep", version: 1, historian: "historian" };
  return [
    { id: name, type: "tab", label: name, disabled: false, info: "" },
    at("feed", "inject", 60, 100, [[`${name}ingest`]], {
      name: "",
      props: [{ p: "payload" }],
      repeat: "",
      crontab: "",
      once: false,
      onceDelay: 0.1,
      topic: "",
      payload: "",
      payloadType: "date",
    }),
    at("ingest", "rung-ingest", 200, 100, [[`${name}state`]], {
      ...twin,
      reality: "virtual",
      silentAfterS: 15,
      emit: "frames",
      bindings,
    }),
    at("state", "rung-state", 400, 100, [[`${name}history`, `${name}detect`], []], {
      ...twin,
      emit: "frames",
    }),
    at("history", "rung-history", 600, 60, [], kept),
    at("detect", "rung-detect", 600, 160, [[]], {
      ...kept,
      name: "faults",
      properties: "",
      hours: 8,
      rows: 800,
      budget: 5,
      actions: [],
    }),
    {
      id: `${name}twin`,
      type: "rung-twin",
      name,
      version: 1,
      address: `acme/leipzig/${name}`,
      scope: "machine",
      parent: "",
      needed: true,
      neededReason: "",
      objective: "",
      targetRung: "2",
    },
  ];
}

const HISTORIAN: Node = {
  id: "historian",
  type: "rung-historian",
  name: "plant history",
  alsoTo: "",
  bucket: "",
  database: "",
  file: "",
  mapping: [],
  measurement: "rung",
  memoryLimitMb: 256,
  organisation: "",
  readOnly: false,
  retentionDays: 0,
  retentionPolicy: "",
  store: "embedded",
  url: "",
  version: 1,
  writeOnly: false,
};

/** Somebody at an editor of her own. */
interface AtEditor {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly wrong: string[];
  /** What the runtime has told this editor of the people at others. */
  readonly people: Record<string, unknown>[];
}

/** All that the editor shows and would deploy, with its marks. */
const SHOWN = `JSON.stringify([
  RED.nodes.createCompleteNodeSet(),
  RED.nodes.version(),
  RED.nodes.dirty(),
  RED.nodes.filterNodes({}).map(({ id, changed }) => [id, Boolean(changed)]),
])`;

describe("editor: several people deploy", function () {
  this.timeout(60_000);
  let product: Product;
  let browser: Browser;
  let anna: AtEditor;
  let bert: AtEditor;

  before(async function () {
    browser = await openBrowser(this);
    const hash = await hashPassword(PASSWORD);
    product = await Product.start(["--no-demo"], (home) => {
      const users = new UserList(home);
      for (const [name, role] of Object.entries(PEOPLE)) users.add({ name, role, hash });
      writeFlowFile(join(home, "flows"), "press.json", tab("press"));
      writeFlowFile(join(home, "flows"), "line.json", tab("line"));
      writeFlowFile(join(home, "flows"), "config/historian.json", [HISTORIAN]);
    });
    anna = await atEditor("anna");
    bert = await atEditor("bert");
  });
  after(async () => {
    await browser?.close();
    await product?.stop();
  });
  afterEach(() => {
    // A stale deploy is answered 409, which a browser's console calls an error. Node-RED's tips begin by a timer, and on
    // a slow load write into a box that is not made yet.
    const isKnown = (line: string) => /409/.test(line) || /^page: .*reading 'html'/.test(line);
    const unexpected = [anna, bert].flatMap(({ wrong }) => wrong.splice(0)).filter((line) => !isKnown(line));
    assert.deepEqual(unexpected, []);
  });

  async function atEditor(name: string): Promise<AtEditor> {
    const context = await browser.newContext({ viewport: { width: 1600, height: 900 } });
    const page = await context.newPage();
    const wrong = watch(page);
    const people: Record<string, unknown>[] = [];
    page.on("websocket", (socket) =>
      socket.on("framereceived", ({ payload }) => people.push(...peopleIn(String(payload)))),
    );
    await page.goto(`${product.url}/sign-in?next=/editor/`);
    await page.fill("input[name=user]", name);
    await page.fill("input[name=password]", PASSWORD);
    await page.press("input[name=password]", "Enter");
    await loaded(page);
    return { page, context, wrong, people };
  }
  async function loaded(page: Page): Promise<void> {
    await page.waitForFunction("window.RED && RED.workspaces && RED.workspaces.count() > 0");
    await page.locator("#red-ui-loading-progress").waitFor({ state: "hidden" });
  }
  /** Takes over what others deployed, from the notification of it. */
  async function catchUp(someone: AtEditor): Promise<void> {
    const { page } = someone;
    const wasDirty = await page.evaluate("RED.nodes.dirty()");
    await page.locator(".rung-deploy-words li").first().waitFor();
    await page.getByRole("button", { name: "Review" }).click();
    await dialog(someone).waitFor();
    await page.getByRole("button", { name: "Merge", exact: true }).click();
    await dialog(someone).waitFor({ state: "detached" });
    assert.equal(await page.evaluate("RED.nodes.dirty()"), wasDirty);
    await page.locator("#red-ui-full-shade").waitFor({ state: "hidden" });
  }
  /** Sets a field of a node, as its form would. */
  async function set({ page }: AtEditor, id: string, fields: object): Promise<void> {
    await page.evaluate(
      ([node, values]) => {
        const RED = (globalThis as unknown as { RED: EditorApi }).RED;
        Object.assign(RED.nodes.node(node), values, { changed: true, dirty: true });
        RED.nodes.dirty(true);
        RED.view.redraw();
      },
      [id, fields] as const,
    );
  }
  async function removeNode({ page }: AtEditor, tabName: string, id: string): Promise<void> {
    await page.locator(`#red-ui-tab-${tabName}`).click();
    await page.locator(`#${id}`).click();
    await page.keyboard.press("Delete");
    await page.waitForFunction(`!RED.nodes.node("${id}")`);
  }
  async function deploy({ page }: AtEditor): Promise<number> {
    const answer = page.waitForResponse(
      (response) => response.url().endsWith("/flows") && response.request().method() === "POST",
    );
    await page.locator("#red-ui-header-button-deploy").click();
    const status = (await answer).status();
    if (status === 200) await page.waitForFunction("!RED.nodes.dirty()");
    return status;
  }
  const stored = async ({ page }: AtEditor): Promise<Map<string, Node>> => {
    const { flows } = (await (
      await page.request.get(`${product.url}/editor/flows`, { headers: { "Node-RED-API-Version": "v2" } })
    ).json()) as { flows: Node[] };
    return new Map(flows.map((node) => [node.id, node]));
  };
  const dialog = ({ page }: AtEditor) => page.locator("dialog.rung-deploy");
  const inEditor = ({ page }: AtEditor, id: string, field: string) =>
    page.evaluate(`RED.nodes.node(${JSON.stringify(id)})?.${field}`);
  const sentences = async (someone: AtEditor, selector: string) =>
    dialog(someone).locator(selector).allInnerTexts();

  it("each sees who else is there, by the name of the sign-in", async () => {
    const names = ({ page }: AtEditor) =>
      page
        .locator(".red-ui-multiplayer-user")
        .evaluateAll((all) => all.map((one) => one.dataset.username).sort());
    await anna.page.locator(".red-ui-multiplayer-user[data-username=bert]").waitFor();
    await bert.page.locator(".red-ui-multiplayer-user[data-username=anna]").waitFor();
    assert.deepEqual(await names(anna), ["bert"]);
    assert.deepEqual([...new Set(anna.people.map(({ username }) => username))].sort(), ["anna", "bert"]);
    for (const person of anna.people)
      assert.deepEqual(Object.keys(person).sort(), ["permissions", "username"]);
  });

  it("an editor writes the flow as it read it, so that loading changes nothing", async () => {
    const differing = await anna.page.evaluate(`(async () => {
      const { flowDifference } = await import("/editor/resources/@rung/node-red-rung/runtime/ladder/difference/flow-difference.js");
      return flowDifference(RED.nodes.originalFlow(), RED.nodes.createCompleteNodeSet()).places;
    })()`);
    assert.deepEqual(differing, []);
  });

  it("a stale deploy says who changed what, and merges both", async () => {
    await set(anna, "presstwin", { objective: "find faults" });
    await set(anna, "pressstate", { name: "press state" });
    await removeNode(bert, "line", "linedetect");
    assert.equal(await deploy(bert), 200);

    // Anna is told at once, in words.
    const notice = anna.page.locator(".rung-deploy-words");
    await notice.locator("li").first().waitFor();
    const told = (await notice.locator("p, li").allInnerTexts()).map((line) => line.trim());
    assert.match(told[0]!, /^Deployed by bert at \d/);
    assert.ok(told.includes("line fell from 2 to 1: detect faults removed"), told.join("\n"));

    assert.equal(await deploy(anna), 409);
    await dialog(anna).waitFor();
    assert.match((await sentences(anna, ".rung-deploy-who"))[0]!, /^Deployed by bert at \d/);
    const [theirs, mine] = await sentences(anna, ".rung-deploy-sides > section");
    assert.match(theirs!, /They changed\s+tab line\s+detect faults removed/);
    assert.match(theirs!, /line fell from 2 to 1: detect faults removed/);
    assert.match(mine!, /You changed\s+tab press\s+state press.*press state/);
    assert.match(mine!, /Shared configuration\s+twin press: Objective.*find faults/);
    assert.equal(await dialog(anna).locator("fieldset").count(), 0);
    assert.deepEqual(await sentences(anna, ".rung-deploy-effect li"), [
      "Class and rung of every twin stay as they are.",
    ]);
    // The one thing to do has the focus, and Node-RED's own dialog is not seen.
    assert.equal(await anna.page.evaluate("document.activeElement.textContent"), "Merge and deploy");
    assert.equal(await anna.page.locator("#red-ui-deploy-dialog-confirm-deploy-merge").isVisible(), false);

    const saved = anna.page.waitForResponse(
      (response) => response.request().method() === "POST" && response.url().endsWith("/flows"),
    );
    await anna.page.keyboard.press("Enter");
    assert.equal((await saved).status(), 200);
    await anna.page.waitForFunction("!RED.nodes.dirty()");
    const nodes = await stored(anna);
    assert.equal(nodes.has("linedetect"), false);
    assert.equal(nodes.get("pressstate")!.name, "press state");
    assert.equal(nodes.get("presstwin")!.objective, "find faults");
    assert.deepEqual(nodes.get("linestate")!.wires, [["linehistory"], []]);
    assert.equal(await inEditor(anna, "linedetect", "id"), undefined);
    await anna.page.locator("#red-ui-full-shade").waitFor({ state: "hidden" });
  });

  it("undo brings back what she had, and a deploy of that is a merge again", async () => {
    await anna.page.evaluate("RED.history.pop()");
    assert.equal(await inEditor(anna, "linedetect", "id"), "linedetect");
    assert.equal(await inEditor(anna, "pressstate", "name"), "press state");
    await anna.page.evaluate("RED.nodes.dirty(true)");
    assert.equal(await deploy(anna), 409);
    await dialog(anna).waitFor();
    assert.match((await sentences(anna, ".rung-deploy-sides > section"))[0]!, /detect faults removed/);
    assert.deepEqual(await sentences(anna, ".rung-deploy-effect li"), [
      "Nothing of yours is left to deploy: what runs stays.",
    ]);
    await anna.page.getByRole("button", { name: "Take theirs" }).click();
    await anna.page.waitForFunction("!RED.nodes.dirty()");
    assert.equal(await inEditor(anna, "linedetect", "id"), undefined);
  });

  it("cancel leaves everything as it was", async () => {
    await catchUp(bert);
    await set(bert, "pressdetect", { hours: 12 });
    assert.equal(await deploy(bert), 200);
    await set(anna, "pressdetect", { hours: 24 });
    // No longer than before: a wider node is moved when it is drawn.
    await set(anna, "linestate", { name: "next" });
    await set(anna, "historian", { credentials: { user: "u", password: "geheim", has_password: true } });
    const before = await anna.page.evaluate(SHOWN);
    assert.equal(await deploy(anna), 409);
    await dialog(anna).waitFor();
    await anna.page.keyboard.press("Escape");
    await dialog(anna).waitFor({ state: "detached" });
    assert.equal(await anna.page.evaluate(SHOWN), before);
    assert.equal(await anna.page.evaluate("RED.nodes.dirty()"), true);
    await anna.page.locator("#red-ui-full-shade").waitFor({ state: "hidden" });
  });

  it("what both changed waits for a choice, made by keyboard", async () => {
    assert.equal(await deploy(anna), 409);
    await dialog(anna).waitFor();
    assert.deepEqual(await sentences(anna, ".rung-deploy-both"), ["Changed by both: press."]);
    assert.match(
      (await sentences(anna, ".rung-deploy-sides > section"))[1]!,
      /Credentials\s+entered in plant history/,
    );
    assert.doesNotMatch(await dialog(anna).evaluate((element) => element.outerHTML), /geheim/);
    assert.deepEqual(await sentences(anna, "fieldset legend"), ["tab press"]);
    assert.deepEqual(await sentences(anna, "fieldset li"), ["You and they both changed detect faults."]);
    const merge = anna.page.locator(".rung-deploy-primary");
    assert.equal(await merge.isDisabled(), true);
    assert.deepEqual(await sentences(anna, ".rung-deploy-effect li"), ["Choose first for tab press."]);
    assert.equal(await anna.page.evaluate("document.activeElement.value"), "mine");
    await anna.page.keyboard.press("Space");
    assert.equal(await merge.isEnabled(), true);
    await anna.page.keyboard.press("ArrowDown");
    assert.equal(await dialog(anna).locator("input:checked").getAttribute("value"), "theirs");
    const backup = anna.page.waitForEvent("download");
    await anna.page.getByRole("button", { name: "Save mine as a file" }).click();
    assert.equal((await backup).suggestedFilename(), "my-flows.json");
    const saved = anna.page.waitForResponse((response) => response.request().method() === "POST");
    await merge.press("Enter");
    assert.equal((await saved).status(), 200);
    await anna.page.waitForFunction("!RED.nodes.dirty()");
    const nodes = await stored(anna);
    assert.equal(nodes.get("pressdetect")!.hours, 12, "theirs, as chosen");
    assert.equal(nodes.get("linestate")!.name, "next", "mine, which nobody else touched");
    const entered = await anna.page.request.get(`${product.url}/editor/credentials/rung-historian/historian`);
    assert.equal(((await entered.json()) as { has_password: boolean }).has_password, true);
  });

  it("who reviews what others deployed merges it and deploys when ready", async () => {
    await set(bert, "linehistory", { name: "kept" });
    await catchUp(bert);
    assert.equal(await inEditor(bert, "linestate", "name"), "next", "theirs");
    assert.equal(await inEditor(bert, "linehistory", "name"), "kept", "mine");
    assert.equal((await stored(bert)).get("linehistory")!.name, "keep", "not deployed");
    await set(bert, "pressdetect", { hours: 48 });
    assert.equal(await deploy(bert), 200);
    assert.equal((await stored(bert)).get("linehistory")!.name, "kept");
  });

  it("where the base is not known Node-RED's own dialog helps", async () => {
    await set(anna, "linestate", { name: "line" });
    await anna.page.evaluate('RED.nodes.version("forgotten")');
    assert.equal(await deploy(anna), 409);
    await anna.page.locator("#red-ui-deploy-dialog-confirm-deploy-merge:not(.disabled)").waitFor();
    assert.equal(await dialog(anna).count(), 0);
    await anna.page.locator("#red-ui-deploy-dialog-confirm-deploy-review").click();
    await anna.page.locator("#red-ui-diff-view-diff-merge:not(.disabled)").waitFor();
    await anna.page.locator("#red-ui-editor-stack").getByRole("button", { name: "Cancel" }).click();
    await anna.page.locator("#red-ui-diff-view-diff-merge").waitFor({ state: "detached" });
    await anna.page.locator("#red-ui-full-shade").waitFor({ state: "hidden" });
  });

  it("a merge by Node-RED's own comparison is no base for the next one", async () => {
    await set(anna, "linestate", { name: "line" });
    await anna.page.evaluate("RED.diff.getRemoteDiff((diff) => RED.diff.mergeDiff(diff))");
    await anna.page.waitForFunction('RED.nodes.node("pressdetect").hours === 48');
    await set(bert, "pressdetect", { hours: 72 });
    assert.equal(await deploy(bert), 200);
    assert.equal(await deploy(anna), 409);
    await dialog(anna).waitFor();
    const [theirs, mine] = await sentences(anna, ".rung-deploy-sides > section");
    assert.match(theirs!, /^They changed\s+tab press\s+detect faults: Normal 48 -> 72$/);
    assert.match(mine!, /^You changed\s+tab line\s+state next is now called state line$/);
    await anna.page.getByRole("button", { name: "Cancel" }).click();
    await anna.page.locator("#red-ui-full-shade").waitFor({ state: "hidden" });
  });

  it("what cannot be imported leaves the editor as it was, with Node-RED's own dialog", async () => {
    assert.equal(await deploy(anna), 409);
    await dialog(anna).waitFor();
    const before = await anna.page.evaluate(SHOWN);
    await anna.page.evaluate(`(() => {
      const whole = RED.nodes.import;
      RED.nodes.import = () => { RED.nodes.import = whole; throw new Error("made to fail"); };
    })()`);
    await anna.page.getByRole("button", { name: "Merge and deploy" }).click();
    await anna.page.locator("#red-ui-deploy-dialog-confirm-deploy-merge:not(.disabled)").waitFor();
    assert.equal(await anna.page.evaluate(SHOWN), before);
    await anna.page.getByRole("button", { name: "Cancel" }).click();
    await anna.page.locator("#red-ui-full-shade").waitFor({ state: "hidden" });
  });

  it("nothing is merged under a form that is open", async () => {
    await anna.page.evaluate('RED.editor.edit(RED.nodes.node("linestate"))');
    await anna.page.locator(".red-ui-tray").waitFor();
    await anna.page.evaluate(
      `RED.notify("", { modal: true, buttons: [{ id: "red-ui-deploy-dialog-confirm-deploy-merge", text: "" }] })`,
    );
    await dialog(anna).waitFor();
    assert.deepEqual(await sentences(anna, ".rung-deploy-effect li"), [
      "Cancel, and finish first the form that is open.",
    ]);
    assert.equal(await anna.page.locator(".rung-deploy-primary").isDisabled(), true);
    await anna.page.keyboard.press("Escape");
    await dialog(anna).waitFor({ state: "detached" });
  });

  it("a viewer reads who deployed and deploys nothing; without a sign-in there is nothing to see", async () => {
    const signIn = await fetch(`${product.url}/sign-in`, {
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/json" },
      body: JSON.stringify({ user: "vera", password: PASSWORD }),
    });
    const { token } = (await signIn.json()) as { token: string };
    const ask = (path: string, init: RequestInit = {}) =>
      fetch(`${product.url}/editor/${path}`, {
        ...init,
        headers: {
          authorization: `Bearer ${token}`,
          accept: "application/json",
          "content-type": "application/json",
          "Node-RED-API-Version": "v2",
        },
      });
    const now = (await (await ask("flows")).json()) as { rev: string };
    assert.equal((await ask("flows", { method: "POST", body: JSON.stringify(now) })).status, 401);
    const known = (await (await ask("rung/deployments")).json()) as { rev: string; by: string }[];
    assert.deepEqual(
      known.map(({ by }) => by),
      ["bert", "anna", "bert", "anna", "bert", "bert"],
    );
    assert.equal(known.at(-1)!.rev, now.rev, "the revision is Node-RED's own");
    const stranger = await fetch(`${product.url}/editor/rung/deployments`, {
      headers: { accept: "application/json" },
    });
    assert.equal(stranger.status, 401);
  });
});

/** The people in a message of the runtime about who is at an editor. */
function peopleIn(frame: string): Record<string, unknown>[] {
  if (!frame.includes("multiplayer/")) return [];
  const messages = [JSON.parse(frame)].flat() as { topic?: string; data?: Session }[];
  return messages
    .filter(({ topic }) => topic?.startsWith("multiplayer/"))
    .flatMap(({ data }) => [data?.user, ...(data?.sessions ?? []).map(({ user }) => user)])
    .filter((user) => user !== undefined);
}

interface Session {
  readonly user?: Record<string, unknown>;
  readonly sessions?: readonly Session[];
}

/** What these tests use of the editor. */
interface EditorApi {
  nodes: { node(id: string): object; dirty(state: boolean): void };
  view: { redraw(): void };
}
