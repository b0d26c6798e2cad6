import { createHash } from "node:crypto";
import { isNotKnown } from "../../ladder/passport/not-known.ts";
import type { Passport } from "../../ladder/passport/passport.ts";
import { aboveInWords, rungInWords } from "../../ladder/rung-words.ts";
import { escaped, RUNG_MARK } from "../sign-in-page.ts";
import { ladderDrawing, realityBar } from "./ladder-drawing.ts";
import { PASSPORT_CSS } from "./page-css.ts";
import {
  actingText,
  envelopeText,
  hashText,
  isolationText,
  knownText,
  missingText,
  REALITY_SENTENCE,
  stampText,
  targetText,
  timeText,
  valueText,
  verdictText,
} from "./passport-words.ts";

/** No script, and nothing from anywhere: the one style sheet is named by its hash. */
export const PASSPORT_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(PASSPORT_CSS).digest("base64")}'`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** A passport on paper: HTML that carries all it needs, and the JSON it was made of. */
export function passportPage(passport: Passport): string {
  const { twin, issued } = passport;
  const json = Buffer.from(`${JSON.stringify(passport, null, 2)}\n`).toString("base64");
  const file = `passport-${twin.address.replaceAll(/[^\w-]+/g, "-")}.json`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Passport of ${escaped(twin.name)}</title><link rel="icon" href="data:,"><style>${PASSPORT_CSS}</style></head>
<body>
<p class="screen"><a download="${escaped(file)}" href="data:application/json;base64,${json}">This passport as JSON</a></p>
${head(passport)}
${ladderDrawing(passport)}
${facts(passport)}
${evidence(passport)}
${missing(passport)}
${links(passport)}
${models(passport)}
${family(passport)}
${falls(passport)}
<div class="sign"><div>Issued by: name, date, signature</div><div>Accepted by: name, date, signature</div></div>
<footer>Issued ${timeText(issued.wallTimeUs)} by Rung ${escaped(issued.product)}. A held rung falls by itself when its
evidence fails: this page says what held at that moment. SHA-256 of its JSON:
<div class="hash">${hashText(passport.hash)}</div></footer>
</body></html>
`;
}

function head(passport: Passport): string {
  const { twin, held, wired, capabilities, reality } = passport;
  const word = isNotKnown(reality) ? "no source" : reality;
  const sentence = isNotKnown(reality) ? `${reality.notKnown}.` : REALITY_SENTENCE[reality]!;
  const above =
    isNotKnown(held) || isNotKnown(capabilities.held) ? "" : aboveInWords(held, capabilities.held);
  const label = isNotKnown(held) ? "not measured" : "held";
  return `<div class="top"><div><p class="kind">${RUNG_MARK}Passport of a ${escaped(passport.class)}${twin.scope === "" ? "" : `, ${escaped(twin.scope)}`}</p>
<h1>${escaped(twin.name)}</h1><code>${escaped(twin.address)}</code></div>
<div class="sum"><b>${isNotKnown(held) ? "?" : held}</b>${above === "" ? "" : `<i>${above}</i>`}<span>${label}<br>wired ${rungInWords(wired, capabilities.wired)}</span></div></div>
${realityBar(word, sentence)}`;
}

function facts(passport: Passport): string {
  const { issued, since, acting, model } = passport;
  const commissioned = isNotKnown(acting.envelope) ? null : (acting.envelope?.commissionedHash ?? null);
  const hash = (text: string) => `<span class="hash">${text}</span>`;
  const list: [string, string][] = [
    ["Objective", escaped(targetText(passport))],
    [
      "Held since",
      escaped(knownText(since, (one) => `${timeText(one.wallTimeUs)}, from ${one.from}: ${one.cause}`)),
    ],
    ["Access", `<b>${escaped(actingText(passport))}</b>`],
    [
      "Envelope",
      `${escaped(envelopeText(passport))}${commissioned === null ? "" : ` ${hash(hashText(commissioned))}`}`,
    ],
    ["Isolation", escaped(isolationText(passport))],
    [
      "Model version",
      isNotKnown(model.version) ? escaped(knownText(model.version, String)) : hash(hashText(model.version)),
    ],
    ["Flow", hash(hashText(passport.flowHash))],
    ["Link's clock", escaped(knownText(issued.linkTimeUs, timeText))],
  ];
  return `<dl>${list.map(([what, value]) => `<dt>${what}</dt><dd>${value}</dd>`).join("\n")}</dl>`;
}

function evidence({ rows, issued }: Passport): string {
  const lines = rows.flatMap((row) =>
    row.evidence.map((record) => {
      const verdict = verdictText(record, row, issued.linkTimeUs);
      // What rests on a sample is valid for seconds; that says less than the time beside it.
      const isPeriodic = record.validUntilUs !== undefined && record.newestSampleUs === undefined;
      const valid = isPeriodic ? `<small>until ${stampText(record.validUntilUs!).slice(0, 16)}</small>` : "";
      const cause = record.cause === undefined ? "" : `<small>${escaped(record.cause)}</small>`;
      return `<tr><td class="n">${row.row}</td><td>${escaped(record.what)}${cause}</td><td class="short">${escaped(valueText(record))}</td><td>${escaped(record.limit)}</td><td>${verdict === "holds" ? verdict : `<b>${escaped(verdict)}</b>`}</td><td class="short">${stampText(record.timeUs)}${valid}</td></tr>`;
    }),
  );
  const none = "Nothing was measured.";
  return section("Evidence", ["", "what", "value", "limit", "verdict", "measured, valid (UTC)"], lines, none);
}

function missing({ missing: pieces, warnings }: Passport): string {
  const lines = [
    ...pieces.map((piece) => `<p>${escaped(missingText(piece))}</p>`),
    ...warnings.map(
      ({ text, code, node }) => `<p>${escaped(text)} <code>${escaped(`${code}, ${node}`)}</code></p>`,
    ),
  ];
  return `<h2>Missing, and warnings</h2>\n${lines.join("\n") || "<p>No piece is missing, no warning.</p>"}`;
}

function links({ links: sources }: Passport): string {
  const lines = sources.map(({ name, link, declared, heard }) => {
    const said = knownText(
      heard,
      (one) =>
        `${one.reality}, ${one.open ? "open" : "closed"}, last sign of life ${timeText(one.lastSignUs)}`,
    );
    return `<tr><td>${escaped(name)}</td><td>${escaped(link?.name ?? "none")}</td><td class="short">${declared}</td><td>${escaped(said)}</td></tr>`;
  });
  return section(
    "Links",
    ["source", "link", "declared", "heard"],
    lines,
    "No source feeds this twin itself.",
  );
}

function models({ model }: Passport): string {
  const lines = model.nodes.map(({ name, role, configuration, calibration }) => {
    const learnt =
      calibration === null
        ? "parameters only"
        : knownText(
            calibration,
            (one) =>
              `${one.rows} rows, ${timeText(one.fromUs)} to ${timeText(one.toUs)}, valid until ${timeText(one.validUntilUs)}`,
          );
    const hash = calibration === null || isNotKnown(calibration) ? "" : ` ${hashText(calibration.hash, 12)}`;
    return `<tr><td>${escaped(name)}</td><td class="short">${role}</td><td class="hash short">${hashText(configuration, 12)}</td><td>${escaped(learnt)}<span class="hash">${hash}</span></td></tr>`;
  });
  const none = isNotKnown(model.version) ? `${model.version.notKnown}.` : "";
  return section("Model", ["node", "role", "parameters", "calibration"], lines, none);
}

function family({ family: { parent, children } }: Passport): string {
  if (parent === null && children.length === 0) return "";
  const rung = (held: number | undefined) => (held === undefined ? "not measured" : String(held));
  const lines = [
    ...(parent === null ? [] : [{ ...parent, relation: "parent" }]),
    ...children.map((child) => ({
      ...child,
      relation: !child.needed ? "part, not needed" : child.limits ? "part, limits this twin" : "part",
    })),
  ].map(
    ({ name, address, relation, wired, held }) =>
      `<tr><td>${escaped(name)}<small><code>${escaped(address)}</code></small></td><td class="short">${relation}</td><td>${rung(held)}</td><td>${wired}</td></tr>`,
  );
  return section("Family", ["twin", "relation", "held", "wired"], lines, "");
}

function falls({ falls: list }: Passport): string {
  const lines = (isNotKnown(list) ? [] : list).map(
    ({ from, to, cause, timeUs }) =>
      `<tr><td class="short">${stampText(timeUs)}</td><td class="short">${from} → ${to}</td><td>${escaped(cause)}</td></tr>`,
  );
  return section(
    "Last falls",
    ["when (UTC)", "from, to", "cause"],
    lines,
    isNotKnown(list) ? `Not known: ${list.notKnown}.` : "No fall is recorded.",
  );
}

/** A table under its heading, or the sentence that stands for an empty one. */
function section(title: string, columns: readonly string[], lines: readonly string[], none: string): string {
  const body =
    lines.length === 0
      ? `<p>${escaped(none)}</p>`
      : `<div class="wide"><table class="${title.toLowerCase()}"><thead><tr>${columns.map((column) => `<th>${column}</th>`).join("")}</tr></thead><tbody>
${lines.join("\n")}
</tbody></table></div>`;
  return `<h2>${title}</h2>\n${body}`;
}
