import { messageOf, RungError } from "../../core/errors.ts";
import { LineFile } from "../../core/line-file.ts";
import type { TimeUs } from "../../core/time.ts";
import { isOfTraining } from "../../core/training.ts";
import type { CaseBooks } from "../cause/case-books.ts";
import type { Finding } from "../finding.ts";
import type { Alarm, AlarmEvent } from "./alarm.ts";
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
type AlarmAction = { readonly key: string } & (
  | { readonly verb: "acknowledge" | "unshelve" }
  | { readonly verb: "shelve"; readonly minutes: number; readonly reason: string }
  /** `cause` is the id of a ranked one, or words of one's own. */
  | { readonly verb: "findCause"; readonly cause: string }
);

/** The alarms of a process: the book, the file that outlives it, and the figures of the last day. */
export class AlarmDesk {
  readonly book = new AlarmBook();
  readonly #file: LineFile<AlarmEvent>;
  readonly #nowUsOf: (twin: string) => TimeUs;
  readonly #cases: CaseBooks;
  #came: Came[] = [];
  /** Of the oldest event that is known, per twin. */
  readonly #firstUs = new Map<string, TimeUs>();
  #fault: string | undefined;

  /**
   * Reads the file again: shelves go on, and the figures know what came before.
   * @param path of the file of JSON lines
   * @param nowUsOf the time on the clock of a twin's link
   * @param cases where causes that people found are kept, for the rankings to learn from
   */
  constructor(path: string, nowUsOf: (twin: string) => TimeUs, cases: CaseBooks) {
    this.#file = alarmFile(path);
    this.#nowUsOf = nowUsOf;
    this.#cases = cases;
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
   * @throws RungError `bad-action`, `no-such-alarm`, `bad-shelf`, `no-pattern`, `bad-case`
   */
  act(action: unknown, by: string): readonly AlarmEvent[] {
    const asked = actionOf(action);
    const { key } = asked;
    const alarm = this.book.get(key);
    const nowUs = this.#nowUsOf(alarm.finding.twin);
    switch (asked.verb) {
      case "acknowledge":
        return this.#keep(this.book.acknowledge(key, by, nowUs));
      case "unshelve":
        return this.#keep(this.book.unshelve(key, by, nowUs));
      case "shelve": {
        const untilUs = nowUs + asked.minutes * 60e6;
        return this.#keep(this.book.shelve(key, { by, reason: asked.reason, untilUs }, nowUs));
      }
      case "findCause":
        return this.#keep(this.book.findCause(key, this.#learnt(alarm, asked.cause, by), by, nowUs));
    }
  }

  /** What was found to be causes of alarms of a twin, the newest first. @throws RungError `broken-file`, `broken-cases` */
  causesFound(twin: string): readonly string[] {
    return this.#cases.of(twin).causes;
  }

  /** @returns the cause in words */
  #learnt({ explanation, finding }: Alarm, cause: string, by: string): string {
    if (explanation === undefined)
      throw new RungError({
        code: "no-pattern",
        where: finding.title,
        what: "has no pattern that its cause could be known by again",
        advice: "wire its detect node and its state to a cause node, and that to this list",
      });
    const { id, causes, signature, timeUs } = explanation;
    const ranked = causes.find((one) => one.id === cause);
    // A change happens once: its words stay true, its id does not come again.
    const named = ranked?.kind === "change" ? ranked.title : cause;
    this.#cases.confirm(finding.twin, { signature, cause: named, timeUs, by, finding: id });
    return ranked?.title ?? cause.trim();
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
  const { acknowledge, shelve, unshelve, minutes, reason, findCause, cause } = (action ?? {}) as Record<
    string,
    unknown
  >;
  if (typeof acknowledge === "string") return { verb: "acknowledge", key: acknowledge };
  if (typeof unshelve === "string") return { verb: "unshelve", key: unshelve };
  if (typeof findCause === "string" && typeof cause === "string")
    return { verb: "findCause", key: findCause, cause };
  if (typeof shelve === "string" && typeof minutes === "number" && typeof reason === "string")
    return { verb: "shelve", key: shelve, minutes, reason: reason.slice(0, 500) };
  throw new RungError({
    code: "bad-action",
    where: "alarms",
    what: "asks for neither acknowledge, shelve with minutes and a reason, unshelve, nor findCause with a cause",
    advice: `send {acknowledge: key}, {shelve: key, minutes: 1 to ${MOST_SHELVED_MIN}, reason}, {unshelve: key} or {findCause: key, cause}`,
  });
}
