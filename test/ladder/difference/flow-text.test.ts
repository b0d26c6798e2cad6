import assert from "node:assert/strict";
import { checkSum } from "../../../runtime/ladder/difference/check-sum.ts";
import { flowText } from "../../../runtime/ladder/difference/flow-text.ts";
import { draw } from "../draw.ts";

const flow = (fields: Record<string, unknown> = {}) =>
  draw("src opcua-source > st state > f function", {
    tab: { label: "paint" },
    oven: { name: "oven 1", targetRung: 2 },
    plant: { name: "plc", endpoint: "opc.tcp://plc" },
    src: { bindings: [{ path: "a", periodMs: 5 }] },
    f: { name: "clean", ...fields },
  });
/** The lines of the function node. */
const ofFunction = (fields: Record<string, unknown>): string[] =>
  flowText(flow(fields))
    .split("\n\n")
    .find((part) => part.startsWith("function clean"))!
    .split("\n")
    .slice(1);

describe("a flow as text", () => {
  it("is one fact a line, configuration first, and names what fields mean", () => {
    assert.equal(
      flowText(flow()),
      [
        "opc ua link plc (shared configuration)",
        "  Endpoint: opc.tcp://plc",
        "  Plant is: live",
        "",
        "twin oven 1 (shared configuration)",
        "  Address: acme/leipzig/paint/oven1",
        "  Scope: machine",
        "  Target rung: 2",
        "",
        "tab paint",
        "",
        "function clean (tab paint)",
        "",
        "opc ua source (tab paint)",
        "  Bindings:",
        "    - a:",
        "      Path: a",
        "      Period: 5 ms",
        "  Link: plc",
        "  -> state",
        "",
        "state (tab paint)",
        "  Twin: oven 1",
        "  -> function clean",
        "",
      ].join("\n"),
    );
  });

  it("keeps the lines of a text and how far they are indented", () => {
    assert.deepEqual(ofFunction({ func: "if (a) {\n\treturn b;\n}" }), [
      "  Function:",
      "    | if (a) {",
      "    |   return b;",
      "    | }",
    ]);
  });

  it("shows a change at the end of a text that is too long, and inside a value that is too deep", () => {
    const long = "word ".repeat(1000);
    assert.match(
      ofFunction({ func: long })[0]!,
      /^ {2}Function: word .*… \(5000 characters, check sum [0-9a-f]{8}\)$/,
    );
    assert.notDeepEqual(ofFunction({ func: `${long}a` }), ofFunction({ func: `${long}b` }));
    const deep = (leaf: number) => ({ a: { b: { c: { d: { e: { f: { g: { h: leaf } } } } } } } });
    assert.notDeepEqual(ofFunction({ deep: deep(1) }), ofFunction({ deep: deep(2) }));
    assert.deepEqual(ofFunction({ deep: deep(1) }), ofFunction({ deep: deep(1) }));
  });

  it("sums up values by their content alone, and secrets not at all", () => {
    assert.equal(checkSum({ a: 1, b: [2, "x"] }), checkSum({ b: [2, "x"], a: 1 }));
    for (const other of [{ a: 1, b: [2, "y"] }, { a: 1, b: ["x", 2] }, { a: "1", b: [2, "x"] }, { a: 1 }])
      assert.notEqual(checkSum({ a: 1, b: [2, "x"] }), checkSum(other));
    assert.equal(checkSum({ password: "a" }), checkSum({ password: "b" }));
  });
});
