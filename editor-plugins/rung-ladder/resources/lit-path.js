import { DEEP } from "../rung-theme/colours.js";
import { svg } from "./drawing.js";
import { onCanvas } from "./on-canvas.js";

const MARGIN = 40;

/** Lights the path of one rung on the canvas: nodes, wires, step numbers, and the way back through the plant. */
export class LitPath {
  #store;
  #lit = undefined;
  #isDrawn = false;
  #waiting = undefined;
  #onChange;

  /** @param onChange called when another path, or none, is lit */
  constructor(store, onChange) {
    this.#store = store;
    this.#onChange = onChange;
  }

  register() {
    // Elements are made anew at every change of tab, so the path is painted again.
    RED.hooks.add("viewAddNode.rung-lit", (event) => {
      if (this.#lit !== undefined && event.node) this.#paintSoon();
    });
    RED.events.on("workspace:change", (event) => {
      if (this.#lit !== undefined && event.workspace !== this.#lit.tab) this.clear();
      else this.#paintSoon();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.clear();
    });
  }

  isLit(address, rung) {
    return this.#lit?.address === address && this.#lit.rung === rung;
  }

  /** Lights the path, or puts it out where it is lit already. */
  toggle(address, rung) {
    if (this.isLit(address, rung)) {
      this.clear();
      return;
    }
    const path = this.#store.twin(address)?.paths[rung];
    if (path === undefined || path.length === 0) {
      this.clear();
      return;
    }
    const first = path.map(onCanvas).find(Boolean);
    if (first !== undefined && first.z !== RED.workspaces.active()) RED.workspaces.show(first.z);
    this.#lit = { address, rung, tab: RED.workspaces.active() };
    this.paint();
    this.#onChange();
  }

  clear() {
    if (this.#lit === undefined) return;
    this.#lit = undefined;
    this.paint();
    this.#onChange();
  }

  /** Draws the path again, where one is lit or still drawn. */
  paint() {
    if (this.#lit === undefined && !this.#isDrawn) return;
    this.#isDrawn = this.#lit !== undefined;
    const chart = document.getElementById("red-ui-workspace-chart");
    if (chart === null) return;
    for (const element of document.querySelectorAll(".rung-lit"))
      element.classList.remove("rung-lit", "rung-halt");
    for (const element of document.querySelectorAll(".rung-overlay")) element.remove();
    const twin = this.#lit && this.#store.twin(this.#lit.address);
    const ids = twin?.paths[this.#lit?.rung];
    chart.classList.toggle("rung-lighting", ids !== undefined);
    if (ids === undefined) return;
    const { rung } = this.#lit;
    chart.style.setProperty("--rung-lit", DEEP[rung]);
    const nodes = [...new Set(ids.map(onCanvas).filter((node) => node?.z === RED.workspaces.active()))];
    const lit = new Set(nodes.map(({ id }) => id));
    for (const id of lit) document.getElementById(id)?.classList.add("rung-lit");
    const failing = new Set(
      (this.#store.row(twin, rung).evidence ?? [])
        .filter(({ verdict, node }) => verdict === "fails" && lit.has(node))
        .map(({ node }) => node),
    );
    const links = [];
    for (const element of document.querySelectorAll(".red-ui-flow-link")) {
      const link = element.__data__;
      if (!link || !lit.has(link.source.id) || !lit.has(link.target.id)) continue;
      links.push([link.source.id, link.target.id]);
      element.classList.add("rung-lit");
      element.classList.toggle("rung-halt", failing.has(link.target.id));
    }
    const layer = document.querySelector(".red-ui-flow-node-group")?.parentNode;
    if (!layer) return;
    if (rung === 5) layer.append(throughThePlant(twin, nodes));
    for (const [id, number] of depths(nodes, links)) layer.append(stepNumber(RED.nodes.node(id), number));
    const broken = nodes.find(({ id }) => failing.has(id));
    if (broken !== undefined) layer.append(breaksHere(broken));
  }

  #paintSoon() {
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.paint(), 20);
  }
}

/** How many steps a node lies behind the first of the path, by the longest way, so that numbers grow along wires. */
function depths(nodes, links) {
  const depth = new Map(nodes.map(({ id }) => [id, 1]));
  // One round per node is enough without circles, and ends with them.
  for (let round = 1; round < nodes.length; round++) {
    let isSettled = true;
    for (const [from, to] of links) {
      if (depth.get(to) > depth.get(from) || depth.get(from) >= nodes.length) continue;
      depth.set(to, depth.get(from) + 1);
      isSettled = false;
    }
    if (isSettled) break;
  }
  return depth;
}

function stepNumber(node, number) {
  const group = svg("g", {
    class: "rung-overlay rung-step",
    transform: `translate(${node.x - node.w / 2},${node.y - node.h / 2 - 2})`,
  });
  group.append(svg("circle", { r: 8.5 }), svg("text", { y: 3.8 }, number));
  return group;
}

function breaksHere(node) {
  const group = svg("g", { class: "rung-overlay rung-break" });
  const x = node.x - 6;
  const y = node.y - node.h / 2 - 24;
  group.append(
    svg("rect", { x: x - 52, y: y - 11, width: 104, height: 22, rx: 11 }),
    svg("text", { x, y: y + 4 }, "breaks here"),
  );
  return group;
}

/** The wire that is no wire: from the actuator through the plant back to the source, round the whole flow. */
function throughThePlant(twin, nodes) {
  const group = svg("g", { class: "rung-overlay rung-plant" });
  const from = nodes.findLast(({ type }) => type === "rung-actuate");
  const to = nodes.find(({ type }) => /^rung-(opcua-source|mqtt-source|ingest)$/.test(type));
  if (from === undefined || to === undefined) return group;
  const all = RED.nodes.filterNodes({ z: RED.workspaces.active() });
  const groups = RED.nodes.groups(RED.workspaces.active()) ?? [];
  const right = Math.max(
    from.x + from.w / 2 + 16,
    ...all.map((node) => node.x + node.w / 2 + 16),
    ...groups.map((box) => box.x + box.w + 12),
  );
  const bottom =
    Math.max(...all.map((node) => node.y + node.h / 2), ...groups.map((box) => box.y + box.h)) + MARGIN;
  const x1 = from.x + from.w / 2 + 4;
  const x0 = to.x - to.w / 2;
  const left = Math.max(8, x0 - 24);
  const r = 10;
  group.append(
    svg("path", {
      class: "rung-plant-way",
      d:
        `M${x1} ${from.y}H${right - r}Q${right} ${from.y} ${right} ${from.y + r}V${bottom - r}` +
        `Q${right} ${bottom} ${right - r} ${bottom}H${left + r}Q${left} ${bottom} ${left} ${bottom - r}` +
        `V${to.y + r}Q${left} ${to.y} ${left + r} ${to.y}H${x0 - 12}`,
    }),
    svg("path", {
      class: "rung-plant-head",
      d: `M${x0 - 14} ${to.y - 6}L${x0 - 3} ${to.y}L${x0 - 14} ${to.y + 6}Z`,
    }),
  );
  const words = `through the plant: ${twin.name}, ${twin.reality}`;
  const width = words.length * 6.6 + 32;
  const middle = (left + right) / 2;
  group.append(
    svg("rect", { x: middle - width / 2, y: bottom - 13, width, height: 26, rx: 13 }),
    svg("text", { x: middle, y: bottom + 4.5 }, words),
  );
  return group;
}
