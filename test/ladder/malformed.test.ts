import assert from "node:assert/strict";
import { analyse } from "../../runtime/ladder/wiring.ts";
import { draw, type Node } from "./draw.ts";

const codes = (flow: unknown) => analyse(flow).errors.map(({ code }) => code);

describe("wiring: malformed flows give errors, never a throw", () => {
  const CASES: [string, unknown, string[]][] = [
    ["nothing", undefined, ["not-a-flow"]],
    ["null", null, ["not-a-flow"]],
    ["a string", "flow", ["not-a-flow"]],
    ["an empty flow", [], []],
    ["holes", [null, 3, "x", []], ["not-a-node", "not-a-node", "not-a-node", "not-a-node"]],
    ["no id, no type", [{ type: "tab" }, { id: "a" }], ["no-id", "no-type"]],
    [
      "two of one id",
      [
        { id: "a", type: "tab" },
        { id: "a", type: "inject" },
      ],
      ["duplicate-id"],
    ],
    ["wires that are no array", [{ id: "a", type: "inject", x: 1, wires: "b" }], ["bad-wires"]],
    ["wires of numbers", [{ id: "a", type: "inject", x: 1, wires: [[7]] }], ["bad-wires"]],
    ["a wire to nowhere", [{ id: "a", type: "inject", x: 1, wires: [["gone"]] }], ["wire-to-nowhere"]],
    [
      "a call to nowhere",
      [{ id: "a", type: "link call", x: 1, links: ["gone"], wires: [[]] }],
      ["wire-to-nowhere"],
    ],
    ["an instance of nothing", [{ id: "a", type: "subflow:gone", x: 1, wires: [] }], ["unknown-subflow"]],
    [
      "a subflow in itself",
      [
        { id: "s", type: "subflow", in: [], out: [] },
        { id: "a", type: "subflow:s", z: "s", x: 1, wires: [] },
        { id: "b", type: "subflow:s", z: "t", x: 1, wires: [] },
      ],
      ["subflow-cycle"],
    ],
    [
      "two subflows in each other",
      [
        {
          id: "s",
          type: "subflow",
          in: [{ wires: [{ id: "a" }] }],
          out: [{ wires: [{ id: "a", port: 0 }] }],
        },
        { id: "r", type: "subflow", in: null, out: "none" },
        { id: "a", type: "subflow:r", z: "s", x: 1, wires: [[]] },
        { id: "c", type: "subflow:s", z: "r", x: 1, wires: [[]] },
        { id: "b", type: "subflow:s", z: "t", x: 1, wires: [[]] },
      ],
      ["subflow-cycle"],
    ],
    ["a state without a twin", draw("st state", { st: { twin: "gone" } }), ["state-without-twin"]],
    [
      "a state that names a link as twin",
      draw("st state", { st: { twin: "plant" } }),
      ["state-without-twin"],
    ],
    [
      "a twin without an address",
      draw("st state", { oven: { address: " " } }),
      ["twin-without-address", "state-without-twin"],
    ],
    [
      "two twins of one address",
      draw("", { booth: { type: "rung-twin", address: "acme/leipzig/paint/oven1" } }),
      ["duplicate-address"],
    ],
  ];
  for (const [name, flow, expected] of CASES) it(name, () => assert.deepEqual(codes(flow), expected));

  it("names the place of each", () => {
    const { errors } = analyse([
      { id: "t", type: "tab" },
      { id: "a", type: "inject", x: 1, wires: [[], ["gone"]] },
    ]);
    assert.deepEqual(errors, [
      {
        code: "wire-to-nowhere",
        node: "a",
        path: "/1/wires/1/0",
        message: "a: leads to gone, which is not there",
      },
    ]);
  });

  it("a link to what is not in the flow, as an export of one tab has it, is no error and not analysable", () => {
    const { errors, notAnalysable } = analyse(draw("i 'inject' > o 'link out'", { o: { links: ["gone"] } }));
    assert.deepEqual(errors, []);
    assert.deepEqual(notAnalysable, [{ node: "o", reason: "a link to gone, which is not in this flow" }]);
  });

  it("a wire to a disabled node is no error", () => {
    assert.deepEqual(codes(draw("a 'inject' > b 'debug'", { b: { d: true } })), []);
  });

  it("reads the admin API's form as well", () => {
    assert.equal(
      analyse({ flows: draw("src opcua-source > st state > his history"), rev: "1" }).twins[0]!.wired,
      1,
    );
  });

  it("fields of the wrong type change nothing but what they say", () => {
    const flow = draw("src opcua-source > st state > his history > act actuate; st > i 'link in'", {
      src: { bindings: { path: 3 } },
      act: { targets: "all" },
      oven: { parent: 7, targetRung: "high", properties: [null, { path: 9 }], env: 4 },
      i: { links: [null, 4, "st"] },
    });
    const { twins } = analyse(flow);
    assert.equal(twins[0]!.wired, 1);
    assert.equal(twins[0]!.target, null);
  });

  it("a call that calls itself is not analysable, and ends", () => {
    const flow = draw(
      "src opcua-source > st state > c 'link call' > det detect; i 'link in' > c2 'link call' > r 'link out'",
      {
        c: { links: ["i"] },
        c2: { links: ["i"] },
        r: { mode: "return" },
      },
    );
    const { notAnalysable, twins } = analyse(flow);
    assert.deepEqual(notAnalysable, [{ node: "c2", reason: "a link call that calls itself" }]);
    assert.deepEqual(twins[0]!.capabilities, [0]);
  });
});

describe("wiring: bounded work", () => {
  const function_ = (id: string, to: string[]): Node => ({
    id,
    type: "function",
    z: "tab",
    x: 1,
    wires: [to],
  });

  it("50,000 nodes in circles round one twin are analysed whole", () => {
    const count = 50_000;
    const flow = [
      ...draw("src opcua-source > st state > his history"),
      ...Array.from({ length: count }, (_, i) =>
        function_(`f${i}`, [`f${(i + 1) % count}`, `f${(i * 7) % count}`]),
      ),
      { id: "det", type: "rung-detect", z: "tab", x: 1, wires: [] },
    ];
    (flow.find(({ id }) => id === "st")!.wires as string[][])[0]!.push("f0");
    (flow.find(({ id }) => id === `f${count - 1}`)!.wires as string[][])[0]!.push("det");
    const { twins, errors } = analyse(flow);
    assert.deepEqual(errors, []);
    assert.equal(twins[0]!.wired, 2);
    assert.equal(twins[0]!.members.length, count + 4);
  });

  it("a flow too entangled to be searched whole says so, and grants nobody rung 5", () => {
    const twins = 4_000;
    const flow: Node[] = [
      ...draw(
        "src opcua-source > st state > his history; st > det detect; st > fc forecast; st > opt optimise > env envelope > act actuate",
      ),
    ];
    for (let i = 0; i < twins; i++) {
      flow.push({ id: `t${i}`, type: "rung-twin", address: `a/t${i}` });
      flow.push({ id: `s${i}`, type: "rung-state", z: "tab", x: 1, twin: `t${i}`, wires: [["f0"]] });
      flow.push(function_(`f${i}`, i + 1 < twins ? [`f${i + 1}`] : []));
    }
    const wiring = analyse(flow);
    assert.ok(wiring.errors.some(({ code }) => code === "too-much-work"));
    assert.ok(wiring.twins.every(({ wired }) => wired < 5));
  });

  it("subflows in subflows that unfold past all bounds are cut off", () => {
    const flow: Node[] = [...draw("top 'subflow:s0'")];
    for (let depth = 0; depth < 40; depth++) {
      flow.push({ id: `s${depth}`, type: "subflow", in: [], out: [] });
      for (const side of ["l", "r"])
        flow.push({ id: `${side}${depth}`, type: `subflow:s${depth + 1}`, z: `s${depth}`, x: 1, wires: [] });
    }
    flow.push({ id: "s40", type: "subflow", in: [], out: [] });
    assert.deepEqual(codes(flow), ["too-large"]);
  });
});
