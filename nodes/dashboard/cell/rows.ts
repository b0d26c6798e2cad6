import type {
  CellFix,
  CellStudy,
  FixRow,
  WeldResult,
  WeldRow,
} from "../../../runtime/prescribe/cell/finding.ts";
import { numberText, withUnit } from "../look/numbers.ts";

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

const onBar = (mm: number) => Math.min(1, Math.max(0, mm / BAR_MM));

/** "clips 38.8" below zero, "8.9" above, nothing where there is no pose. */
export function gapText(mm: number | null): string {
  if (mm === null) return "";
  return mm < 0 ? `clips ${numberText(-mm, 1)}` : numberText(mm, 1);
}

/** One weld as its row shows it. */
export function weldLine(row: WeldRow, { findings }: CellStudy): WeldLine {
  const worst = findings
    .filter(({ id }) => row.findings.includes(id))
    .sort((a, b) => a.priority - b.priority)[0];
  return {
    weld: row.weld,
    robot: row.robot,
    disc: DISCS[row.result],
    result: resultText(row),
    at: row.gapMm === null ? null : onBar(row.gapMm),
    limitAt: onBar(row.limitMm),
    gap: gapText(row.gapMm),
    helps: row.helps,
    priority: worst?.priority ?? null,
    finding: worst?.id ?? null,
  };
}

function resultText({ result, shortMm }: WeldRow): string {
  if (result === "short") return shortMm === undefined ? "short" : `short by ${withUnit(shortMm, "mm", 1)}`;
  return result === "wrist-limits" ? "wrist at its limits" : result;
}

/** "49 reachable · 2 fixable · 1 short": what there is none of is left out. */
export function weldCounts(welds: readonly WeldRow[]): string {
  const words: [WeldResult, string][] = [
    ["reachable", "reachable"],
    ["fixable", "fixable"],
    ["short", "short"],
    ["wrist-limits", "at wrist limits"],
    ["clips", "clip"],
  ];
  return words
    .map(([result, word]) => [welds.filter((row) => row.result === result).length, word] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(" · ");
}

/** "4 open, 1 stops the release": metal against metal does. */
export function findingCounts({ findings }: CellStudy): string {
  if (findings.length === 0) return "none open";
  const stopping = findings.filter(({ priority }) => priority === 1).length;
  const stops = stopping === 1 ? "1 stops the release" : `${stopping} stop the release`;
  return `${findings.length} open${stopping === 0 ? "" : `, ${stops}`}`;
}

export interface FixLine {
  readonly label: string;
  readonly asProgrammed: string;
  readonly withFix: string;
  readonly difference: string;
}

const digitsOf = (unit: FixRow["unit"]) => (unit === "1" ? 0 : 1);

/** A row of the comparison. A gap is never subtracted from a clip: its last column holds the limit. */
export function fixLine(row: FixRow): FixLine {
  const digits = row.what === "base moved" ? 0 : digitsOf(row.unit);
  const plain = (value: number | null) =>
    row.what === "gap" ? gapText(value) || "no pose" : numberText(value, digits);
  return {
    label: row.unit === "1" ? row.label : `${row.label}, ${row.unit}`,
    asProgrammed: plain(row.asProgrammed),
    withFix: plain(row.withFix),
    difference: differenceText(row, digits),
  };
}

function differenceText({ what, asProgrammed, withFix, limit }: FixRow, digits: number): string {
  if (what === "gap") return limit === undefined ? "" : `limit ${numberText(limit, digits)}`;
  if (asProgrammed === null || withFix === null) return "";
  const text = numberText(withFix - asProgrammed, digits);
  if (Number(text.replaceAll(",", "")) === 0) return "none";
  return withFix > asProgrammed ? `+${text}` : text;
}

/** "clips by 38.8 mm", "clear by 16.4 mm", as a close-up's label says it. */
export function pairText(gapMm: number | null): string {
  if (gapMm === null) return "no pose";
  return gapMm < 0 ? `clips by ${withUnit(-gapMm, "mm", 1)}` : `clear by ${withUnit(gapMm, "mm", 1)}`;
}

/** "back 65 mm, gun −4°": what a fix changes, in few words. */
export function fixInShort(fix: CellFix): string {
  const words: string[] = [];
  if (fix.retractMm) words.push(`back ${withUnit(fix.retractMm, "mm", 0)}`);
  if (fix.rotateDeg) words.push(`gun ${numberText(fix.rotateDeg, 0)}°`);
  if (fix.baseShift) {
    const { xMm, yMm } = fix.baseShift;
    words.push(`base ${withUnit(Math.hypot(xMm, yMm), "mm", 0)}`);
  }
  if (fix.fixtureShift) words.push(`${fix.fixtureShift.fixture} moved`);
  if (fix.toRobot) words.push(`to ${fix.toRobot}`);
  return words.length === 0 ? fix.kind : words.join(", ");
}

/** A version that is a digest is told by its first six digits. */
export const versionText = (version: string): string =>
  /^[0-9a-f]{8,}$/.test(version) ? version.slice(0, 6) : version;
