import { basename, dirname } from "node:path";
import { parseArgs } from "node:util";
import { RungError } from "../core/errors.ts";
import { alarmKey } from "../diagnose/alarms/alarm.ts";
import type { Finding } from "../diagnose/finding.ts";
import { Exercise } from "../diagnose/training/exercise.ts";
import { INCIDENT_ENDING, readRecordedIncident } from "../diagnose/training/recorded-incident.ts";
import type { Score, ScoreLine } from "../diagnose/training/score.ts";
import { readJsonInput } from "./json-file.ts";
import { readArguments } from "./read-arguments.ts";
import { textTable } from "./text-table.ts";

export const usage = `rung train score <name>.incident.json <answers.json> [--json]

Scores what a trainee did, without a screen. The answers are a list in the order of time, seconds after the first row:
[{"atS": 29700, "report": true}, {"atS": 29900, "alarm": "zone2/fanFlow"},
 {"atS": 30100, "answer": {"cause": "fouled-nozzle", "place": "zone2", "action": "clean-nozzles"}}]`;

const TWIN = "training";
const fault = (what: string): RungError =>
  new RungError({ code: "usage", where: "rung train score", what, advice: usage });

/** @param args what follows `rung train score` @throws RungError for any bad input */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(
    () =>
      parseArgs({
        args: [...args],
        allowPositionals: true,
        options: { json: { type: "boolean", default: false } },
      }),
    fault,
  );
  const [file = "", answers = ""] = positionals;
  if (positionals.length !== 2 || !file.endsWith(INCIDENT_ENDING))
    throw fault(`expected <name>${INCIDENT_ENDING} and the answers`);
  const incident = readRecordedIncident(dirname(file), basename(file, INCIDENT_ENDING));
  const exercise = new Exercise(incident, 0);
  for (const [i, step] of stepsOf(readJsonInput(answers, "docs/training.md"), answers).entries()) {
    const timeUs = step.atS * 1e6;
    if (step.report === true) exercise.report(timeUs);
    else if (typeof step.alarm === "string") acknowledge(exercise, step.alarm, timeUs);
    else if (step.answer !== undefined) exercise.answer(step.answer, timeUs);
    else throw fault(`${answers}, entry ${i + 1} is no report, alarm or answer`);
  }
  exercise.stop();
  const score = exercise.score();
  process.stdout.write(values.json ? `${JSON.stringify(score, null, 2)}\n` : scoreText(score));
  return 0;
}

interface Step {
  readonly atS: number;
  readonly report?: unknown;
  readonly alarm?: unknown;
  readonly answer?: unknown;
}

function stepsOf(given: unknown, file: string): readonly Step[] {
  const isStep = (step: Partial<Step> | null, i: number, all: readonly Partial<Step>[]): boolean =>
    Number.isFinite(step?.atS) && (i === 0 || step!.atS! >= all[i - 1]!.atS!);
  if (Array.isArray(given) && given.every(isStep)) return given as Step[];
  throw fault(`${file} must be a list of entries with atS, in the order of time`);
}

/** An alarm of this path stands, and the trainee acknowledges it. */
function acknowledge(exercise: Exercise, path: string, timeUs: number): void {
  const finding = {
    kind: "finding",
    active: true,
    twin: TWIN,
    timeUs,
    contributions: [{ address: `${TWIN}/${path}`, share: 1 }],
  } as unknown as Finding;
  exercise.note(finding);
  exercise.alarm({ event: "acknowledged", key: alarmKey(finding), timeUs });
}

function scoreText({ points, lines }: Score): string {
  const rows = lines.map((line) => [
    line.what,
    whyOf(line),
    `${line.points}${line.of > 0 ? ` / ${line.of}` : ""}`,
  ]);
  return `${points} of 100 points\n\n${textTable(["what", "why", "points"], rows, 2).join("\n")}\n`;
}

function whyOf(line: ScoreLine): string {
  if (line.what === "detect")
    return line.detectedS === undefined
      ? "not found"
      : `after ${Math.round(line.detectedS / 60)} min, by ${line.by}`;
  if (line.what === "false-reports") return String(line.count);
  return `${line.given ?? "not answered"}${line.points > 0 ? "" : `; right: ${line.right.join(" or ")}`}`;
}
