/**
 * The sums that overall equipment effectiveness is made of (ISO 22400-2). They add up over machines and shops;
 * percentages do not.
 */
export interface OeeElements {
  /** Planned busy time (PBT), s. */
  readonly plannedS: number;
  /** Actual production time (APT): planned time in a running state, s. */
  readonly runS: number;
  /** Planned run time of all that was made: planned run time per item (PRI) times produced quantity (PQ), s. */
  readonly idealS: number;
  /** Produced quantity (PQ). */
  readonly made: number;
  /** Good quantity (GQ). */
  readonly good: number;
}

/** Ratios of the sums, 1 = 100 %; null where what they are divided by is 0. */
export interface OeeFigures {
  /** APT / PBT. */
  readonly availability: number | null;
  /** PRI * PQ / APT. Above 1 the planned run time per item is set too long. */
  readonly effectiveness: number | null;
  /** GQ / PQ. */
  readonly quality: number | null;
  /** Their product. */
  readonly oee: number | null;
}

export const NO_ELEMENTS: OeeElements = { plannedS: 0, runS: 0, idealS: 0, made: 0, good: 0 };

export const sumOfElements = (all: readonly OeeElements[]): OeeElements =>
  all.reduce(
    (sum, one) => ({
      plannedS: sum.plannedS + one.plannedS,
      runS: sum.runS + one.runS,
      idealS: sum.idealS + one.idealS,
      made: sum.made + one.made,
      good: sum.good + one.good,
    }),
    NO_ELEMENTS,
  );

/** Availability, effectiveness, quality ratio and OEE index of ISO 22400-2, of one machine or of the sums of many. */
export function figuresOf({ plannedS, runS, idealS, made, good }: OeeElements): OeeFigures {
  const ratio = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);
  const availability = ratio(runS, plannedS);
  const effectiveness = ratio(idealS, runS);
  const quality = ratio(good, made);
  const isKnown = availability !== null && effectiveness !== null && quality !== null;
  return {
    availability,
    effectiveness,
    quality,
    oee: isKnown ? availability * effectiveness * quality : null,
  };
}
