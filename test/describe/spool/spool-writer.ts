/** Child of spool.test.ts: appends frames without end and prints the last sequence of every acknowledged one. */
import { Spool } from "../../../runtime/describe/spool/spool.ts";
import { frameFrom } from "./spool-fixture.ts";

const [folder, first, segmentBytes] = process.argv.slice(2);
const spool = await Spool.open({ folder: folder!, segmentBytes: Number(segmentBytes) });
const ROWS = 50;

for (let sequence = Number(first); ; sequence += ROWS) {
  spool
    .append(frameFrom("writer", sequence, ROWS))
    .then(() => process.stdout.write(`${sequence + ROWS - 1}\n`));
  // A few are under way at once, as with a live source.
  if ((sequence / ROWS) % 4 === 3) await new Promise((resolve) => setTimeout(resolve, 1));
}
