import { RungError } from "./errors.ts";
import type { TimeUs } from "./time.ts";

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** A shift as the plant's timetable has it, in local wall time. */
export interface ShiftPattern {
  readonly name: string;
  /** "06:00". */
  readonly start: string;
  /** "14:00"; not after `start` means the next day, equal means 24 hours. */
  readonly end: string;
  /** Days on which it starts. */
  readonly days: readonly Weekday[];
}

/** One shift that is worked. */
export interface Shift {
  readonly name: string;
  /** Local date on which it starts: "2026-03-28". */
  readonly date: string;
  readonly startUs: TimeUs;
  /** Its first instant after the end. */
  readonly endUs: TimeUs;
}

const DAY_MS = 86_400_000;
/** Days whose shifts are remembered, since asking Intl for an offset costs microseconds. */
const MAX_DAYS_KEPT = 1000;

/** Minutes after midnight of "HH:MM", 24:00 included. */
function minutesOf(text: string, where: string): number {
  const match = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(text);
  const minutes = match ? Number(match[1]) * 60 + Number(match[2]) : Number.NaN;
  if (!(minutes <= 1440)) {
    throw new RungError({
      code: "bad-shift",
      where,
      what: `${JSON.stringify(text)} is no time of day`,
      advice: "write HH:MM, 00:00 to 24:00",
    });
  }
  return minutes;
}

/**
 * Shifts of a plant in its own time zone. A shift is as long as its wall times say on the day: the night shift
 * 22:00 to 06:00 lasts 7 h when clocks go forward and 9 h when they go back. A wall time that does not exist is
 * read with the offset before the change, one that exists twice means the first (RFC 5545, 3.3.5).
 */
export class ShiftCalendar {
  readonly timeZone: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #shifts: readonly {
    name: string;
    startMin: number;
    endMin: number;
    days: ReadonlySet<number>;
  }[];
  readonly #closed: ReadonlySet<string>;
  readonly #byDay = new Map<number, readonly Shift[]>();

  /**
   * @param plan.closed local dates on which no shift starts, such as holidays: "2026-12-25"
   * @throws RungError `bad-time-zone`, `bad-shift` for an unreadable time, a shift without days, overlapping shifts
   */
  constructor(plan: { timeZone: string; shifts: readonly ShiftPattern[]; closed?: readonly string[] }) {
    this.timeZone = plan.timeZone;
    try {
      this.#format = new Intl.DateTimeFormat("en-US", {
        timeZone: plan.timeZone,
        hourCycle: "h23",
        year: "numeric",
        month: "2-digit",
        day: "2-digit",
        hour: "2-digit",
        minute: "2-digit",
        second: "2-digit",
      });
    } catch (cause) {
      throw new RungError({
        code: "bad-time-zone",
        where: `time zone ${JSON.stringify(plan.timeZone)}`,
        what: "is unknown",
        advice: 'write an IANA name such as "Europe/Berlin"',
        cause,
      });
    }
    this.#closed = new Set(plan.closed ?? []);
    this.#shifts = plan.shifts.map((shift) => {
      const startMin = minutesOf(shift.start, `shift ${shift.name}, start`) % 1440;
      const endMin = minutesOf(shift.end, `shift ${shift.name}, end`);
      const days = new Set(shift.days.map((day) => WEEKDAYS.indexOf(day)));
      if (days.size === 0 || days.has(-1)) {
        throw new RungError({
          code: "bad-shift",
          where: `shift ${shift.name}`,
          what: days.size === 0 ? "starts on no day" : `has an unknown day among ${shift.days.join(", ")}`,
          advice: `name days of ${WEEKDAYS.join(", ")}`,
        });
      }
      return { name: shift.name, startMin, endMin: endMin > startMin ? endMin : endMin + 1440, days };
    });
    this.#refuseOverlap();
  }

  /** The shift that is worked at an instant, or undefined between shifts. */
  shiftAt(timeUs: TimeUs): Shift | undefined {
    return this.#around(timeUs, -1, 0).find((shift) => shift.startUs <= timeUs && timeUs < shift.endUs);
  }

  /** The first start or end after an instant; undefined where none comes within 400 days. */
  nextBoundary(timeUs: TimeUs): TimeUs | undefined {
    for (let day = 0; day <= 400; day += 8) {
      const after = this.#boundaries(timeUs, day - 1, day + 7).find((boundary) => boundary > timeUs);
      if (after !== undefined) return after;
    }
    return undefined;
  }

  /** The last start or end at or before an instant; undefined where none came within 400 days. */
  previousBoundary(timeUs: TimeUs): TimeUs | undefined {
    for (let day = 0; day <= 400; day += 8) {
      const before = this.#boundaries(timeUs, -day - 9, -day).findLast((boundary) => boundary <= timeUs);
      if (before !== undefined) return before;
    }
    return undefined;
  }

  #boundaries(timeUs: TimeUs, fromDay: number, toDay: number): TimeUs[] {
    const all = this.#around(timeUs, fromDay, toDay).flatMap((shift) => [shift.startUs, shift.endUs]);
    return [...new Set(all)].sort((a, b) => a - b);
  }

  /** Shifts that start on the local days `fromDay` to `toDay` relative to the day of an instant. */
  #around(timeUs: TimeUs, fromDay: number, toDay: number): Shift[] {
    const today = Math.floor(this.#localMs(Math.floor(timeUs / 1000)) / DAY_MS);
    const shifts: Shift[] = [];
    for (let day = today + fromDay; day <= today + toDay; day++) shifts.push(...this.#shiftsOf(day));
    return shifts;
  }

  /** Shifts that start on a local day, counted from 1970-01-01. */
  #shiftsOf(day: number): readonly Shift[] {
    const known = this.#byDay.get(day);
    if (known !== undefined) return known;
    const shifts: Shift[] = [];
    const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
    // 1970-01-01 was a Thursday.
    const weekday = (((day + 3) % 7) + 7) % 7;
    for (const shift of this.#closed.has(date) ? [] : this.#shifts) {
      if (!shift.days.has(weekday)) continue;
      const startUs = this.#utcMs(day * DAY_MS + shift.startMin * 60_000) * 1000;
      const endUs = this.#utcMs(day * DAY_MS + shift.endMin * 60_000) * 1000;
      if (endUs > startUs) shifts.push({ name: shift.name, date, startUs, endUs });
    }
    if (this.#byDay.size >= MAX_DAYS_KEPT) this.#byDay.clear();
    this.#byDay.set(day, shifts);
    return shifts;
  }

  /** Wall time at an instant, told as if it were UTC. */
  #localMs(utcMs: number): number {
    const part: Record<string, number> = {};
    for (const { type, value } of this.#format.formatToParts(utcMs)) part[type] = Number(value);
    const whole = Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!);
    return whole + (((utcMs % 1000) + 1000) % 1000);
  }

  /** The instant of a wall time that is told as if it were UTC. */
  #utcMs(localMs: number): number {
    const offsetOf = (utcMs: number): number => this.#localMs(utcMs) - utcMs;
    const before = offsetOf(localMs - DAY_MS);
    const after = offsetOf(localMs + DAY_MS);
    const hits = [localMs - before, localMs - after].filter((utcMs) => this.#localMs(utcMs) === localMs);
    return hits.length === 0 ? localMs - before : Math.min(...hits);
  }

  #refuseOverlap(): void {
    const week = 7 * 1440;
    const spans = this.#shifts.flatMap((shift) =>
      [...shift.days].map((day) => ({
        name: shift.name,
        from: day * 1440 + shift.startMin,
        to: day * 1440 + shift.endMin,
      })),
    );
    spans.sort((a, b) => a.from - b.from);
    for (const [i, span] of spans.entries()) {
      const next = spans[(i + 1) % spans.length]!;
      const nextFrom = i + 1 < spans.length ? next.from : next.from + week;
      if (spans.length > 1 ? span.to > nextFrom : span.to - span.from > week) {
        throw new RungError({
          code: "bad-shift",
          where: `shifts ${span.name} and ${next.name}`,
          what: "overlap",
          advice: "let one end where the other starts",
        });
      }
    }
  }
}
