import type { Language } from "../look/language.ts";

export const BAND_WORDS = {
  en: {
    title: "States",
    last: (span: string) => `last ${span}`,
    empty: "Waiting for the first state. Wire a source to the twin, and check the path of the state.",
    noAnswer: (why: string) => `History did not answer: ${why}`,
    unknown: "unknown",
    several: (n: number) => `${n} short states`,
    now: "now",
    oee: "OEE",
    availability: "availability",
    effectiveness: "effectiveness",
    quality: "quality",
    since: (time: string) => `since ${time}`,
    leftOut: (what: string) => `not counted: ${what}`,
    hint: "Arrow keys read a row piece by piece.",
    table: "As a table",
    machine: "Machine",
    state: "State now",
    times: "Time in the window",
    noOee: "no OEE yet",
  },
  de: {
    title: "Zustände",
    last: (span: string) => `letzte ${span}`,
    empty:
      "Wartet auf den ersten Zustand. Verbinden Sie eine Quelle mit dem Zwilling, und prüfen Sie den Pfad.",
    noAnswer: (why: string) => `Die Historie antwortet nicht: ${why}`,
    unknown: "unbekannt",
    several: (n: number) => `${n} kurze Zustände`,
    now: "jetzt",
    oee: "OEE",
    availability: "Verfügbarkeit",
    effectiveness: "Leistung",
    quality: "Qualität",
    since: (time: string) => `seit ${time}`,
    leftOut: (what: string) => `nicht gezählt: ${what}`,
    hint: "Pfeiltasten lesen eine Zeile Stück für Stück.",
    table: "Als Tabelle",
    machine: "Maschine",
    state: "Zustand jetzt",
    times: "Zeit im Fenster",
    noOee: "noch keine OEE",
  },
} as const;

export type BandWords = (typeof BAND_WORDS)[Language];

export const bandText = (language: Language): BandWords => BAND_WORDS[language];
