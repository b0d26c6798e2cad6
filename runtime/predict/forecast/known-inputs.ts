import { RungError } from "../../core/errors.ts";
import { MAX_TIME_US, type TimeUs } from "../../core/time.ts";
import { converter } from "../../core/unit.ts";
import type { Exogenous } from "./step-series.ts";

/** Points of one message. */
const MOST_POINTS = 10_000;

/** What will be: a production plan, a calendar of shifts, a price, the weather that was forecast. Travels as `msg.payload`. */
export interface AheadMessage {
  readonly kind: "ahead";
  /** The input's path below the twin. */
  readonly path: string;
  /** Of the values; the property's own if left out. */
  readonly unit?: string;
  /** Each value holds from its time to the next point, the last one to `untilUs`. Ascending. */
  readonly points: readonly { readonly timeUs: TimeUs; readonly value: number }[];
  /** Nothing is known from then on. */
  readonly untilUs: TimeUs;
}

interface Span {
  readonly fromUs: TimeUs;
  readonly toUs: TimeUs;
  readonly value: number;
}

export const isAhead = (payload: unknown): boolean =>
  typeof payload === "object" && payload !== null && (payload as { kind?: unknown }).kind === "ahead";

/** @param where the node, for errors @throws RungError `bad-plan` */
export function readAhead(payload: unknown, where: string): AheadMessage {
  const refuse = (what: string, advice: string): never => {
    throw new RungError({ code: "bad-plan", where, what, advice });
  };
  const { path, unit, points, untilUs } = payload as Partial<AheadMessage>;
  if (typeof path !== "string" || path.trim() === "")
    refuse("the plan names no path", "write which input it is of");
  if (unit !== undefined && typeof unit !== "string")
    refuse("the plan's unit is no text", "write its symbol");
  if (!Array.isArray(points) || points.length === 0 || points.length > MOST_POINTS)
    return refuse(`a plan has 1 to ${MOST_POINTS} points`, "send points: [{timeUs, value}, ...] and untilUs");
  const times = [...points.map((point) => point?.timeUs), untilUs];
  for (const [i, timeUs] of times.entries()) {
    const isTime = typeof timeUs === "number" && timeUs >= 0 && timeUs <= MAX_TIME_US;
    if (!isTime || (i > 0 && timeUs <= times[i - 1]!))
      refuse(
        `the plan of ${path} has no later time after point ${i}`,
        "give whole microseconds since 1970, ascending, and untilUs after them",
      );
  }
  const bad = points.findIndex(({ value }) => typeof value !== "number" || !Number.isFinite(value));
  if (bad >= 0)
    refuse(`point ${bad + 1} of the plan of ${path} has no number`, "leave out what is not known");
  return payload as AheadMessage;
}

/** The future of the exogenous inputs that are known ahead, as the newest messages told it. */
export class KnownInputs {
  readonly #inputs: readonly Exogenous[];
  readonly #stepUs: number;
  readonly #horizon: number;
  readonly #spans = new Map<string, Span[]>();

  constructor(task: {
    readonly exogenous?: readonly Exogenous[];
    readonly stepUs: number;
    readonly horizon: number;
  }) {
    this.#inputs = task.exogenous ?? [];
    this.#stepUs = task.stepUs;
    this.#horizon = task.horizon;
  }

  /**
   * @param unit of the property; where it has none the values are taken as they come
   * @returns what turns the plan's values into the property's unit
   * @throws RungError `bad-plan` where the form does not name the input, `unit-mismatch` of another dimension
   */
  check({ path, unit: told }: AheadMessage, unit?: string): (value: number) => number {
    const known = this.#inputs.filter((input) => input.known).map(({ name }) => name);
    if (!known.includes(path)) {
      throw new RungError({
        code: "bad-plan",
        where: path,
        what: `the forecast reads no ${path} ahead of time`,
        advice: known.length === 0 ? "name it under Known ahead" : `it reads ${known.join(", ")}`,
      });
    }
    return told === undefined || unit === undefined ? (value) => value : converter(told, unit, path);
  }

  /** Replaces what was known of the input from the first point on. @param unit of the property @throws RungError as `check` */
  tell(message: AheadMessage, unit?: string): void {
    const convert = this.check(message, unit);
    const { path, points, untilUs } = message;
    const fromUs = points[0]!.timeUs;
    const before = (this.#spans.get(path) ?? [])
      .filter((span) => span.fromUs < fromUs)
      .map((span) => ({ ...span, toUs: Math.min(span.toUs, fromUs) }));
    const spans = points.map(({ timeUs, value }, i) => ({
      fromUs: timeUs,
      toUs: points[i + 1]?.timeUs ?? untilUs,
      value: convert(value),
    }));
    this.#spans.set(path, [...before.slice(-MOST_POINTS), ...spans]);
  }

  /**
   * What was planned stands in where no sample of a step that has passed came.
   * @param beside the inputs' values of the step that ended then; forgets what is older
   */
  fill(beside: readonly number[], endUs: TimeUs): number[] {
    return this.#inputs.map(({ name }, e) => {
      const spans = this.#spans.get(name);
      if (spans === undefined) return beside[e]!;
      const planned = meanOf(spans, endUs - this.#stepUs, endUs);
      this.#spans.set(
        name,
        spans.filter(({ toUs }) => toUs > endUs),
      );
      return Number.isFinite(beside[e]!) ? beside[e]! : planned;
    });
  }

  /** For each input the means of the steps after `endUs` up to the horizon, NaN where not known; empty where none is read ahead. */
  ahead(endUs: TimeUs): Float64Array[] {
    return this.#inputs.map(({ name, known }) => {
      const spans = this.#spans.get(name) ?? [];
      return Float64Array.from({ length: known ? this.#horizon : 0 }, (_, k) =>
        meanOf(spans, endUs + k * this.#stepUs, endUs + (k + 1) * this.#stepUs),
      );
    });
  }
}

/** The mean over a time; NaN where a part of it is not known. */
function meanOf(spans: readonly Span[], fromUs: TimeUs, toUs: TimeUs): number {
  let [sum, knownUs] = [0, 0];
  for (const span of spans) {
    const withinUs = Math.min(span.toUs, toUs) - Math.max(span.fromUs, fromUs);
    if (withinUs <= 0) continue;
    sum += withinUs * span.value;
    knownUs += withinUs;
  }
  return toUs - fromUs - knownUs < 1 ? sum / knownUs : Number.NaN;
}
