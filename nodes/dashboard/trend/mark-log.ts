import type { ProposalResult } from "../../../runtime/act/proposal.ts";
import type { Finding } from "../../../runtime/diagnose/finding.ts";
import type { Recommendation } from "../../../runtime/prescribe/recommendation.ts";
import { numberText } from "../look/numbers.ts";
import type { TrendMark } from "./trend-view.ts";

/** More would hide the curve. The newest stay. */
const MOST_MARKS = 40;
/** Of proposals only the newest: an optimiser makes one every few minutes. */
const MOST_PROPOSALS = 3;
/** Characters of a word; its whole text is nobody's to read on a chart. */
const LONGEST_WORD = 80;

const cut = (text: unknown): string => {
  const word = String(text);
  return word.length > LONGEST_WORD ? `${word.slice(0, LONGEST_WORD - 1)}…` : word;
};

/** Events and recommendations that a trend was told of, the oldest first. */
export class MarkLog {
  #marks: TrendMark[] = [];

  get marks(): readonly TrendMark[] {
    return this.#marks;
  }

  /** @returns false where the payload is none of them */
  take(payload: unknown): boolean {
    switch ((payload as { kind?: unknown } | null | undefined)?.kind) {
      case "finding":
        this.#finding(payload as Finding);
        return true;
      case "recommendation":
        this.#recommendation(payload as Recommendation);
        return true;
      case "proposal-result":
        this.#result(payload as ProposalResult);
        return true;
      default:
        return false;
    }
  }

  #finding({ id, sinceUs, timeUs, active, priority, title }: Finding): void {
    const endS = active ? null : timeUs / 1e6;
    this.#put({ id, kind: "finding", timeS: sinceUs / 1e6, endS, priority, word: cut(title) });
  }

  #recommendation({ id, madeAtUs, title }: Recommendation): void {
    // One that is only made anew says nothing new.
    const newest = this.#marks.findLast(({ kind }) => kind === "recommendation");
    if (newest?.word !== cut(title) || newest.id === id)
      this.#put({ id, kind: "recommendation", timeS: madeAtUs / 1e6, word: cut(title) });
  }

  /** Only what reached the plant is drawn. */
  #result({ id, state, target, value, unit, timeUs }: ProposalResult): void {
    if (state !== "written" && state !== "verified") return;
    const place = String(target).split("/").slice(-2).join("/");
    const word = cut(`${place} ${numberText(value, 1)} ${unit}`);
    this.#put({ id, kind: "write", timeS: timeUs / 1e6, word });
  }

  #put(mark: TrendMark): void {
    if (!Number.isFinite(mark.timeS)) return;
    const marks = [...this.#marks.filter(({ id }) => id !== mark.id), mark].sort((a, b) => a.timeS - b.timeS);
    const proposals = marks.filter(({ kind }) => kind === "recommendation");
    const gone = new Set(proposals.slice(0, -MOST_PROPOSALS));
    this.#marks = marks.filter((one) => !gone.has(one)).slice(-MOST_MARKS);
  }
}
