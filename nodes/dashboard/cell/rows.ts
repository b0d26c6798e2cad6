import type {
  CellFix,
  CellStudy,
  FixRow,
  WeldResult,
  WeldRow,
} from "../../../runtime/prescribe/cell/finding.ts";
import { numberText, withUnit } from "../look/numbers.ts";
import { CELL_WORDS, type CellWords } from "./cell-words.ts";

/** How a weld's result is drawn: full reachable, half fixable, empty neither. */
export type Disc = "full" | "half" | "empty";

export interface WeldLine {
  readonly weld: string;
  readonly robot: string;
  readonly disc: Disc;
  readonly result: string;
  /** Place on the bar, 0 to 1; null where there is no pose. */
  readonly at: number | null;
  readonly limitAt: number;
  readonly gap: string;
  readonly helps: string;
  readonly priority: 1 | 2 | 3 | null;
  readonly finding: string | null;
}

/** The bars of all welds share one scale, mm. */
export const BAR_MM = 50;

const DISCS: Readonly<Record<WeldResult, Disc>> = {
  reachable: "full",
  fixable: "half",
  short: "empty",
  "wrist-limits": "empty",
  clips: "empty",
};

/** In the order in which they are counted. */
const RESULTS: readonly WeldResult[] = ["reachable", "fixable", "short", "wrist-limits", "clips"];

const onBar = (mm: number) => Math.min(1, Math.max(0, mm / BAR_MM));

/** "clips 38.8" below zero, "8.9" above, nothing where there is no pose. */
export function gapText(mm: number | null, words: CellWords = CELL_WORDS.en): string {
  if (mm === null) return "";
  return mm < 0 ? words.clips(numberText(-mm, 1)) : numberText(mm, 1);
}

/** One weld as its row shows it. */
export function weldLine(row: WeldRow, { findings }: CellStudy, words: CellWords = CELL_WORDS.en): WeldLine {
  const worst = findings
    .filter(({ id }) => row.findings.includes(id))
    .sort((a, b) => a.priority - b.priority)[0];
  return {
    weld: row.weld,
    robot: row.robot,
    disc: DISCS[row.result],
    result: resultText(row, words),
    at: row.gapMm === null ? null : onBar(row.gapMm),
    limitAt: onBar(row.limitMm),
    gap: gapText(row.gapMm, words),
    helps: row.helps,
    priority: worst?.priority ?? null,
    finding: worst?.id ?? null,
  };
}

function resultText({ result, shortMm }: WeldRow, words: CellWords): string {
  return result === "short" && shortMm !== undefined
    ? words.shortBy(withUnit(shortMm, "mm", 1))
    : words.results[result];
}

/** "49 reachable · 2 fixable · 1 short": what there is none of is left out. */
export function weldCounts(welds: readonly WeldRow[], words: CellWords = CELL_WORDS.en): string {
  return RESULTS.map((result) => [welds.filter((row) => row.result === result).length, result] as const)
    .filter(([count]) => count > 0)
    .map(([count, result]) => `${count} ${words.counts[result]}`)
    .join(" · ");
}

/** "4 open, 1 stops the release": metal against metal does. */
export function findingCounts({ findings }: CellStudy, words: CellWords = CELL_WORDS.en): string {
  if (findings.length === 0) return words.noneOpen;
  const stopping = findings.filter(({ priority }) => priority === 1).length;
  return words.open(findings.length) + (stopping === 0 ? "" : `, ${words.stops(stopping)}`);
}

export interface FixLine {
  readonly label: string;
  readonly asProgrammed: string;
  readonly withFix: string;
  readonly difference: string;
}

const digitsOf = (unit: FixRow["unit"]) => (unit === "1" ? 0 : 1);

/** A row of the comparison. A gap is never subtracted from a clip: its last column holds the limit. */
export function fixLine(row: FixRow, words: CellWords = CELL_WORDS.en): FixLine {
  const digits = row.what === "base moved" ? 0 : digitsOf(row.unit);
  const plain = (value: number | null) =>
    row.what === "gap" ? gapText(value, words) || words.noPose : numberText(value, digits);
  return {
    label: row.unit === "1" ? row.label : `${row.label}, ${row.unit}`,
    asProgrammed: plain(row.asProgrammed),
    withFix: plain(row.withFix),
    difference: differenceText(row, digits, words),
  };
}

function differenceText(
  { what, asProgrammed, withFix, limit }: FixRow,
  digits: number,
  words: CellWords,
): string {
  if (what === "gap") return limit === undefined ? "" : words.limit(numberText(limit, digits));
  if (asProgrammed === null || withFix === null) return "";
  const text = numberText(withFix - asProgrammed, digits);
  if (Number(text.replaceAll(",", "")) === 0) return words.none;
  return withFix > asProgrammed ? `+${text}` : text;
}

/** "clips by 38.8 mm", "clear by 16.4 mm", as a close-up's label says it. */
export function pairText(gapMm: number | null, words: CellWords = CELL_WORDS.en): string {
  if (gapMm === null) return words.noPose;
  return gapMm < 0 ? words.clipsBy(withUnit(-gapMm, "mm", 1)) : words.clearBy(withUnit(gapMm, "mm", 1));
}

/** "back 65 mm, gun −4°": what a fix changes, in few words. */
export function fixInShort(fix: CellFix, words: CellWords = CELL_WORDS.en): string {
  const parts: string[] = [];
  if (fix.retractMm) parts.push(words.back(withUnit(fix.retractMm, "mm", 0)));
  if (fix.rotateDeg) parts.push(words.gun(numberText(fix.rotateDeg, 0)));
  if (fix.baseShift) {
    const { xMm, yMm } = fix.baseShift;
    parts.push(words.base(withUnit(Math.hypot(xMm, yMm), "mm", 0)));
  }
  if (fix.fixtureShift) parts.push(words.moved(fix.fixtureShift.fixture));
  if (fix.toRobot) parts.push(words.to(fix.toRobot));
  return parts.length === 0 ? fix.kind : parts.join(", ");
}

/** A version that is a digest is told by its first six digits. */
export const versionText = (version: string): string =>
  /^[0-9a-f]{8,}$/.test(version) ? version.slice(0, 6) : version;
