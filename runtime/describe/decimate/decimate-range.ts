import { RungError } from "../../core/errors.ts";
import { isGood, type Quality } from "../../core/quality.ts";
import type { TimeUs } from "../../core/time.ts";
import { type DecimatedSamples, M4Columns } from "./m4-columns.ts";

/** A wall of screens has fewer pixels beside each other. */
export const MOST_COLUMNS = 20_000;

/** What stands for a sample in a drawing: its value where it is good, else NaN. */
export const drawnValue = (value: number, quality: Quality): number =>
  isGood(quality) && Number.isFinite(value) ? value : Number.NaN;

/**
 * Columns for [fromUs, toUs), to be filled with the samples of a history.
 * @throws RungError `bad-range` for a time that does not end after it starts, and for too many columns
 */
export function columnsOver(address: string, fromUs: TimeUs, toUs: TimeUs, widthUs: number): M4Columns {
  const size = Math.ceil((toUs - fromUs) / widthUs) + 1;
  if (!(toUs > fromUs && widthUs > 0 && fromUs >= 0 && size <= MOST_COLUMNS)) {
    throw new RungError({
      code: "bad-range",
      where: address,
      what: `columns of ${widthUs} µs from ${fromUs} to ${toUs} cannot be made`,
      advice: `ask for at most ${MOST_COLUMNS} columns over a time that ends after it starts`,
    });
  }
  return new M4Columns(widthUs, size);
}

/** What was gathered, after the sample that stood when it began, where there was one. */
export function withBefore(columns: M4Columns, before: { timeUs: TimeUs; value: number } | undefined) {
  const { timeUs, value } = columns.samples();
  if (before === undefined || (timeUs.length > 0 && before.timeUs >= timeUs[0]!)) return { timeUs, value };
  const result: DecimatedSamples = {
    timeUs: new Float64Array(timeUs.length + 1),
    value: new Float64Array(value.length + 1),
  };
  result.timeUs[0] = before.timeUs;
  result.value[0] = before.value;
  result.timeUs.set(timeUs, 1);
  result.value.set(value, 1);
  return result;
}

/** Gathers samples in order of time, what stood at the beginning first, into the columns of a range. */
export class RangeGatherer {
  readonly #columns: M4Columns;
  readonly #fromUs: TimeUs;
  readonly #toUs: TimeUs;
  #before: { timeUs: TimeUs; value: number } | undefined;

  /** @throws RungError `bad-range` */
  constructor(address: string, fromUs: TimeUs, toUs: TimeUs, widthUs: number) {
    this.#columns = columnsOver(address, fromUs, toUs, widthUs);
    this.#fromUs = fromUs;
    this.#toUs = toUs;
  }

  add(timeUs: TimeUs, value: number, quality: Quality): void {
    const drawn = drawnValue(value, quality);
    if (timeUs < this.#fromUs) this.#before = { timeUs, value: drawn };
    else if (timeUs < this.#toUs) this.#columns.add(timeUs, drawn);
  }

  finish(): DecimatedSamples {
    return withBefore(this.#columns, this.#before);
  }
}
