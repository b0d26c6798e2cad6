import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { Evidence } from "../../runtime/core/evidence.ts";
import { draw, type Node, OVEN } from "../ladder/draw.ts";
import { Editor, laidOut } from "./editor.ts";

const UNGUARDED = "mqtt out could write to the plant past the envelope: no rung 5 while it is here";

const age = (node: string): Evidence => ({
  id: "age",
  twin: OVEN,
  rung: 1,
  node,
  what: "age p99",
  value: 0.2,
  unit: "s",
  limit: "< 3 s",
  verdict: "holds",
  timeUs: 1e15,
});

/** One of forty twins, by its number, and what fails of it. */
const addressOf = (at: number) =>
  `automotive-group/leipzig-main-works/paintshop-two/line${at}/dryingOvenOfTheCathodicDip${at}`;
const incomplete = (at: number): Evidence => ({
  id: `completeness ${at}`,
  twin: addressOf(at),
  rung: 1,
  node: `st${at}`,
  what: "completeness of cyclic samples of the last 200 periods",
  value: 91.25,
  unit: "%",
  limit: "at least 99 % of the samples that were due",
  verdict: "fails",
  timeUs: 1e15,
});

describe("editor: warnings, targets, many twins, narrow sidebars", function () {
  this.timeout(60_000);
  let editor: Editor;
  let page: Page;

  before(async function () {
    editor = await Editor.start(this);
    page = editor.page;
  });
  after(async () => editor?.close());
  afterEach(() => assert.deepEqual(editor.faults.splice(0), []));

  it("a warning is an amber mark and the node's tooltip, and a line in the twin's card that leads there", async () => {
    await editor.open(
      laidOut(draw("src opcua-source > st state > his history; st > det detect; st > out 'mqtt out'")),
    );
    await editor.judge([age("st")]);
    await page.locator("#out .rung-mark-warns").waitFor();
    assert.equal(await page.locator("#out > .red-ui-flow-node > title").textContent(), UNGUARDED);
    await page.locator("#out .rung-mark-warns").hover();
    const tooltip = page.locator(".red-ui-flow-port-tooltip .red-ui-flow-port-tooltip-label");
    await tooltip.first().waitFor();
    assert.equal((await tooltip.allTextContents()).join(" "), UNGUARDED);
    await page.locator("#st .rung-mark-holds").waitFor();
    assert.equal(
      await page.locator("#st > .red-ui-flow-node > title").textContent(),
      "age p99 0.2 s, limit < 3 s",
    );
    const most = await page
      .locator(".red-ui-flow-node-group")
      .evaluateAll((all) =>
        Math.max(...all.map((node) => node.querySelectorAll(".rung-badge:not(.hide)").length)),
      );
    assert.equal(most, 2);

    const line = page.locator(".rl-open .rl-warnings li", { hasText: UNGUARDED });
    await line.getByRole("button", { name: /^Show it/ }).click();
    assert.deepEqual(await page.evaluate("RED.view.selection().nodes.map(({id}) => id)"), ["out"]);

    await page.evaluate("RED.nodes.removeLink(RED.nodes.getNodeLinks('out', 1)[0])");
    await page.locator("#out .rung-mark-warns").waitFor({ state: "hidden" });
    assert.equal(await page.locator("#out > .red-ui-flow-node > title").count(), 0);
  });

  it("says enough at its target, and urges nothing above it", async () => {
    await editor.open(
      laidOut(
        draw("src opcua-source > st state > his history", {
          oven: { objective: "see the air", targetRung: 1 },
        }),
      ),
    );
    await editor.judge([age("src")]);
    await page.getByText("· enough for see the air").waitFor();
    for (const rung of [1, 2, 3, 4, 5]) {
      await page.click(`.rl-row[data-rung="${rung}"]`);
      assert.equal(await page.locator(".rl-btn").count(), 0, `rung ${rung}`);
    }
  });

  it("puts a piece on the tab of the node it comes after", async () => {
    const flow = draw(
      "src opcua-source > st state > his history; st > out 'link out'; in 'link in' > opt optimise",
      {
        two: { type: "tab" },
        out: { links: ["in"] },
        in: { links: ["out"], z: "two" },
        opt: { z: "two" },
      },
    );
    await editor.open(laidOut(flow));
    await page.click('.rl-row[data-rung="5"]');
    await page.getByRole("button", { name: "+ Add envelope" }).click();
    await page.waitForFunction("RED.nodes.filterNodes({type: 'rung-envelope'}).length === 1");
    assert.deepEqual(
      await page.evaluate(
        "RED.nodes.filterNodes({type: 'rung-envelope'}).flatMap(({id, z}) => [z, ...RED.nodes.getNodeLinks(id, 1).map(({source}) => source.id)])",
      ),
      ["two", "opt"],
    );
  });

  it("forty twins: the falling first, the rest folded, and nothing cut in a sidebar of 280 px, light or dark", async () => {
    const twins: Node[] = Array.from({ length: 40 }, (_, at) => at).flatMap((at) => [
      {
        id: `t${at}`,
        type: "rung-twin",
        name: at === 7 ? "Preheating zone of the second cathodic dip line's drying oven" : `Oven ${at}`,
        address: addressOf(at),
      },
      { id: `st${at}`, type: "rung-state", z: "tab", x: 1, y: 1, twin: `t${at}`, wires: [[`h${at}`]] },
      { id: `h${at}`, type: "rung-history", z: "tab", x: 1, y: 1, wires: [] },
      { id: `s${at}`, type: "rung-opcua-source", z: "tab", x: 1, y: 1, link: "plant", wires: [[`st${at}`]] },
    ]);
    await editor.widen(280);
    await editor.open(
      laidOut([
        { id: "tab", type: "tab" },
        { id: "plant", type: "rung-opcua-link", reality: "live" },
        ...twins,
      ]),
    );
    await editor.judge([incomplete(7)]);
    const first = "document.querySelector('.rl-twin').dataset.twin";
    await page.waitForFunction(`${first}.includes('line7/')`);
    assert.equal(await page.locator(".rl-twin").count(), 40);
    assert.equal(await page.locator(".rl-open").count(), 1);
    await page.locator(".rl-twin .rl-name").first().click();
    await page.click('.rl-row[data-rung="1"]');
    for (const theme of ["light", "dark"]) {
      await page.evaluate(`document.documentElement.classList.toggle("nr-theme-dark", ${theme === "dark"})`);
      if (process.env.RUNG_PICTURES)
        await page.screenshot({ path: `${process.env.RUNG_PICTURES}/narrow-${theme}.png` });
      const cut = await page.evaluate<string[]>(`(() => {
        const panel = document.querySelector(".rl");
        const edge = panel.getBoundingClientRect();
        const wide = [...panel.querySelectorAll("*")].filter((element) => element.getBoundingClientRect().right > edge.right + 1);
        return wide.map((element) => element.className + ": " + element.textContent.slice(0, 40));
      })()`);
      assert.deepEqual(cut, [], theme);
      assert.ok(
        await page.evaluate(
          "document.querySelector('.rl').scrollWidth <= document.querySelector('.rl').clientWidth",
        ),
      );
    }
    await page.evaluate(`(() => {
      const panel = document.querySelector(".rl");
      panel.scrollTop = 900;
      window.changed = new Set();
      new MutationObserver((all) => {
        for (const {target} of all) changed.add((target.closest ? target : target.parentElement).closest("[data-twin]")?.dataset.twin ?? "the panel");
      }).observe(panel, {subtree: true, childList: true, attributes: true, characterData: true});
    })()`);
    await editor.judge([incomplete(21)]);
    await page.waitForFunction(
      `document.querySelectorAll('.rl-twin')[1].dataset.twin === "${addressOf(21)}"`,
    );
    assert.deepEqual(await page.evaluate("[...changed].sort()"), [addressOf(21), "the panel"]);
    assert.equal(await page.evaluate("document.querySelector('.rl').scrollTop"), 900);
    assert.equal(await page.locator(".rl-open").getAttribute("data-twin"), addressOf(7));
    await editor.widen(364);
  });
});
