import { RungError } from "../../core/errors.ts";
import type { TimeUs } from "../../core/time.ts";
import type { CauseMessage } from "../cause/cause.ts";
import type { Finding } from "../finding.ts";
import { type Alarm, type AlarmEvent, type AlarmState, alarmKey, type Shelf } from "./alarm.ts";

/** At most so long is an alarm out of sight: a shift. What must be away for longer is mended or taken out of the flow. */
export const MOST_SHELVED_MIN = 8 * 60;
/** Alarms that are remembered. Those that are over and acknowledged go first, the oldest before the newer. */
export const MOST_ALARMS = 20_000;

/** What a person sees first. */
export interface Glance {
  readonly open: readonly Alarm[];
  readonly count: number;
  readonly unacknowledged: number;
  readonly shelved: number;
  /** Open alarms of each twin, most first. */
  readonly twins: readonly { readonly twin: string; readonly count: number }[];
}

interface Entry {
  key: string;
  finding: Finding;
  /** Ids of the findings that last. */
  active: Set<string>;
  acknowledged?: { by: string; timeUs: TimeUs };
  isAcknowledged: boolean;
  explanation?: CauseMessage;
  found?: { cause: string; by: string };
  sinceUs: TimeUs;
  endedUs?: TimeUs;
  shelf?: Shelf;
  count: number;
}

/**
 * The alarms of a plant by ISA-18.2: findings come in, people acknowledge, shelve and say what the cause was. Every change is told as an event.
 * @example book.take(finding); book.acknowledge(alarm.key, "mara", nowUs)
 */
export class AlarmBook {
  readonly #entries = new Map<string, Entry>();
  readonly #keyOf = new Map<string, string>();
  /** Shelves of alarms that have not come since the start. */
  readonly #kept = new Map<string, Shelf>();
  #notKept = 0;
  #version = 0;

  /** Open alarms that found no room. */
  get notKept(): number {
    return this.#notKept;
  }

  /** A finding that begins, goes on or ends. One that is known already changes nothing. */
  take(finding: Finding): AlarmEvent[] {
    return finding.active ? this.#raise(finding) : this.#end(finding);
  }

  /** Causes of a finding, the likeliest first. Of one that is over, or that never came, they are of no use here. */
  explain(explanation: CauseMessage): void {
    const entry = this.#entries.get(this.#keyOf.get(explanation.id) ?? "");
    if (entry === undefined || explanation.causes.length === 0) return;
    entry.explanation = explanation;
    this.#version++;
  }

  /** A person has found the cause, in words; a later word counts. @throws RungError `no-such-alarm` */
  findCause(key: string, cause: string, by: string, timeUs: TimeUs): AlarmEvent[] {
    const entry = this.#entry(key);
    entry.found = { cause, by };
    return [this.#tell(entry, "cause-found", timeUs, { by, cause })];
  }

  /**
   * A person has seen it. Again, or of one that is over and acknowledged, it changes nothing.
   * @throws RungError `no-such-alarm`
   */
  acknowledge(key: string, by: string, timeUs: TimeUs): AlarmEvent[] {
    const entry = this.#entry(key);
    if (entry.isAcknowledged) return [];
    entry.isAcknowledged = true;
    entry.acknowledged = { by, timeUs };
    return [this.#tell(entry, "acknowledged", timeUs, { by })];
  }

  /**
   * Puts it out of sight.
   * @throws RungError `no-such-alarm`, `bad-shelf` for a time or a reason that does not do
   */
  shelve(key: string, shelf: Omit<Shelf, "sinceUs">, timeUs: TimeUs): AlarmEvent[] {
    const entry = this.#entry(key);
    const minutes = (shelf.untilUs - timeUs) / 60e6;
    const bad = (what: string, advice: string) =>
      new RungError({ code: "bad-shelf", where: entry.finding.title, what, advice });
    if (!(minutes > 0 && minutes <= MOST_SHELVED_MIN))
      throw bad(
        `cannot be shelved for ${Number.isFinite(minutes) ? `${Math.round(minutes)} min` : "that long"}`,
        `choose up to ${MOST_SHELVED_MIN / 60} hours`,
      );
    const reason = shelf.reason.trim();
    if (reason === "") throw bad("is shelved without a reason", "say why");
    entry.shelf = { ...shelf, reason, sinceUs: timeUs };
    return [this.#tell(entry, "shelved", timeUs, { by: shelf.by, reason, untilUs: shelf.untilUs })];
  }

  /** Brings it back before its time. @throws RungError `no-such-alarm` */
  unshelve(key: string, by: string, timeUs: TimeUs): AlarmEvent[] {
    const entry = this.#entry(key);
    if (entry.shelf === undefined) return [];
    delete entry.shelf;
    return [this.#tell(entry, "unshelved", timeUs, { by })];
  }

  /** Ends the shelves whose time is over. @param nowUsOf the time on the clock of a twin's link */
  pass(nowUsOf: (twin: string) => TimeUs): AlarmEvent[] {
    const events: AlarmEvent[] = [];
    for (const entry of this.#entries.values()) {
      if (entry.shelf === undefined || nowUsOf(entry.finding.twin) < entry.shelf.untilUs) continue;
      const { untilUs } = entry.shelf;
      delete entry.shelf;
      events.push(this.#tell(entry, "shelf-over", untilUs));
    }
    return events;
  }

  /** @throws RungError `no-such-alarm` */
  get(key: string): Alarm {
    return alarmOf(this.#entry(key));
  }

  /** Goes up with every change of an alarm. */
  get version(): number {
    return this.#version;
  }

  /** Of all that are not normal: unacknowledged before acknowledged, then the worst, then the newest. */
  open(most = Number.POSITIVE_INFINITY, of: (key: string) => boolean = () => true): Alarm[] {
    return this.#some(
      (entry) => of(entry.key) && stateOf(entry) !== "normal",
      (one, other) =>
        ORDER[stateOf(one)] - ORDER[stateOf(other)] ||
        one.finding.priority - other.finding.priority ||
        other.sinceUs - one.sinceUs,
      most,
    );
  }

  /** The first rows of the open ones, and how many there are and where. */
  glance(most: number, of: (key: string) => boolean = () => true): Glance {
    const counts: Record<AlarmState, number> = {
      unacknowledged: 0,
      returned: 0,
      acknowledged: 0,
      shelved: 0,
      normal: 0,
    };
    const twins = new Map<string, number>();
    for (const entry of this.#entries.values()) {
      if (!of(entry.key)) continue;
      const state = stateOf(entry);
      counts[state]++;
      const { twin } = entry.finding;
      if (state !== "normal") twins.set(twin, (twins.get(twin) ?? 0) + 1);
    }
    return {
      open: this.open(most, of),
      count: counts.unacknowledged + counts.returned + counts.acknowledged + counts.shelved,
      unacknowledged: counts.unacknowledged + counts.returned,
      shelved: counts.shelved,
      twins: [...twins].map(([twin, count]) => ({ twin, count })).sort((a, b) => b.count - a.count),
    };
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Of those that are over and acknowledged, the newest first. */
  over(most: number, of: (key: string) => boolean = () => true): Alarm[] {
    return this.#some(
      (entry) => of(entry.key) && stateOf(entry) === "normal" && entry.endedUs !== undefined,
      (one, other) => other.endedUs! - one.endedUs!,
      most,
    );
  }

  /** Shelves outlive a restart: an alarm that comes again before its time is over stays out of sight. */
  restore(event: AlarmEvent): void {
    if (event.event === "shelved" && event.untilUs !== undefined)
      this.#kept.set(event.key, {
        by: event.by ?? "",
        reason: event.reason ?? "",
        sinceUs: event.timeUs,
        untilUs: event.untilUs,
      });
    else if (event.event === "unshelved" || event.event === "shelf-over") this.#kept.delete(event.key);
  }

  #some(is: (entry: Entry) => boolean, order: (one: Entry, other: Entry) => number, most: number): Alarm[] {
    return [...this.#entries.values()].filter(is).sort(order).slice(0, most).map(alarmOf);
  }

  #raise(finding: Finding): AlarmEvent[] {
    const key = alarmKey(finding);
    let entry = this.#entries.get(key);
    if (entry?.active.has(finding.id)) {
      entry.finding = finding;
      return [];
    }
    entry ??= this.#add(key, finding);
    if (entry === undefined) {
      this.#notKept++;
      return [];
    }
    const isNew = entry.active.size === 0;
    entry.active.add(finding.id);
    this.#keyOf.set(finding.id, key);
    entry.finding = finding;
    if (!isNew) return [];
    entry.sinceUs = finding.sinceUs;
    entry.count++;
    entry.isAcknowledged = false;
    delete entry.acknowledged;
    delete entry.endedUs;
    delete entry.explanation;
    delete entry.found;
    return [this.#tell(entry, "raised", finding.sinceUs)];
  }

  #end(finding: Finding): AlarmEvent[] {
    const key = this.#keyOf.get(finding.id);
    const entry = key === undefined ? undefined : this.#entries.get(key);
    if (entry === undefined) return [];
    this.#keyOf.delete(finding.id);
    entry.active.delete(finding.id);
    if (entry.active.size > 0) return [];
    entry.finding = finding;
    entry.endedUs = finding.timeUs;
    return [this.#tell(entry, "returned", finding.timeUs)];
  }

  #tell(
    { key, finding }: Entry,
    event: AlarmEvent["event"],
    timeUs: TimeUs,
    more: Pick<AlarmEvent, "by" | "reason" | "untilUs" | "cause"> = {},
  ): AlarmEvent {
    this.#version++;
    const { twin, priority, title } = finding;
    return { kind: "alarm", event, key, twin, timeUs, priority, title, ...more };
  }

  #entry(key: string): Entry {
    const entry = this.#entries.get(key);
    if (entry !== undefined) return entry;
    throw new RungError({
      code: "no-such-alarm",
      where: "alarms",
      what: `there is no alarm ${JSON.stringify(key.slice(0, 200))}`,
      advice: "look at the list again: it may be over",
    });
  }

  #add(key: string, finding: Finding): Entry | undefined {
    if (this.#entries.size >= MOST_ALARMS && !this.#makeRoom()) return undefined;
    const entry: Entry = {
      key,
      finding,
      active: new Set(),
      isAcknowledged: false,
      sinceUs: finding.sinceUs,
      count: 0,
    };
    const shelf = this.#kept.get(key);
    if (shelf !== undefined) entry.shelf = shelf;
    this.#kept.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  /** Forgets the oldest that is over, in the order of coming. */
  #makeRoom(): boolean {
    for (const [key, entry] of this.#entries) {
      if (stateOf(entry) !== "normal") continue;
      this.#entries.delete(key);
      return true;
    }
    return false;
  }
}

const ORDER: Readonly<Record<AlarmState, number>> = {
  unacknowledged: 0,
  returned: 1,
  acknowledged: 2,
  shelved: 3,
  normal: 4,
};

function stateOf(entry: Entry): AlarmState {
  if (entry.shelf !== undefined) return "shelved";
  if (entry.active.size > 0) return entry.isAcknowledged ? "acknowledged" : "unacknowledged";
  return entry.isAcknowledged ? "normal" : "returned";
}

function alarmOf(entry: Entry): Alarm {
  const { key, finding, explanation, found, isAcknowledged, acknowledged, sinceUs, endedUs, shelf, count } =
    entry;
  return {
    key,
    finding,
    ...(explanation && { explanation }),
    ...(found && { found }),
    state: stateOf(entry),
    active: entry.active.size > 0,
    acknowledged: isAcknowledged,
    ...(acknowledged && { acknowledgedBy: acknowledged.by, acknowledgedUs: acknowledged.timeUs }),
    sinceUs,
    ...(endedUs !== undefined && { endedUs }),
    ...(shelf && { shelf }),
    count,
  };
}
