import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import type { Rung } from "../../runtime/core/evidence.ts";
import { PASSPORT_POLICY, passportPage } from "../../runtime/host/passport/passport-page.ts";
import { hashText } from "../../runtime/host/passport/passport-words.ts";
import { notKnown } from "../../runtime/ladder/passport/not-known.ts";
import { isWhole, type Passport, passportOf } from "../../runtime/ladder/passport/passport.ts";
import { analyse } from "../../runtime/ladder/wiring.ts";
import { openBrowser, watch } from "../flows/browser.ts";
import { pageFaults } from "../flows/page-check.ts";
import { draw, OVEN } from "../ladder/draw.ts";
import {
  change,
  HOST,
  issued,
  LOOP,
  ovenEvidence,
  PLANT_US,
  record,
  WALL_US,
} from "../ladder/passport-fixture.ts";

const HOSTILE = `<script>alert("x")</script> & 'oven'`;

/** As much evidence as a running oven has, each record with a sentence. */
const MANY = Array.from({ length: 14 }, (_, n) =>
  record((1 + (n % 5)) as Rung, `check number ${n} of this row`, n % 7 === 0 ? "fails" : "holds", {
    limit: "at most 5 of 50 windows (binomial 95 %)",
    validUntilUs: PLANT_US + 1e12,
    ...(n % 7 === 0 ? { cause: `zone ${n} sends nothing since the last start of its source` } : {}),
  }),
);

const SCENES: Record<string, () => Passport> = {
  "of a twin that holds all it is wired for": () => issued()!,
  "of a twin that fell, with much evidence": () =>
    issued({
      evidence: [...ovenEvidence(false), ...MANY],
      changes: Array.from({ length: 5 }, (_, n) => change(5, 4, "5 autonomous: not armed", n)),
    })!,
  "of a recording": () =>
    issued({
      flow: draw("rec recording > st state > his history; st > wi whatif > opt optimise"),
      host: { ...HOST, clockUs: () => undefined },
      changes: [],
    })!,
  "of a twin whose words are markup": () =>
    issued({ flow: LOOP.map((node) => (node.id === "oven" ? { ...node, name: HOSTILE } : node)) })!,
  "of a source that has never been heard, with evidence of no time": () =>
    issued({
      host: {
        ...HOST,
        heard: () => ({
          source: "opcua:plant:src",
          reality: "virtual",
          open: false,
          lastSignUs: Number.NEGATIVE_INFINITY,
        }),
      },
      evidence: [record(1, "age", "holds", { timeUs: Number.NaN, validUntilUs: Number.POSITIVE_INFINITY })],
    })!,
  "of a parent and its parts": () =>
    issued({
      flow: [
        ...draw(""),
        {
          id: "fan",
          type: "rung-twin",
          name: "a fan with a name that is rather long",
          address: `${OVEN}/fan`,
          parent: "oven",
        },
        { id: "door", type: "rung-twin", name: "door", address: `${OVEN}/door`, parent: "oven" },
      ],
    })!,
  "off flow files": () => {
    const { twins, unguardedOutputs } = analyse(LOOP);
    const measured = notKnown("read off flow files, nothing runs");
    return passportOf({
      twin: OVEN,
      twins,
      unguardedOutputs,
      flow: LOOP,
      product: "0.1.0",
      nowUs: WALL_US,
      measured,
    })!;
  },
};

describe("the passport on paper", function () {
  this.timeout(60_000);
  let browser: Browser;
  let page: Page;
  let server: Server;
  let served = "";
  let url = "";
  let wrong: string[];

  before(async function () {
    browser = await openBrowser(this);
    server = createServer((_request, response) => {
      response.setHeader("Content-Security-Policy", PASSPORT_POLICY);
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      response.end(served);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    page = await browser.newPage();
    wrong = watch(page);
  });
  after(async () => {
    await browser?.close();
    server?.close();
  });

  const show = async (passport: Passport): Promise<void> => {
    served = passportPage(passport);
    await page.goto(url);
  };

  for (const [what, passport] of Object.entries(SCENES)) {
    it(`${what} reads well on a screen, on a phone and on one or two sheets of A4`, async () => {
      await show(passport());
      for (const width of [1280, 794, 390]) {
        await page.setViewportSize({ width, height: 900 });
        assert.deepEqual(await pageFaults(page), [], `${width} px`);
      }
      const pdf = await page.pdf({ preferCSSPageSize: true });
      const sheets = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
      assert.ok(sheets === 1 || sheets === 2, `${sheets} sheets`);
    });
  }

  it("shows six rungs: held filled, wired outlined, absent dashed", async () => {
    await show(
      issued({
        flow: draw("src opcua-source > st state > his history; st > fc forecast"),
        evidence: [record(1, "age", "holds")],
      })!,
    );
    const drawn = await page.locator(".ladder > div").evaluateAll((rows) =>
      rows.map((row) => {
        const shape = row.querySelector("svg")!.lastElementChild!;
        const kind =
          shape.tagName === "path" ? "dashed" : shape.hasAttribute("stroke") ? "outlined" : "filled";
        return `${row.querySelector(".n")!.textContent} ${kind}`;
      }),
    );
    assert.deepEqual(drawn, ["5 dashed", "4 dashed", "3 outlined", "2 dashed", "1 filled", "0 filled"]);
    assert.equal(await page.locator(".sum b").textContent(), "1");
  });

  for (const [reality, flow] of [
    ["virtual", LOOP],
    ["recorded", draw("rec recording > st state > his history")],
  ] as const) {
    it(`says ${reality} in a hatched bar that a printer draws too`, async () => {
      await show(issued({ flow, changes: [] })!);
      assert.equal(await page.locator(".word b").textContent(), reality.toUpperCase());
      assert.equal(await page.locator('.word svg rect[fill="url(#hatch)"]').count(), 1);
      assert.match((await page.locator(".word span").textContent())!, /^No plant is connected/);
    });
  }

  it("does not hatch a twin that a plant feeds", async () => {
    await show(issued({ flow: draw("src opcua-source > st state > his history") })!);
    assert.equal(await page.locator(".word b").textContent(), "LIVE");
    assert.equal(await page.locator('rect[fill="url(#hatch)"]').count(), 0);
  });

  it("shows markup in a name as text, and runs none of it", async () => {
    await show(SCENES["of a twin whose words are markup"]!());
    assert.equal(await page.locator("h1").textContent(), HOSTILE);
    assert.equal(await page.locator("script").count(), 0);
  });

  it("carries the JSON it was made of, whose hash stands at the foot", async () => {
    const passport = issued()!;
    await show(passport);
    const href = (await page.locator(".screen a").getAttribute("href"))!;
    const carried = JSON.parse(Buffer.from(href.split(",")[1]!, "base64").toString("utf8")) as Passport;
    assert.ok(isWhole(carried));
    assert.equal(await page.locator("footer .hash").textContent(), hashText(carried.hash));
    assert.equal(carried.hash, passport.hash);
  });

  it("asked for nothing elsewhere, and broke no policy", () => {
    assert.deepEqual(wrong, []);
  });
});
