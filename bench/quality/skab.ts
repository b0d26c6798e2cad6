/**
 * The detector with its defaults on SKAB valve1 (https://github.com/waico/SKAB), as published: the first 400 rows of each
 * file are the training data, every later row is scored by itself, no point adjustment.
 * Writes bench/results/quality-skab.md. Run: node bench/quality/skab.ts [folder with SKAB's valve1 files]
 * The data is not in the repository; without it this ends with status 2.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { calibrateDetector } from "../../runtime/diagnose/detector-calibration.ts";
import { DetectorCore } from "../../runtime/diagnose/detector-core.ts";
import { pickColumns, watchable } from "../../runtime/diagnose/watchable.ts";

const FOLDER =
  process.argv[2] === undefined
    ? new URL("../../../shared/data/anomaly/skab/valve1/", import.meta.url)
    : pathToFileURL(join(process.argv[2], "/"));
const RESULTS = new URL("../results/", import.meta.url);
const TRAIN_ROWS = 400;
const SIGNALS = 8;
const BAR = { f1: 0.85, falseAlarmRate: 0.15 } as const;

interface Counts {
  hits: number;
  falseAlarms: number;
  missed: number;
  quiet: number;
}

const none = (): Counts => ({ hits: 0, falseAlarms: 0, missed: 0, quiet: 0 });

function countsOf(file: string): Counts {
  const [head, ...lines] = readFileSync(new URL(file, FOLDER), "utf8").trim().split(/\r?\n/);
  const cells = lines.map((line) => line.split(";").map(Number));
  const names = head!.split(";").slice(1, 1 + SIGNALS);
  const values = names.map((_, c) => Float64Array.from(cells, (row) => row[c + 1]!));
  const training = {
    names,
    values: values.map((column) => column.subarray(0, TRAIN_ROWS)),
    timeUs: new Float64Array(0),
  };
  const chosen = watchable(training);
  const core = new DetectorCore(calibrateDetector(pickColumns(training, chosen)));
  const row = new Float64Array(chosen.length);
  const counts = none();
  for (let r = 0; r < cells.length; r++) {
    for (const [i, c] of chosen.entries()) row[i] = values[c]![r]!;
    core.step(row);
    if (r < TRAIN_ROWS) continue;
    const isAnomaly = cells[r]![1 + SIGNALS] === 1;
    if (core.active) counts[isAnomaly ? "hits" : "falseAlarms"]++;
    else counts[isAnomaly ? "missed" : "quiet"]++;
  }
  return counts;
}

const f1 = ({ hits, falseAlarms, missed }: Counts): number => (2 * hits) / (2 * hits + falseAlarms + missed);
const falseAlarmRate = ({ falseAlarms, quiet }: Counts): number => falseAlarms / (falseAlarms + quiet);
const missedRate = ({ hits, missed }: Counts): number => missed / (hits + missed);
const percent = (share: number): string => (100 * share).toFixed(1);
const line = (name: string, counts: Counts): string =>
  `| ${name} | ${f1(counts).toFixed(3)} | ${percent(falseAlarmRate(counts))} | ${percent(missedRate(counts))} |`;

const found = existsSync(FOLDER) ? readdirSync(FOLDER).filter((file) => file.endsWith(".csv")) : [];
if (found.length === 0) {
  console.error(
    `${fileURLToPath(FOLDER)}: SKAB's valve1 files are not there (copy data/valve1 of https://github.com/waico/SKAB ` +
      "to that folder, or give the folder as the argument)",
  );
  process.exit(2);
}
const files = found.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
const perFile = files.map((file) => ({ file, counts: countsOf(file) }));
const all = none();
for (const { counts } of perFile)
  for (const key of Object.keys(all) as (keyof Counts)[]) all[key] += counts[key];
const anomalies = all.hits + all.missed;
const always: Counts = { hits: anomalies, missed: 0, falseAlarms: all.falseAlarms + all.quiet, quiet: 0 };

const report = `# SKAB valve1

Made by bench/quality/skab.ts. 16 files, ${anomalies + always.falseAlarms} rows scored after 400 training rows each. Defaults, nothing tuned on the
labels, no point adjustment. F1 means little without the false alarm rate (FAR): a detector that always alarms has the F1 of the last row.

| detector | F1 | FAR % | missed % |
|---|---|---|---|
${line("**this detector**", all)}
| Conv-AE (published) | .78 | 13.6 | 28.0 |
| MSET (published) | .78 | 39.7 | 14.1 |
| T² + Q (published) | .76 | 26.6 | 24.9 |
| Isolation forest (published) | .29 | 2.6 | 82.9 |
${line("always anomalous", always)}

The published figures are for all of SKAB, these for valve1. Protocol: per file the first ${TRAIN_ROWS} rows calibrate, every later row counts by
itself as the detector stands in it (in alarm or not), counts of all files together; no look ahead, no point adjustment.

Bar: F1 at least ${BAR.f1} at a FAR of at most ${percent(BAR.falseAlarmRate)} %: F1 ${f1(all) >= BAR.f1 ? "holds" : "**missed**"}, FAR ${falseAlarmRate(all) <= BAR.falseAlarmRate ? "holds" : "**missed**"}. What is missed are files 0, 2 and 6 above all, in which the flow
itself strays in the ${TRAIN_ROWS} rows about as far as in the fault: its limit is as wide as that. Taking out what guards a limit known from few rows
(standardised by earlier rows alone, Student's t) gives F1 .828 at FAR 12.1 % here, and more than one false alarm a day in the virtual plant's
long run (seed 31: 4 in 1.6 days); so it stays. Not blind: some 25 stages of the detector were scored on these files while it was made. They were
chosen between on the virtual plant (seeds 1 to 3, 31 to 38) and the anomaly-free record, not on this table.

| file | F1 | FAR % | missed % |
|---|---|---|---|
${perFile.map(({ file, counts }) => line(file, counts)).join("\n")}
`;
mkdirSync(RESULTS, { recursive: true });
writeFileSync(new URL("quality-skab.md", RESULTS), report);
process.stdout.write(report);
