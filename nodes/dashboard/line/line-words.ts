import type { StationState } from "../../../runtime/predict/line/station-time.ts";

const EN_STATES: Readonly<Record<StationState, string>> = {
  busy: "busy",
  setup: "setup",
  "waiting for operator": "operator",
  down: "down",
  blocked: "blocked",
  starved: "starved",
  "off shift": "off shift",
};
const DE_STATES: typeof EN_STATES = {
  busy: "arbeitet",
  setup: "rüstet",
  "waiting for operator": "ohne Mensch",
  down: "gestört",
  blocked: "blockiert",
  starved: "leer",
  "off shift": "Schichtfrei",
};

export const LINE_WORDS = {
  en: {
    title: "Line",
    empty: "No line has come. Wire a line node to this widget.",
    lastHour: "the last hour of planned time",
    simulated: "simulated",
    pace: (mean: string, low: string, high: string) => `${mean} parts/h (${low} to ${high})`,
    bottleneckIs: (id: string, why: string) => `bottleneck ${id}: ${why}`,
    noTime: "no planned time yet",
    bottleneck: "bottleneck",
    buffer: "buffer",
    now: "now",
    states: EN_STATES,
    noOperator: "no operator",
    of: (has: string, places: string) => `${has} of ${places}`,
    byEnd: (mean: string, low: string, high: string) =>
      `${mean} by the end of the shift (${low} to ${high}, 90 %)`,
    plan: (parts: string) => `plan ${parts}`,
    made: (parts: string) => `${parts} made`,
    left: (time: string) => `${time} of work left`,
    ahead: (time: string) => `forecasts ${time} ahead`,
    scored: (count: number, of: number) => `${count} of ${of} scored`,
    skill: (skill: string, count: number, covers: string) =>
      `skill ${skill} over ${count}, 90 % covers ${covers} %`,
  },
  de: {
    title: "Linie",
    empty: "Noch ist keine Linie gekommen. Verbinden Sie einen line-Knoten mit diesem Widget.",
    lastHour: "die letzte Stunde geplanter Zeit",
    simulated: "simuliert",
    pace: (mean: string, low: string, high: string) => `${mean} Teile/h (${low} bis ${high})`,
    bottleneckIs: (id: string, why: string) => `Engpass ${id}: ${why}`,
    noTime: "noch keine geplante Zeit",
    bottleneck: "Engpass",
    buffer: "Puffer",
    now: "jetzt",
    states: DE_STATES,
    noOperator: "ohne Mensch",
    of: (has: string, places: string) => `${has} von ${places}`,
    byEnd: (mean: string, low: string, high: string) => `${mean} bis Schichtende (${low} bis ${high}, 90 %)`,
    plan: (parts: string) => `Plan ${parts}`,
    made: (parts: string) => `${parts} fertig`,
    left: (time: string) => `${time} Arbeit übrig`,
    ahead: (time: string) => `Vorhersagen über ${time}`,
    scored: (count: number, of: number) => `${count} von ${of} bewertet`,
    skill: (skill: string, count: number, covers: string) =>
      `Güte ${skill} über ${count}, 90 % decken ${covers} %`,
  },
} as const;

export type LineWords = (typeof LINE_WORDS)["en" | "de"];
