import type { Finding } from "../../../runtime/diagnose/finding.ts";
import type { Incident } from "../../../runtime/diagnose/training/incident.ts";

export const TWIN = "training/acme/oven";
export const START_US = 1_790_000_000e6;
export const LEAD_S = 100;
export const ONSET_S = 400;

const choice = (id: string) => ({ id, en: id, de: id });

/** An incident of zone 2 whose cause is b. */
export const anIncident = (changes: Partial<Incident> = {}): Incident => ({
  id: "one",
  recording: { file: "/none", timeColumn: "timeUs" },
  leadS: LEAD_S,
  onsetS: ONSET_S,
  endS: 4000,
  choices: {
    causes: [choice("a"), choice("b")],
    places: [choice("zone1"), choice("zone2")],
    actions: [choice("mend"), choice("wait")],
  },
  truth: { cause: "b", place: "zone2", actions: ["mend"], shows: "zone2/**" },
  ...changes,
});

export const finding = (path: string, timeUs: number): Finding => ({
  kind: "finding",
  id: `${path} ${timeUs}`,
  twin: TWIN,
  contributions: [{ address: `${TWIN}/${path}`, share: 1 }],
  score: 2,
  limit: 1,
  active: true,
  sinceUs: timeUs,
  timeUs,
  priority: 2,
  title: path,
  reason: "",
  action: "",
});
