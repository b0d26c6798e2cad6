import { RungError } from "../../core/errors.ts";
import { Random } from "../../core/random.ts";
import type { Choice, Incident, IncidentChoices, IncidentTruth } from "./incident.ts";

/** Of the calibration: what the detectors learn from, as long as the past of the virtual plant. */
const LEAD_S = 8 * 3600;
/** So long after the beginning the fault comes, s. */
const LEAST_ONSET_S = 600;
const MOST_ONSET_S = 1800;
/** A person who has not found it so long after the onset has missed it, s. */
const AFTER_ONSET_S = 75 * 60;
const LEAST_RAMP_S = 120;
const MOST_RAMP_S = 900;
const LEAST_SEVERITY = 0.7;
const ZONES = 6;

interface OvenIncident extends Choice {
  /** What is to be done. */
  readonly action: Choice;
}

/**
 * Faults of the virtual oven (plant/README.md) that people practise on, each with the action that is right. A fan that
 * fails is drawn large here: a weak one and fouled nozzles look alike on every screen.
 */
const KINDS: readonly OvenIncident[] = [
  {
    id: "fouled-nozzle",
    en: "Nozzles fouled",
    de: "Düsen verschmutzt",
    action: {
      id: "clean-nozzles",
      en: "Clean the nozzles at the next stop; hold the cure by the setpoints until then",
      de: "Düsen beim nächsten Halt reinigen; bis dahin die Härtung über die Sollwerte halten",
    },
  },
  {
    id: "fan-loss",
    en: "Fan fails",
    de: "Ventilator fällt aus",
    action: {
      id: "stop-entry",
      en: "Let no body in, and have belt and drive of the fan mended now",
      de: "Keine Karosse einlassen, Riemen und Antrieb des Ventilators sofort instand setzen lassen",
    },
  },
  {
    id: "drifting-thermocouple",
    en: "Thermocouple drifts",
    de: "Thermoelement driftet",
    action: {
      id: "compare-thermocouple",
      en: "Compare the thermocouple with a hand-held one, and replace it",
      de: "Thermoelement mit einem Handgerät vergleichen und tauschen",
    },
  },
  {
    id: "stuck-sensor",
    en: "Temperature reading stuck",
    de: "Temperaturwert steht",
    action: {
      id: "burner-by-hand",
      en: "Take the burner to hand control, and have sensor and wiring checked",
      de: "Brenner auf Handbetrieb nehmen, Fühler und Leitung prüfen lassen",
    },
  },
  {
    id: "sticking-valve",
    en: "Gas valve sticks",
    de: "Gasventil klemmt",
    action: {
      id: "free-valve",
      en: "Have the gas valve of the burner freed or changed",
      de: "Gasventil des Brenners gängig machen oder tauschen lassen",
    },
  },
];

/** What is done in haste, and is right for none of them. */
const WRONG_ACTIONS: readonly Choice[] = [
  { id: "raise-setpoint", en: "Raise the setpoint of the zone", de: "Sollwert der Zone anheben" },
  { id: "wait", en: "Wait: it will settle by itself", de: "Abwarten: es gibt sich von selbst" },
];

const plain = ({ id, en, de }: Choice): Choice => ({ id, en, de });
const byId = (a: Choice, b: Choice): number => (a.id < b.id ? -1 : 1);

export const OVEN_KINDS: readonly Choice[] = KINDS.map(plain);

export const OVEN_CHOICES: IncidentChoices = {
  causes: OVEN_KINDS,
  places: Array.from({ length: ZONES }, (_, i) => ({
    id: `zone${i + 1}`,
    en: `Zone ${i + 1}`,
    de: `Zone ${i + 1}`,
  })),
  // In no order that pairs them with the causes.
  actions: [...KINDS.map(({ action }) => action), ...WRONG_ACTIONS].sort(byId),
};

/** A fault as `plant/main.ts --schedule` takes it. */
export interface DrawnFault {
  /** Plant seconds after the first row. */
  readonly at: number;
  readonly fault: string;
  readonly zone: number;
  readonly severity: number;
  readonly rampS: number;
}

/** An incident that is still to be simulated. */
export interface DrawnIncident extends Omit<Incident, "recording"> {
  readonly fault: DrawnFault;
}

/**
 * Draws an incident of the virtual oven: the same seed and wish give the same one.
 * @param kind one of `OVEN_KINDS`; absent: drawn as well
 * @param seed any whole number of 32 bits
 * @throws RungError `no-such-incident`
 */
export function drawOvenIncident(seed: number, kind?: string): DrawnIncident {
  const random = new Random(seed);
  const drawn = KINDS[Math.floor(random.uniform() * KINDS.length)]!;
  const cause = kind === undefined ? drawn : KINDS.find(({ id }) => id === kind);
  if (cause === undefined)
    throw new RungError({
      code: "no-such-incident",
      where: "training",
      what: `knows no incident ${JSON.stringify(String(kind).slice(0, 100))}`,
      advice: `choose one of ${KINDS.map(({ id }) => id).join(", ")}`,
    });
  const between = (least: number, most: number) => least + (most - least) * random.uniform();
  const zone = 1 + Math.floor(random.uniform() * ZONES);
  const onsetS = LEAD_S + Math.round(between(LEAST_ONSET_S, MOST_ONSET_S));
  const severity = Math.round(1000 * between(LEAST_SEVERITY, 1)) / 1000;
  const rampS = cause.id === "stuck-sensor" ? 0 : Math.round(between(LEAST_RAMP_S, MOST_RAMP_S));
  const truth: IncidentTruth = {
    cause: cause.id,
    place: `zone${zone}`,
    actions: [cause.action.id],
    // What a zone does wrong shows in what all zones share as well.
    shows: `zone${zone}/**, exhaust/**, gas/**`,
  };
  return {
    id: `${cause.id} zone${zone} seed ${seed}`,
    fault: { at: onsetS, fault: cause.id, zone, severity, rampS },
    leadS: LEAD_S,
    onsetS,
    endS: onsetS + AFTER_ONSET_S,
    choices: OVEN_CHOICES,
    truth,
  };
}
