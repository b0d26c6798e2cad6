/**
 * Child of store-and-forward.test.ts: sends samples 0 to n - 1 through a synchroniser into an InfluxDB, and goes on
 * after a kill where the spool says that it was. Value = sequence. Prints the samples of every batch that was stored,
 * and "done" when all are.
 *
 * Several samples of one tag have the same source time, since that is where a store of points could lose some.
 */
import { type Frame, FrameBuilder } from "../../../runtime/core/frame.ts";
import { GOOD } from "../../../runtime/core/quality.ts";
import { InfluxOne } from "../../../runtime/describe/influx/influx-one.ts";
import { checkedSettings } from "../../../runtime/describe/influx/influx-settings.ts";
import { InfluxSink } from "../../../runtime/describe/influx/influx-sink.ts";
import { InfluxTwo } from "../../../runtime/describe/influx/influx-two.ts";
import { unaccounted } from "../../../runtime/describe/ledger.ts";
import type { Sink } from "../../../runtime/describe/sink.ts";
import { Synchroniser } from "../../../runtime/describe/synchroniser.ts";
import { BEGIN_US, dictionaryOf } from "../spool/spool-fixture.ts";

const [folder, url, kind, total, samplesATime] = process.argv.slice(2);
const n = Number(total);
const atOneTime = Number(samplesATime);
const ROWS = 1000;
const dictionary = dictionaryOf("x", "y");

function frameAt(first: number): Frame {
  const rows = Math.min(ROWS, n - first);
  const builder = new FrameBuilder({ source: "feeder", reality: "live", dictionary }, rows);
  for (let i = first; i < first + rows; i++) {
    const timeUs = BEGIN_US + Math.floor(i / (2 * atOneTime)) * 1000;
    builder.add(i % 2, i, timeUs, GOOD);
  }
  return builder.build({ epoch: 1, first, receiveTimeUs: BEGIN_US });
}

const version = kind === "1" ? 1 : 2;
const settings = checkedSettings({
  version,
  url: url!,
  database: version === 1 ? "plant" : "",
  measurement: "rung",
  writeOnly: version === 2,
  timeoutMs: 5000,
});
const influx = new InfluxSink("influx", new (version === 1 ? InfluxOne : InfluxTwo)(settings), settings);
const sink: Sink = {
  name: influx.name,
  ...(influx.holds === undefined ? {} : { holds: influx.holds }),
  async store(frames, signal) {
    await influx.store(frames, signal);
    process.stdout.write(`${frames.reduce((sum, frame) => sum + frame.length, 0)}\n`);
  },
};

const synchroniser = await Synchroniser.open({
  folder: folder!,
  spool: { segmentBytes: 2_000_000 },
  feeds: { batchRows: 5000, cursorMs: 20, firstPauseMs: 5, idleMs: 50, windowUs: 100_000 },
});
await synchroniser.attach(sink);
const begun = synchroniser.report.sources.feeder?.rows ?? 0;
for (let first = begun; first < n; first += ROWS) {
  await synchroniser.room();
  // The spool keeps ahead of the sink, but not so far that a kill finds nothing to do.
  while ((synchroniser.conservation()[0]?.sinks[0]?.queued ?? 0) > 20_000) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await synchroniser.accept(frameAt(first));
}
for (;;) {
  const counts = synchroniser.conservation().flatMap(({ spool, sinks }) => [spool, ...sinks]);
  const wrong = counts.find((one) => unaccounted(one) !== 0 || Object.keys(one.dropped).length > 0);
  if (wrong !== undefined) throw new Error(`does not add up: ${JSON.stringify(wrong)}`);
  if (counts.every(({ queued }) => queued === 0)) break;
  await new Promise((resolve) => setTimeout(resolve, 10));
}
await synchroniser.close();
process.stdout.write("done\n");
