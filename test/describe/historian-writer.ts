/** Child of historian-kill.test.ts: appends without end and prints the last sequence of every acknowledged frame. */
import { Dictionary } from "../../runtime/core/dictionary.ts";
import { FrameBuilder } from "../../runtime/core/frame.ts";
import { GOOD } from "../../runtime/core/quality.ts";
import { Historian } from "../../runtime/describe/historian/historian.ts";

const [file, first] = process.argv.slice(2);
const historian = new Historian({ file: file! });
const dictionary = new Dictionary([
  { address: "a/b/c/d/x", kind: "measurement", type: "number", update: { mode: "onChange" } },
]);
const ROWS = 300;

for (let sequence = Number(first); ; sequence += ROWS) {
  const builder = new FrameBuilder({ source: "writer", reality: "live", dictionary }, ROWS);
  for (let i = sequence; i < sequence + ROWS; i++) builder.add(0, i, 1e15 + i, GOOD);
  const frame = builder.build({ epoch: 1, first: sequence, receiveTimeUs: 1e15 });
  await historian.append(frame);
  process.stdout.write(`${sequence + ROWS - 1}\n`);
}
