import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RungError } from "../../runtime/core/errors.ts";
import { metricsRegistry } from "../../runtime/host/metrics.ts";
import { Services } from "../../runtime/host/services.ts";
import { SCENARIO_KERNEL } from "../../runtime/prescribe/scenario-kernel.ts";

describe("figures of the compute children", () => {
  it("tell how requests ended, what runs and what is kept", async () => {
    const home = mkdtempSync(join(tmpdir(), "rung-figures-"));
    const services = new Services(home);
    try {
      const compute = services.compute();
      // A kernel that cannot do anything with its input fails; one that is cancelled is counted as that.
      const input = {} as Parameters<NonNullable<(typeof SCENARIO_KERNEL)["types"]>>[0];
      await assert.rejects(compute.submit({ kernel: SCENARIO_KERNEL, input }), RungError);
      const signal = AbortSignal.abort();
      await assert.rejects(compute.submit({ kernel: SCENARIO_KERNEL, input, signal }), RungError);
      const text = await metricsRegistry.metrics();
      const figure = (line: string): void => assert.ok(text.includes(`\n${line}\n`), `${line} in\n${text}`);
      figure('rung_compute_requests_total{kind="cpu",outcome="failed"} 1');
      figure('rung_compute_requests_total{kind="cpu",outcome="cancelled"} 1');
      figure('rung_compute_requests_total{kind="cpu",outcome="answered"} 0');
      figure('rung_compute_requests_total{kind="gpu",outcome="lost"} 0');
      figure('rung_compute_waiting{kind="cpu"} 0');
      figure('rung_compute_running{kind="cpu"} 0');
      figure('rung_compute_children{kind="cpu"} 1');
      figure('rung_compute_children{kind="gpu"} 0');
      figure('rung_compute_respawns_total{kind="cpu"} 0');
      figure("rung_compute_kept_bytes 0");
      const [, runningS] = /\nrung_compute_running_seconds_total\{kind="cpu"\} (\S+)\n/.exec(text)!;
      assert.ok(Number(runningS) > 0);
    } finally {
      await services.close();
      rmSync(home, { recursive: true, force: true });
      metricsRegistry.clear();
    }
  });
});
