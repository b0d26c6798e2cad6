/**
 * The attack on the actuator's proposals in full: hostile ones of every kind between legitimate ones, against the real
 * actuator process and an OPC UA server that records every write. `npm test` throws fewer by the same code.
 *
 * `node bench/proposals.ts [hostile] [legitimate] [minutes at most] [seed]`; ends with 1 where anything went wrong.
 */
import { ProposalCampaign } from "../test/security/proposal-campaign.ts";

const [hostile = 100_000, legitimate = 10_000, minutes = 60, seed = 2_026] = process.argv
  .slice(2)
  .map(Number);

const report = await new ProposalCampaign({ seed, hostile, legitimate, longestMs: minutes * 60_000 }).run();

const count = (number: number): string => number.toLocaleString("en-US");
const rows = [...report.kinds]
  .sort(([, a], [, b]) => b.sent - a.sent)
  .map(([kind, { sent, outcomes }]) => {
    const told = [...outcomes]
      .sort(([, a], [, b]) => b - a)
      .map(([code, times]) => `${code} ${count(times)}`);
    return `| ${kind} | ${count(sent)} | ${told.join(", ")} |`;
  });

console.log(`# Hostile proposals

${count(report.hostile)} hostile proposals and requests between ${count(report.legitimate)} legitimate proposals, seed ${seed}, over
the HTTP port of the real actuator process. The plant is an OPC UA server that writes down every write and obeys each
request; what reached it is judged by an oracle written from docs/decisions/0039 (test/act/envelope-oracle.ts), not by
the actuator's code. Asked for: ${count(hostile)} and ${count(legitimate)}${report.hostile < hostile ? `; ended after ${minutes} min` : ""}. ${(report.tookS / 60).toFixed(1)} min.

| | |
|---|---|
| requests that reached the PLC | ${count(report.requests)} |
| of legitimate proposals, written, verified and in the audit | ${count(report.legitimate)} |
| writes outside the envelope, refusals not in the audit, legitimate ones refused | ${count(report.problems.length)} |
| writes the server recorded, all of them | ${count(report.writes)} |

| kind | sent | what the audit says |
|---|---|---|
${rows.join("\n")}`);
for (const problem of report.problems.slice(0, 20)) console.error(problem);
process.exit(report.problems.length === 0 ? 0 : 1);
