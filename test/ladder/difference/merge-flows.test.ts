import assert from "node:assert/strict";
import { mergeFlows, type Side } from "../../../runtime/ladder/difference/merge-flows.ts";
import { asWritten } from "../../../runtime/ladder/difference/merge-written.ts";
import type { Node } from "./edited-flows.ts";

const BASE: readonly Node[] = [
  { id: "t1", type: "tab", label: "oven" },
  { id: "t2", type: "tab", label: "booth" },
  { id: "link", type: "rung-opcua-link", name: "plant", endpoint: "one" },
  { id: "sub", type: "subflow", name: "smooth", in: [{ x: 1, y: 1, wires: [{ id: "s1" }] }], out: [] },
  { id: "s1", type: "function", z: "sub", x: 1, y: 1, wires: [[]] },
  { id: "a", type: "rung-state", name: "oven state", z: "t1", x: 10, y: 10, wires: [["b"]] },
  { id: "b", type: "rung-detect", name: "alarm", z: "t1", x: 20, y: 10, hours: 1, wires: [[]] },
  { id: "c", type: "rung-forecast", name: "ahead", z: "t1", x: 30, y: 10, hours: 1, wires: [[]] },
  { id: "d", type: "rung-state", z: "t2", x: 10, y: 10, link: "link", wires: [[]] },
];

type Edit = Record<string, Partial<Node> | null>;

/** The base with fields set, nodes added, and (null) nodes deleted. */
function flow(edit: Edit = {}, base: readonly Node[] = BASE): Node[] {
  const nodes = new Map(base.map((node) => [node.id, { ...node }]));
  for (const [id, fields] of Object.entries(edit)) {
    if (fields === null) nodes.delete(id);
    else nodes.set(id, { ...nodes.get(id), ...fields, id } as Node);
  }
  return [...nodes.values()];
}

function merge(mine: Edit, theirs: Edit, choices: Record<string, Side> = {}) {
  const result = mergeFlows(BASE, flow(mine), flow(theirs), new Map(Object.entries(choices)));
  return {
    ...result,
    node: (id: string) => result.merged.find((node) => node.id === id),
    ids: result.merged.map(({ id }) => id),
  };
}

describe("merge of flows", () => {
  it("takes each tab from the side that changed it", () => {
    const { conflicts, node, ids } = merge({ b: { hours: 2 } }, { d: { name: "theirs" } });
    assert.deepEqual(conflicts, []);
    assert.equal(node("b")!.hours, 2);
    assert.equal(node("d")!.name, "theirs");
    assert.equal(ids.length, BASE.length);
  });

  it("merges one tab node by node where nothing meets", () => {
    const { conflicts, node } = merge(
      { b: { hours: 2 } },
      { c: { hours: 3 }, e: { type: "debug", z: "t1", wires: [] } },
    );
    assert.deepEqual(conflicts, []);
    assert.deepEqual([node("b")!.hours, node("c")!.hours, node("e")!.type], [2, 3, "debug"]);
  });

  it("takes what both did alike as done", () => {
    const { conflicts, node } = merge({ b: { hours: 2 }, c: null }, { b: { hours: 2 }, c: null });
    assert.deepEqual(conflicts, []);
    assert.equal(node("b")!.hours, 2);
    assert.equal(node("c"), undefined);
  });

  it("a node that both changed is a conflict of its tab, which a choice settles for the whole tab", () => {
    const [mine, theirs]: [Edit, Edit] = [
      { b: { hours: 2 }, c: { hours: 2 } },
      { b: { hours: 3 }, d: { name: "n" } },
    ];
    const open = merge(mine, theirs);
    assert.deepEqual(open.conflicts, [
      {
        place: "t1",
        places: ["t1"],
        name: "tab oven",
        sentences: ["You and they both changed detect alarm."],
      },
    ]);
    assert.equal(open.node("d")!.name, "n", "the other tab is theirs all the same");
    const hours = (side: Side) => {
      const { conflicts, node } = merge(mine, theirs, { t1: side });
      assert.deepEqual(conflicts, []);
      return [node("b")!.hours, node("c")!.hours];
    };
    assert.deepEqual(hours("mine"), [2, 2]);
    assert.deepEqual(hours("theirs"), [3, 1]);
  });

  it("a deletion against a change is a conflict, either way round", () => {
    assert.deepEqual(merge({ b: null, a: { wires: [[]] } }, { b: { hours: 3 } }).conflicts[0]!.sentences, [
      "You deleted detect alarm, they changed it.",
    ]);
    assert.deepEqual(merge({ b: { hours: 3 } }, { b: null, a: { wires: [[]] } }).conflicts[0]!.sentences, [
      "They deleted detect alarm, you changed it.",
    ]);
  });

  it("wires of both that end at one node are a conflict", () => {
    const { conflicts } = merge({ e: { type: "debug", z: "t1", wires: [["c"]] } }, { b: { wires: [["c"]] } });
    assert.deepEqual(conflicts[0]!.sentences, ["You and they both changed wires at forecast ahead."]);
    assert.deepEqual(merge({ c: { hours: 2 } }, { b: { wires: [["c"]] } }).conflicts[0]!.sentences, [
      "You changed forecast ahead, they changed a wire at it.",
    ]);
  });

  it("a wire to what the other side deleted is a conflict and never left dangling", () => {
    const [mine, theirs]: [Edit, Edit] = [{ b: { wires: [["c"]] } }, { c: null }];
    const { conflicts } = merge(mine, theirs);
    assert.deepEqual(conflicts[0]!.places, ["t1"]);
    assert.deepEqual(merge(mine, theirs, { t1: "mine" }).node("b")!.wires, [["c"]]);
    assert.deepEqual(merge(mine, theirs, { t1: "theirs" }).node("b")!.wires, [[]]);
  });

  it("what hangs together across tabs is one choice", () => {
    // Mine links tab 1 to a new link in of tab 2, whose state both changed.
    const [mine, theirs]: [Edit, Edit] = [
      {
        out: { type: "link out", z: "t1", links: ["in"], wires: [] },
        in: { type: "link in", z: "t2", links: ["out"], wires: [["d"]] },
        d: { name: "mine" },
      },
      { d: { name: "theirs" } },
    ];
    const { conflicts } = merge(mine, theirs);
    assert.deepEqual(
      conflicts.map(({ place, places, name }) => ({ place, places, name })),
      [{ place: "t1", places: ["t1", "t2"], name: "tab oven, tab booth" }],
    );
    assert.deepEqual(conflicts[0]!.sentences, [
      "You and they both changed state mine.",
      "Your link out needs link in, which they do not have.",
    ]);
    assert.deepEqual(merge(mine, theirs, { t1: "theirs" }).ids.includes("out"), false);
  });

  it("shared configuration merges per node, and counts as needed", () => {
    assert.deepEqual(merge({ link: { endpoint: "two" } }, { d: { name: "n" } }).conflicts, []);
    assert.deepEqual(merge({ link: { endpoint: "two" } }, { link: { endpoint: "three" } }).conflicts, [
      {
        place: "link",
        places: ["link"],
        name: "opc ua link plant",
        sentences: ["You and they both changed opc ua link plant."],
      },
    ]);
    const [mine, theirs]: [Edit, Edit] = [{ b: { link: "link" } }, { link: null, d: { link: "" } }];
    assert.deepEqual(merge(mine, theirs).conflicts[0]!.places, ["t1", "link"]);
    assert.equal(merge(mine, theirs, { t1: "mine" }).ids.includes("link"), true);
    assert.equal(merge(mine, theirs, { t1: "theirs" }).node("b")!.link, undefined);
  });

  it("what was only drawn elsewhere never conflicts: mine wins, and theirs stands where mine did not move it", () => {
    const { conflicts, node } = merge(
      { b: { x: 99, y: 10 }, c: null },
      { b: { x: 55, y: 66, hours: 3 }, a: { x: 77 } },
    );
    assert.deepEqual(conflicts, []);
    assert.deepEqual([node("b")!.x, node("b")!.y, node("b")!.hours], [99, 66, 3]);
    assert.equal(node("a")!.x, 77);
  });

  it("a subflow is a place, and moving its ports changes nothing", () => {
    const moved = { sub: { in: [{ x: 50, y: 60, wires: [{ id: "s1" }] }] } };
    assert.deepEqual(merge(moved, { sub: { name: "renamed" } }).conflicts, []);
    const both = merge({ s1: { func: "1" } }, { s1: { func: "2" } });
    assert.deepEqual([both.conflicts[0]!.place, both.conflicts[0]!.name], ["sub", "subflow smooth"]);
    // An instance needs its subflow.
    const gone = merge({ e: { type: "subflow:sub", z: "t1", wires: [] } }, { sub: null, s1: null });
    assert.deepEqual(gone.conflicts[0]!.places, ["t1", "sub"]);
  });

  it("a tab that one side deleted and the other worked in is a conflict", () => {
    const { conflicts } = merge({ e: { type: "debug", z: "t2", wires: [] } }, { t2: null, d: null });
    assert.deepEqual(conflicts, [
      {
        place: "t2",
        places: ["t2"],
        name: "tab booth",
        sentences: ["Your debug needs tab booth, which they deleted."],
      },
    ]);
    const untouched = merge({ b: { hours: 2 } }, { t2: null, d: null });
    assert.deepEqual(untouched.conflicts, []);
    assert.equal(untouched.ids.includes("t2"), false);
  });

  it("groups follow their members", () => {
    const base = flow({ g: { type: "group", z: "t1", nodes: ["a"] }, a: { ...BASE[5], g: "g" } });
    const mine = flow({ b: { g: "g" }, g: { nodes: ["a", "b"] } }, base);
    const theirs = flow({ c: { g: "g", hours: 3 }, g: { nodes: ["a", "c"] } }, base);
    const { merged, conflicts } = mergeFlows(base, mine, theirs);
    assert.deepEqual(conflicts, []);
    assert.deepEqual(merged.find(({ id }) => id === "g")!.nodes, ["a", "b", "c"]);
    const ungrouped = mergeFlows(base, mine, flow({ g: null, a: { g: undefined } }, base));
    assert.deepEqual(ungrouped.conflicts, []);
    assert.equal("g" in ungrouped.merged.find(({ id }) => id === "b")!, false);
  });

  it("credentials stay with the side that entered them", () => {
    const entered = { link: { credentials: { password: "new" } } };
    const { conflicts, node } = merge(entered, { link: { endpoint: "two" } });
    assert.deepEqual(conflicts, []);
    assert.deepEqual([node("link")!.endpoint, node("link")!.credentials], ["two", { password: "new" }]);
    assert.deepEqual(merge(entered, { link: null, d: { link: "" } }).conflicts[0]!.sentences, [
      "They deleted opc ua link plant, you changed it.",
    ]);
  });

  it("keeps the order of tabs, mine where both changed it, with new ones where they were put", () => {
    const tabs = (nodes: readonly { id: string; type: string }[]) =>
      nodes.filter(({ type }) => type === "tab").map(({ id }) => id);
    const tab = (id: string): Node => ({ id, type: "tab" });
    const base = ["1a", "2a", "3a"].map(tab);
    const order = (mine: string[], theirs: string[]) =>
      tabs(mergeFlows(base, mine.map(tab), theirs.map(tab)).merged).join(" ");
    assert.equal(order(["1a", "new", "2a", "3a"], ["3a", "2a", "1a"]), "3a 2a 1a new");
    assert.equal(order(["2a", "1a", "3a"], ["3a", "2a", "1a"]), "2a 1a 3a");
    assert.equal(order(["1a", "2a", "3a"], ["their", "1a", "2a", "3a"]), "their 1a 2a 3a");
    assert.equal(order(["1a", "3a"], ["1a", "2a", "3a", "their"]), "1a 3a their");
  });

  it("does not touch what it is given", () => {
    const given = [flow(), flow({ b: { hours: 2 } }), flow({ c: { hours: 2 } })];
    const before = JSON.stringify(given);
    mergeFlows(given[0], given[1], given[2]);
    assert.equal(JSON.stringify(given), before);
  });

  it("refuses what it could not keep whole", () => {
    const refused = (theirs: unknown) =>
      assert.throws(() => mergeFlows(BASE, BASE, theirs), { code: "not-mergeable" });
    refused("no flow");
    refused([...BASE, { type: "debug" }]);
    refused([...BASE, BASE[0]]);
  });

  it("what an editor writes otherwise than it read it is no change of theirs", () => {
    const loaded = flow();
    const written = flow({ b: { hours: 1, unit: "h" } });
    assert.equal(asWritten(loaded, written, loaded)[6]!.unit, "h");
    assert.equal(asWritten(loaded, written, flow({ b: { hours: 5 } }))[6]!.unit, undefined);
  });
});
