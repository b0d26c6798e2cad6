import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { Evidence } from "../../runtime/core/evidence.ts";
import { draw, type Node, OVEN } from "../ladder/draw.ts";
import { Editor, laidOut } from "./editor.ts";

const evidence = (value: number): Evidence => ({
  id: `${OVEN}/1/age`,
  twin: OVEN,
  rung: 1,
  node: "src",
  what: "age p99",
  value,
  unit: "s",
  limit: "< 3 s",
  verdict: "holds",
  timeUs: 1e15,
});

describe("editor: the ladder by keyboard alone", function () {
  this.timeout(60_000);
  let editor: Editor;
  let page: Page;

  before(async function () {
    editor = await Editor.start(this);
    page = editor.page;
  });
  after(async () => editor?.close());
  afterEach(() => assert.deepEqual(editor.faults.splice(0), []));

  /** What has the focus: its role, and its name as it is spoken. */
  const focused = () =>
    page.evaluate<string>(`(() => {
      const element = document.activeElement;
      const role = element.getAttribute("role") ?? element.type ?? element.nodeName.toLowerCase();
      return role + ": " + (element.getAttribute("aria-label") ?? (element.labels?.[0]?.querySelector("b") ?? element.labels?.[0]?.querySelector("span"))?.textContent ?? element.textContent).trim();
    })()`);
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const lit = () =>
    page.locator(".red-ui-flow-node-group.rung-lit").evaluateAll((all) => all.map(({ id }) => id).sort());
  const types = () =>
    page.evaluate<string[]>(
      "RED.nodes.filterNodes({z: RED.workspaces.active()}).map(({type}) => type).sort()",
    );
  /** Once the step has been read from the canvas and the focus stands on the next. */
  const standsOn = (name: string) =>
    page.waitForFunction(`document.activeElement.textContent.trim() === ${JSON.stringify(name)}`);

  it("Ctrl+G L opens the ladder and stands on the chosen rung", async () => {
    await editor.open(
      laidOut(draw("src opcua-source > st state > his history; st > det detect", { src: { twin: "oven" } })),
    );
    await editor.judge([evidence(0.2)]);
    await page.waitForFunction("document.querySelector('.rl-sum .n')?.textContent === '1'");
    await page.evaluate("RED.sidebar.show('info')");
    await page.locator("#red-ui-workspace-chart").click({ position: { x: 700, y: 60 } });
    await press("Control+g", "l");
    assert.equal(await page.locator(".rl").isVisible(), true);
    assert.equal(await focused(), "option: 2 diagnose: wired, collecting. nothing measured yet");
    const shown = await page.evaluate(
      "RED.keyboard.getShortcut('rung:show-ladder') && RED.keyboard.getShortcut('rung:show-ladder').key",
    );
    assert.equal(shown, "ctrl-g l");
  });

  it("arrow keys choose a rung, Enter lights its path, Escape puts it out", async () => {
    await press("ArrowDown");
    assert.equal(await focused(), "option: 1 describe: holds. age p99 0.2 s");
    assert.deepEqual(await lit(), []);
    await press("Enter");
    assert.deepEqual(await lit(), ["his", "src", "st"]);
    assert.equal(await focused(), "option: 1 describe: holds. age p99 0.2 s");
    await press("Escape");
    assert.deepEqual(await lit(), []);
    await press("Home");
    assert.match(await focused(), /^option: 5 act: not wired/);
    await press("ArrowUp", "End");
    assert.match(await focused(), /^option: 0 model: holds/);
    const tabbable = await page.locator('.rl-row[tabindex="0"]').count();
    assert.equal(tabbable, 1, "Tab meets the ladder once");
    const outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle");
    assert.equal(outline, "solid");
  });

  it("a report changes what is shown and leaves the focus, the scroll and every other element", async () => {
    await press("ArrowUp");
    await page.evaluate(`(() => {
      window.changes = [];
      new MutationObserver((all) => window.changes.push(...all.map(({target, type}) =>
        type + " " + (target.nodeType === 3 ? target.parentElement : target).className))).observe(
        document.querySelector(".rl"), {subtree: true, childList: true, attributes: true, characterData: true});
    })()`);
    await editor.judge([evidence(0.2)]);
    await editor.judge([evidence(0.4)]);
    await page.waitForFunction(
      "document.querySelector('.rl-row[data-rung=\"1\"] .tx').textContent === 'age p99 0.4 s'",
    );
    assert.equal(await focused(), "option: 1 describe: holds. age p99 0.4 s");
    const changes = await page.evaluate<string[]>("window.changes");
    assert.deepEqual([...new Set(changes)].sort(), [
      "attributes ",
      "attributes rl-row rung-r1 sel",
      "characterData rl-fact",
      "characterData v",
    ]);
  });

  it("Tab goes on to the button of the next step, which Enter takes, and Ctrl+Z takes back", async () => {
    await press("ArrowUp", "ArrowUp");
    assert.match(await focused(), /^option: 3 predict: not wired/);
    await press("Tab");
    assert.equal(await focused(), "button: + Add forecast");
    await press("Enter");
    assert.equal(await focused(), "select-one: Forecast which property?");
    await press("Escape");
    await standsOn("+ Add forecast");
    await press("Enter");
    await page.keyboard.type("zone3/airTemperatureSetpoint");
    await editor.judge([evidence(0.3)]);
    await page.waitForFunction(
      "document.querySelector('.rl-row[data-rung=\"1\"] .tx').textContent === 'age p99 0.3 s'",
    );
    assert.equal(await focused(), "select-one: Forecast which property?");
    assert.equal(await page.locator(".rl-form select").inputValue(), "zone3/airTemperatureSetpoint");
    await press("Tab");
    assert.equal(await focused(), "submit: Add");
    await press("Enter");
    await standsOn("+ Add estimate and optimise");
    assert.ok((await types()).includes("rung-forecast"));
    await press("Control+z");
    await page.waitForFunction("RED.nodes.filterNodes({type: 'rung-forecast'}).length === 0");
  });

  it("climbs from an empty tab to wired 4", async () => {
    const links: Node[] = [
      { id: "tab", type: "tab" },
      { id: "plant", type: "rung-opcua-link", name: "the plant", reality: "live" },
    ];
    await editor.open(links);
    await press("Control+g", "l");
    assert.equal(await focused(), "button: + Add a twin");
    await press("Enter");
    await page.keyboard.type("Oven 7");
    await press("Tab");
    await page.keyboard.type("acme/leipzig/oven7");
    await press("Enter");
    await standsOn("+ Add source and history");
    await press("Enter");
    assert.equal(await focused(), "radio: the plant");
    await press("Enter");
    await standsOn("+ Add detect");
    await press("Enter");
    await standsOn("+ Add forecast");
    await press("Enter");
    assert.equal(await focused(), "text: Forecast which property?");
    await page.keyboard.type("exhaust/temperature");
    await press("Enter");
    await standsOn("+ Add estimate and optimise");
    await press("Enter");
    await standsOn("+ Add envelope");
    assert.match((await page.locator(".rl-sum").textContent()) ?? "", /not deployed.*wired for 4/);
    assert.deepEqual(await types(), [
      "rung-detect",
      "rung-estimate",
      "rung-forecast",
      "rung-history",
      "rung-opcua-source",
      "rung-optimise",
      "rung-state",
    ]);
    const [source] = await page.evaluate<{ link: string; property?: string }[]>(
      "RED.nodes.filterNodes({type: 'rung-opcua-source'}).map(({link}) => ({link}))",
    );
    assert.equal(source!.link, "plant");
    for (let at = 0; at < 5; at++) await press("Control+z");
    assert.deepEqual(await types(), []);
  });

  it("arrow keys go from twin to twin, and Enter opens one", async () => {
    const twins = ["a", "b", "c"].flatMap((name) => [
      { id: name, type: "rung-twin", name: `twin ${name}`, address: `acme/x/${name}` },
      { id: `s${name}`, type: "rung-state", z: "tab", x: 1, y: 1, twin: name, wires: [] },
    ]);
    await editor.open(laidOut([{ id: "tab", type: "tab" }, ...twins]));
    await page.locator('[data-twin="acme/x/a"] .rl-name').focus();
    await press("ArrowDown", "ArrowDown", "ArrowDown");
    assert.equal(await focused(), "button: twin c");
    assert.equal(await page.locator(".rl-name:focus").getAttribute("aria-expanded"), "false");
    await press("Enter");
    assert.equal(await page.locator(".rl-name:focus").getAttribute("aria-expanded"), "true");
    assert.equal(await page.locator(".rl-open").getAttribute("data-twin"), "acme/x/c");
    assert.equal(await page.getByRole("listbox", { name: "ladder of twin c" }).count(), 1);
  });
});
