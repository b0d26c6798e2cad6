import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import { flowDifference } from "../../../runtime/ladder/difference/flow-difference.ts";
import { draw, type Node } from "../draw.ts";
import { FIXTURES } from "../fixtures.ts";

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

  it("is no change that did no harm beside one that did", () => {
    const harmless = [
      change("link", "plant", () => ({ reality: "virtual" })),
      change("bindings", "b", () => ({ bindings: [] })),
      change("moved", "fc", () => ({ z: "two" })),
      change("renamed", "st", () => ({ name: "kiln" })),
      change("horizon", "fc", () => ({ horizonS: 9 })),
      change("hostile", "src", () => ({ constructor: 1, toString: "x" })),
      {
        kind: "add",
        node: "two",
        apply: (nodes: Node[]) => [...nodes, { id: "two", type: "tab", label: "two" }],
      },
    ];
    const harm = change("disable", "his", () => ({ d: true }));
    const after = [...harmless, harm].reduce((nodes, edit) => edit.apply(nodes), base());
    assert.deepEqual(
      told(base(), after).twins.map(({ sentence }) => sentence),
      ["oven 1 fell from 5 to 0 + 2 + 3 + 4 + 5: history is disabled"],
    );
  });

  it("is an output that is unguarded only where rung 5 was lost by it", () => {
    const flow = (text: string) => draw(`${text}; st > m 'mqtt out'`, { tab: { label: "paint" } });
    const [before, after] = [
      "src opcua-source > st state > his history; st > det detect",
      "src opcua-source > st state > his history",
    ];
    assert.deepEqual(
      told(draw(before!), flow(after!)).twins.map(({ sentence }) => sentence),
      ["oven 1 fell from 2 to 1: detect removed"],
    );
  });

  it("is the move of a node out of play", () => {
    const after = [
      ...base().map((node) => (["fc", "life"].includes(node.id) ? { ...node, z: "off" } : node)),
      { id: "off", type: "tab", label: "off", disabled: true },
    ];
    assert.deepEqual(
      told(base(), after).twins.map(({ sentence }) => sentence),
      [
        "oven 1 fell from 5 to 2 + 4 + 5: forecast moved from tab paint to tab off, which is disabled; " +
          "remaining life moved from tab paint to tab off, which is disabled",
      ],
    );
  });

  it("is told of every single edit of the flows of the specification: the edit, what caps the rung, or a part", () => {
    const CAP_OR_PART =
      /^(no longer: )?(.* could write to the plant past the envelope|.* feeds it with a recording|a person approves on every path to .*|.* part of it( now| any more))$|^its part .* is at .* now/;
    let told = 0;
    const flows = FIXTURES.flatMap(({ flow, options }) =>
      Array.isArray(flow) && flow.every((node) => typeof node?.id === "string")
        ? [{ flow: flow as Node[], options }]
        : [],
    );
    // One edit in seventeen of all, each done and undone.
    const sample = flows.flatMap(({ flow, options }) => edits(flow).map((edit) => ({ flow, options, edit })));
    for (const { flow, options, edit } of sample.filter((_, i) => i % 17 === 0)) {
      const edited = edit.apply(flow);
      for (const [before, after] of [
        [flow, edited],
        [edited, flow],
      ]) {
        const { places, twins } = flowDifference(before, after, options);
        const sentences = places.flatMap((place) => place.sentences);
        for (const { sentence, before: was, after: is } of twins) {
          if (was === null || is === null) continue;
          told++;
          const cause = sentence.slice(sentence.indexOf(": ") + 2);
          const isEdit = sentences.some((entry) =>
            cause.startsWith(entry.replace(/ with \d+ nodes?: .*/, "")),
          );
          assert.ok(
            isEdit || CAP_OR_PART.test(cause),
            `${edit.kind} ${edit.node}: ${sentence}\n${sentences.join("\n")}`,
          );
        }
      }
    }
    assert.ok(told > 400, `${told} twins`);
  });
});
