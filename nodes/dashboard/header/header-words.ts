import type { DisplayLevel } from "./header-view.ts";

const EN_LEVELS: Readonly<Record<DisplayLevel, string>> = {
  plant: "plant",
  shop: "shop",
  station: "station",
  detail: "detail",
};
const DE_LEVELS: typeof EN_LEVELS = {
  plant: "Werk",
  shop: "Bereich",
  station: "Station",
  detail: "Einzelheit",
};

export const HEADER_WORDS = {
  en: {
    levels: EN_LEVELS,
    level: (level: number) => `Level ${level}`,
    levelTitle: (level: number, all: string) =>
      `Display level ${level} of 4 (ISA-101): ${all}. The rung a twin holds stands on its ladder.`,
    pages: "Pages",
    way: "Where this is",
    signOut: (name: string) => `Signed in as ${name}: sign out`,
    roles: { viewer: "viewer", operator: "operator", engineer: "engineer", admin: "admin" },
    worst: (mark: string) => `: ${mark}`,
    noSource: "No source connected",
    virtual: "Virtual plant · no PLC connected",
    recorded: "Recorded data",
    speed: (times: string) => ` · ${times}× time`,
    marks: ["act now", "soon", "be aware", "stale or bad"],
    noData: "no data yet",
  },
  de: {
    levels: DE_LEVELS,
    level: (level: number) => `Ebene ${level}`,
    levelTitle: (level: number, all: string) =>
      `Anzeigeebene ${level} von 4 (ISA-101): ${all}. Die Stufe, die ein Zwilling hält, steht auf seiner Leiter.`,
    pages: "Seiten",
    way: "Wo das ist",
    signOut: (name: string) => `Angemeldet als ${name}: abmelden`,
    roles: { viewer: "Betrachter", operator: "Bediener", engineer: "Ingenieur", admin: "Verwalter" },
    worst: (mark: string) => `: ${mark}`,
    noSource: "Keine Quelle verbunden",
    virtual: "Virtuelle Anlage · keine SPS verbunden",
    recorded: "Aufgezeichnete Daten",
    speed: (times: string) => ` · ${times}-fache Zeit`,
    marks: ["sofort", "bald", "beachten", "veraltet oder schlecht"],
    noData: "noch keine Daten",
  },
} as const;
