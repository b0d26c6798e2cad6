import { DEEP } from "../rung-theme/colours.js";
import { mark, svg } from "./drawing.js";

/** Marks on the upper edge of nodes: evidence where there is some, the level on states. */
export class Badges {
  #store;
  #openEvidence;
  /** What was last drawn on a node, by badge and node, so that only what changed is drawn again. */
  #drawn = new Map();

  /** @param openEvidence called with a node's id when its mark is clicked */
  constructor(store, openEvidence) {
    this.#store = store;
    this.#openEvidence = openEvidence;
  }

  register() {
    const isOurs = (node) => node.type.startsWith("rung-");
    // A right-aligned badge would cover the icon of a node that has its icon at the right.
    const isSink = (node) => node._def.align === "right";
    this.#evidence("rung-evidence", "right", (node) => isOurs(node) && !isSink(node));
    this.#evidence("rung-evidence-sink", "left", (node) => isOurs(node) && isSink(node));
    this.#add("rung-level", "right", (node) => node.type === "rung-state", {
      look: (node) => this.#level(node),
      draw: ({ held, wired }) => pill(held, wired),
      say: ({ held, wired }) =>
        held === undefined
          ? `wired for rung ${wired}, not deployed yet`
          : `holds rung ${held}, wired for ${wired}`,
    });
    this.#add("rung-floating", "right", isOurs, {
      look: (node) => this.#floating(node),
      draw: () => mark("waiting"),
      say: ({ text }) => text,
    });
  }

  /** Draws what changed. */
  repaint() {
    for (const node of RED.view.getActiveNodes() ?? []) {
      if (node.type.startsWith("rung-")) node.dirty = true;
    }
    RED.view.redraw();
  }

  #evidence(id, align, filter) {
    this.#add(id, align, filter, {
      look: (node) => {
        const worst = this.#store.evidenceOf(node.id)[0];
        return worst === undefined ? undefined : { verdict: worst.verdict, record: worst };
      },
      draw: ({ verdict }) => mark(verdict === "collecting" ? "waiting" : verdict),
      say: ({ record }) => recordWords(record),
      click: (node) => this.#openEvidence(node.id),
    });
  }

  #add(id, align, filter, { look, draw, say, click }) {
    const key = (node) => `${id} ${node.id}`;
    const face = (seen) =>
      JSON.stringify(seen, (name, value) => (name === "record" ? undefined : value)) ?? "";
    RED.view.annotations.register(id, {
      type: "badge",
      class: "rung-badge",
      align,
      filter,
      show: (node) => look(node) !== undefined,
      refresh: (node) => this.#drawn.get(key(node)) !== face(look(node)),
      element: (node) => {
        const seen = look(node);
        this.#drawn.set(key(node), face(seen));
        const group = svg("g");
        if (seen === undefined) return group;
        group.append(draw(seen));
        if (click !== undefined) {
          group.style.cursor = "pointer";
          for (const type of ["mousedown", "mouseup"])
            group.addEventListener(type, (event) => event.stopPropagation());
          group.addEventListener("click", () => click(node));
        }
        return group;
      },
      tooltip: (node) => {
        const seen = look(node);
        return seen === undefined ? undefined : say(seen);
      },
    });
  }

  #level(node) {
    const twin = this.#store.twins().find(({ states }) => states.includes(node.id));
    return twin === undefined ? undefined : { held: twin.judged?.held, wired: twin.wired };
  }

  #floating(node) {
    if (this.#store.evidenceOf(node.id).length > 0) return undefined;
    for (const twin of this.#store.wiring.twins) {
      const piece = twin.floating.find((entry) => entry.node === node.id);
      if (piece === undefined) continue;
      const isConnected = twin.members.includes(node.id);
      if (!isConnected) return { text: `not connected to a state, so it counts for no rung` };
      const below = [0, 1, 2, 3, 4, 5].find((row) => row < piece.row && !twin.capabilities.includes(row));
      return { text: below === undefined ? `its rung ${piece.row} is not complete` : `needs rung ${below}` };
    }
    return undefined;
  }
}

/** One line for a record: what, how much, limit, or why it fails. */
export function recordWords({ what, value, unit, limit, verdict, cause, progress }) {
  if (verdict === "collecting")
    return progress === undefined
      ? `${what}: collecting`
      : `${what}: collecting ${progress.n} of ${progress.of}`;
  if (verdict === "fails" && cause) return cause;
  const amount = value === null ? "" : ` ${figure(value)}${unit && unit !== "1" ? ` ${unit}` : ""}`;
  return `${what}${amount}, limit ${limit}`;
}

/** Three figures that matter. */
export function figure(value) {
  if (typeof value !== "number" || !Number.isFinite(value)) return "no number";
  return Math.abs(value) >= 1000
    ? Math.round(value).toLocaleString("en-US")
    : String(Number(value.toPrecision(3)));
}

/** The level pill, 52 x 18: held at the left, what it is wired for at the right; one half where they are equal. */
function pill(held, wired) {
  const group = svg("g", { class: "rung-pill" });
  const text = (x, words, fill, size) =>
    svg("text", { x, y: 6, "text-anchor": "middle", style: `fill:${fill};font-size:${size}px` }, words);
  if (held === wired) {
    group.append(
      svg("rect", { x: 0, y: -7, width: 26, height: 18, rx: 9, fill: DEEP[held] }),
      text(13, held, "#fff", 12),
    );
    return group;
  }
  group.append(
    svg("rect", {
      x: 0.7,
      y: -6.3,
      width: 50.6,
      height: 16.6,
      rx: 8.3,
      fill: "#fff",
      stroke: DEEP[wired],
      "stroke-width": 1.4,
    }),
  );
  if (held === undefined) {
    group.append(text(26, `wired ${wired}`, DEEP[wired], 10));
    return group;
  }
  group.append(
    svg("path", { d: "M9 -7H26V11H9A9 9 0 0 1 9 -7Z", fill: DEEP[held] }),
    text(15.5, held, "#fff", 12),
    text(38, `of ${wired}`, DEEP[wired], 10.5),
  );
  return group;
}
