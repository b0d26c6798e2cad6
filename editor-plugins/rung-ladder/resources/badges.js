import { DEEP } from "../rung-theme/colours.js";
import { mark, svg } from "./drawing.js";
import { nodeRemarks } from "./node-remarks.js";

/** Letters in a line of a tooltip, which Node-RED does not break. */
const LINE = 64;

/**
 * Marks on the upper edge of nodes, two at most: what is known of the node (evidence, warnings, a loose end), and the
 * level on states. The words stand in the tooltip of the mark and of the node itself.
 */
export class Badges {
  #store;
  #openTwin;
  /** What is known now: `marks` and `levels`, by node. */
  #known = { marks: new Map(), levels: new Map() };
  /** What was last drawn on a node, by badge and node, so that only what changed is drawn again. */
  #drawn = new Map();

  /** @param openTwin called with a twin's address and a rung when a mark is clicked */
  constructor(store, openTwin) {
    this.#store = store;
    this.#openTwin = openTwin;
  }

  register() {
    // A right-aligned badge would cover the icon of a node that has its icon at the right.
    const isSink = (node) => node._def?.align === "right";
    this.#marks("rung-mark", "right", (node) => node.type !== "group" && !isSink(node));
    this.#marks("rung-mark-sink", "left", (node) => node.type !== "group" && isSink(node));
    this.#add("rung-level", "right", (node) => node.type === "rung-state", {
      look: (node) => this.#known.levels.get(node.id),
      draw: ({ held, wired }) => pill(held, wired),
      say: ({ held, wired }) =>
        held === undefined
          ? `wired for rung ${wired}, not deployed yet`
          : `holds rung ${held}, wired for ${wired}`,
    });
    RED.hooks.add("viewAddNode.rung-words", (event) => {
      if (event.node.type !== "group") putTitle(event.el, this.#known.marks.get(event.node.id));
    });
  }

  /** Draws what changed since the last time; words alone need no drawing. */
  repaint() {
    const before = this.#known;
    this.#known = nodeRemarks(this.#store);
    const { marks, levels } = this.#known;
    for (const id of changesOf(before.marks, marks, ({ lines }) => lines.join("\n"))) {
      const element = document.getElementById(id);
      if (element !== null) putTitle(element, marks.get(id));
    }
    const redrawn = [
      ...changesOf(before.marks, marks, ({ state }) => state),
      ...changesOf(before.levels, levels, ({ held, wired }) => `${held} ${wired}`),
    ]
      .filter((id) => document.getElementById(id) !== null)
      .map((id) => RED.nodes.node(id))
      .filter((node) => node);
    for (const node of redrawn) node.dirty = true;
    if (redrawn.length > 0) RED.view.redraw();
  }

  #marks(id, align, filter) {
    this.#add(id, align, filter, {
      look: (node) => this.#known.marks.get(node.id),
      draw: ({ state }) => mark(state),
      say: ({ lines }) => lines.map(broken).join("\n"),
      click: ({ twin, rung }) => twin !== undefined && this.#openTwin(twin, rung),
    });
  }

  #add(id, align, filter, { look, draw, say, click }) {
    const key = (node) => `${id} ${node.id}`;
    const face = (seen) =>
      seen === undefined ? "" : [seen.state ?? "", seen.held ?? "", seen.wired ?? ""].join();
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
          group.addEventListener("click", () => click(look(node) ?? seen));
        }
        return group;
      },
      tooltip: (node) => {
        const seen = look(node);
        return seen === undefined ? undefined : say(seen);
      },
    });
  }
}

/** Ids whose entry was added, removed, or has another face. */
function changesOf(before, after, face) {
  const faceOf = (entry) => (entry === undefined ? undefined : face(entry));
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (id) => faceOf(before.get(id)) !== faceOf(after.get(id)),
  );
}

/** The node's own tooltip, and its description for whoever hears the screen. */
function putTitle(element, known) {
  const body = element.querySelector(":scope > .red-ui-flow-node");
  if (body === null) return;
  const title = body.querySelector("title");
  if (known === undefined) title?.remove();
  else if (title !== null) title.textContent = known.lines.join("\n");
  else body.append(svg("title", {}, known.lines.join("\n")));
}

/** The text in lines of at most LINE letters. */
function broken(text) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== "" && last.length + word.length >= LINE) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines.join("\n");
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
