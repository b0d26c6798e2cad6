import { messageOf, RungError } from "../../core/errors.ts";
import type { Frame } from "../../core/frame.ts";
import type { LineFile } from "../../core/line-file.ts";
import { type TimeUs, wallTimeUs } from "../../core/time.ts";
import { isOfTraining } from "../../core/training.ts";
import type { RetimedRecording } from "../../describe/recording/retimed-recording.ts";
import type { AlarmEvent } from "../alarms/alarm.ts";
import type { Finding } from "../finding.ts";
import { Exercise } from "./exercise.ts";
import type { ExerciseResult } from "./exercise-result.ts";
import { type Choice, type Incident, type IncidentChoices, TRAINING_SPEEDS } from "./incident.ts";

/** Results that a page is sent, the newest first. */
const SHOWN_RESULTS = 8;
/** Between the last sample of an exercise and the first of the next, µs. */
const BETWEEN_US = 60e6;

export interface TrainingDeskParts {
  /** Address of the training twin. */
  readonly twin: string;
  /** Incidents that may be asked for by name. */
  readonly offers: () => readonly Choice[];
  /** @param id one of the offers; absent: a surprise */
  readonly prepare: (id: string | undefined) => Promise<Incident>;
  /** Called once an incident is played no more. */
  readonly forget: (incident: Incident) => void;
  readonly play: (incident: Incident, startUs: TimeUs, speed: number) => Promise<RetimedRecording>;
  /** Of the last sample that was sent, 0 before the first: the twin's time goes on over all exercises. */
  readonly newestUs: () => TimeUs;
  /** Where the frames go: to the state of the training twin, by the flow's wires. */
  readonly send: (frame: Frame) => void;
  readonly results: LineFile<ExerciseResult>;
}

export type TrainingPhase = "idle" | "preparing" | "running" | "over";

/** What a page may see. Nothing in it tells the truth before the exercise is over. */
export interface TrainingView {
  readonly phase: TrainingPhase;
  readonly offers: readonly Choice[];
  readonly run?: {
    readonly choices: IncidentChoices;
    readonly startedBy: string;
    readonly isSurprise: boolean;
    readonly speed: number;
    /** Plant seconds since it began, whole minutes. */
    readonly sinceS: number;
    readonly reports: number;
  };
  readonly over?: ExerciseResult;
  readonly results: readonly ExerciseResult[];
  /** Why the last exercise could not be prepared, or its result not be kept. */
  readonly fault?: string;
}

interface Run {
  readonly exercise: Exercise;
  readonly startedBy: string;
  readonly isSurprise: boolean;
  readonly speed: number;
  readonly feed: RetimedRecording;
  readonly ending: AbortController;
}

/**
 * Where people work incidents, one at a time. What it plays comes from a file and goes to the training twin alone: it
 * holds no link, no login and no way to an actuator.
 */
export class TrainingDesk {
  readonly #parts: TrainingDeskParts;
  #phase: TrainingPhase = "idle";
  #run: Run | undefined;
  #result: ExerciseResult | undefined;
  #results: ExerciseResult[];
  #fault: string | undefined;
  #closed = false;
  #playing: Promise<void> = Promise.resolve();

  /** @throws RungError `bad-training-twin` for the twin of a plant */
  constructor(parts: TrainingDeskParts) {
    if (!isOfTraining(parts.twin))
      throw training(
        "bad-training-twin",
        parts.twin === "" ? "has no twin" : `may not feed ${parts.twin}: it is no training twin`,
        "choose a twin whose address begins with training/",
      );
    this.#parts = parts;
    this.#results = parts.results.read().lines.filter(({ twin }) => twin === parts.twin);
  }

  get phase(): TrainingPhase {
    return this.#phase;
  }

  /** A finding of the training twin, or what its list of alarms sent. Anything else says nothing here. */
  take(payload: unknown): void {
    const exercise = this.#run?.exercise;
    if (exercise === undefined) return;
    if ((payload as Finding | null)?.kind === "finding") exercise.note(payload as Finding);
    else if (Array.isArray(payload))
      for (const event of payload as AlarmEvent[]) if (event?.kind === "alarm") exercise.alarm(event);
  }

  /**
   * What a person asked for on the page.
   * @param by who, from the host and not from the page
   * @throws RungError `bad-action`, `exercise-runs`, `no-exercise`, and as `Exercise`
   */
  act(action: unknown, by: string): TrainingView {
    const asked = (typeof action === "object" && action !== null ? action : {}) as Record<string, unknown>;
    if ("start" in asked) this.#start(asked.start, by);
    else if ("report" in asked) this.#running().exercise.report(this.#nowUs());
    else if ("answer" in asked) {
      this.#running().exercise.answer(asked.answer, this.#nowUs());
      this.#end(by);
    } else if ("stop" in asked) {
      this.#running().exercise.stop();
      this.#end(by);
    } else
      throw training("bad-action", "was asked for nothing it knows", "send start, report, answer or stop");
    return this.view();
  }

  view(): TrainingView {
    const run = this.#run;
    return {
      phase: this.#phase,
      offers: this.#parts.offers(),
      ...(run !== undefined && {
        run: {
          choices: run.exercise.incident.choices,
          startedBy: run.startedBy,
          isSurprise: run.isSurprise,
          speed: run.speed,
          sinceS: 60 * Math.max(0, Math.floor((this.#nowUs() - run.exercise.beganUs) / 60e6)),
          reports: run.exercise.reports,
        },
      }),
      ...(this.#phase === "over" && this.#result !== undefined && { over: this.#result }),
      results: this.#results.slice(-SHOWN_RESULTS).reverse(),
      ...(this.#fault !== undefined && { fault: this.#fault }),
    };
  }

  /** Ends what runs, without a result. Kept once nothing is played any more. */
  close(): Promise<void> {
    this.#closed = true;
    this.#run?.ending.abort();
    return this.#playing;
  }

  #start(asked: unknown, by: string): void {
    if (this.#phase === "preparing" || this.#phase === "running")
      throw training("exercise-runs", "has an exercise that runs", "answer it or stop it first");
    const { incident, speed } = (asked ?? {}) as Record<string, unknown>;
    if (!TRAINING_SPEEDS.some((one) => one === speed))
      throw training("bad-action", "was asked for no speed it knows", `choose ${TRAINING_SPEEDS.join(", ")}`);
    const isSurprise = incident === undefined || incident === "surprise";
    this.#phase = "preparing";
    this.#run = undefined;
    this.#fault = undefined;
    this.#playing = this.#prepare(isSurprise ? undefined : String(incident), Number(speed), by).catch(
      (thrown: unknown) => {
        this.#phase = "idle";
        this.#run = undefined;
        this.#fault = messageOf(thrown);
      },
    );
  }

  async #prepare(id: string | undefined, speed: number, startedBy: string): Promise<void> {
    const incident = await this.#parts.prepare(id);
    try {
      await this.#play(incident, id === undefined, speed, startedBy);
    } finally {
      this.#parts.forget(incident);
    }
  }

  async #play(incident: Incident, isSurprise: boolean, speed: number, startedBy: string): Promise<void> {
    // Its past ends now; the exercises of a twin follow each other on its clock.
    const startUs = Math.max(wallTimeUs() - incident.leadS * 1e6, this.#parts.newestUs() + BETWEEN_US);
    const feed = await this.#parts.play(incident, startUs, speed);
    if (this.#closed) return;
    const exercise = new Exercise(incident, startUs);
    const ending = new AbortController();
    this.#run = { exercise, startedBy, isSurprise, speed, feed, ending };
    this.#phase = "running";
    for await (const frame of feed.frames(ending.signal)) {
      this.#parts.send(frame);
    }
    if (ending.signal.aborted) return;
    exercise.stop();
    this.#end(startedBy);
  }

  #end(person: string): void {
    const { exercise, startedBy, isSurprise, speed, ending } = this.#run!;
    ending.abort();
    const { incident } = exercise;
    this.#result = {
      kind: "exercise",
      twin: this.#parts.twin,
      endedUs: wallTimeUs(),
      person,
      startedBy,
      incident: incident.id,
      truth: incident.truth,
      isSurprise,
      speed,
      ...exercise.score(),
    };
    this.#phase = "over";
    this.#results = [...this.#results, this.#result].slice(-SHOWN_RESULTS);
    try {
      this.#parts.results.append([this.#result]);
    } catch (thrown) {
      this.#fault = messageOf(thrown);
    }
  }

  #running(): Run {
    if (this.#run !== undefined && this.#phase === "running") return this.#run;
    throw training("no-exercise", "has no exercise that runs", "start one");
  }

  #nowUs(): TimeUs {
    return this.#run!.feed.clock.nowUs();
  }
}

const training = (code: string, what: string, advice: string): RungError =>
  new RungError({ code, where: "training", what, advice });
