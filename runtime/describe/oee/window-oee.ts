import type { TimeUs } from "../../core/time.ts";
import { figuresOf, NO_ELEMENTS, type OeeElements, type OeeFigures, sumOfElements } from "./oee-elements.ts";
import type { OeeLeftOut, OeePart, OeeReport } from "./oee-report.ts";
import { partOf } from "./oee-report.ts";

/** How far a machine's account had come at a time. */
interface Mark {
  readonly atUs: TimeUs;
  /** When its account began. */
  readonly accountUs: TimeUs;
  readonly elements: OeeElements;
}

/** Marks of a window; between two of them nothing is told apart. */
const MARKS_PER_WINDOW = 400;

/** OEE over a window of time that moves on, and over which part of it. */
export interface WindowFigures {
  readonly fromUs: TimeUs;
  readonly toUs: TimeUs;
  readonly elements: OeeElements;
  readonly figures: OeeFigures;
  readonly parts: readonly OeePart[];
  readonly leftOut: readonly OeeLeftOut[];
}

/**
 * OEE of a moving window from the reports of accounts, whose elements grow: what was added within the window is what an
 * account holds at its end less what it held at its beginning, summed over accounts and machines. Ratios are taken of
 * the sums alone (ISO 22400-2).
 */
export class WindowOee {
  readonly #spanUs: number;
  readonly #marks = new Map<string, Mark[]>();
  #leftOut: readonly OeeLeftOut[] = [];
  #newestUs = Number.NEGATIVE_INFINITY;

  /** @param spanUs length of the window, µs */
  constructor(spanUs: number) {
    this.#spanUs = spanUs;
  }

  /** Takes a report of an account, running or closed. One that is older than another is left out. */
  take(report: OeeReport): void {
    const { fromUs, toUs, parts, leftOut, isClosed } = report;
    if (!Number.isFinite(fromUs) || !Number.isFinite(toUs) || toUs < this.#newestUs) return;
    this.#newestUs = toUs;
    if (!isClosed) this.#leftOut = leftOut;
    for (const { name, elements } of parts) {
      const marks = this.#marks.get(name) ?? [];
      this.#marks.set(name, marks);
      const [older, last] = [marks.at(-2), marks.at(-1)];
      const isSame = older?.accountUs === fromUs && last?.accountUs === fromUs;
      // The newest mark always stands; those before it lie apart.
      if (isSame && toUs - older.atUs < this.#spanUs / MARKS_PER_WINDOW) marks.pop();
      marks.push({ atUs: toUs, accountUs: fromUs, elements });
      const fromWindow = toUs - this.#spanUs;
      let gone = 0;
      while (gone + 1 < marks.length && marks[gone + 1]!.atUs <= fromWindow) gone++;
      if (gone > 0) marks.splice(0, gone);
    }
  }

  /** @returns undefined before the first report of a machine that can be counted */
  figures(): WindowFigures | undefined {
    const toUs = this.#newestUs;
    const beginUs = toUs - this.#spanUs;
    let fromUs = Number.POSITIVE_INFINITY;
    const parts: OeePart[] = [];
    for (const [name, marks] of this.#marks) {
      const within = marks.filter(({ atUs }) => atUs > beginUs || atUs === toUs);
      if (within.length === 0) continue;
      let sum = NO_ELEMENTS;
      for (const [i, mark] of marks.entries()) {
        const isLastOfAccount = marks[i + 1]?.accountUs !== mark.accountUs;
        if (!isLastOfAccount || mark.atUs <= beginUs) continue;
        const first = marks.find(({ accountUs }) => accountUs === mark.accountUs)!;
        const isWhole = mark.accountUs >= beginUs;
        fromUs = Math.min(fromUs, isWhole ? mark.accountUs : Math.max(beginUs, first.atUs));
        sum = sumOfElements([sum, isWhole ? mark.elements : grown(first.elements, mark.elements)]);
      }
      parts.push(partOf(name, sum));
    }
    if (parts.length === 0) return undefined;
    const elements = sumOfElements(parts.map((part) => part.elements));
    return { fromUs, toUs, elements, figures: figuresOf(elements), parts, leftOut: this.#leftOut };
  }
}

const grown = (from: OeeElements, to: OeeElements): OeeElements => ({
  plannedS: Math.max(0, to.plannedS - from.plannedS),
  runS: Math.max(0, to.runS - from.runS),
  idealS: Math.max(0, to.idealS - from.idealS),
  made: Math.max(0, to.made - from.made),
  good: Math.max(0, to.good - from.good),
});
