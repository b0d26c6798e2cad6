import assert from "node:assert/strict";
import { Random } from "../../runtime/core/random.ts";
import { editedFlow } from "../../runtime/ladder/flow-index.ts";
import { IncrementalWiring } from "../../runtime/ladder/incremental/incremental-wiring.ts";
import { analyse, type Wiring } from "../../runtime/ladder/wiring.ts";
import { draw, type Node } from "./draw.ts";
import { FIXTURES } from "./fixtures.ts";
import { plantFlow } from "./plant-flow.ts";
import { type NamedEdit, randomEdit } from "./random-edits.ts";
import { randomFlow } from "./random-flow.ts";

/** Edits a flow in a long random sequence; after every edit the wiring must be the whole analysis's. */
function editAtRandom(
  start: readonly unknown[],
  stock: readonly unknown[],
  seed: number,
  edits: number,
): Map<string, number> {
  const random = new Random(seed);
  const live = new IncrementalWiring(start);
  const kinds = new Map<string, number>();
  let flow: unknown[] = [...start];
  const history: NamedEdit[] = [];
  for (let i = 0; i < edits; i++) {
    const named = randomEdit(flow, stock, random);
    history.push(named);
    flow = editedFlow(flow, named.edit);
    live.edit(named.edit);
    kinds.set(named.kind, (kinds.get(named.kind) ?? 0) + 1);
    const last = () => `seed ${seed}, edit ${i}: ${JSON.stringify(history.slice(-1))}`;
    assert.deepEqual(live.flow(), flow, last());
    assert.deepEqual(live.wiring, analyse(flow), last());
  }
  kinds.set("restarts", live.restarts);
  return kinds;
}

describe("incremental wiring: after every edit the same as the whole analysis", function () {
  this.timeout(60_000);
  const kinds = new Map<string, number>();
  const count = (more: Map<string, number>) => {
    for (const [kind, times] of more) kinds.set(kind, (kinds.get(kind) ?? 0) + times);
  };

  it("of every flow that is written from the specification", () => {
    for (const [i, { flow }] of FIXTURES.entries())
      count(editAtRandom(flow as unknown[], flow as unknown[], i + 1, 8));
  });

  it("of random flows with subflows, links, calls and groups", () => {
    for (let seed = 0; seed < 25; seed++) {
      const flow = randomFlow(seed);
      count(editAtRandom(flow, [...flow, ...randomFlow(seed + 1000)], seed, 60));
    }
  });

  it("of a plant's flow", () => {
    const { nodes } = plantFlow(300, 6);
    count(editAtRandom(nodes, nodes, 7, 150));
  });

  it("and every kind of edit was among them", () => {
    assert.ok(kinds.size > 30, [...kinds.keys()].join());
    for (const [kind, times] of kinds) assert.ok(times > 10, `${kind}: ${times}`);
  });

  it("by a role that a foreign package declares", () => {
    const flow = draw("src opcua-source > st state > his history; st > k 'acme-kpi'");
    const options = {
      declaredRoles: { "acme-kpi": { role: "detect", by: "node-red-contrib-acme" } },
    } as const;
    const live = new IncrementalWiring(flow, options);
    assert.equal(live.wiring.twins[0]!.wired, 2);
    assert.deepEqual(
      live.edit({ removed: ["his"] }),
      analyse(
        flow.filter(({ id }) => id !== "his"),
        options,
      ),
    );
  });

  it("of a flow past a bound, by the whole analysis", () => {
    const flow: Node[] = draw("top 'subflow:s0' > fn 'function'");
    for (let depth = 0; depth < 120; depth++) {
      flow.push({ id: `s${depth}`, type: "subflow", in: [], out: [] });
      flow.push({ id: `i${depth}`, type: `subflow:s${depth + 1}`, z: `s${depth}`, x: 1, wires: [] });
    }
    flow.push({ id: "s120", type: "subflow", in: [], out: [] });
    const live = new IncrementalWiring(flow);
    assert.deepEqual(
      live.wiring.errors.map(({ code }) => code),
      ["too-large"],
    );
    const wire = { set: [{ ...flow.find(({ id }) => id === "top")!, wires: [[]] }] };
    assert.deepEqual(live.edit(wire), analyse(editedFlow(flow, wire)));
    assert.equal(live.restarts, 1);
    // Once it unfolds to what can be analysed, edits are followed again.
    const less = { removed: ["i60"] };
    assert.deepEqual(live.edit(less), analyse(live.flow()));
    live.edit({ set: [{ ...flow.find(({ id }) => id === "fn")!, x: 900 }] });
    assert.equal(live.restarts, 2);
    assert.deepEqual(live.work, { visited: 0, isWhole: false });
  });
});

describe("incremental wiring: an edit re-visits only what it can reach", () => {
  const { nodes, machines } = plantFlow(2_000, 40);
  const { tab, twin } = machines[17]!;
  const shared = new Set(["walls", "scale"]);
  /** The machine's tab alone, with what it shares. */
  const alone = nodes.filter((node) => {
    const container = node.z as string | undefined;
    if (node.type === "tab" || node.type === "subflow") return node.id === tab || shared.has(node.id);
    if (container !== undefined) return container === tab || shared.has(container);
    return node.type !== "rung-twin" || node.id === twin;
  });
  const reachable = new IncrementalWiring(alone).work.visited;
  const node = (name: string) => nodes.find(({ id }) => id === `${tab}${name}`)!;
  let live: IncrementalWiring;
  let before: Wiring;
  beforeEach(() => {
    live = new IncrementalWiring(nodes);
    before = live.wiring;
  });
  afterEach(() => {
    assert.deepEqual(live.wiring, analyse(live.flow()));
    assert.equal(live.restarts, 0);
  });

  it("the plant has 2,000 nodes, 40 machines, lines and areas above them, and every machine is wired", () => {
    assert.ok(nodes.length > 1_900 && nodes.length < 2_100, `${nodes.length}`);
    assert.equal(before.twins.length, 40 + 8 + 2);
    assert.deepEqual(before.errors, []);
    assert.ok(before.twins.every(({ wired, scope }) => wired >= (scope === "machine" ? 4 : 1)));
    assert.ok(reachable > 20 && reachable < 80, `${reachable}`);
  });

  it("moving, sizing, regrouping or commenting a node visits nothing, and the wiring stays the same object", () => {
    for (const more of [
      { x: 700, y: 500 },
      { w: 200, h: 60 },
      { info: "checked" },
      { g: undefined },
      { l: false },
    ]) {
      live.edit({ set: [{ ...node("detect"), ...more }] });
      assert.deepEqual(live.work, { visited: 0, isWhole: false });
    }
    live.edit({ set: [{ id: "note", type: "comment", z: tab, x: 10, y: 10, wires: [] }] });
    assert.equal(live.work.visited, 0);
    live.edit({ removed: ["note"] });
    assert.deepEqual(live.wiring, before);
  });

  const CLOSE: [string, () => Parameters<IncrementalWiring["edit"]>[0]][] = [
    ["a wire taken away", () => ({ set: [{ ...node("state"), wires: [[`${tab}history`]] }] })],
    ["a wire", () => ({ set: [{ ...node("forecast"), wires: [[`${tab}tile`, `${tab}detect`]] }] })],
    [
      "a node, wired",
      () => ({
        set: [
          { id: "new", type: "rung-life", z: tab, x: 1, y: 1, wires: [[]] },
          { ...node("detect"), wires: [[`${tab}cause`, "new"]] },
        ],
      }),
    ],
    ["a node taken out", () => ({ removed: [`${tab}join`] })],
    ["a node disabled", () => ({ set: [{ ...node("detect"), d: true }] })],
    ["a source's table", () => ({ set: [{ ...node("source"), bindings: [] }] })],
    ["the twin's target", () => ({ set: [{ ...nodes.find(({ id }) => id === twin)!, targetRung: 2 }] })],
    ["the tab disabled", () => ({ set: [{ ...nodes.find(({ id }) => id === tab)!, disabled: true }] })],
    ["an unguarded output", () => ({ set: [{ ...node("report1"), wires: [["out"]] }] })],
  ];
  for (const [name, edit] of CLOSE) {
    it(`${name}: no more than the twin can reach`, () => {
      live.edit(edit());
      assert.ok(!live.work.isWhole);
      assert.ok(live.work.visited <= reachable + 3, `${live.work.visited} of ${reachable}`);
      const others = live.wiring.twins.filter(({ address }) => !machines[17]!.address.startsWith(address));
      assert.ok(
        others.every((other) => before.twins.includes(other)),
        "the other twins are the same objects",
      );
    });
  }

  it("a subflow that all use is read by all", () => {
    live.edit({ set: [{ ...nodes.find(({ id }) => id === "gain")!, wires: [[]] }] });
    assert.ok(live.work.visited > 40 * 10);
    assert.ok(!live.work.isWhole);
  });
});
