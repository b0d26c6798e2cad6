/** What a station is at, as states of a line are told. */
export const STATION_STATES = [
  "busy",
  "blocked",
  "starved",
  "waiting for operator",
  "setup",
  "down",
  "off shift",
] as const;
export type StationState = (typeof STATION_STATES)[number];

/** PackML states by number (ISA-TR88.00.02): what each means for the flow of parts; a suspended one is told apart by its flag. */
export function stationState(packml: number, isBlocked: boolean): StationState {
  switch (packml) {
    case 3:
    case 6:
    case 16:
    case 17:
      return "busy";
    case 15:
      return "setup";
    case 4:
    case 5:
    case 13:
    case 14:
      return isBlocked ? "blocked" : "starved";
    case 10:
    case 11:
    case 12:
      return "waiting for operator";
    case 1:
    case 8:
    case 9:
      return "down";
    default:
      return "off shift";
  }
}

/** A stretch of one state; the last one is open. */
export interface Stretch {
  readonly fromUs: number;
  readonly state: StationState;
}

/** What a station was at lately: for shares of its time and for a Gantt. */
export class StationTime {
  readonly #keptUs: number;
  #stretches: Stretch[] = [];

  /** @param keptUs how far back it remembers */
  constructor(keptUs: number) {
    this.#keptUs = keptUs;
  }

  /** The state from a time on; one before the newest is left out. */
  turn(timeUs: number, state: StationState): void {
    const last = this.#stretches.at(-1);
    if (last?.state === state || (last !== undefined && timeUs < last.fromUs)) return;
    // A state that lasted no time was none.
    if (last?.fromUs === timeUs) this.#stretches.pop();
    if (this.#stretches.at(-1)?.state !== state) this.#stretches.push({ fromUs: timeUs, state });
    const sinceUs = timeUs - this.#keptUs;
    while ((this.#stretches[1]?.fromUs ?? Number.POSITIVE_INFINITY) <= sinceUs) this.#stretches.shift();
  }

  get state(): StationState | undefined {
    return this.#stretches.at(-1)?.state;
  }

  /** Stretches of the time that is kept, the first cut to it. */
  since(nowUs: number): Stretch[] {
    const sinceUs = nowUs - this.#keptUs;
    return this.#stretches
      .filter((_, i) => (this.#stretches[i + 1]?.fromUs ?? nowUs) > sinceUs)
      .map(({ fromUs, state }) => ({ fromUs: Math.max(fromUs, sinceUs), state }));
  }

  /** Share of the planned time in each state, 0 to 1; undefined without any. */
  shares(nowUs: number): Partial<Record<StationState, number>> | undefined {
    const stretches = this.since(nowUs);
    const spentUs = new Map<StationState, number>();
    let plannedUs = 0;
    for (const [i, { fromUs, state }] of stretches.entries()) {
      if (state === "off shift") continue;
      const lastedUs = (stretches[i + 1]?.fromUs ?? nowUs) - fromUs;
      spentUs.set(state, (spentUs.get(state) ?? 0) + lastedUs);
      plannedUs += lastedUs;
    }
    if (plannedUs <= 0) return undefined;
    return Object.fromEntries([...spentUs].map(([state, us]) => [state, us / plannedUs]));
  }
}
