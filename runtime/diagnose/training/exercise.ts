import { pathBelow } from "../../core/address.ts";
import { RungError } from "../../core/errors.ts";
import type { TimeUs } from "../../core/time.ts";
import { type AlarmEvent, alarmKey } from "../alarms/alarm.ts";
import type { Finding } from "../finding.ts";
import { pathMatcher } from "../signal.ts";
import type { Incident, IncidentAnswer } from "./incident.ts";
import { type Performance, type Score, scoreOf } from "./score.ts";

/**
 * One person working one incident: who reported and acknowledged what when, and the answer. It knows the truth and tells
 * it to nobody before it is over. Times are those of the training twin.
 */
export class Exercise {
  readonly incident: Incident;
  readonly #beganUs: TimeUs;
  readonly #onsetUs: TimeUs;
  readonly #isRightPath: (path: string) => boolean;
  /** Keys of the alarms that came, and whether each is of the incident. */
  readonly #alarms = new Map<string, boolean>();
  #falseReports = 0;
  #reports = 0;
  #detected: { readonly s: number; readonly by: "report" | "alarm" } | undefined;
  #answer: IncidentAnswer | undefined;
  #isOver = false;

  /** @param startUs of the recording's first row, on the clock of the training twin */
  constructor(incident: Incident, startUs: TimeUs) {
    this.incident = incident;
    this.#beganUs = startUs + incident.leadS * 1e6;
    this.#onsetUs = startUs + incident.onsetS * 1e6;
    this.#isRightPath = pathMatcher(incident.truth.shows);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get reports(): number {
    return this.#reports;
  }

  /** When what the trainee works on begins: what lies before it was for the detectors. */
  get beganUs(): TimeUs {
    return this.#beganUs;
  }

  /** A finding of the training twin as it begins. An alarm that came before the incident is none of it, wherever it is. */
  note(finding: Finding): void {
    if (this.#isOver || !finding.active) return;
    const place = finding.contributions[0]?.address ?? finding.twin;
    const isRight = finding.timeUs >= this.#onsetUs && this.#isRightPath(pathBelow(place, finding.twin));
    this.#alarms.set(alarmKey(finding), isRight);
  }

  /** What became of an alarm. To acknowledge one that is of something else is duty, and no report. */
  alarm({ event, key, timeUs }: Pick<AlarmEvent, "event" | "key" | "timeUs">): void {
    if (event === "acknowledged" && this.#alarms.get(key) === true) this.#detect(timeUs, "alarm");
  }

  /** Somebody says that something is wrong. @throws RungError `exercise-over` */
  report(nowUs: TimeUs): void {
    this.#open();
    this.#reports++;
    if (nowUs < this.#onsetUs) this.#falseReports++;
    else this.#detect(nowUs, "report");
  }

  /**
   * Says what it is and what is to be done, which ends the exercise; it counts as a report.
   * @throws RungError `exercise-over`, `bad-answer` for what is none of the choices
   */
  answer(given: unknown, nowUs: TimeUs): void {
    this.#open();
    const answer = this.#answerFrom(given);
    if (this.#detected === undefined) this.report(nowUs);
    this.#answer = answer;
    this.#isOver = true;
  }

  /** Ends it without an answer. */
  stop(): void {
    this.#isOver = true;
  }

  get performance(): Performance {
    const detected = this.#detected;
    return {
      ...(detected !== undefined && { detectedS: detected.s, by: detected.by }),
      falseReports: this.#falseReports,
      ...(this.#answer !== undefined && { answer: this.#answer }),
    };
  }

  /** @throws RungError `exercise-runs` as long as it does */
  score(): Score {
    if (!this.#isOver) throw training("exercise-runs", "is not over: its score would tell the truth", "wait");
    return scoreOf(this.performance, this.incident.truth);
  }

  #detect(nowUs: TimeUs, by: "report" | "alarm"): void {
    if (this.#isOver || nowUs < this.#onsetUs) return;
    this.#detected ??= { s: (nowUs - this.#onsetUs) / 1e6, by };
  }

  #open(): void {
    if (this.#isOver) throw training("exercise-over", "is over", "start another one");
  }

  #answerFrom(given: unknown): IncidentAnswer {
    const { cause, place, action } = (given ?? {}) as Record<string, unknown>;
    const { causes, places, actions } = this.incident.choices;
    const one = (what: string, choices: Incident["choices"]["causes"], id: unknown): string => {
      const found = choices.find((choice) => choice.id === id);
      if (found !== undefined) return found.id;
      throw training(
        "bad-answer",
        `has no ${what} ${JSON.stringify(id)?.slice(0, 100) ?? "at all"}`,
        `choose one of ${choices.map((choice) => choice.id).join(", ")}`,
      );
    };
    return {
      cause: one("cause", causes, cause),
      ...(places.length > 0 && { place: one("place", places, place) }),
      action: one("action", actions, action),
    };
  }
}

const training = (code: string, what: string, advice: string): RungError =>
  new RungError({ code, where: "training", what, advice });
