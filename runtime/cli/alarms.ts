import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { RungError } from "../core/errors.ts";
import { isoFromUs } from "../core/time.ts";
import type { AlarmEvent } from "../diagnose/alarms/alarm.ts";
import { alarmFile } from "../diagnose/alarms/alarm-desk.ts";
import { ALARM_LIMITS, type AlarmKpis, alarmKpis } from "../diagnose/alarms/alarm-kpis.ts";
import { alarmsFile, homeFolder } from "../host/home.ts";
import { readArguments } from "./read-arguments.ts";
import { textTable } from "./text-table.ts";

export const summary = "how well the alarms serve the person in front of them, and who did what about them";
export const usage = `rung alarms [--twin <address>] [--file <alarms.jsonl> | --home <folder>] [--log] [--json]

Figures of the last day before the newest event, by ISA-18.2 (IEC 62682) and EEMUA 191: how many, the worst ten minutes,
floods, what chatters, what has stood for a day, priorities, and the alarms that came most often. It only reads, and may be
asked while Rung runs.

  --twin <address>   of one twin and those below it
  --file <file>      instead of history/alarms.jsonl of the home
  --home <folder>    instead of RUNG_HOME
  --log              list what happened instead: raised, returned, acknowledged, shelved, cause found, by whom and why
  --json             JSON

Exit: 0 done, 2 a fault of the input.`;

const fault = (what: string): RungError =>
  new RungError({ code: "usage", where: "rung alarms", what, advice: "see rung alarms --help" });

/** @param args what follows `rung alarms` @returns the exit status @throws RungError for any bad input */
export async function run(args: string[]): Promise<number> {
  const { values } = readArguments(
    () =>
      parseArgs({
        args,
        options: {
          twin: { type: "string" },
          file: { type: "string" },
          home: { type: "string" },
          log: { type: "boolean", default: false },
          json: { type: "boolean", default: false },
        },
      }),
    fault,
  );
  if (values.file !== undefined && values.home !== undefined)
    throw fault("--file and --home exclude each other");
  const path = values.file ?? alarmsFile(values.home === undefined ? homeFolder() : resolve(values.home));
  const file = alarmFile(resolve(path));
  if (!file.exists)
    throw new RungError({
      code: "no-alarms",
      where: path,
      what: "is not there: no alarm has come yet",
      advice: "name the home with --home",
    });
  const { lines, broken } = file.read();
  const { twin } = values;
  const events = lines.filter(
    (event) => twin === undefined || event.twin === twin || event.twin.startsWith(`${twin}/`),
  );
  if (broken > 0) process.stderr.write(`${path}: ${broken} broken lines are passed over\n`);
  if (values.log) process.stdout.write(values.json ? `${JSON.stringify(events)}\n` : logText(events));
  else {
    const kpis = kpisOf(events);
    process.stdout.write(values.json ? `${JSON.stringify(kpis)}\n` : kpiText(kpis, events));
  }
  return 0;
}

/** As they stood at the newest event of each twin. */
function kpisOf(events: readonly AlarmEvent[]): AlarmKpis {
  const newest = new Map<string, number>();
  let watchedUs = 0;
  for (const { twin, timeUs } of events) newest.set(twin, Math.max(newest.get(twin) ?? 0, timeUs));
  const ageUs = ({ twin, timeUs }: AlarmEvent) => newest.get(twin)! - timeUs;
  const standing = new Map<string, AlarmEvent>();
  for (const event of events) {
    watchedUs = Math.max(watchedUs, ageUs(event));
    if (event.event === "raised") standing.set(event.key, event);
    else if (event.event === "returned") standing.delete(event.key);
  }
  return alarmKpis(
    events
      .filter(({ event }) => event === "raised")
      .map((event) => ({ key: event.key, priority: event.priority, ageUs: ageUs(event) })),
    [...standing.values()].map((event) => ({ key: event.key, ageUs: ageUs(event) })),
    watchedUs,
  );
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

function kpiText(kpis: AlarmKpis, events: readonly AlarmEvent[]): string {
  const titles = new Map(events.map(({ key, title }) => [key, title]));
  const named = (keys: readonly string[]) => keys.map((key) => titles.get(key) ?? key).join("; ") || "none";
  const { shares } = kpis;
  const lines = [
    `last ${kpis.hours.toFixed(1)} h: ${kpis.count} alarms, ${kpis.perDay.toFixed(0)} a day: ${kpis.verdict} (manageable up to ${ALARM_LIMITS.manageablePerDay}, ${ALARM_LIMITS.mostPerDay} ask for a change)`,
    `in 10 minutes: ${kpis.per10Min.toFixed(2)} on average, ${kpis.worst10Min} at most; in flood ${percent(kpis.floodShare)} of the time`,
    `priorities 1 2 3: ${percent(shares[1])} ${percent(shares[2])} ${percent(shares[3])} (aimed at 5, 15, 80)`,
    `chattering: ${named(kpis.chattering)}`,
    `standing for a day: ${named(kpis.stale)}`,
  ];
  if (kpis.most.length === 0) return `${lines.join("\n")}\n`;
  const rows = kpis.most.map(({ key, count }) => [titles.get(key) ?? key, key.split(" ")[0]!, String(count)]);
  return `${[...lines, "", ...textTable(["came most often", "twin", "times"], rows, 2)].join("\n")}\n`;
}

function logText(events: readonly AlarmEvent[]): string {
  const rows = events.map(({ timeUs, event, priority, title, by = "", reason, cause }) => [
    isoFromUs(timeUs),
    event,
    String(priority),
    title,
    by,
    reason ?? cause ?? "",
  ]);
  return `${textTable(["plant time", "what", "priority", "alarm", "by", "why"], rows, 6).join("\n")}\n`;
}
