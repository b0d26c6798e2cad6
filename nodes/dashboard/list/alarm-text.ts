import type { Language } from "../look/language.ts";
import { ageText, clockText, numberText } from "../look/numbers.ts";
import type { AlarmFigures, AlarmView, ListView } from "./list-view.ts";

export const ALARM_WORDS = {
  en: {
    title: "Alarms",
    reading: "Waiting for the first answer of the host.",
    none: "Nothing abnormal. Every property is inside its learned normal range.",
    why: "Why",
    cause: "Cause",
    consequence: "Otherwise",
    action: "Action",
    acknowledge: "Acknowledge",
    shelve: "Shelve …",
    unshelve: "Bring back",
    shelveFor: "Out of sight for",
    reason: "because",
    reasonHint: "reason, as “being mended”",
    shelveNow: "Shelve",
    cancel: "Cancel",
    findCause: "Name the cause …",
    correctCause: "Correct the cause …",
    whatWasIt: "What was the cause?",
    noneOfThese: "none of these, but",
    ownCause: "what it was, as “filter clogged”",
    thisWasIt: "This was the cause",
    minutes: { 15: "15 min", 60: "1 h", 480: "8 h" },
    list: "all open alarms",
    over: "over and acknowledged",
    actWithin: "Act within",
    late: "too late by",
    since: "since",
    states: {
      unacknowledged: "not acknowledged",
      acknowledged: "acknowledged",
      returned: "over, not acknowledged",
      shelved: "shelved",
      normal: "over",
    },
    by: (person: string) => ` by ${person}`,
    foundBy: (person: string) => `found by ${person}`,
    until: (clock: string) => ` until ${clock}`,
    times: (count: number) => `${count} times`,
    to: "to",
    counts: (open: string, fresh: string, shelved: string) =>
      `${open} open · ${fresh} not acknowledged${shelved === "0" ? "" : ` · ${shelved} shelved`}`,
    more: (shown: string, all: string) => `The first ${shown} of ${all} are listed.`,
    where: "Most of them at",
    verdicts: {
      manageable: "manageable (up to 150 a day)",
      busy: "busy (over 150 a day)",
      "too many": "too many (300 a day ask for a change)",
    },
    flood: (worst: string) => `Flood: ${worst} in 10 min, more than a person can answer`,
    rate: (hours: string, perDay: string, worst: string) =>
      `last ${hours} h: ${perDay} a day, at most ${worst} in 10 min`,
    soFar: (minutes: string, count: string) => `${count} in the last ${minutes} min`,
    chattering: (count: number) => `${count} chattering`,
    stale: (count: number) => `${count} standing for over a day`,
    notKept: "Not kept on the disk: ",
  },
  de: {
    title: "Alarme",
    reading: "Die erste Antwort des Hosts steht noch aus.",
    none: "Nichts Auffälliges. Jede Größe ist in ihrem gelernten Normalbereich.",
    why: "Warum",
    cause: "Ursache",
    consequence: "Sonst",
    action: "Tun",
    acknowledge: "Quittieren",
    shelve: "Zurückstellen …",
    unshelve: "Zurückholen",
    shelveFor: "Aus der Sicht für",
    reason: "weil",
    reasonHint: "Grund, etwa „wird repariert“",
    shelveNow: "Zurückstellen",
    cancel: "Abbrechen",
    findCause: "Ursache nennen …",
    correctCause: "Ursache berichtigen …",
    whatWasIt: "Was war die Ursache?",
    noneOfThese: "keine davon, sondern",
    ownCause: "was es war, etwa „Filter zugesetzt“",
    thisWasIt: "Das war die Ursache",
    minutes: { 15: "15 min", 60: "1 h", 480: "8 h" },
    list: "alle offenen Alarme",
    over: "vorbei und quittiert",
    actWithin: "Handeln binnen",
    late: "zu spät um",
    since: "seit",
    states: {
      unacknowledged: "nicht quittiert",
      acknowledged: "quittiert",
      returned: "vorbei, nicht quittiert",
      shelved: "zurückgestellt",
      normal: "vorbei",
    },
    by: (person: string) => ` von ${person}`,
    foundBy: (person: string) => `gefunden von ${person}`,
    until: (clock: string) => ` bis ${clock}`,
    times: (count: number) => `${count} mal`,
    to: "bis",
    counts: (open: string, fresh: string, shelved: string) =>
      `${open} offen · ${fresh} nicht quittiert${shelved === "0" ? "" : ` · ${shelved} zurückgestellt`}`,
    more: (shown: string, all: string) => `Gezeigt sind die ersten ${shown} von ${all}.`,
    where: "Die meisten an",
    verdicts: {
      manageable: "zu bewältigen (bis 150 am Tag)",
      busy: "viel (über 150 am Tag)",
      "too many": "zu viele (ab 300 am Tag ist zu ändern)",
    },
    flood: (worst: string) => `Flut: ${worst} in 10 min, mehr als ein Mensch beantworten kann`,
    rate: (hours: string, perDay: string, worst: string) =>
      `letzte ${hours} h: ${perDay} am Tag, höchstens ${worst} in 10 min`,
    soFar: (minutes: string, count: string) => `${count} in den letzten ${minutes} min`,
    chattering: (count: number) => (count === 1 ? "1 flattert" : `${count} flattern`),
    stale: (count: number) => (count === 1 ? "1 steht über einen Tag" : `${count} stehen über einen Tag`),
    notKept: "Nicht auf der Platte: ",
  },
} as const;

/** What the list of alarms says, in the language of the browser. */
export function alarmText(language: Language) {
  const words = ALARM_WORDS[language];
  const stateOf = ({ state, acknowledgedBy, shelf }: AlarmView): string => {
    if (shelf !== undefined) return words.states.shelved + words.until(clockText(shelf.untilUs));
    const by = state === "acknowledged" && acknowledgedBy !== undefined ? words.by(acknowledgedBy) : "";
    return words.states[state] + by;
  };
  return {
    words,
    stateOf,
    counts: ({ count, unacknowledged, shelved }: ListView) =>
      words.counts(numberText(count, 0), numberText(unacknowledged, 0), numberText(shelved, 0)),
    more: ({ open, count }: ListView) => words.more(numberText(open.length, 0), numberText(count, 0)),
    /** The end of an address, which tells machines of one area apart. */
    machine: (twin: string) => twin.slice(twin.lastIndexOf("/") + 1),
    meta(alarm: AlarmView): string {
      const lasts = ((alarm.endedUs ?? alarm.nowUs) - alarm.sinceUs) / 1e6;
      const end = alarm.endedUs === undefined ? "" : ` ${words.to} ${clockText(alarm.endedUs)}`;
      const parts = [
        `${words.since} ${clockText(alarm.sinceUs)}${end}`,
        ageText(Math.max(0, lasts)),
        stateOf(alarm),
      ];
      if (alarm.count > 1) parts.push(words.times(alarm.count));
      if (alarm.shelf !== undefined) parts.push(`${alarm.shelf.reason}${words.by(alarm.shelf.by)}`);
      return parts.join(" · ");
    },
    /** "4:12 min", or how long it is too late; undefined where nobody said how long the action helps. */
    timeLeft({ actUntilUs, nowUs }: AlarmView): { head: string; time: string; isLate: boolean } | undefined {
      if (actUntilUs === undefined) return undefined;
      const leftS = Math.round((actUntilUs - nowUs) / 1e6);
      const sizeS = Math.abs(leftS);
      const time =
        sizeS < 3600
          ? `${Math.floor(sizeS / 60)}:${String(sizeS % 60).padStart(2, "0")} min`
          : `${numberText(sizeS / 3600, 1)} h`;
      return { head: leftS < 0 ? words.late : words.actWithin, time, isLate: leftS < 0 };
    },
    figures({ hours, count, perDay, worst10Min, chattering, stale, verdict }: AlarmFigures): string {
      // Of a few minutes no day can be told.
      const parts =
        hours < 1
          ? [words.soFar(numberText(hours * 60, 0), numberText(count, 0))]
          : [
              words.rate(
                numberText(hours, hours < 10 ? 1 : 0),
                numberText(perDay, 0),
                numberText(worst10Min, 0),
              ),
              words.verdicts[verdict],
            ];
      if (chattering > 0) parts.push(words.chattering(chattering));
      if (stale > 0) parts.push(words.stale(stale));
      return parts.join(" · ");
    },
    flood: ({ worst10Min }: AlarmFigures) => words.flood(numberText(worst10Min, 0)),
  };
}
