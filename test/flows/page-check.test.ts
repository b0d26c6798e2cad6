import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { openBrowser } from "./browser.ts";
import { keyboardFaults, lookFaults, targetFaults } from "./look-check.ts";
import { pageFaults } from "./page-check.ts";

const WIDGET = (inside: string) => `<div class="nrdb-ui-widget" id="nrdb-ui-widget-air">${inside}</div>`;

describe("the check of a page", function () {
  this.timeout(30_000);
  let browser: Browser;
  let page: Page;

  before(async function () {
    browser = await openBrowser(this);
    page = await browser.newPage({ viewport: { width: 600, height: 400 } });
  });
  after(() => browser?.close());

  const faults = async (body: string): Promise<string[]> => {
    await page.setContent(`<!doctype html><style>body { font: 16px/1.4 sans-serif }</style>${body}`);
    return pageFaults(page);
  };

  const CLEAN: Record<string, string> = {
    "lines below each other": "<h1>Oven 1</h1><p>195.2 °C</p><p>Level 2</p>",
    "tight lines": '<div style="line-height: 1">one</div><div style="line-height: 1">two</div>',
    "what a scroller holds":
      '<div style="height: 40px; overflow: auto"><p>one</p><p>two</p><p>three</p></div><p>after</p>',
    "what nobody sees":
      '<p>here</p><p hidden>NaN</p><p style="visibility: hidden">12345678</p><script>null</script>',
    "an ellipsis with its title":
      '<div title="no good sample of zone 6" style="width: 60px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis">no good sample of zone 6</div>',
    "a widget with a value": WIDGET('<div class="value">195.2</div>'),
    "a widget that says why it is empty": WIDGET(
      '<div class="rung-empty">Waiting for the first values.</div>',
    ),
    "a chart with a line": `${WIDGET('<canvas width="40" height="40"></canvas>')}<script>document.querySelector("canvas").getContext("2d").fillRect(1, 1, 9, 9)</script>`,
  };
  for (const [what, body] of Object.entries(CLEAN))
    it(`lets ${what} pass`, async () => assert.deepEqual(await faults(body), []));

  const FAULTY: Record<string, [body: string, fault: string]> = {
    "a word no person wrote": ['<p class="a">SP NaN °C</p>', 'p.a shows "SP NaN °C"'],
    "a raw number": ["<p>0.30000000000000004</p>", 'p shows "0.30000000000000004"'],
    "such a word in a field": ['<input value="undefined">', 'input holds "undefined"'],
    "text cut below": [
      '<div style="height: 30px; overflow: hidden"><p style="margin: 0">one</p><p style="margin: 0">two</p></div>',
      'p cuts off "two"',
    ],
    "an ellipsis without a title": [
      '<div style="width: 60px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis">no good sample of zone 6</div>',
      'div cuts off "no good sample of zone 6"',
    ],
    "text cut by a drawing": [
      '<svg width="20" height="20"><text x="0" y="15">below 205</text></svg>',
      'text cuts off "below 205"',
    ],
    "text on text": [
      '<div style="position: relative; height: 40px"><b style="position: absolute">Zone 1</b><i style="position: absolute; left: 20px">205</i></div>',
      'b "Zone 1" lies on i "205"',
    ],
    "a page that scrolls sideways": [
      '<div style="width: 900px">wide</div>',
      "the page is 908 px wide in 600 px",
    ],
    "a field too narrow for its value": [
      '<input style="width: 40px" value="acme/leipzig/paint">',
      'input cuts off "acme/leipzig/paint"',
    ],
    "a widget without data": [
      WIDGET('<b>Zone air</b><div class="value">–</div><small>100</small>'),
      'air has neither data nor words for "nothing yet"',
    ],
    "an empty chart": [
      WIDGET('<canvas width="40" height="40"></canvas>'),
      'air has neither data nor words for "nothing yet"',
    ],
  };
  for (const [what, [body, fault]] of Object.entries(FAULTY))
    it(`finds ${what}`, async () => assert.deepEqual(await faults(body), [fault]));

  describe("against the rules of the look", () => {
    const HEAD =
      '<style id="rung-look">.rung { --rung-page: #c8cbce; --rung-ink: #1a1f23; --rung-p1: #c4001f; color: var(--rung-ink) } button { border: 0; background: none; color: inherit; padding: 14px; font: inherit }</style>';
    const look = async (inside: string): Promise<string[]> => {
      await page.setContent(
        `<!doctype html>${HEAD}<div class="rung"><div class="rung-header"><b class="reality">Virtual plant</b></div>${inside}</div>`,
      );
      return [...(await lookFaults(page)), ...(await targetFaults(page)), ...(await keyboardFaults(page))];
    };
    const RULES: Record<string, [inside: string, fault?: string]> = {
      "words, marks with words and buttons": [
        '<p><svg width="18" height="18"><rect width="18" height="18" fill="var(--rung-p1)" /></svg> 1 alarm</p><button>Acknowledge</button>',
      ],
      "a colour of its own": [
        '<p style="color: #00ff00">good</p>',
        "p has a ink that is no token of the look: rgb(0, 255, 0)",
      ],
      "a ground of its own": [
        '<p style="background: #ffffff">195</p>',
        "p has a ground that is no token of the look: rgb(255, 255, 255)",
      ],
      "red without a word": [
        '<div><div><div><div><div><i style="display: block; height: 9px; background: var(--rung-p1)"></i></div></div></div></div></div>',
        "i says by --rung-p1 alone what no word says",
      ],
      "a figure finer than it is known": [
        "<p>174.80000</p>",
        "p shows more digits than are known: 174.80000",
      ],
      "a button too small for a finger": [
        '<button style="padding: 0; width: 60px; line-height: 20px">Shelve</button>',
        'button "Shelve" is 60 x 20 px, a finger needs 44',
      ],
      "a stop that nobody sees": [
        '<button style="outline: none">Reject</button>',
        'button "Reject" does not show that it has the focus',
      ],
      "an order of its own": [
        '<button>First</button><button tabindex="1">Second</button>',
        'button "First" comes out of the page\'s order',
      ],
    };
    for (const [what, [inside, fault]] of Object.entries(RULES))
      it(`${fault === undefined ? "lets" : "finds"} ${what}${fault === undefined ? " pass" : ""}`, async () =>
        assert.deepEqual(await look(inside), fault === undefined ? [] : [fault]));

    it("misses the word for what is real", async () => {
      await page.setContent(`<!doctype html>${HEAD}<div class="rung"><p>195</p></div>`);
      assert.deepEqual(await lookFaults(page), ["the page does not say what is real"]);
    });
  });
});
