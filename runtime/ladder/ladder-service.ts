import { messageOf } from "../core/errors.ts";
import { type TimeUs, wallTimeUs } from "../core/time.ts";
import type { EvidenceBoard } from "./evidence-board.ts";
import { Judge } from "./judge.ts";
import type { RungChange, TwinVerdict } from "./verdict.ts";
import { type AnalyseOptions, analyse, type Wiring } from "./wiring.ts";

/** Wall time between evaluations. docs/ladder.md, Evidence. */
export const EVALUATION_MS = 5_000;
/** Changes kept for whoever asks later. */
const KEPT_CHANGES = 500;

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
  /** The clock of a twin's link, µs; undefined where no link is open. */
  readonly clockUs?: (twin: string) => TimeUs | undefined;
  readonly wallUs?: () => TimeUs;
}

type Subscriber = (report: LadderReport, changes: readonly RungChange[]) => void;

/** Judges the running flow every five seconds and tells whoever listens. */
export class LadderService {
  readonly #options: LadderOptions;
  readonly #judge = new Judge();
  readonly #subscribers = new Set<Subscriber>();
  readonly #changes: RungChange[] = [];
  #wiring: Wiring = analyse([]);
  #report: LadderReport | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LadderOptions) {
    this.#options = options;
  }

  /** The flow that runs now, all nodes of all tabs; judged at once. */
  setFlow(flow: unknown, options?: AnalyseOptions): LadderReport {
    this.#wiring = analyse(flow, options);
    return this.evaluate();
  }

  /** The last report; before the first evaluation one is made. */
  report(): LadderReport {
    return this.#report ?? this.evaluate();
  }

  /** The verdict on one twin, or undefined where the flow has none of this address. */
  twin(address: string): TwinVerdict | undefined {
    return this.report().twins.find((twin) => twin.address === address);
  }

  /** Changes of held rungs, oldest first. */
  changes(): readonly RungChange[] {
    return this.#changes;
  }

  /** Judges now, by what every engine measures now. */
  evaluate(): LadderReport {
    const { board, clockUs, wallUs } = this.#options;
    board.measure();
    const evaluatedUs = (wallUs ?? wallTimeUs)();
    const { twins, changes } = this.#judge.evaluate(this.#wiring, {
      evidenceOf: (twin) => board.of(twin),
      clockUs: clockUs ?? (() => undefined),
      wallUs: evaluatedUs,
    });
    const { unguardedOutputs, notAnalysable, errors } = this.#wiring;
    this.#report = { evaluatedUs, twins, unguardedOutputs, notAnalysable, errors };
    this.#changes.push(...changes);
    this.#changes.splice(0, this.#changes.length - KEPT_CHANGES);
    for (const subscriber of this.#subscribers) {
      try {
        subscriber(this.#report, changes);
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
}
