import { messageOf, RungError } from "../../core/errors.ts";
import { LineFile } from "../../core/line-file.ts";
import type { TimeUs } from "../../core/time.ts";
import { isOfTraining } from "../../core/training.ts";
import type { Finding } from "../finding.ts";
import type { AlarmEvent } from "./alarm.ts";
import { AlarmBook, MOST_SHELVED_MIN } from "./alarm-book.ts";
import { type Activation, type AlarmKpis, alarmKpis } from "./alarm-kpis.ts";

/** Activations that the figures are made of; a flood beyond it forgets the oldest. */
const MOST_ACTIVATIONS = 50_000;

interface Came {
  readonly key: string;
  readonly twin: string;
  readonly timeUs: TimeUs;
  readonly priority: 1 | 2 | 3;
}

/** What a page asks for; everything in it is checked. */
export type AlarmAction =
  | { readonly acknowledge: string }
  | { readonly shelve: string; readonly minutes: number; readonly reason: string }
  | { readonly unshelve: string };

/** The alarms of a process: the book, the file that outlives it, and the figures of the last day. */
export class AlarmDesk {
  readonly book = new AlarmBook();
  readonly #file: LineFile<AlarmEvent>;
  readonly #nowUsOf: (twin: string) => TimeUs;
  #came: Came[] = [];
  /** Of the oldest event that is known, per twin. */
  readonly #firstUs = new Map<string, TimeUs>();
  #fault: string | undefined;

  /**
   * Reads the file again: shelves go on, and the figures know what came before.
   * @param path of the file of JSON lines
   * @param nowUsOf the time on the clock of a twin's link
   */
  constructor(path: string, nowUsOf: (twin: string) => TimeUs) {
    this.#file = alarmFile(path);
    this.#nowUsOf = nowUsOf;
    for (const event of this.#file.read().lines) {
      this.book.restore(event);
      this.#count(event);
    }
  }

  /** Why events cannot be kept; undefined where they are. They wait, and are written with the next. */
  get fault(): string | undefined {
    return this.#fault;
  }

  take(finding: Finding): readonly AlarmEvent[] {
    return this.#keep(this.book.take(finding));
  }

  /**
   * What a person asked for on a page.
   * @param by who, from the host and not from the page
   * @throws RungError `bad-action`, `no-such-alarm`, `bad-shelf`
   */
  act(action: unknown, by: string): readonly AlarmEvent[] {
    const asked = actionOf(action);
    const key =
      "acknowledge" in asked ? asked.acknowledge : "shelve" in asked ? asked.shelve : asked.unshelve;
    const nowUs = this.#nowUsOf(this.book.get(key)?.finding.twin ?? "");
    if ("acknowledge" in asked) return this.#keep(this.book.acknowledge(key, by, nowUs));
    if ("unshelve" in asked) return this.#keep(this.book.unshelve(key, by, nowUs));
    const untilUs = nowUs + asked.minutes * 60e6;
    return this.#keep(this.book.shelve(key, { by, reason: asked.reason, untilUs }, nowUs));
  }

  /** Ends shelves whose time is over. */
  pass(): readonly AlarmEvent[] {
    return this.#keep(this.book.pass(this.#nowUsOf));
  }

  /** @param of whose alarms; all where left out */
  kpis(of: (key: string) => boolean = () => true): AlarmKpis {
    const ageUs = (twin: string, timeUs: TimeUs) => Math.max(0, this.#nowUsOf(twin) - timeUs);
    const activations: Activation[] = this.#came
      .filter(({ key }) => of(key))
      .map(({ key, twin, timeUs, priority }) => ({ key, priority, ageUs: ageUs(twin, timeUs) }));
    const standing = this.book
      .open(Number.POSITIVE_INFINITY, of)
      .filter(({ active }) => active)
      .map(({ key, finding, sinceUs }) => ({ key, ageUs: ageUs(finding.twin, sinceUs) }));
    const watchedUs = [...this.#firstUs].map(([twin, timeUs]) => ageUs(twin, timeUs));
    return alarmKpis(activations, standing, Math.max(0, ...watchedUs));
  }

  #keep(events: readonly AlarmEvent[]): readonly AlarmEvent[] {
    if (events.length === 0) return events;
    for (const event of events) this.#count(event);
    try {
      // What people practise on is no alarm of the plant.
      this.#file.append(events.filter(({ twin }) => !isOfTraining(twin)));
      this.#fault = undefined;
    } catch (error) {
      this.#fault = messageOf(error);
    }
    return events;
  }

  #count({ event, key, twin, timeUs, priority }: AlarmEvent): void {
    this.#firstUs.set(twin, Math.min(this.#firstUs.get(twin) ?? timeUs, timeUs));
    if (event !== "raised") return;
    this.#came.push({ key, twin, timeUs, priority });
    if (this.#came.length > 2 * MOST_ACTIVATIONS) this.#came = this.#came.slice(-MOST_ACTIVATIONS);
  }
}

/** The file of a desk, to be read beside it. */
export const alarmFile = (path: string): LineFile<AlarmEvent> =>
  new LineFile(path, "alarms-not-kept", isAlarmEvent);

const isAlarmEvent = (thing: unknown): thing is AlarmEvent => {
  const event = thing as Partial<AlarmEvent> | null | undefined;
  return (
    event?.kind === "alarm" &&
    typeof event.key === "string" &&
    typeof event.twin === "string" &&
    Number.isFinite(event.timeUs) &&
    (event.priority === 1 || event.priority === 2 || event.priority === 3)
  );
};

function actionOf(action: unknown): AlarmAction {
  const { acknowledge, shelve, unshelve, minutes, reason } = (action ?? {}) as Record<string, unknown>;
  if (typeof acknowledge === "string") return { acknowledge };
  if (typeof unshelve === "string") return { unshelve };
  if (typeof shelve === "string" && typeof minutes === "number" && typeof reason === "string")
    return { shelve, minutes, reason: reason.slice(0, 500) };
  throw new RungError({
    code: "bad-action",
    where: "alarms",
    what: "asks for neither acknowledge, shelve with minutes and a reason, nor unshelve",
    advice: `send {acknowledge: key}, {shelve: key, minutes: 1 to ${MOST_SHELVED_MIN}, reason} or {unshelve: key}`,
  });
}
