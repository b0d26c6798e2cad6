/** What every planted fault has in common, in whatever shop: how large it is, and how it comes and goes. */
export interface TimedFault {
  /** 1 is the documented size, 0.5 half of it. */
  readonly severity: number;
  /** Plant seconds from none to all of it. */
  readonly rampS: number;
  /** Plant seconds until it heals by itself; infinite for never. */
  readonly durationS: number;
  readonly startUs: number;
}

export interface FaultTiming {
  readonly severity?: number;
  readonly rampS?: number;
  readonly durationS?: number;
}

/** Fills in what a request leaves out. @throws RangeError that says what is wrong with it */
export function timingOf(request: FaultTiming, rampS: number, startUs: number): TimedFault {
  const timed = {
    severity: request.severity ?? 1,
    rampS: request.rampS ?? rampS,
    durationS: request.durationS ?? Number.POSITIVE_INFINITY,
    startUs,
  };
  if (!(timed.severity > 0 && timed.severity <= 2)) {
    throw new RangeError(`severity: expected above 0 and up to 2, got ${String(timed.severity)}`);
  }
  if (!(timed.rampS >= 0 && timed.rampS <= 86_400)) {
    throw new RangeError(`rampS: expected 0 to 86400 plant seconds, got ${String(timed.rampS)}`);
  }
  if (!(timed.durationS > 0)) {
    throw new RangeError(`durationS: expected more than 0 seconds, got ${String(timed.durationS)}`);
  }
  return timed;
}

/** Share of a fault that is in force, 0 to its severity. */
export function levelOf(fault: TimedFault, nowUs: number): number {
  const ageS = (nowUs - fault.startUs) / 1e6;
  if (ageS < 0 || ageS >= fault.durationS) return 0;
  return fault.severity * (fault.rampS <= 0 ? 1 : Math.min(1, ageS / fault.rampS));
}

/** The faults of one shop: those that have come, and those to come. */
export class FaultBook<Request, Active extends TimedFault> {
  readonly #activate: (request: Request, startUs: number) => Active;
  #active: Active[] = [];
  #pending: { atUs: number; request: Request }[] = [];

  /** @param activate checks a request and fills in what it leaves out; throws RangeError */
  constructor(activate: (request: Request, startUs: number) => Active) {
    this.#activate = activate;
  }

  get active(): readonly Active[] {
    return this.#active;
  }

  /** @throws RangeError for a request that makes no sense */
  start(request: Request, nowUs: number): Active {
    const fault = this.#activate(request, nowUs);
    this.#active.push(fault);
    return fault;
  }

  /** @throws RangeError for a request that makes no sense */
  schedule(request: Request, atUs: number): void {
    this.#activate(request, atUs);
    this.#pending.push({ atUs, request });
  }

  /** Takes those whose time has come out of the schedule. */
  due(nowUs: number): Request[] {
    if (this.#pending.length === 0) return [];
    const due = this.#pending.filter(({ atUs }) => atUs <= nowUs);
    if (due.length > 0) this.#pending = this.#pending.filter(({ atUs }) => atUs > nowUs);
    return due.map(({ request }) => request);
  }

  /** Sum of the levels of the faults that `fits`. */
  level(nowUs: number, fits: (fault: Active) => boolean): number {
    let sum = 0;
    for (const fault of this.#active) if (fits(fault)) sum += levelOf(fault, nowUs);
    return sum;
  }

  clear(): void {
    this.#active = [];
    this.#pending = [];
  }
}
