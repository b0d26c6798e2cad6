/** Languages of the screens. */
export type ScreenLanguage = "en" | "de";

/** The language of a browser, English where it is neither. */
export const languageOf = (tag: string): ScreenLanguage => (/^de\b/i.test(tag) ? "de" : "en");
