import type { Known } from "../../ladder/passport/not-known.ts";
import type { Passport, PassportRow } from "../../ladder/passport/passport.ts";
import { escaped } from "../sign-in-page.ts";
import { rowWord } from "./passport-words.ts";

const INK = "#1a1f23";
const DATA = "#20364c";
const EDGE = "#5f666c";

/** The six rungs, 5 on top: held filled, wired outlined, absent dashed, each with the fact that decides it. */
export function ladderDrawing({ rows, held }: Passport): string {
  const lines = [...rows].sort((a, b) => b.row - a.row).map((row) => rungLine(row, held));
  return `<div class="ladder">\n${lines.join("\n")}\n</div>`;
}

function rungLine(row: PassportRow, held: Known<number>): string {
  const word = rowWord(row, held);
  const kind = word === "held" ? (row.row === held ? "top-held" : "") : "off";
  const name = row.name.charAt(0).toUpperCase() + row.name.slice(1);
  return `<div${kind && ` class="${kind}"`}><span class="n">${row.row}</span>${rung(word === "held", row.wired)}<span class="name">${name}<small>${escaped(word)}</small></span><span class="fact">${escaped(row.fact)}</span><em>${escaped(row.limit)}</em></div>`;
}

function rung(isHeld: boolean, isWired: boolean): string {
  const bar = isHeld
    ? `<rect x="4" y="11" width="72" height="14" rx="1.5" fill="${DATA}"/>`
    : isWired
      ? `<rect x="5" y="12" width="70" height="12" rx="1.5" fill="#fff" stroke="${INK}" stroke-width="2"/>`
      : `<path d="M10 18H70" stroke="${EDGE}" stroke-width="2.5" stroke-dasharray="3 5"/>`;
  return `<svg viewBox="0 0 80 36" preserveAspectRatio="none" aria-hidden="true"><path d="M7 0V36M73 0V36" stroke="${EDGE}" stroke-width="4"/>${bar}</svg>`;
}

/** Whether a plant is behind it, as a bar across the sheet; hatched where none is. Drawn: printers leave backgrounds out. */
export function realityBar(word: string, sentence: string): string {
  const isHatched = word === "virtual" || word === "recorded";
  const hatch = `<svg aria-hidden="true"><defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V7" stroke="${INK}" stroke-width="2.4"/></pattern></defs><rect width="100%" height="100%" fill="url(#hatch)"/></svg>`;
  return `<div class="word">${isHatched ? hatch : ""}<b>${escaped(word.toUpperCase())}</b><span>${escaped(sentence)}</span></div>`;
}
