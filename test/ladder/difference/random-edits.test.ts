import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import { flowDifference } from "../../../runtime/ladder/difference/flow-difference.ts";
import type { Node } from "../draw.ts";

const SEEDS = 250;
const TYPES: readonly [type: string, words: string][] = [
  ["rung-state", "state"],
  ["rung-opcua-source", "opc ua source"],
  ["rung-detect", "detect"],
  ["rung-whatif", "what-if"],
  ["function", "function"],
  ["mqtt out", "mqtt out"],
  ["ui-rung-tile", "values"],
];
const WORDS = new Map(TYPES);

/** A sentence and the tab it is expected under. */
type Expected = readonly [tab: string, sentence: string];

class Sketch {
  readonly random: Random;
  readonly nodes = new Map<string, Node>();
  readonly expected: Expected[] = [];
  /** Nodes that an edit has used, so that no two edits meet. */
  readonly #used = new Set<string>();

  constructor(seed: number) {
    this.random = new Random(seed);
    for (const tab of ["one", "two"]) this.nodes.set(tab, { id: tab, type: "tab", label: tab });
    this.nodes.set("g", { id: "g", type: "group", z: "one", name: "band", nodes: [] });
    this.nodes.set("link", {
      id: "link",
      type: "rung-opcua-link",
      name: "plant",
      endpoint: "opc.tcp://a",
      reality: "live",
    });
    this.nodes.set("twin", { id: "twin", type: "rung-twin", name: "oven", address: "acme/oven" });
    const count = 12 + this.below(20);
    for (let i = 0; i < count; i++) this.add(`n${i}`, i % 2 === 0 ? "one" : "two");
    for (const node of this.placed()) {
      const others = this.placed().filter(({ z, id }) => z === node.z && id !== node.id);
      node.wires = [others.filter(() => this.below(4) === 0).map(({ id }) => id)];
    }
  }

  below(limit: number): number {
    return Math.floor(this.random.uniform() * limit);
  }

  add(id: string, z: string): Node {
    const [type] = TYPES[this.below(TYPES.length)]!;
    const node: Node = { id, type, z, name: `name of ${id}`, x: 1, y: 1, level: 1, wires: [[]] };
    if (type === "rung-opcua-source")
      Object.assign(node, { link: "link", bindings: [{ path: "a" }, { path: "b" }] });
    if (type === "rung-state") node.twin = "twin";
    this.nodes.set(id, node);
    return node;
  }

  placed(): Node[] {
    return [...this.nodes.values()].filter((node) => Array.isArray(node.wires));
  }

  /** A node that no edit has touched, and that fits. */
  free(fits: (node: Node) => boolean = () => true): Node | undefined {
    const left = this.placed().filter((node) => !this.#used.has(node.id) && fits(node));
    const node = left[this.below(left.length)];
    if (node !== undefined) this.#used.add(node.id);
    return node;
  }

  use(id: string): void {
    this.#used.add(id);
  }

  isUsed(id: string): boolean {
    return this.#used.has(id);
  }

  expect(tab: unknown, sentence: string): void {
    this.expected.push([tab as string, sentence]);
  }
}

const words = (node: Node): string => `${WORDS.get(node.type)} ${node.name}`;
const targets = (node: Node): string[] => (node.wires as string[][])[0]!;

const EDITS: Readonly<Record<string, (sketch: Sketch) => void>> = {
  remove(sketch) {
    const node = sketch.free();
    if (node === undefined) return;
    sketch.nodes.delete(node.id);
    for (const sender of sketch.placed()) sender.wires = [targets(sender).filter((id) => id !== node.id)];
    sketch.expect(node.z, `${words(node)} removed`);
  },
  add(sketch) {
    const node = sketch.add(`new${sketch.expected.length}`, "one");
    sketch.use(node.id);
    sketch.expect("one", `${words(node)} added`);
  },
  cut(sketch) {
    const sender = sketch.free((node) => targets(node).some((id) => !sketch.isUsed(id)));
    if (sender === undefined) return;
    const gone = targets(sender).find((id) => !sketch.isUsed(id))!;
    sketch.use(gone);
    sender.wires = [targets(sender).filter((id) => id !== gone)];
    sketch.expect(sender.z, `${words(sender)} -> ${words(sketch.nodes.get(gone)!)} is cut`);
  },
  wire(sketch) {
    const sender = sketch.free();
    const receiver =
      sender && sketch.free((node) => node.z === sender.z && !targets(sender).includes(node.id));
    if (receiver === undefined) return;
    targets(sender!).push(receiver.id);
    sketch.expect(sender!.z, `${words(sender!)} -> ${words(receiver)} is wired`);
  },
  parameter(sketch) {
    const node = sketch.free();
    if (node === undefined) return;
    node.level = 2;
    sketch.expect(node.z, `${words(node)}: Level 1 -> 2`);
  },
  bind(sketch) {
    const node = sketch.free(({ bindings }) => bindings !== undefined);
    if (node === undefined) return;
    node.bindings = [{ path: "c" }, { path: "b" }];
    sketch.expect(node.z, `${words(node)}: Bindings: 1 tag bound: c; 1 unbound: a`);
  },
  rename(sketch) {
    const node = sketch.free();
    if (node === undefined) return;
    const before = words(node);
    node.name = `${node.name} too`;
    sketch.expect(node.z, `${before} is now called ${words(node)}`);
  },
  disable(sketch) {
    const node = sketch.free();
    if (node === undefined) return;
    node.d = true;
    sketch.expect(node.z, `${words(node)} is disabled`);
  },
  retype(sketch) {
    const node = sketch.free(({ type }) => type !== "function");
    if (node === undefined) return;
    const before = words(node);
    node.type = "function";
    sketch.expect(node.z, `${before} is now ${words(node)}`);
  },
  carry(sketch) {
    const node = sketch.free(({ z }) => z === "one");
    if (node === undefined) return;
    node.z = "two";
    sketch.expect("one", `${words(node)} moved to tab two`);
    sketch.expect("two", `${words(node)} moved here from tab one`);
  },
  group(sketch) {
    const node = sketch.free(({ z, g }) => z === "one" && g === undefined);
    if (node === undefined) return;
    node.g = "g";
    sketch.expect("one", `${words(node)} is now in group band`);
  },
  move(sketch) {
    for (const node of sketch.placed()) Object.assign(node, { x: sketch.below(999), y: sketch.below(999) });
  },
  shared(sketch) {
    if (sketch.isUsed("link")) return;
    sketch.use("link");
    sketch.nodes.get("link")!.endpoint = "opc.tcp://b";
    sketch.expect("", "opc ua link plant: Endpoint opc.tcp://a -> opc.tcp://b");
  },
  shuffle(sketch) {
    const entries = [...sketch.nodes].map((entry) => ({ entry, place: sketch.random.uniform() }));
    sketch.nodes.clear();
    for (const { entry } of entries.sort((a, b) => a.place - b.place)) sketch.nodes.set(...entry);
  },
};

const flowOf = (sketch: Sketch): Node[] => structuredClone([...sketch.nodes.values()]);

describe("random edits of a flow", () => {
  it(`tells exactly what was edited, ${SEEDS} times`, () => {
    const kinds = Object.keys(EDITS);
    const done = new Map<string, number>();
    for (let seed = 0; seed < SEEDS; seed++) {
      const sketch = new Sketch(seed);
      const before = flowOf(sketch);
      for (let i = 0; i < 6; i++) {
        const kind = kinds[sketch.below(kinds.length)]!;
        const known = sketch.expected.length;
        EDITS[kind]!(sketch);
        if (sketch.expected.length > known) done.set(kind, (done.get(kind) ?? 0) + 1);
      }
      const { places, problems } = flowDifference(before, flowOf(sketch));
      const said = places.flatMap(({ id, sentences }) => sentences.map((sentence) => [id, sentence]));
      assert.deepEqual(said.sort(), [...sketch.expected].sort(), `seed ${seed}`);
      assert.deepEqual(problems, []);
      assert.equal(flowDifference(before, before).isSame, true);
    }
    const silent = ["move", "shuffle"];
    for (const kind of kinds.filter((name) => !silent.includes(name)))
      assert.ok((done.get(kind) ?? 0) >= 20, `${kind} was tried ${done.get(kind) ?? 0} times`);
  });
});
