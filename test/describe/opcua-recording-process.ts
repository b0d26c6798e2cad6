/**
 * Child of opcua-backfill.test.ts: records a test server into a history file until it is killed, or until its input
 * ends. Prints a JSON line with its gap entries twice a second, and one at the end.
 */
import { join } from "node:path";
import { Historian } from "../../runtime/describe/historian/historian.ts";
import { HistorianSink } from "../../runtime/describe/historian/historian-sink.ts";
import { OpcuaPath } from "./opcua-path.ts";

const [endpoint, home] = process.argv.slice(2) as [string, string];
const file = join(home, "rung.duckdb");
const historian = new Historian({ file });
const path = await OpcuaPath.open({
  endpoint,
  home,
  folder: `${file}.sync`,
  sink: new HistorianSink(historian),
});
const tell = () => {
  const entries = path.entries();
  const { sentLater } = path;
  process.stdout.write(
    `${JSON.stringify({ entries, sentLater, received: path.source.counters.received })}\n`,
  );
};
const timer = setInterval(tell, 200);
process.stdin.resume();
process.stdin.on("end", async () => {
  clearInterval(timer);
  await path.source.stop();
  await path.drained();
  tell();
  await path.close();
  await historian.close();
  process.exit(0);
});
