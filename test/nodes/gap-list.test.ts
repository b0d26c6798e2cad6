import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gapText } from "../../nodes/dashboard/list/gap-text.ts";
import { gapsView } from "../../nodes/dashboard/list/gaps.ts";
import { languageOf } from "../../nodes/dashboard/look/language.ts";
import { GapOverview } from "../../runtime/describe/gap-overview.ts";
import { GAP_CAUSES } from "../../runtime/describe/gap-words.ts";
import { Services } from "../../runtime/host/services.ts";
import { BEGIN_US, frameFrom } from "../describe/spool/spool-fixture.ts";

const SOURCE = "opcua:l:n";

describe("gaps on a dashboard", () => {
  it("are those of all histories, with the source's name, its tags, and the way of every sample", async () => {
    const home = mkdtempSync(join(tmpdir(), "rung-gap-list-"));
    const services = new Services(home);
    const overview = new GapOverview();
    const view = () => gapsView(overview, services.synchronisers, (source) => `node of ${source}`);
    try {
      assert.deepEqual(view(), { gaps: [], open: 0, filled: 0, missing: 0, ways: [] });
      const one = await services.synchroniser();
      const other = await services.synchroniser(services.historian({ file: "other.duckdb" }));
      await one.accept(frameFrom(SOURCE, 0, 30));
      await one.accept(frameFrom(SOURCE, 0, 10));
      await other.accept(frameFrom(SOURCE, 0, 20));
      services.noteGap({ source: SOURCE, cause: "silent", fromUs: BEGIN_US, toUs: BEGIN_US + 5 });
      while (one.totals("historian").queued + other.totals("historian").queued > 0)
        await new Promise((done) => setTimeout(done, 20));
      const counts = { queued: 0, dropped: 0 };
      assert.deepEqual(view(), {
        gaps: [
          {
            source: SOURCE,
            cause: "silent",
            fromUs: BEGIN_US,
            toUs: BEGIN_US + 5,
            tags: null,
            tag: null,
            filled: 0,
            missing: 0,
            expected: null,
            isOpen: true,
            sourceName: `node of ${SOURCE}`,
            ofTags: 2,
          },
        ],
        open: 1,
        filled: 0,
        missing: 0,
        ways: [
          { name: "rung.duckdb", received: 40, stored: 30, deduplicated: 10, ...counts },
          { name: "other.duckdb", received: 20, stored: 20, deduplicated: 0, ...counts },
        ],
      });
    } finally {
      await services.close();
      rmSync(home, { recursive: true, force: true });
    }
  });

  it("are told in the browser's language", () => {
    assert.deepEqual(["de", "de-AT", "en-US", "fr", "den"].map(languageOf), ["de", "de", "en", "en", "en"]);
    const en = gapText("en");
    const de = gapText("de");
    const all = { tags: null, tag: null, ofTags: 1412 };
    assert.deepEqual([en.tags(all), de.tags(all)], ["all 1,412 tags", "alle 1.412 Messstellen"]);
    assert.equal(en.tags({ ...all, tags: 1412, tag: "a" }), "all 1,412 tags");
    assert.equal(en.tags({ ...all, ofTags: null }), "all tags");
    assert.equal(en.tags({ tags: 1, tag: "a/b", ofTags: 412 }), "a/b");
    assert.equal(de.tags({ tags: 3, tag: "a/b", ofTags: 412 }), "3 von 412 Messstellen");
    assert.equal(de.tags({ tags: 3, tag: "a/b", ofTags: null }), "3 Messstellen");
    assert.deepEqual(
      [
        en.filled({ filled: 12, missing: 0, expected: 20 }),
        de.filled({ filled: 0, missing: 0, expected: null }),
      ],
      ["12 of 20", "0, Gesamtzahl unbekannt"],
    );
    // Closed, and yet not filled in: the server lacks samples too.
    const lacking = { filled: 12, missing: 8, expected: 20, isOpen: false };
    assert.deepEqual([en.state(lacking), en.filled(lacking)], ["missing", "12 of 20, 8 not at the server"]);
    assert.deepEqual(
      [de.state(lacking), de.filled(lacking)],
      ["fehlt", "12 von 20, 8 auch beim Server nicht"],
    );
    assert.deepEqual(
      [en.state({ ...lacking, isOpen: true }), en.state({ ...lacking, missing: 0 })],
      ["open", "filled"],
    );
    const counts = { gaps: [], open: 1, filled: 2, missing: 3, ways: [] };
    assert.equal(en.counts(counts), "1 open · 2 filled · 3 missing at the server too");
    assert.equal(en.counts({ ...counts, missing: 0 }), "1 open · 2 filled");
    const way = { name: null, received: 1234, stored: 1200, queued: 20, deduplicated: 10, dropped: 4 };
    assert.equal(en.way(way), "received 1,234 = stored 1,200 + queued 20 + deduplicated 10 + dropped 4");
    assert.equal(de.way(way), "empfangen 1.234 = gespeichert 1.200 + wartend 20 + doppelt 10 + verworfen 4");
    assert.equal(
      en.cut({ gaps: [], open: 9000, filled: 700, missing: 300, ways: [] }),
      "The newest 0 of 10,000 are shown.",
    );
    assert.equal(en.cut({ gaps: [], open: 0, filled: 0, missing: 0, ways: [] }), "");
    for (const [cause, words] of Object.entries(GAP_CAUSES)) assert.notEqual(words.en, words.de, cause);
  });

  it("say from when to when, with the day where it changes", () => {
    const at = (day: number, hour: number, second: number) =>
      new Date(2019, 8, day, hour, 0, second).getTime() * 1000;
    const { when } = gapText("de");
    assert.equal(
      when({ fromUs: at(21, 7, 3), toUs: at(21, 7, 4) + 500_000 }),
      "21. Sept. 2019 07:00:03 – 07:00:04 · 1,5\u00a0s",
    );
    assert.equal(
      when({ fromUs: at(21, 23, 0), toUs: at(22, 1, 0) }),
      "21. Sept. 2019 23:00:00 – 22. Sept. 2019 01:00:00 · 2\u00a0h",
    );
  });
});
