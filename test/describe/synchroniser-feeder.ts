/**
 * Child of synchroniser-kill.test.ts: sends samples 0 to n - 1 into a synchroniser whose sink is another process, and
 * goes on after a kill where the spool says that it was. Prints "done" when the sink has stored everything.
 */
import type { Frame } from "../../runtime/core/frame.ts";
import { unaccounted } from "../../runtime/describe/ledger.ts";
import type { Sink } from "../../runtime/describe/sink.ts";
import { Synchroniser } from "../../runtime/describe/synchroniser.ts";
import { frameFrom } from "./spool/spool-fixture.ts";

const [folder, url, total] = process.argv.slice(2);
const n = Number(total);
const ROWS = 40;

const sink: Sink = {
  name: "other-process",
  async store(frames: readonly Frame[]) {
    const rows = frames.flatMap((frame) =>
      Array.from({ length: frame.length }, (_, row) => [frame.sequenceAt(row), frame.valueAt(row)]),
    );
    const { status } = await fetch(url!, { method: "POST", body: JSON.stringify(rows) });
    if (status !== 204) throw new Error(`the sink answered ${status}`);
  },
};

const synchroniser = await Synchroniser.open({
  folder: folder!,
  spool: { segmentBytes: 50_000 },
  feeds: { batchRows: 200, cursorMs: 20, firstPauseMs: 5, idleMs: 50, windowUs: 100_000 },
});
await synchroniser.attach(sink);
const begun = synchroniser.report.sources.feeder?.rows ?? 0;
for (let first = begun; first < n; ) {
  const underWay: Promise<void>[] = [];
  for (; underWay.length < 8 && first < n; first += ROWS) {
    underWay.push(synchroniser.accept(frameFrom("feeder", first, ROWS)));
  }
  await Promise.all(underWay);
}
for (;;) {
  const counts = synchroniser.conservation().flatMap(({ spool, sinks }) => [spool, ...sinks]);
  const wrong = counts.find((one) => unaccounted(one) !== 0);
  if (wrong !== undefined) throw new Error(`does not add up: ${JSON.stringify(wrong)}`);
  if (counts.every(({ queued }) => queued === 0)) break;
  await new Promise((resolve) => setTimeout(resolve, 10));
}
await synchroniser.close();
process.stdout.write("done\n");
