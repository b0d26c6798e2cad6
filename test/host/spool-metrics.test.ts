import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { metricsRegistry } from "../../runtime/host/metrics.ts";
import { Services } from "../../runtime/host/services.ts";
import { tellSpools } from "../../runtime/host/spool-metrics.ts";
import { frameFrom } from "../describe/spool/spool-fixture.ts";

describe("figures of samples", () => {
  it("tell where the samples of every source are, and that none is unaccounted for", async () => {
    const home = mkdtempSync(join(tmpdir(), "rung-figures-"));
    const services = new Services(home);
    try {
      tellSpools(() => services.synchronisers);
      assert.doesNotMatch(await metricsRegistry.metrics(), /rung_samples\{/);
      const synchroniser = await services.synchroniser();
      await synchroniser.accept(frameFrom("opcua:l:n", 0, 30));
      await synchroniser.accept(frameFrom("opcua:l:n", 0, 30));
      services.noteGap({ source: "opcua:l:n", cause: "silent", fromUs: 1, toUs: 9 });
      const [noted] = synchroniser.gaps.query();
      synchroniser.gaps.backfill(noted!.id, { fromUs: 1, toUs: 5, samples: 3, missing: 2 });
      while (synchroniser.totals("historian").queued > 0) await new Promise((done) => setTimeout(done, 20));
      const text = await metricsRegistry.metrics();
      const figure = (line: string): void => assert.ok(text.includes(`\n${line}\n`), `${line} in\n${text}`);
      const of = 'history="rung.duckdb",source="opcua:l:n"';
      figure(`rung_samples{${of},to="spool",state="received",reason=""} 60`);
      figure(`rung_samples{${of},to="spool",state="stored",reason=""} 60`);
      figure(`rung_samples{${of},to="historian",state="stored",reason=""} 30`);
      figure(`rung_samples{${of},to="historian",state="deduplicated",reason=""} 30`);
      figure(`rung_samples_unaccounted{${of},to="spool"} 0`);
      figure(`rung_samples_unaccounted{${of},to="historian"} 0`);
      figure(`rung_open_gaps{${of}} 1`);
      figure(`rung_samples_backfilled_total{${of}} 3`);
      figure(`rung_samples_missing_at_server_total{${of}} 2`);
      assert.match(text, /rung_spool_bytes\{history="rung.duckdb"\} [1-9]/);
      assert.equal((await services.historian().facts()).samples, 30);
    } finally {
      await services.close();
      rmSync(home, { recursive: true, force: true });
      metricsRegistry.clear();
    }
  });
});
