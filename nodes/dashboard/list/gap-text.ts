import { causeWords, type GapLanguage } from "../../../runtime/describe/gap-words.ts";
import { ageText } from "../look/numbers.ts";
import type { GapsView, GapView, WayView } from "./gap-view.ts";

const LOCALES = { en: "en-GB", de: "de-DE" } as const;

const WORDS = {
  en: {
    title: "Gaps",
    reading: "Reading the gap ledger.",
    noHistory: "No history keeps samples here: nothing is watched for gaps.",
    none: "No gaps: nothing is missing.",
    when: "When (plant time)",
    what: "What",
    cause: "Why",
    filled: "Filled in",
    isOpen: "open",
    isFilled: "filled",
    isMissing: "missing",
    counts: (open: string, filled: string) => `${open} open · ${filled} filled`,
    countMissing: (n: string) => ` · ${n} missing at the server too`,
    notThere: (n: string) => `, ${n} not at the server`,
    shown: (shown: string, all: string) => `The newest ${shown} of ${all} are shown.`,
    allTags: "all tags",
    allOf: (n: string) => `all ${n} tags`,
    someOf: (n: string, all: string) => `${n} of ${all} tags`,
    some: (n: string) => `${n} tags`,
    of: (n: string, all: string) => `${n} of ${all}`,
    ofUnknown: (n: string) => `${n}, total unknown`,
    received: "received",
    stored: "stored",
    queued: "queued",
    deduplicated: "deduplicated",
    dropped: "dropped",
    since: "samples since the start",
  },
  de: {
    title: "Lücken",
    reading: "Das Lückenbuch wird gelesen.",
    noHistory: "Keine Historie bewahrt hier Werte auf: auf Lücken achtet niemand.",
    none: "Keine Lücken: es fehlt nichts.",
    when: "Wann (Anlagenzeit)",
    what: "Was",
    cause: "Warum",
    filled: "Nachgetragen",
    isOpen: "offen",
    isFilled: "gefüllt",
    isMissing: "fehlt",
    counts: (open: string, filled: string) => `${open} offen · ${filled} gefüllt`,
    countMissing: (n: string) => ` · ${n} fehlen auch dem Server`,
    notThere: (n: string) => `, ${n} auch beim Server nicht`,
    shown: (shown: string, all: string) => `Gezeigt sind die neuesten ${shown} von ${all}.`,
    allTags: "alle Messstellen",
    allOf: (n: string) => `alle ${n} Messstellen`,
    someOf: (n: string, all: string) => `${n} von ${all} Messstellen`,
    some: (n: string) => `${n} Messstellen`,
    of: (n: string, all: string) => `${n} von ${all}`,
    ofUnknown: (n: string) => `${n}, Gesamtzahl unbekannt`,
    received: "empfangen",
    stored: "gespeichert",
    queued: "wartend",
    deduplicated: "doppelt",
    dropped: "verworfen",
    since: "Werte seit dem Start",
  },
} as const;

export { languageOf } from "../look/language.ts";

/** How a browser of a language writes gaps; times in its zone, as on the other widgets. */
export function gapText(language: GapLanguage) {
  const words = WORDS[language];
  const locale = LOCALES[language];
  const count = (n: number): string => n.toLocaleString(locale);
  const day = (timeUs: number): string => {
    const date = new Date(timeUs / 1000);
    const isThisYear = date.getFullYear() === new Date().getFullYear();
    return date.toLocaleDateString(locale, {
      day: "numeric",
      month: "short",
      ...(isThisYear ? {} : { year: "numeric" }),
    });
  };
  const clock = (timeUs: number): string => new Date(timeUs / 1000).toLocaleTimeString(locale);
  return {
    words,
    count,
    /** "22 Sep 07:00:03 – 07:00:41 · 38 s"; the day again where it is another. */
    when({ fromUs, toUs }: Pick<GapView, "fromUs" | "toUs">): string {
      const end = day(fromUs) === day(toUs) ? clock(toUs) : `${day(toUs)} ${clock(toUs)}`;
      const length = ageText((toUs - fromUs) / 1e6);
      return `${day(fromUs)} ${clock(fromUs)} – ${end} · ${language === "de" ? length.replace(".", ",") : length}`;
    },
    /** The one tag, or how many of how many. */
    tags({ tags, tag, ofTags }: Pick<GapView, "tags" | "tag" | "ofTags">): string {
      if (tags === 1 && tag !== null) return tag;
      if (tags === null || tags === ofTags) {
        const n = tags ?? ofTags;
        return n === null ? words.allTags : words.allOf(count(n));
      }
      return ofTags === null ? words.some(count(tags)) : words.someOf(count(tags), count(ofTags));
    },
    cause: ({ cause }: Pick<GapView, "cause">): string => causeWords(cause, language),
    /** Open, filled, or closed though the server lacks samples too. */
    state({ isOpen, missing }: Pick<GapView, "isOpen" | "missing">): string {
      if (isOpen) return words.isOpen;
      return missing > 0 ? words.isMissing : words.isFilled;
    },
    filled({ filled, expected, missing }: Pick<GapView, "filled" | "expected" | "missing">): string {
      const there =
        expected === null ? words.ofUnknown(count(filled)) : words.of(count(filled), count(expected));
      return missing > 0 ? there + words.notThere(count(missing)) : there;
    },
    counts({ open, filled, missing }: GapsView): string {
      const closed = words.counts(count(open), count(filled));
      return missing > 0 ? closed + words.countMissing(count(missing)) : closed;
    },
    /** What the list leaves out; nothing where it is whole. */
    cut({ gaps, open, filled, missing }: GapsView): string {
      const all = open + filled + missing;
      return gaps.length < all ? words.shown(count(gaps.length), count(all)) : "";
    },
    /** "received 1,234 = stored 1,200 + queued 30 + deduplicated 4 + dropped 0" */
    way({ received, stored, queued, deduplicated, dropped }: WayView): string {
      const parts = { stored, queued, deduplicated, dropped };
      const sum = (Object.keys(parts) as (keyof typeof parts)[]).map(
        (part) => `${words[part]} ${count(parts[part])}`,
      );
      return `${words.received} ${count(received)} = ${sum.join(" + ")}`;
    },
  };
}
