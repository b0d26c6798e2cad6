import assert from "node:assert/strict";
import { flowDifference } from "../../../runtime/ladder/difference/flow-difference.ts";
import { flowText } from "../../../runtime/ladder/difference/flow-text.ts";

const tab = { id: "t", type: "tab", label: "one" };
const node = (id: string, more: object = {}) => ({
  id,
  type: "debug",
  z: "t",
  x: 1,
  y: 1,
  wires: [],
  ...more,
});

describe("difference of hostile flows", () => {
  it("says what is malformed, on which side and where, and compares the rest", () => {
    const { places, problems } = flowDifference(
      [tab, 7, node("a", { name: "a" })],
      [
        tab,
        node("a", { name: "b" }),
        { id: "x" },
        { type: "y" },
        node("a"),
        node("w", { name: "w", wires: "none" }),
      ],
    );
    assert.deepEqual(
      problems.map(({ side, code, path }) => [side, code, path]),
      [
        ["before", "not-a-node", "/1"],
        ["after", "no-type", "/2/type"],
        ["after", "no-id", "/3/id"],
        ["after", "duplicate-id", "/4/id"],
        ["after", "bad-wires", "/5/wires"],
      ],
    );
    assert.deepEqual(places[0]!.sentences, ["debug w added", "debug a is now called debug b"]);
  });

  for (const thing of [null, undefined, 3, "flow", {}, { flows: 1 }, [[]], [null], () => 1]) {
    it(`takes ${JSON.stringify(thing) ?? typeof thing} for no flow, without a throw`, () => {
      const { problems, places } = flowDifference(thing, [tab]);
      assert.equal(problems.length, 1);
      assert.deepEqual(places[0]!.sentences, ["tab one added"]);
      assert.match(flowText(thing), /not readable/);
    });
  }

  it("survives values nested without end, and ones that are very long", () => {
    const deep = (leaf: unknown) => {
      let value: unknown = leaf;
      for (let i = 0; i < 100_000; i++) value = i % 2 === 0 ? { a: value } : [value];
      return value;
    };
    const long = "a".repeat(1_000_000);
    const before = [tab, node("a", { name: "a", deep: deep(1), long, rows: [{ x: deep(1) }] })];
    const after = [tab, node("a", { name: "a", deep: deep(2), long: `${long}://`, rows: [{ x: deep(2) }] })];
    assert.deepEqual(flowDifference(before, after).places[0]!.sentences, [
      "debug a: Deep: 1 row changed",
      "debug a: Long changed (1000000 characters -> 1000003 characters)",
      "debug a: Rows: 1 row changed",
    ]);
    assert.ok(flowText(after).length < 2000);
  });

  it("prints no control characters, no line breaks, no turned writing, and no name of any length", () => {
    const nasty = `a\u001b[2J\r\nb\u202e\u0007${"c".repeat(500)}`;
    const before = [tab];
    const after = [
      { ...tab, label: nasty },
      node("a", { name: nasty, [nasty]: nasty, type: nasty, wires: [[nasty]], bindings: [{ path: nasty }] }),
      { id: nasty, type: "rung-twin", name: nasty, address: nasty },
    ];
    const { places, twins } = flowDifference(before, after);
    const lines = [
      ...places.flatMap(({ name, sentences }) => [name, ...sentences]),
      ...twins.map(({ sentence }) => sentence),
    ];
    assert.ok(lines.length >= 6);
    for (const line of [...lines, ...flowText(after).split("\n")]) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
      assert.doesNotMatch(line, /[\u0000-\u001f\u007f\u202e]/);
      assert.ok(line.length < 500, line);
    }
  });

  it("takes names of the prototype for what they are", () => {
    const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
    const before = JSON.parse(
      JSON.stringify([tab, ...names.map((id) => node(`${id}1`, { type: id, name: id }))]),
    );
    const after = before.map((entry: object) =>
      JSON.parse(JSON.stringify(entry).replace(/}$/, ',"__proto__":1}')),
    );
    assert.equal(flowDifference(before, after).places[0]!.sentences.length, 5);
  });

  it("compares 50,000 nodes of which each changed", () => {
    const many = (level: number) =>
      Array.from({ length: 50_000 }, (_, i) =>
        node(`n${i}`, { name: `n${i}`, level, wires: [[`n${(i + level) % 50_000}`]] }),
      );
    const { places } = flowDifference([tab, ...many(1)], [tab, ...many(2)]);
    // A parameter, a wire cut and a wire new each.
    assert.equal(places[0]!.sentences.length, 150_000);
    assert.equal(places[0]!.sentences[0], "debug n0: Level 1 -> 2");
    assert.equal(places[0]!.sentences.at(-1), "debug n9999 -> debug n10001 is wired");
  });

  it("gives the same answer each time, whatever order the nodes come in", () => {
    const before = [tab, ...["a", "b", "c"].map((id) => node(id, { name: id, wires: [["a", "b"]] }))];
    const after = [
      tab,
      ...["b", "c", "d"].map((id) => node(id, { name: id, level: 1, wires: [["c", "d"]] })),
    ];
    const once = flowDifference(before, after);
    assert.deepEqual(flowDifference(before.toReversed(), after.toReversed()), once);
    assert.ok(once.places[0]!.sentences.length > 5);
  });
});
