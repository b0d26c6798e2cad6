import { RUNGS } from "../../core/evidence.ts";
import { isNotKnown } from "../../ladder/passport/not-known.ts";
import type { Passport } from "../../ladder/passport/passport.ts";
import { rungInWords } from "../../ladder/rung-words.ts";
import {
  actingText,
  envelopeText,
  fallText,
  isolationText,
  knownText,
  missingText,
  rowWord,
  targetText,
  timeText,
} from "./passport-words.ts";

/** A passport for a terminal: what it says on paper, without the table of evidence. */
export function passportText(passport: Passport): string {
  const { twin, held, wired, capabilities, reality, since, model, issued } = passport;
  const facts: [string, string][] = [
    ["class", `${passport.class}, ${isNotKnown(reality) ? reality.notKnown : reality}`],
    [
      "held",
      knownText(held, (rung) => rungInWords(rung, isNotKnown(capabilities.held) ? [] : capabilities.held)),
    ],
    ["wired", rungInWords(wired, capabilities.wired)],
    ["since", knownText(since, (one) => `${timeText(one.wallTimeUs)}, from ${one.from}: ${one.cause}`)],
    ["objective", targetText(passport)],
    ["access", actingText(passport)],
    ["envelope", `${envelopeText(passport)}${envelopeHash(passport)}`],
    ["isolation", isolationText(passport)],
    ["model", knownText(model.version, String)],
    ["flow", passport.flowHash],
    [
      "last fall",
      knownText(passport.falls, ([last]) => (last === undefined ? "none recorded" : fallText(last))),
    ],
    ["issued", `${timeText(issued.wallTimeUs)}, Rung ${issued.product}`],
    ["hash", passport.hash],
  ];
  const rows = [...RUNGS].reverse().map((rung) => {
    const row = passport.rows[rung]!;
    return `  ${rung} ${row.name.padEnd(13)}${rowWord(row, held).padEnd(22)}${row.fact}`.trimEnd();
  });
  const rest = [
    ...passport.missing.map((piece) => `missing    ${missingText(piece)}`),
    ...passport.warnings.map(({ code, node, text }) => `warning    ${node}: ${text} [${code}]`),
  ];
  const lines = facts.map(([what, text]) => `${what.padEnd(11)}${text}`);
  return `${twin.name}  ${twin.address}\n${[...rows, ...lines, ...rest].join("\n")}\n`;
}

function envelopeHash({ acting: { envelope } }: Passport): string {
  if (envelope === null || isNotKnown(envelope) || envelope.commissionedHash === null) return "";
  return `, ${envelope.commissionedHash}`;
}
