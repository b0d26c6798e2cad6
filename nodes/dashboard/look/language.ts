/** Languages that widgets speak; a browser of any other reads English. */
export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

/** @param tag a browser's language, such as `de-AT` */
export const languageOf = (tag: string): Language => (/^de\b/i.test(tag) ? "de" : "en");

/** Of words in every language those of the browser. */
export const inBrowser = <Words>(words: Readonly<Record<Language, Words>>): Words =>
  words[languageOf(navigator.language)];
