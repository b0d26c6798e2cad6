/** Words that several widgets share. */
export const LOOK_WORDS = {
  en: {
    stale: "STALE",
    setpoint: "SP",
    noSource: "no source",
    realities: { live: "live", virtual: "virtual", recorded: "recorded", none: "no source" },
    classes: { model: "model", shadow: "shadow", twin: "twin" },
    rungs: ["standalone", "descriptive", "diagnostic", "predictive", "prescriptive", "autonomous"],
    fell: (from: number, to: number, clock: string) => `Fell ${from} → ${to} at ${clock}`,
    openInEditor: "Open in the editor",
  },
  de: {
    stale: "VERALTET",
    setpoint: "Soll",
    noSource: "keine Quelle",
    realities: { live: "live", virtual: "virtuell", recorded: "aufgezeichnet", none: "keine Quelle" },
    classes: { model: "Modell", shadow: "Schatten", twin: "Zwilling" },
    rungs: ["alleinstehend", "beschreibend", "diagnostisch", "vorhersagend", "vorschreibend", "selbsttätig"],
    fell: (from: number, to: number, clock: string) => `Um ${clock} gefallen: ${from} → ${to}`,
    openInEditor: "Im Editor öffnen",
  },
} as const;
