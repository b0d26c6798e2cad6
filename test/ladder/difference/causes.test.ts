import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import { flowDifference } from "../../../runtime/ladder/difference/flow-difference.ts";
import { draw, type Node } from "../draw.ts";

/** Two sources, two detectors, a filter beside a direct wire: much may go before a rung does. */
const FLOW = [
  "src opcua-source > st state > his history; b opcua-source > mid function > st",
  "st > det detect; st > f function > det2 detect; st > fc forecast; st > life life",
  "st > wi whatif > opt optimise > env envelope > act actuate; st > opt; act > outc outcome",
].join(";");
const base = (): Node[] =>
  draw(FLOW, {
    tab: { label: "paint" },
    historian: { type: "rung-historian", name: "store" },
  });

interface Edit {
  readonly kind: string;
  readonly node: string;
  apply(nodes: Node[]): Node[];
}

const change = (kind: string, node: string, more: (old: Node) => Record<string, unknown>): Edit => ({
  kind,
  node,
  apply: (nodes) => nodes.map((old) => (old.id === node ? { ...old, ...more(old) } : old)),
});

/** Every single edit that may cost something. */
function edits(nodes: readonly Node[]): Edit[] {
  return nodes.flatMap((node) => [
    {
      kind: "remove",
      node: node.id,
      apply: (all: Node[]) =>
        all
          .filter(({ id }) => id !== node.id)
          .map((other) =>
            Array.isArray(other.wires)
              ? {
                  ...other,
                  wires: (other.wires as string[][]).map((out) => out.filter((id) => id !== node.id)),
                }
              : other,
          ),
    },
    change("disable", node.id, () => (node.type === "tab" ? { disabled: true } : { d: true })),
    change("retype", node.id, () => ({ type: "comment" })),
    ...(Array.isArray(node.wires)
      ? (node.wires as string[][]).flat().map((target) =>
          change("cut", node.id, (old) => ({
            wires: (old.wires as string[][]).map((out) => out.filter((id) => id !== target)),
          })),
        )
      : []),
    ...["twin", "link", "bindings", "targets", "address"].flatMap((field) =>
      node[field] === undefined
        ? []
        : [change(field, node.id, () => ({ [field]: field === "bindings" ? [] : "x" }))],
    ),
  ]);
}

const told = (before: unknown, after: unknown) => {
  const { places, twins } = flowDifference(before, after);
  return { sentences: places.flatMap(({ sentences }) => sentences), twins };
};

describe("why a twin fell", () => {
  it("is, of a single edit, that edit, and nothing else; undone it is why the twin rose", () => {
    const nodes = base();
    let falls = 0;
    for (const edit of edits(nodes)) {
      const after = edit.apply(nodes);
      const { sentences, twins } = told(nodes, after);
      assert.equal(sentences.length, 1, `${edit.kind} ${edit.node}: ${sentences.join("; ")}`);
      for (const { sentence, fell } of twins) {
        if (sentence.includes(" is new") || !fell) continue;
        falls++;
        const expected = sentences[0]!.replace(/ with \d+ nodes: .*/, "");
        assert.ok(sentence.endsWith(`: ${expected}`), `${edit.kind} ${edit.node}: ${sentence}`);
      }
      const back = told(after, nodes);
      for (const { sentence, fell } of back.twins) {
        assert.equal(fell, false, sentence);
        if (sentence.includes(" is new")) continue;
        const expected = back.sentences[0]!.replace(/ with \d+ nodes: .*/, "");
        assert.ok(sentence.endsWith(`: ${expected}`), `undone ${edit.kind} ${edit.node}: ${sentence}`);
      }
    }
    assert.ok(falls > 25, `${falls} falls`);
  });

  it("is always among what changed, whatever was edited at once", () => {
    const random = new Random(5);
    let falls = 0;
    for (let round = 0; round < 300; round++) {
      let after = base();
      for (let i = 0; i < 4; i++) {
        const possible = edits(after);
        after = possible[Math.floor(random.uniform() * possible.length)]!.apply(after);
      }
      const { sentences, twins } = told(base(), after);
      for (const { sentence, fell } of twins) {
        if (!fell) continue;
        falls++;
        const cause = /: (.*)$/.exec(sentence)?.[1];
        assert.ok(cause !== undefined, `round ${round}: ${sentence} has no cause`);
        const first = cause.split("; ")[0]!.split(" and ")[0]!;
        assert.ok(
          sentences.some((entry) => entry.startsWith(first)),
          `round ${round}: ${sentence}\n${sentences.join("\n")}`,
        );
      }
    }
    assert.ok(falls > 200, `${falls} falls`);
  });
});
