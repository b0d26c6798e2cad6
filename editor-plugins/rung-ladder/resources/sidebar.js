import { CATEGORY_NAMES } from "../rung-theme/colours.js";
import { addPiece, anchorOf, typeFor } from "./add-piece.js";
import { figure, recordWords } from "./badges.js";
import { html, markPicture, step } from "./drawing.js";
import { missingWords, pieceWords } from "./ladder-store.js";

const RUNGS = [0, 1, 2, 3, 4, 5];

/** The ladder sidebar: a card per twin, the rungs, the evidence of the chosen one, and one next step. */
export class LadderSidebar {
  /** What is put into the tab. */
  element = html("div", { class: "rl" });
  #store;
  #lit;
  /** Address of the card that is open, and the rung chosen in it. */
  #open = undefined;
  #chosen = undefined;

  constructor(store, lit) {
    this.#store = store;
    this.#lit = lit;
  }

  /** Opens a twin's card at a rung. */
  choose(address, rung) {
    this.#open = address;
    this.#chosen = rung;
    this.render();
  }

  render() {
    const twins = this.#store.twins().sort((a, b) => urgency(a) - urgency(b));
    if (!twins.some(({ address }) => address === this.#open)) {
      this.#open = twins[0]?.address;
      this.#chosen = undefined;
    }
    const scroll = this.element.scrollTop;
    this.element.replaceChildren(
      legend(twins.length),
      ...(twins.length === 0 ? [nothingYet()] : []),
      ...twins.map((twin) => (twin.address === this.#open ? this.#card(twin) : this.#folded(twin))),
      ...this.#remarks(),
    );
    this.element.scrollTop = scroll;
  }

  #card(twin) {
    const held = twin.judged?.held;
    const rung = this.#chosen ?? firstToLookAt(this.#store, twin);
    const card = html("section", { class: "rl-twin rl-open", "data-twin": twin.address });
    card.append(head(twin), html("div", { class: "rl-addr" }, twin.address), summary(twin, held));
    const ladder = html("div", { class: "rl-ladder" });
    for (const row of [...RUNGS].reverse()) ladder.append(this.#row(twin, row, held, row === rung));
    card.append(ladder, this.#details(twin, rung));
    return card;
  }

  #row(twin, rung, held, isChosen) {
    const row = this.#store.row(twin, rung);
    const isHeld = held !== undefined && rung <= held && row.wired;
    const isOwn = row.verdict === "holds";
    const isBad = row.wired && row.verdict === "fails";
    return html(
      "button",
      {
        type: "button",
        class: `rl-row rung-r${rung}${isChosen ? " sel" : ""}`,
        "data-rung": rung,
        title: row.fact,
        "aria-pressed": String(isChosen),
        onclick: () => {
          this.#chosen = rung;
          this.#lit.toggle(twin.address, rung);
          this.render();
        },
      },
      step(rung, isHeld || (isOwn && held !== undefined), row.wired),
      html("span", { class: "nm" }, html("em", {}, String(rung)), CATEGORY_NAMES[rung]),
      html("span", { class: `tx${isBad ? " bad" : ""}` }, shortFact(twin, row)),
    );
  }

  #details(twin, rung) {
    const row = this.#store.row(twin, rung);
    const isLit = this.#lit.isLit(twin.address, rung);
    const box = html("div", { class: `rl-ev rung-r${rung}` });
    const heading = html("h4", {}, html("span", {}, `${rung} ${CATEGORY_NAMES[rung]}: ${heading_(row)}`));
    if (row.wired && twin.paths[rung]?.length > 0) {
      heading.append(
        html(
          "a",
          {
            href: "#",
            onclick: (event) => {
              event.preventDefault();
              this.#lit.toggle(twin.address, rung);
              this.render();
            },
          },
          isLit ? "path lit · clear" : "light the path",
        ),
      );
    }
    box.append(heading);
    if (row.evidence.length > 0) box.append(evidenceTable(row.evidence));
    const advice = this.#advice(twin, row);
    if (advice !== undefined) box.append(advice);
    return box;
  }

  /** One sentence and at most one button: cause before cure. Nothing here arms anything. */
  #advice(twin, row) {
    if (row.verdict === "not wired") return this.#nextStep(twin, row.row, "p");
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

  #nextStep(twin, rung) {
    const piece = twin.missing.find(({ row }) => row === rung);
    if (piece === undefined) {
      const warning = twin.warnings.find(({ code }) =>
        ["unguarded-output", "approval-caps", "recorded-source"].includes(code),
      );
      if (warning === undefined) return line(missingWords(twin, rung));
      const node = RED.nodes.node(warning.node);
      return line(warning.text, node ? button("Show it", () => reveal(node)) : undefined);
    }
    return nextStepLine(twin, piece);
  }

  #folded(twin) {
    const held = twin.judged?.held;
    const card = html("section", { class: "rl-twin", "data-twin": twin.address });
    const open = () => this.choose(twin.address, undefined);
    card.append(head(twin, open), html("div", { class: "rl-addr" }, twin.address), bars(twin, held));
    const next = nextRung(this.#store, twin);
    if (next !== undefined) card.append(next);
    return card;
  }

  /** What is wrong with the flow as a whole. */
  #remarks() {
    const { unguardedOutputs, notAnalysable, errors } = this.#store.wiring;
    const items = [
      ...errors.map(({ message, node }) => [node, message]),
      ...notAnalysable.map(({ node, reason }) => [node, `not analysable: ${reason}`]),
      ...unguardedOutputs.map(({ node, type }) => [node, `${type} could write to a plant past the envelope`]),
    ];
    if (items.length === 0) return [];
    const list = html("ul", {});
    for (const [id, text] of items.slice(0, 20)) {
      const node = RED.nodes.node(id);
      list.append(
        html(
          "li",
          {},
          markPicture("fails"),
          node
            ? html(
                "a",
                {
                  href: "#",
                  onclick: (event) => {
                    event.preventDefault();
                    reveal(node);
                  },
                },
                text,
              )
            : text,
        ),
      );
    }
    if (items.length > 20) list.append(html("li", {}, `and ${items.length - 20} more`));
    return [html("section", { class: "rl-remarks" }, html("h4", {}, "Worth a look"), list)];
  }
}

/** Falling first, then what is nearest to its next rung. */
function urgency(twin) {
  const held = twin.judged?.held ?? 0;
  if (twin.judged?.rows.some(({ verdict }) => verdict === "fails")) return -10 + held;
  if (twin.judged?.enough) return 20;
  return Math.abs(twin.wired - held) === 0 ? 10 - held : twin.wired - held;
}

/** The row that deserves the open card: the first that fails, else the next rung, else the held one. */
function firstToLookAt(store, twin) {
  const failing = RUNGS.find((rung) => store.row(twin, rung).verdict === "fails");
  if (failing !== undefined) return failing;
  const held = twin.judged?.held ?? 0;
  return Math.min(5, twin.judged?.enough || held === 5 ? held : held + 1);
}

function legend(count) {
  const key = (kind, text) => html("span", {}, html("i", { class: `k ${kind}` }), text);
  return html(
    "div",
    { class: "rl-head" },
    key("held", "held"),
    key("wired", "wired"),
    key("absent", "not wired"),
    html("span", { class: "rl-count" }, count === 1 ? "1 twin" : `${count} twins`),
  );
}

function nothingYet() {
  return html(
    "div",
    { class: "rl-empty" },
    html("b", {}, "No twin on the canvas yet"),
    html(
      "p",
      {},
      "Drag a state from 1 describe, name its twin, and wire a source into it. The ladder starts here.",
    ),
  );
}

function head(twin, onOpen) {
  const name = onOpen
    ? html(
        "button",
        { type: "button", class: "rl-name", onclick: onOpen, title: "open this twin" },
        twin.name,
      )
    : html("b", { class: "rl-name" }, twin.name);
  const chips = [html("span", { class: "rl-chip" }, `class ${twin.class}`)];
  if (twin.reality !== null) {
    const words = twin.reality === "virtual" ? "virtual plant" : twin.reality;
    chips.push(html("span", { class: `rl-chip ${twin.reality}` }, words));
  }
  return html("div", { class: "rl-t1" }, name, ...chips);
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
  const more = twin.judged.heldCapabilities.filter((row) => row > held);
  const parts = [
    html("span", { class: `n rung-r${held}` }, [held, ...more].join(" + ")),
    html("span", {}, `held: ${CATEGORY_NAMES[held]}`),
  ];
  if (twin.judged.enough)
    parts.push(html("span", { class: "of" }, `· enough for ${twin.objective || "its objective"}`));
  else if (twin.judged.wired !== twin.wired)
    parts.push(html("span", { class: "of" }, `· wired for ${twin.wired} once deployed`));
  else if (twin.wired > held) parts.push(html("span", { class: "of" }, `· wired for ${twin.wired}`));
  return html("div", { class: "rl-sum" }, ...parts);
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
function nextRung(store, twin) {
  if (twin.judged?.enough) return line(`enough for ${twin.objective || "its objective"}`);
  const failing = RUNGS.find((rung) => store.row(twin, rung).verdict === "fails");
  const held = twin.judged?.held ?? 0;
  const next =
    failing ?? RUNGS.find((rung) => rung > 0 && rung > held - 1 && store.row(twin, rung).verdict !== "holds");
  if (next === undefined) return undefined;
  const row = store.row(twin, next);
  const piece = twin.missing.find((missing) => missing.row === next);
  if (row.verdict === "not wired" && piece !== undefined) return nextStepLine(twin, piece);
  return html(
    "div",
    { class: `rl-nx rung-r${next}` },
    html("p", {}, html("b", {}, `${next} ${CATEGORY_NAMES[next]} `), row.fact),
  );
}

/** "3 predict needs a forecast after state booth 2 [+ Add forecast]". */
function nextStepLine(twin, piece) {
  const anchor = anchorOf(twin, piece);
  const place = piece.after === null ? "into state" : "after";
  const sentence = html(
    "p",
    {},
    html("b", {}, `${piece.row} ${CATEGORY_NAMES[piece.row]}`),
    ` needs ${pieceWords(piece.role)}`,
  );
  if (anchor) sentence.append(` ${place} `, html("b", {}, RED.utils.getNodeLabel(anchor, anchor.type)));
  let action;
  if (piece.role === "measurement") {
    const source = twin.paths[1]?.map((id) => RED.nodes.node(id)).find((node) => /source$/.test(node?.type));
    sentence.replaceChildren(
      html("b", {}, "5 act"),
      " needs a measurement that moves with the target, bound in a source",
    );
    if (source) action = button("Open source", () => RED.editor.edit(source));
  } else if (anchor && typeFor(piece.role)) {
    action = button(`+ Add ${piece.role}`, () => addPiece(twin, piece));
  }
  return html("div", { class: `rl-nx rung-r${piece.row}` }, sentence, action);
}

const heading_ = (row) => {
  if (row.verdict === "not wired") return "not wired";
  const count = row.evidence.length;
  if (count === 0) return row.fact;
  const good = row.evidence.filter(({ verdict }) => verdict === "holds").length;
  return `${good} of ${count} ${count === 1 ? "check holds" : "checks hold"}`;
};

/** What stands at the right of a rung: short, since the sentence comes below. */
function shortFact(twin, row) {
  if (row.verdict === "not wired") return missingWords(twin, row.row);
  const failing = row.evidence.filter(({ verdict }) => verdict === "fails");
  if (failing.length > 0)
    return row.evidence.length === 1 ? row.fact : `${failing.length} of ${row.evidence.length} checks fail`;
  return row.fact;
}

function evidenceTable(records) {
  const table = html("table", {});
  for (const record of records) {
    const state = record.verdict === "collecting" ? "waiting" : record.verdict;
    const value =
      record.verdict === "collecting" && record.progress
        ? `${figure(record.progress.n)} of ${figure(record.progress.of)}`
        : record.value === null
          ? ""
          : `${figure(record.value)}${record.unit && record.unit !== "1" ? ` ${record.unit}` : ""}`;
    table.append(
      html(
        "tr",
        { class: record.verdict === "fails" ? "bad" : "", title: recordWords(record) },
        html("td", {}, markPicture(state)),
        html("td", {}, record.what),
        html("td", { class: "v" }, value),
        html("td", { class: "l" }, record.limit),
      ),
    );
  }
  return table;
}

const line = (text, action) => html("div", { class: "rl-fix" }, html("p", {}, text), action);

const button = (text, onclick) => html("button", { type: "button", class: "rl-btn go", onclick }, text);

function reveal(node) {
  RED.view.reveal(node.id, true);
  RED.view.select({ nodes: [node] });
}
