import { ageText, clockText, numberText } from "../look/numbers.ts";
import type { BandWords } from "./band-text.ts";
import type { BandLook, BandPiece, BandRow, BandView } from "./band-view.ts";

/** A piece narrower than this is drawn so wide: a short stop is seen too. In thousandths of the band. */
export const LEAST_WIDTH = 3;

export interface DrawnPiece {
  /** In thousandths of the band. */
  readonly x: number;
  readonly width: number;
  readonly look: BandLook;
  /** "ST03 Held, 10:31:05 to 10:33:40, 2.6 min" */
  readonly says: string;
}

const plain = (text: string): string => text.replaceAll("\u00a0", " ");

export const stateName = (view: BandView, state: number, words: BandWords, changes = 2): string =>
  state === -2 ? words.several(changes) : (view.states[state]?.name ?? words.unknown);

const lookOf = (view: BandView, state: number): BandLook =>
  state === -2 ? "mixed" : (view.states[state]?.look ?? "unknown");

/** The pieces of a row from left to right; the longest first, so that a short one lies over its neighbours. */
export function drawnPieces(view: BandView, row: BandRow, words: BandWords): DrawnPiece[] {
  const share = (seconds: number) => (1000 * seconds) / view.spanS;
  return row.pieces.map((piece: BandPiece) => {
    const [fromS, toS, state, changes] = piece;
    const width = Math.max(LEAST_WIDTH, share(toS - fromS));
    const x = Math.max(0, Math.min(share(fromS), 1000 - width));
    const time = (seconds: number) => clockText(((view.fromS ?? 0) + seconds) * 1e6);
    const length = plain(ageText(toS - fromS));
    const name = stateName(view, state, words, changes);
    return {
      x,
      width,
      look: lookOf(view, state),
      says: `${row.name.toUpperCase()} ${name}, ${time(fromS)} – ${time(toS)}, ${length}`,
    };
  });
}

/** "Execute 81 %, Held 12 %": the shares of a row, the longest first. */
export function shareWords(view: BandView, row: BandRow, words: BandWords): string {
  const all = row.shares.reduce((sum, [, seconds]) => sum + seconds, 0);
  if (all === 0) return "";
  return row.shares
    .map(([state, seconds]) => `${stateName(view, state, words)} ${numberText((100 * seconds) / all, 0)} %`)
    .join(", ");
}

export const percentWords = (share: number | null, digits = 0): string =>
  share === null ? "–" : `${numberText(100 * share, digits)} %`;
