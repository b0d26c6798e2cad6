/**
 * A process that writes an audit until it is killed, and answers for each line that is on the disk. It is told how far
 * its answers were heard and runs no more than MOST_AHEAD lines ahead: whoever reads the audit meanwhile would else find
 * more of it each time.
 */
import { AuditLog } from "../../../runtime/act/audit/audit-log.ts";
import { messageOf } from "../../../runtime/core/errors.ts";

const [directory, anchorFile, until] = process.argv.slice(2);
const isUntilFull = until === "until full";
const log = new AuditLog(directory!, {
  anchors: { anchorFile: anchorFile! },
  ...(isUntilFull ? {} : { largestFileBytes: 5_000 }),
});
const MOST_AHEAD = 20;
let heard = 0;
process.on("message", (seq) => {
  heard = Number(seq);
});
try {
  for (;;) {
    const { seq } = log.append("write", { text: "x".repeat(200) });
    process.send?.(seq);
    do await new Promise((resolve) => setImmediate(resolve));
    while (process.connected && seq - heard > MOST_AHEAD);
  }
} catch (error) {
  process.stdout.write(messageOf(error));
  log.append("disarm", { envelope: "e1" });
  log.close();
}
