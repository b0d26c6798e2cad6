import { CATEGORY_NAMES } from "../rung-theme/colours.js";
import { rungInWords } from "../runtime/ladder/rung-words.js";
import { html, step as stepPicture } from "./drawing.js";
import { amount, evidenceTable } from "./evidence-table.js";
import { missingWords } from "./ladder-store.js";
import { nextStep } from "./next-step.js";
import { reveal, twinWarnings } from "./remarks.js";

export const RUNGS = [0, 1, 2, 3, 4, 5];

export const cardKey = (twin) => `twin ${twin.node}`;

/** The open card of a twin: its ladder, the evidence of the chosen rung, one next step, its warnings. */
export function openCard(view, twin) {
  const { store, hand } = view;
  const held = twin.judged?.held;
  const rung = view.chosen ?? firstToLookAt(store, twin);
  const card = html("section", {
    class: "rl-twin rl-open",
    "data-twin": twin.address,
    "data-key": cardKey(twin),
    "aria-label": twin.name,
  });
  card.append(
    head(twin, true, () => undefined),
    address(twin),
    summary(twin, held),
  );
  const ladder = html("div", {
    class: "rl-ladder",
    role: "listbox",
    "aria-label": `ladder of ${twin.name}`,
  });
  for (const row of [...RUNGS].reverse())
    ladder.append(ladderRow(store, twin, row, row === rung, () => hand.light(twin, row)));
  card.append(ladder, details(view, twin, rung));
  const warnings = twinWarnings(twin);
  if (warnings !== undefined) card.append(warnings);
  return card;
}

/** A card that shows no more than six bars, what is held, and the next rung in words. */
export function foldedCard(view, twin) {
  const card = html("section", {
    class: "rl-twin",
    "data-twin": twin.address,
    "data-key": cardKey(twin),
    "aria-label": twin.name,
  });
  const open = () => view.hand.choose(twin.address, undefined);
  card.append(head(twin, false, open), address(twin), bars(twin, twin.judged?.held));
  const next = nextRung(view, twin);
  if (next !== undefined) card.append(next);
  return card;
}

/** What keeps a twin down: the lowest row that fails, or that is waited for since it failed. */
const lowestFallen = (store, twin) =>
  RUNGS.find((rung) => ["fails", "recovering"].includes(store.row(twin, rung).verdict));

/** The row that deserves the open card: the lowest that fell, else the next rung, else the held one. */
function firstToLookAt(store, twin) {
  const fallen = lowestFallen(store, twin);
  if (fallen !== undefined) return fallen;
  const held = twin.judged?.held ?? 0;
  if (twin.judged?.enough || held === 5) return held;
  // Nothing is measured of what is not deployed, so there the wires say what comes next.
  const isDeployed = twin.judged !== undefined && twin.judged.wired === twin.wired;
  return isDeployed ? held + 1 : Math.min(5, twin.wired + 1);
}

function head(twin, isOpen, onclick) {
  const chips = [html("span", { class: "rl-chip" }, `class ${twin.class}`)];
  if (twin.reality !== null) {
    const words = twin.reality === "virtual" ? "virtual plant" : twin.reality;
    chips.push(html("span", { class: `rl-chip ${twin.reality}` }, words));
  }
  const name = html(
    "button",
    {
      type: "button",
      class: "rl-name",
      onclick,
      "aria-expanded": String(isOpen),
      "aria-disabled": isOpen ? "true" : undefined,
    },
    twin.name,
  );
  return html("div", { class: "rl-t1" }, name, html("span", { class: "rl-chips" }, ...chips));
}

/** May break at its slashes. */
function address(twin) {
  const line = html("div", { class: "rl-addr" });
  for (const [at, level] of twin.address.split("/").entries()) {
    if (at > 0) line.append("/", html("wbr"));
    line.append(level);
  }
  return line;
}

function summary(twin, held) {
  if (held === undefined) {
    return html(
      "div",
      { class: "rl-sum" },
      html("span", { class: `n rung-r${twin.wired}` }, "–"),
      html("span", {}, "not deployed"),
      html("span", { class: "of" }, `· wired for ${twin.wired}`),
    );
  }
  const parts = [
    html("span", { class: `n rung-r${held}` }, rungInWords(held, twin.judged.heldCapabilities)),
    html("span", {}, `held: ${CATEGORY_NAMES[held]}`),
  ];
  const of = (text) => parts.push(html("span", { class: "of" }, text));
  if (twin.judged.enough) of(`· enough for ${twin.objective || "its objective"}`);
  else if (twin.judged.wired !== twin.wired) of(`· wired for ${twin.wired} once deployed`);
  else if (twin.wired > held) of(`· wired for ${twin.wired}`);
  return html("div", { class: "rl-sum" }, ...parts, passport(twin), fall(twin.judged));
}

/** When and why it fell, until it holds more again. */
function fall({ held, lastFall }) {
  if (!lastFall || held > lastFall.to) return undefined;
  const at = new Date(lastFall.timeUs / 1000);
  const isToday = at.toDateString() === new Date().toDateString();
  const time = at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const day = at.toLocaleDateString("en-GB", { day: "numeric", month: "short" });
  return html(
    "span",
    { class: "rl-fall" },
    `fell from ${lastFall.from} ${isToday ? `at ${time}` : `on ${day}, ${time}`} · ${lastFall.cause}`,
  );
}

/** A page of its own: it is printed, and may be sent on. */
function passport(twin) {
  const path = twin.address.split("/").map(encodeURIComponent).join("/");
  return html(
    "a",
    { class: "rl-passport", href: `rung/passport/${path}?print`, target: "_blank", rel: "noopener" },
    "passport",
  );
}

function ladderRow(store, twin, rung, isChosen, onclick) {
  const row = store.row(twin, rung);
  const held = twin.judged?.held;
  const isHeld = (held !== undefined && rung <= held && row.wired) || row.verdict === "holds";
  const isBad = row.wired && row.verdict === "fails";
  const state = row.verdict === "holds" ? "holds" : row.wired ? `wired, ${row.verdict}` : "not wired";
  const fact = shortFact(twin, row);
  return html(
    "button",
    {
      type: "button",
      class: `rl-row rung-r${rung}${isChosen ? " sel" : ""}`,
      "data-rung": rung,
      title: row.fact,
      role: "option",
      "aria-selected": String(isChosen),
      "aria-label": `${rung} ${CATEGORY_NAMES[rung]}: ${state}. ${row.fact}`,
      tabindex: isChosen ? "0" : "-1",
      onclick,
    },
    stepPicture(rung, isHeld, row.wired),
    html("span", { class: "nm" }, html("em", {}, String(rung)), CATEGORY_NAMES[rung]),
    html("span", { class: `tx${isBad ? " bad" : ""}` }, html("span", { class: "rl-fact" }, fact)),
  );
}

function details(view, twin, rung) {
  const { store, lit, hand } = view;
  const row = store.row(twin, rung);
  const box = html("div", { class: `rl-ev rung-r${rung}`, "data-key": "details" });
  const heading = html("h4", {}, html("span", {}, `${rung} ${CATEGORY_NAMES[rung]}: ${headline(row)}`));
  if (row.wired && twin.paths[rung]?.length > 0) {
    const words = lit.isLit(twin.address, rung) ? "path lit · clear" : "light the path";
    heading.append(
      html("button", { type: "button", class: "rl-quiet", onclick: () => hand.light(twin, rung) }, words),
    );
  }
  box.append(heading);
  if (row.evidence.length > 0) box.append(evidenceTable(row.evidence));
  const advice = adviceOn(view, twin, row);
  if (advice !== undefined) box.append(advice);
  return box;
}

/** One sentence and at most one button: cause before cure. Nothing here arms anything. */
function adviceOn(view, twin, row) {
  if (row.verdict === "not wired") return missingPiece(view, twin, row.row);
  if (row.verdict !== "fails") return row.verdict === "recovering" ? line(row.fact) : undefined;
  const worst = row.evidence.find(({ verdict }) => verdict === "fails") ?? row.evidence[0];
  const node = worst && RED.nodes.node(worst.node);
  const envelope =
    row.row === 5
      ? twin.paths[5]?.map((id) => RED.nodes.node(id)).find((at) => at?.type === "rung-envelope")
      : undefined;
  if (envelope)
    return line(
      row.fact,
      button("Open envelope", () => RED.editor.edit(envelope)),
    );
  if (node)
    return line(
      row.fact,
      button(`Show ${RED.utils.getNodeLabel(node, "node")}`, () => reveal(node)),
    );
  return line(row.fact);
}

function missingPiece(view, twin, rung) {
  const next = nextStep(view, twin, rung, true);
  if (next !== undefined) return next;
  // The warning's own line below leads to its node.
  const blocking = twin.warnings.find(({ code }) =>
    ["unguarded-output", "approval-caps", "no-request-block", "recorded-source"].includes(code),
  );
  return line(blocking?.text ?? missingWords(twin, rung));
}

function bars(twin, held) {
  const row = html("div", { class: "rl-mini" });
  for (const rung of RUNGS) {
    const kind =
      held !== undefined && rung <= held ? "held" : twin.capabilities.includes(rung) ? "wired" : "absent";
    row.append(html("i", { class: `rung-r${rung} ${kind}` }));
  }
  const words = held === undefined ? `not deployed · wired for ${twin.wired}` : "held";
  const text = html("span", { class: "rl-mini-text" });
  if (held !== undefined) text.append(html("b", { class: `rung-r${held}` }, String(held)), " ");
  text.append(words);
  if (held !== undefined && twin.wired > held)
    text.append(html("span", { class: "of" }, ` · wired for ${twin.wired}`));
  row.append(text);
  return row;
}

/** The next rung of a folded twin in words; progress where it only waits, and nothing at its target. */
function nextRung(view, twin) {
  const { store } = view;
  if (twin.judged?.enough) return line(`enough for ${twin.objective || "its objective"}`);
  const held = twin.judged?.held ?? 0;
  const next =
    lowestFallen(store, twin) ??
    RUNGS.find((rung) => rung >= Math.max(1, held) && store.row(twin, rung).verdict !== "holds");
  if (next === undefined) return undefined;
  const row = store.row(twin, next);
  if (row.verdict === "not wired") return nextStep(view, twin, next, false);
  return html(
    "div",
    { class: `rl-nx rung-r${next}` },
    html("p", {}, html("b", {}, `${next} ${CATEGORY_NAMES[next]} `), row.fact),
  );
}

function headline(row) {
  if (row.verdict === "not wired") return "not wired";
  const count = row.evidence.length;
  if (count === 0) return row.fact;
  const good = row.evidence.filter(({ verdict }) => verdict === "holds").length;
  return `${good} of ${count} ${count === 1 ? "check holds" : "checks hold"}`;
}

/** Letters that fit beside a rung. */
const BRIEF = 40;

/** What stands at the right of a rung: short, since the sentence comes below. */
function shortFact(twin, row) {
  if (row.verdict === "not wired") return missingWords(twin, row.row);
  const failing = row.evidence.filter(({ verdict }) => verdict === "fails");
  if (failing.length > 0 && row.evidence.length > 1)
    return `${failing.length} of ${row.evidence.length} checks fail`;
  if (row.fact.length <= BRIEF) return row.fact;
  // Of a long sentence the figure that decides: how far it has come, or what was measured.
  const progress = /collecting(?: [\d,]+ of [\d,]+)?$/.exec(row.fact)?.[0];
  return progress ?? ((row.evidence.length > 0 && amount(row.evidence[0])) || row.fact);
}

const line = (text, action) => html("div", { class: "rl-fix" }, html("p", {}, text), action);

const button = (text, onclick) => html("button", { type: "button", class: "rl-btn go", onclick }, text);
