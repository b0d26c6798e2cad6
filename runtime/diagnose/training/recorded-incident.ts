import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { messageOf, RungError } from "../../core/errors.ts";
import type { Choice, Incident, IncidentChoices, IncidentTruth } from "./incident.ts";

export const INCIDENT_ENDING = ".incident.json";

/** The incidents of a folder, by the names of their files. A folder that is not there has none. */
export function recordedIncidents(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(INCIDENT_ENDING))
    .map((name) => basename(name, INCIDENT_ENDING))
    .sort();
}

/**
 * Reads `<folder>/<name>.incident.json` (docs/training.md).
 * @param name one that `recordedIncidents` gave: nothing else is opened
 * @throws RungError `no-such-incident`, `bad-incident` naming every problem
 */
export function readRecordedIncident(folder: string, name: string): Incident {
  const file = join(folder, `${name}${INCIDENT_ENDING}`);
  const fault = (code: string, what: string, advice: string, cause?: unknown) =>
    new RungError({ code, where: file, what, advice, cause });
  if (!recordedIncidents(folder).includes(name))
    throw fault("no-such-incident", "is not there", "choose one of the list");
  let thing: Record<string, unknown>;
  try {
    thing = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  } catch (cause) {
    throw fault("bad-incident", `is no JSON: ${messageOf(cause)}`, "correct the file", cause);
  }
  const problems: string[] = [];
  const incident = incidentFrom(thing ?? {}, folder, name, problems);
  if (problems.length > 0) throw fault("bad-incident", problems.join("; "), "see docs/training.md");
  return incident;
}

/** What stands in an incident's file; its recording lies beside it. */
export const incidentJson = ({ recording, leadS, onsetS, endS, choices, truth }: Incident): object => ({
  version: 1,
  recording: recording.file,
  timeColumn: recording.timeColumn,
  ...(recording.map !== undefined && { map: recording.map }),
  leadS,
  onsetS,
  endS,
  ...choices,
  truth,
});

function incidentFrom(
  thing: Record<string, unknown>,
  folder: string,
  name: string,
  problems: string[],
): Incident {
  const seconds = (key: string): number => {
    const value = thing[key];
    if (typeof value === "number" && value >= 0 && Number.isFinite(value)) return value;
    problems.push(`${key} must be seconds after the first row`);
    return 0;
  };
  const text = (from: Record<string, unknown>, key: string, isNeeded = true): string => {
    const value = from[key] ?? "";
    if (typeof value !== "string" || (isNeeded && value === "")) problems.push(`${key} must be a text`);
    return String(value);
  };
  // A file beside it, and none elsewhere.
  const beside = (key: string, isNeeded: boolean): string => {
    const own = text(thing, key, isNeeded);
    if (own !== basename(own)) problems.push(`${key} must be the name of a file in the same folder`);
    return own === "" ? "" : join(folder, basename(own));
  };
  const choices: IncidentChoices = {
    causes: choicesFrom(thing.causes, "causes", problems),
    places: thing.places === undefined ? [] : choicesFrom(thing.places, "places", problems),
    actions: choicesFrom(thing.actions, "actions", problems),
  };
  const [leadS, onsetS, endS] = [seconds("leadS"), seconds("onsetS"), seconds("endS")];
  if (!(leadS <= onsetS && onsetS < endS)) problems.push("leadS, onsetS and endS must follow each other");
  const map = beside("map", false);
  const truth = truthFrom(thing.truth, choices, problems, text);
  return {
    id: name,
    recording: {
      file: beside("recording", true),
      timeColumn: text(thing, "timeColumn"),
      ...(map !== "" && { map }),
    },
    leadS,
    onsetS,
    endS,
    choices,
    truth,
  };
}

function truthFrom(
  given: unknown,
  choices: IncidentChoices,
  problems: string[],
  text: (from: Record<string, unknown>, key: string, isNeeded?: boolean) => string,
): IncidentTruth {
  const truth = (given ?? {}) as Record<string, unknown>;
  const isOne = (of: readonly Choice[], id: unknown): boolean => of.some((choice) => choice.id === id);
  const actions = Array.isArray(truth.actions) ? truth.actions.map(String) : [];
  if (!isOne(choices.causes, truth.cause)) problems.push("truth.cause must be one of the causes");
  if (choices.places.length > 0 && !isOne(choices.places, truth.place))
    problems.push("truth.place must be one of the places");
  if (actions.length === 0 || !actions.every((id) => isOne(choices.actions, id)))
    problems.push("truth.actions must be some of the actions");
  return {
    cause: String(truth.cause),
    ...(choices.places.length > 0 && { place: String(truth.place) }),
    actions,
    shows: text(truth, "shows"),
  };
}

function choicesFrom(given: unknown, what: string, problems: string[]): Choice[] {
  const rows = Array.isArray(given) ? given : [];
  const choices = rows.map((row: Partial<Choice> | null) => ({
    id: String(row?.id ?? ""),
    en: String(row?.en ?? row?.de ?? ""),
    de: String(row?.de ?? row?.en ?? ""),
  }));
  const isWhole = choices.every(({ id, en }) => id !== "" && en !== "");
  const isDistinct = new Set(choices.map(({ id }) => id)).size === choices.length;
  if (choices.length < 2 || !isWhole || !isDistinct)
    problems.push(`${what} must be two or more of {id, en, de}, each id once`);
  return choices;
}
