/**
 * `npm run faults -- [--seeds 20] [--only <part of a name>] [--short] [--at-once 2] [--log <file>]`: brings every fault
 * about with real processes, once per seed, accounts for every sample, and writes bench/results/faults.md (all faults, in
 * full). What ends is kept in the log, a line each; what stands there already is not run again.
 * Ends with 1 where a sample is unexplained or a counter does not add up.
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Fault, Outcome } from "../test/faults/fault.ts";
import { FAULTS } from "../test/faults/fault-list.ts";
import { OutcomeLog } from "../test/faults/outcome-log.ts";
import { runFaults } from "../test/faults/run-fault.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "20" },
    only: { type: "string" },
    short: { type: "boolean", default: false },
    "at-once": { type: "string", default: "2" },
    log: { type: "string" },
  },
});
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => i + 1);
const isShort = values.short;
const wanted = FAULTS.filter(({ name }) => values.only === undefined || name.includes(values.only));
const possible = wanted.filter((fault) => fault.missing?.() === undefined);
const log = new OutcomeLog(values.log);
const runs = possible.flatMap((fault) => seeds.map((seed) => ({ fault, seed, isShort })));
const toRun = runs.filter((run) => log.outcomeOf(run) === undefined);
const begun = runFaults(toRun, Number(values["at-once"]));
const running = new Map(
  toRun.map((run, i) => {
    const ended = begun[i]!.then((outcome) => log.keep(run, outcome));
    // It is told in its turn, below.
    ended.catch(() => undefined);
    return [run, ended];
  }),
);

/** What went wrong, beside the table. */
const wrong: string[] = [];
const outcomes = new Map<Fault, Outcome[]>(possible.map((fault) => [fault, []]));
const begunMs = performance.now();
for (const run of runs) {
  const { fault, seed } = run;
  try {
    await running.get(run);
    const outcome = log.outcomeOf(run)!;
    outcomes.get(fault)!.push(outcome);
    const { unexplained, duplicates, foreign, violations, inLedger } = outcome;
    const lost = unexplained + duplicates + foreign + (fault.losesNothing ? inLedger : 0);
    const isRight = lost + violations === 0;
    if (!isRight) wrong.push(`${fault.name}, seed ${seed}: ${JSON.stringify(outcome)}`);
    const at = Math.round((performance.now() - begunMs) / 1000);
    console.error(
      `${at} s: ${fault.name}, seed ${seed}: ${isRight ? "right" : "WRONG"}${outcome.note ? `, ${outcome.note}` : ""}`,
    );
  } catch (thrown) {
    wrong.push(`${fault.name}, seed ${seed}: ${thrown instanceof Error ? thrown.message : thrown}`);
    console.error(wrong.at(-1));
  }
}

function row(fault: Fault): string {
  const missing = fault.missing?.();
  if (missing !== undefined) return `| ${fault.name} | not run: ${missing} | | | | | | | | |`;
  const all = outcomes.get(fault)!;
  const sum = (count: (outcome: Outcome) => number): number =>
    all.reduce((total, outcome) => total + count(outcome), 0);
  const dropped = new Map<string, number>();
  for (const outcome of all) {
    for (const [reason, samples] of Object.entries(outcome.dropped)) {
      if (samples > 0) dropped.set(reason, (dropped.get(reason) ?? 0) + samples);
    }
  }
  const reasons = [...dropped].sort().map(([reason, samples]) => `${reason} ${samples}`);
  const violations = sum((outcome) => outcome.violations);
  const looks = sum((outcome) => outcome.looks);
  return `| ${[
    fault.name,
    all.length,
    sum((outcome) => outcome.produced),
    sum((outcome) => outcome.stored),
    sum((outcome) => outcome.filledIn),
    sum((outcome) => outcome.deduplicated),
    reasons.join(", ") || 0,
    sum((outcome) => outcome.inLedger),
    sum((outcome) => outcome.unexplained + outcome.duplicates + outcome.foreign),
    violations === 0 ? `exact at ${looks} looks` : `WRONG at ${violations} of ${looks} looks`,
  ].join(" | ")} |`;
}

const notes = possible.flatMap((fault) =>
  outcomes.get(fault)!.flatMap(({ note }) => (note === undefined ? [] : [`${fault.name}: ${note}`])),
);
const table = `# faults

Each fault with real processes killed, cut and stopped, ${seeds.length === 1 ? "one seed" : `seeds 1 to ${seeds.length}`}${isShort ? ", shortened" : ""}; ${cpus().length} cores, Node ${process.version}.
Produced is what producers noted before they sent it, from when Rung had met every tag; it is compared with the
history sample by sample. Filled in is what came from the server's history; it is among the stored. Stored and in ledger make up what was produced; unexplained is what is in neither, is stored twice
or was never produced. Dropped counts samples with a reason (at the source, the spool, the sinks); what of them was produced
within the account stands in the ledger, is a repetition, or was damaged on disk. The law received = stored + queued +
deduplicated + dropped is looked at several times a second on every stage. What a killed process had counted since its
last look is not in these columns; what it stored is.

| fault | seeds | produced | stored | filled in | deduplicated | dropped | in ledger | unexplained | conservation |
|---|---|---|---|---|---|---|---|---|---|
${wanted.map(row).join("\n")}
${notes.length === 0 ? "" : `\n${notes.join("\n\n")}\n`}${wrong.length === 0 ? "" : `\nWhat went wrong:\n\n${wrong.map((line) => `- ${line}`).join("\n")}\n`}`;
console.log(table);
if (values.only === undefined && !isShort)
  writeFileSync(join(import.meta.dirname, "results", "faults.md"), table);
process.exit(wrong.length === 0 ? 0 : 1);
