import type { ComputeRequest } from "../../compute/compute-options.ts";
import { RungError } from "../../core/errors.ts";
import { type Evidence, restingOn } from "../../core/evidence.ts";
import type { Frame } from "../../core/frame.ts";
import type { LineModel } from "../../model/line/line-model.ts";
import { type CountOutlook, outlookOf } from "./count-outlook.ts";
import { CountScore } from "./count-score.ts";
import { type LineMessage, mostActive, type ShiftForecast } from "./line-message.ts";
import type { LinePaths } from "./line-paths.ts";
import { inPlannedTime, lineStateOf, watchedBlocks } from "./line-state-of.ts";
import { OUTLOOK_KERNEL, type OutlookCounts, type OutlookInput } from "./outlook-kernel.ts";
import { type LineNow, PlantLine } from "./plant-line.ts";

export interface LineSessionParts {
  readonly twin: string;
  readonly node: string;
  readonly model: LineModel;
  readonly paths: LinePaths;
  /** Planned operating time between two forecasts, s, and how far ahead they are scored, a whole number of steps. */
  readonly stepS: number;
  readonly horizonS: number;
  readonly replications: number;
  readonly seed: number;
  /** Of the compute process. */
  readonly submit: (request: ComputeRequest<OutlookInput, OutlookCounts>) => Promise<OutlookCounts>;
  /** Told of a forecast that failed. */
  readonly onFault: (fault: Error) => void;
}

/** More steps than this without a sample are a break: what was foretold before it is not scored. */
const LONGEST_SILENCE_STEPS = 2;
/** A forecast that takes longer has been overtaken by the line. */
const DEADLINE_MS = 60_000;

/**
 * Foretells a line from where its twin says it stands: at every step of planned time it is simulated on, to the end of
 * the shift and over the horizon at which forecasts are scored once their time has come. One simulation at a time; a step
 * that comes meanwhile is scored but not foretold from.
 */
export class LineSession {
  readonly #parts: LineSessionParts;
  readonly #line: PlantLine;
  readonly #score: CountScore;
  /** The simulation runs in planned time. */
  readonly #model: LineModel;
  readonly #stop = new AbortController();
  #step = Number.NaN;
  #isRunning = false;
  #forecast: Omit<ShiftForecast, "skill"> | undefined;

  /** @throws RungError `line-forecast` where step and horizon do not fit */
  constructor(parts: LineSessionParts) {
    const { model, twin, paths, stepS, horizonS } = parts;
    const steps = Math.round(horizonS / stepS);
    if (!(stepS > 0 && steps >= 1 && steps <= 288)) {
      throw new RungError({
        code: "line-forecast",
        where: model.name,
        what: `a horizon of ${horizonS} s is not 1 to 288 steps of ${stepS} s`,
        advice: "choose another step",
      });
    }
    this.#parts = parts;
    this.#line = new PlantLine(twin, watchedBlocks(model), paths);
    this.#score = new CountScore(steps);
    this.#model = inPlannedTime(model);
  }

  /** The line as the plant told it last; undefined while something of it was never told. */
  get now(): LineNow | undefined {
    return this.#line.now();
  }

  /** Blocks of the model, counts and times that the plant has not told. */
  get missing(): string[] {
    return this.#line.missing();
  }

  get score(): CountScore {
    return this.#score;
  }

  /** The newest forecast; undefined before the first. */
  get forecast(): ShiftForecast | undefined {
    if (this.#forecast === undefined) return undefined;
    const { skill, scored, needed } = this.#score;
    const isKnown = skill !== undefined && scored >= needed;
    return {
      ...this.#forecast,
      skill: {
        horizonS: this.#parts.horizonS,
        n: scored,
        needed,
        mase: isKnown ? skill.mase : null,
        coverage90: isKnown ? skill.coverage90 : null,
      },
    };
  }

  consume(frame: Frame): void {
    this.#line.consume(frame);
    const now = this.#line.now();
    if (now === undefined) return;
    const step = Math.floor(this.#line.workedS / this.#parts.stepS);
    if (step === this.#step) return;
    if (step - this.#step > LONGEST_SILENCE_STEPS) this.#score.forget();
    else for (let missed = this.#step + 1; missed < step; missed++) this.#score.step(now.made);
    this.#step = step;
    const number = this.#score.step(now.made);
    if (!this.#isRunning) void this.#foretell(number, now);
  }

  /** The line as a screen shows it; undefined while something of it was never told. */
  message(): LineMessage | undefined {
    const now = this.#line.now();
    if (now === undefined) return undefined;
    const { model, twin } = this.#parts;
    const stations = this.#line.times.map(({ id, time }) => {
      const shares = time.shares(now.timeUs);
      const state = time.state;
      return {
        id,
        ...(state === undefined ? {} : { state }),
        ...(shares === undefined ? {} : { shares }),
        stretches: time.since(now.timeUs),
      };
    });
    const bottleneck = mostActive(stations);
    const { forecast } = this;
    return {
      kind: "line",
      twin,
      name: model.name,
      madeAtUs: now.timeUs,
      of: "plant",
      stations,
      buffers: buffersOf(
        model,
        now.buffers.map(({ id, fill }) => [id, fill]),
      ),
      ...(bottleneck === undefined ? {} : { bottleneck }),
      ...(forecast === undefined ? {} : { forecast }),
    };
  }

  /** Row 3 of the twin's ladder. @param nowUs on the link's clock */
  evidence(nowUs: number): Evidence[] {
    const { twin, node, paths, stepS } = this.#parts;
    const resting = restingOn(this.#line.newestUs, this.#line.periodUs);
    const parts = { twin, node, address: `${twin}/${paths.made}`, stepUs: stepS * 1e6, nowUs };
    return this.#score.evidence(parts).map((record) => ({ ...record, ...resting }));
  }

  close(): void {
    this.#stop.abort();
  }

  async #foretell(step: number, now: LineNow): Promise<void> {
    const { horizonS, replications, seed, submit, onFault } = this.#parts;
    const { workLeftS } = now;
    this.#isRunning = true;
    try {
      const isShiftFirst = workLeftS < horizonS;
      const atS = workLeftS > 0 ? [workLeftS, horizonS].sort((a, b) => a - b) : [horizonS];
      const counts = await submit({
        kernel: OUTLOOK_KERNEL,
        // A seed of its own for each step: the same draws every time would repeat the same error.
        input: {
          model: this.#model,
          state: lineStateOf(this.#model, now),
          atS,
          replications,
          seed: (seed + 7919 * step) | 0,
          ...(now.absent === undefined ? {} : { absent: now.absent }),
        },
        deadlineMs: DEADLINE_MS,
        signal: this.#stop.signal,
      });
      const horizon = outlookOf(counts.at(isShiftFirst && workLeftS > 0 ? 1 : 0)!);
      const shift = workLeftS > 0 ? outlookOf(counts.at(isShiftFirst ? 0 : 1)!) : NOTHING;
      this.#score.foretell(step, horizon);
      this.#tell(now, this.#score.corrected(shift, workLeftS / horizonS));
    } catch (fault) {
      if (!this.#stop.signal.aborted) onFault(fault as Error);
    } finally {
      this.#isRunning = false;
    }
  }

  #tell(now: LineNow, { mean, low90, high90 }: CountOutlook): void {
    const made = now.shiftMade ?? 0;
    this.#forecast = {
      madeAtUs: now.timeUs,
      made,
      mean: made + mean,
      low90: made + low90,
      high90: made + high90,
      ...(now.shiftPlan === undefined ? {} : { plan: now.shiftPlan }),
      workLeftS: now.workLeftS,
      replications: this.#parts.replications,
    };
  }
}

const NOTHING: CountOutlook = { mean: 0, low90: 0, high90: 0 };

/** Buffers of a line, each behind the block that feeds it. @param fills of those of which it is known */
export function buffersOf(
  { blocks, connections }: LineModel,
  fills: readonly (readonly [id: string, fill: number])[],
): LineMessage["buffers"] {
  const fillOf = new Map(fills);
  return blocks.flatMap((block) => {
    if (block.kind !== "buffer") return [];
    const behind = connections.find(({ to }) => to === block.id)?.from;
    if (behind === undefined) return [];
    const fill = fillOf.get(block.id);
    return [
      {
        id: block.id,
        behind,
        ...(fill === undefined ? {} : { fill }),
        ...(block.places === undefined ? {} : { places: block.places }),
      },
    ];
  });
}
