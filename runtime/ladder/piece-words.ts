/** What the ladder calls a piece where it is missing, by role. */
const WORDS: Readonly<Record<string, string>> = {
  source: "an online source",
  history: "a history",
  state: "a state",
  detect: "a detector",
  forecast: "a forecast",
  optimise: "an optimiser",
  envelope: "an envelope",
  actuate: "an actuate",
  measurement: "a measurement that answers",
};

/** "a forecast", for the role of a missing piece. */
export const pieceWords = (role: string): string => WORDS[role] ?? role;
