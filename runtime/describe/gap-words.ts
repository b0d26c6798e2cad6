import type { LedgerCause } from "./gap-entry.ts";

export type GapLanguage = "en" | "de";

/** Why samples are missing, as an operator would say it. */
export const GAP_CAUSES: Readonly<Record<LedgerCause, Readonly<Record<GapLanguage, string>>>> = {
  "queue-overflow": {
    en: "the plant's server could not queue more",
    de: "der Server der Anlage konnte nicht mehr vorhalten",
  },
  "missing-samples": { en: "samples did not arrive", de: "Werte sind nicht angekommen" },
  "connection-lost": { en: "the connection was lost", de: "die Verbindung war unterbrochen" },
  "subscription-recreated": {
    en: "the server had dropped the subscription",
    de: "der Server hatte das Abonnement beendet",
  },
  "session-restored": {
    en: "the connection had to be made anew",
    de: "die Verbindung musste neu aufgebaut werden",
  },
  "notification-missing": { en: "messages are missing", de: "Nachrichten fehlen" },
  silent: { en: "nothing came although connected", de: "nichts kam trotz Verbindung" },
  restart: { en: "Rung was not running", de: "Rung lief nicht" },
  "source-restarted": { en: "the source began anew", de: "die Quelle hat neu begonnen" },
  "spool-damaged": { en: "damage on this machine's disk", de: "Schaden auf der Platte dieses Rechners" },
  "spool-full": {
    en: "no room left, a history took nothing for too long",
    de: "kein Platz mehr, eine Historie nahm zu lange nichts an",
  },
  "not-spooled": {
    en: "this machine's disk took nothing",
    de: "die Platte dieses Rechners nahm nichts an",
  },
  refused: { en: "the history refused the values", de: "die Historie hat die Werte abgelehnt" },
};

/** The words for a cause; a ledger that a newer version wrote may hold one without. */
export const causeWords = (cause: string, language: GapLanguage): string =>
  Object.hasOwn(GAP_CAUSES, cause) ? GAP_CAUSES[cause as LedgerCause][language] : cause;
