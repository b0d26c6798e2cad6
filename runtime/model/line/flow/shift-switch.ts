import type { EventCalendar } from "../events/event-calendar.ts";
import type { LineCalendar } from "../line-model.ts";

/** Turns what follows some shifts of a calendar on and off. */
export class ShiftSwitch {
  readonly activity: number;
  readonly #calendar: EventCalendar;
  readonly #plan: LineCalendar;
  /** Within a period, in order, without overlap. */
  readonly #spans: readonly { readonly fromS: number; readonly toS: number }[];
  readonly #followers: ((isOn: boolean) => void)[] = [];
  #isOn = true;

  /** @param names shifts that count; left out: all */
  constructor(calendar: EventCalendar, plan: LineCalendar, names: readonly string[] | undefined) {
    this.#calendar = calendar;
    this.#plan = plan;
    this.#spans = workedSpans(plan, names);
    this.activity = calendar.register(() => {
      this.#turn(!this.#isOn);
      this.#scheduleNext();
    });
  }

  follow(follower: (isOn: boolean) => void): void {
    this.#followers.push(follower);
  }

  begin(): void {
    const atS = this.#inPeriodS();
    if (!this.#spans.some(({ fromS, toS }) => fromS <= atS && atS < toS)) this.#turn(false);
    this.#scheduleNext();
  }

  #turn(isOn: boolean): void {
    this.#isOn = isOn;
    for (const follower of this.#followers) follower(isOn);
  }

  #scheduleNext(): void {
    const { periodS, startsAtS } = this.#plan;
    const nowS = this.#calendar.nowS;
    const period = Math.floor((nowS + startsAtS) / periodS);
    for (let p = period; p <= period + 2; p++) {
      for (const { fromS, toS } of this.#spans) {
        const nextS = p * periodS + (this.#isOn ? toS : fromS) - startsAtS;
        if (nextS > nowS) {
          this.#calendar.schedule(this.activity, nextS);
          return;
        }
      }
    }
  }

  #inPeriodS(): number {
    const { periodS, startsAtS } = this.#plan;
    const atS = (this.#calendar.nowS + startsAtS) % periodS;
    return atS < 0 ? atS + periodS : atS;
  }
}

/** What is worked of a period: shifts without their breaks, those that touch made one. A shift may end in the next period. */
function workedSpans(
  plan: LineCalendar,
  names: readonly string[] | undefined,
): { readonly fromS: number; readonly toS: number }[] {
  const { periodS } = plan;
  const pieces: { fromS: number; toS: number }[] = [];
  for (const { name, fromS, toS, breaks } of plan.shifts) {
    if (names !== undefined && !names.includes(name)) continue;
    let beganS = fromS;
    for (const pause of breaks.toSorted((a, b) => a.fromS - b.fromS)) {
      if (pause.fromS > beganS) pieces.push({ fromS: beganS, toS: pause.fromS });
      beganS = pause.toS;
    }
    if (toS > beganS) pieces.push({ fromS: beganS, toS });
  }
  const within = pieces.flatMap(({ fromS, toS }) =>
    toS <= periodS
      ? [{ fromS, toS }]
      : fromS >= periodS
        ? [{ fromS: fromS - periodS, toS: toS - periodS }]
        : [
            { fromS, toS: periodS },
            { fromS: 0, toS: toS - periodS },
          ],
  );
  within.sort((a, b) => a.fromS - b.fromS);
  const merged: { fromS: number; toS: number }[] = [];
  for (const span of within) {
    const last = merged.at(-1);
    if (last !== undefined && span.fromS <= last.toS) last.toS = Math.max(last.toS, span.toS);
    else merged.push({ ...span });
  }
  // What goes on over the end of the period is one span.
  const [first] = merged;
  const last = merged.at(-1);
  if (
    first !== undefined &&
    last !== undefined &&
    merged.length > 1 &&
    first.fromS === 0 &&
    last.toS === periodS
  ) {
    last.toS += first.toS;
    merged.shift();
  }
  return merged;
}
