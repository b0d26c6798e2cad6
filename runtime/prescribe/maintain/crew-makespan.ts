/** A work that needs several repairers at once. */
export interface CrewWork {
  readonly durationH: number;
  /** One where left out. */
  readonly crew?: number;
}

/**
 * How long a group takes where some of its work needs several repairers at once, h: the work with most repairer hours
 * first, each as soon as its crew is free (list scheduling of rigid tasks, Garey and Graham 1975). At most twice the
 * shortest; for crews of one MULTIFIT does better, and is what is used then.
 *
 * @param repairers at least the largest crew
 */
export function crewMakespanH(works: readonly CrewWork[], repairers: number): number {
  const hours = ({ durationH, crew = 1 }: CrewWork): number => durationH * crew;
  const waiting = works.toSorted((a, b) => hours(b) - hours(a) || b.durationH - a.durationH);
  const atWork: { readonly endH: number; readonly crew: number }[] = [];
  let [nowH, free, lastH] = [0, repairers, 0];
  while (waiting.length > 0) {
    for (let next = waiting.findIndex(fits); next >= 0; next = waiting.findIndex(fits)) {
      const [{ durationH, crew = 1 }] = waiting.splice(next, 1) as [CrewWork];
      atWork.push({ endH: nowH + durationH, crew });
      free -= crew;
      lastH = Math.max(lastH, nowH + durationH);
    }
    nowH = Math.min(...atWork.map(({ endH }) => endH));
    for (let i = atWork.length - 1; i >= 0; i--) {
      if (atWork[i]!.endH > nowH) continue;
      free += atWork[i]!.crew;
      atWork.splice(i, 1);
    }
  }
  return lastH;

  function fits({ crew = 1 }: CrewWork): boolean {
    return crew <= free;
  }
}
