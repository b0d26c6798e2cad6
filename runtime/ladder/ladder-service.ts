import type { LinkClock } from "../core/clock.ts";
import { messageOf } from "../core/errors.ts";
import { monotonicMs, type TimeUs, wallTimeUs } from "../core/time.ts";
import { type ChangeQuestion, type ChangeStore, RecentChanges } from "./change-store.ts";
import type { EvidenceBoard } from "./evidence-board.ts";
import { Judge } from "./judge.ts";
import type { LadderChange, RungChange, TwinVerdict } from "./verdict.ts";
import { type AnalyseOptions, analyse, type Wiring } from "./wiring.ts";

/** Wall time between evaluations. docs/ladder.md, Evidence. */
export const EVALUATION_MS = 5_000;
/** Changes of held rungs that are told with every report. */
const TOLD_CHANGES = 500;
/** Changes that wait for a file that cannot be written to. */
const MOST_WAITING = 5000;

/** What the ladder says now: plain data, fit for JSON. */
export interface LadderReport {
  readonly evaluatedUs: TimeUs;
  readonly twins: readonly TwinVerdict[];
  readonly unguardedOutputs: Wiring["unguardedOutputs"];
  readonly notAnalysable: Wiring["notAnalysable"];
  readonly errors: Wiring["errors"];
}

export interface LadderOptions {
  readonly board: EvidenceBoard;
  /** The clock of a twin's link; undefined where no link is open. */
  readonly clock?: (twin: string) => LinkClock | undefined;
  /** Where changes are kept; the newest in memory where nothing is given. */
  readonly changes?: ChangeStore;
  readonly wallUs?: () => TimeUs;
  /** Milliseconds of a clock that never steps. */
  readonly steadyMs?: () => number;
}

type Subscriber = (report: LadderReport, changes: readonly RungChange[]) => void;

/** Judges the running flow every five seconds and tells whoever listens. */
export class LadderService {
  readonly #options: LadderOptions;
  readonly #judge: Judge;
  readonly #store: ChangeStore;
  readonly #subscribers = new Set<Subscriber>();
  /** Of held rungs, oldest first. */
  readonly #told: RungChange[];
  #waiting: LadderChange[] = [];
  #isStoreBroken = false;
  #flow: unknown = [];
  #wiring: Wiring = analyse([]);
  #report: LadderReport | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LadderOptions) {
    this.#options = options;
    this.#store = options.changes ?? new RecentChanges(MOST_WAITING);
    this.#told = this.#asked(() => this.#store.query({ kind: "held", limit: TOLD_CHANGES }), [])
      .reverse()
      .flatMap((change) => (change.kind === "held" ? [change] : []));
    this.#judge = new Judge(this.#asked(() => this.#store.standings(), new Map()));
  }

  /** The flow that runs now, all nodes of all tabs; judged at once. */
  setFlow(flow: unknown, options?: AnalyseOptions): LadderReport {
    this.#flow = flow;
    this.#wiring = analyse(flow, options);
    return this.evaluate();
  }

  /** The flow that the last report judges. */
  get flow(): unknown {
    return this.#flow;
  }

  /** The last report; before the first evaluation one is made. */
  report(): LadderReport {
    return this.#report ?? this.evaluate();
  }

  /** The verdict on one twin, or undefined where the flow has none of this address. */
  twin(address: string): TwinVerdict | undefined {
    return this.report().twins.find((twin) => twin.address === address);
  }

  /** Whether a node of the canvas stands on no path of a twin; of one that is on no canvas nothing is known. */
  isOffPath(address: string, node: string): boolean {
    const twin = this.#wiring.twins.find((one) => one.address === address);
    return this.#wiring.nodes.has(node) && twin?.members.includes(node) !== true;
  }

  /** The newest changes of held rungs, oldest first. */
  changes(): readonly RungChange[] {
    return this.#told;
  }

  /** Changes of held rungs and of rows, the newest first. @throws RungError where they cannot be read */
  changesOf(question: ChangeQuestion): LadderChange[] {
    return this.#store.query(question);
  }

  /** Judges now, by what every engine measures now. */
  evaluate(): LadderReport {
    const { board, clock, wallUs, steadyMs } = this.#options;
    board.measure();
    const evaluatedUs = (wallUs ?? wallTimeUs)();
    const { twins, changes } = this.#judge.evaluate(this.#wiring, {
      evidenceOf: (twin) => board.of(twin),
      clock: clock ?? (() => undefined),
      wallUs: evaluatedUs,
      steadyMs: (steadyMs ?? monotonicMs)(),
    });
    const { unguardedOutputs, notAnalysable, errors } = this.#wiring;
    this.#report = { evaluatedUs, twins, unguardedOutputs, notAnalysable, errors };
    this.#keep(changes);
    const told = changes.flatMap((change) => (change.kind === "held" ? [change] : []));
    this.#told.push(...told);
    this.#told.splice(0, this.#told.length - TOLD_CHANGES);
    for (const subscriber of this.#subscribers) {
      try {
        subscriber(this.#report, told);
      } catch (thrown) {
        // One listener that fails must not keep the others from the news.
        process.emitWarning(`a listener of the ladder failed: ${messageOf(thrown)}`);
      }
    }
    return this.#report;
  }

  /** @returns a function that ends the subscription */
  subscribe(subscriber: Subscriber): () => void {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  }

  /** Judges on a steady beat until `stop`. Calling it again changes nothing. */
  start(intervalMs: number = EVALUATION_MS): void {
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => this.evaluate(), intervalMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #keep(changes: readonly LadderChange[]): void {
    this.#waiting.push(...changes);
    if (this.#waiting.length === 0) return;
    this.#asked(() => {
      this.#store.append(this.#waiting);
      this.#waiting = [];
      this.#isStoreBroken = false;
    }, undefined);
    this.#waiting.splice(0, this.#waiting.length - MOST_WAITING);
  }

  /** A file that cannot be read or written must not keep anything from being judged; it is told once. */
  #asked<T>(ask: () => T, otherwise: T): T {
    try {
      return ask();
    } catch (thrown) {
      if (!this.#isStoreBroken) process.emitWarning(`changes of the ladder: ${messageOf(thrown)}`);
      this.#isStoreBroken = true;
      return otherwise;
    }
  }
}
