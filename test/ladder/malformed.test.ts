import assert from "node:assert/strict";
import { Random } from "../../runtime/core/random.ts";
import { WiringAnalysis } from "../../runtime/ladder/wiring/wiring-analysis.ts";
import { analyse } from "../../runtime/ladder/wiring.ts";
import { draw, type Node, pieces, subflow } from "./draw.ts";
import { FIXTURES } from "./fixtures.ts";
import { randomFlow } from "./random-flow.ts";

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

describe("wiring: damaged flows", () => {
  const FLOWS = [...FIXTURES.map(({ flow }) => flow as Node[]), ...[1, 2, 3, 4, 5].map(randomFlow)];
  const VALUES: unknown[] = [
    null,
    undefined,
    0,
    -1,
    true,
    "",
    "gone",
    "oven",
    "st",
    [],
    {},
    [null],
    [["st"]],
    [[7]],
  ];
  VALUES.push("$" + "{X}", "$" + "{$parent.X}", "a/../b", "\u0000", Number.NaN, { wires: 3 }, [[["deep"]]]);

  /** Breaks a flow in one to six places: what a bad merge, a hand or a disk may do to a file. */
  function damage(flow: readonly Node[], random: Random): unknown[] {
    const broken = structuredClone(flow) as unknown[];
    const any = <T>(list: readonly T[]): T => list[random.integer(list.length)]!;
    const someNode = () => any(broken.filter((node) => typeof node === "object" && node !== null)) as Node;
    const places = 1 + random.integer(6);
    for (let k = 0; k < places; k++) {
      const node = someNode();
      const [field] = [
        any([...Object.keys(node), "env", "g", "z", "links", "in", "out", "wires", "targets"]),
      ];
      const kind = random.integer(7);
      if (kind === 0) node[field] = any(VALUES);
      else if (kind === 1) delete node[field];
      else if (kind === 2) node.id = someNode().id;
      else if (kind === 3) node.z = any([someNode().id, "gone"]);
      else if (kind === 4)
        node.type = any([someNode().type, `subflow:${someNode().id}`, "subflow", "group", "tab"]);
      else if (kind === 5) broken.splice(random.integer(broken.length), 1, any(VALUES), node);
      else node.wires = [[someNode().id, someNode().id], [any(VALUES) as string]];
    }
    return broken;
  }

  it("500 seeded ones give a verdict with every error in its place, and never a throw", () => {
    let errors = 0;
    for (let seed = 0; seed < 500; seed++) {
      const random = new Random(seed);
      const flow = damage(FLOWS[seed % FLOWS.length]!, random);
      const wiring = analyse(flow);
      for (const { code, path, message } of wiring.errors) {
        assert.notEqual(message, "", code);
        assert.match(path, /^(\/(0|[1-9]\d*)(\/|$)|$)/, `seed ${seed}: ${code} at ${path}`);
        const index = Number(path.split("/")[1] ?? -1);
        assert.ok(index < flow.length, `seed ${seed}: ${path}`);
      }
      for (const { wired, capabilities } of wiring.twins)
        for (let row = 0; row <= wired; row++)
          assert.ok(
            wired === 0 || capabilities.includes(row as never),
            `seed ${seed}: ${wired} without ${row}`,
          );
      errors += wiring.errors.length;
    }
    assert.ok(errors > 300, `only ${errors} errors in 500 damaged flows`);
  });

  it("a file cut off anywhere is no flow, or the verdict of what is left", () => {
    const text = JSON.stringify(draw("src opcua-source > st state > his history"));
    for (let end = 0; end < text.length; end += 7)
      assert.throws(() => JSON.parse(text.slice(0, end)), SyntaxError);
    const nodes = draw("src opcua-source > st state > his history");
    const wired = nodes.map((_, count) => analyse(nodes.slice(0, count + 1)).twins[0]?.wired ?? null);
    assert.deepEqual(wired, [null, null, 0, 0, 0, 1]);
  });

  it("ids that collide once subflows are unfolded are an error, and the first counts", () => {
    const flow = [
      ...draw("src opcua-source > st state > his history; st > box 'subflow:s'"),
      ...subflow("s", pieces("det detect"), ["det"], []),
      { id: "box-det", type: "debug", z: "tab", x: 1, y: 1, wires: [] },
    ];
    const { errors, twins } = analyse(flow);
    assert.deepEqual(
      errors.map(({ code, node }) => `${code} ${node}`),
      ["duplicate-id box-det"],
    );
    assert.equal(twins[0]!.wired, 2);
  });

  it("groups in a circle end", () => {
    const flow = draw("src opcua-source > st state > his history", {
      a: { type: "group", z: "tab", g: "b", name: "autonomous", env: [{ name: "X", value: "1" }] },
      b: { type: "group", z: "tab", g: "a", nodes: ["st"] },
      st: { g: "a", twin: "$" + "{TWIN}" },
      tab: { env: [{ name: "TWIN", value: "oven" }] },
    });
    assert.equal(analyse(flow).twins[0]!.wired, 1);
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

  const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
  const twin = (i: number, more = {}) => ({ id: `t${i}`, type: "rung-twin", address: `a/t${i}`, ...more });
  const piece = (id: string, type: string, to: string[], more = {}) => ({
    ...{ id, type, z: "tab", x: 1, y: 1, wires: [to] },
    ...more,
  });
  const onTab = (nodes: unknown[]) => [
    { id: "tab", type: "tab" },
    { id: "plant", type: "rung-opcua-link" },
    ...nodes,
  ];
  const LARGE: [string, (count: number) => unknown[]][] = [
    [
      "states of one source",
      (count) => {
        const states = numbers(count).map((i) => `s${i}`);
        return [
          piece("src", "rung-opcua-source", states, { link: "plant" }),
          ...numbers(count).flatMap((i) => [twin(i), piece(`s${i}`, "rung-state", [], { twin: `t${i}` })]),
        ];
      },
    ],
    [
      "actuates by remote control beside as many twins",
      (count) =>
        numbers(count).flatMap((i) => [twin(i), piece(`a${i}`, "rung-actuate", [], { targets: ["x"] })]),
    ],
    [
      "readers and writers of one context",
      (count) => [
        twin(0),
        piece("s", "rung-state", ["w0"], { twin: "t0" }),
        ...numbers(count).flatMap((i) => [
          piece(`w${i}`, "function", [`w${i + 1}`], { func: 'flow.set("x", 1)' }),
          piece(`r${i}`, "function", ["det"], { func: 'flow.get("x")' }),
        ]),
        piece("det", "rung-detect", []),
        piece(`w${count}`, "debug", []),
      ],
    ],
  ];
  for (const [name, make] of LARGE) {
    it(`2,000 ${name} take twice the work of 1,000`, () => {
      const stepsOf = (count: number) => {
        const analysis = WiringAnalysis.of(onTab(make(count)));
        const { twins, errors } = analysis.wiring();
        assert.ok(twins.length > 0);
        assert.deepEqual(errors, []);
        return analysis.steps;
      };
      assert.ok(stepsOf(2_000) <= 2.1 * stepsOf(1_000) + 10);
    });
  }

  it("a family 20,000 deep, and one of 20,000 children, are judged without recursion", () => {
    const count = 20_000;
    const deep = numbers(count).map((i) => twin(i, i + 1 < count ? { parent: `t${i + 1}` } : {}));
    const wide = numbers(count).map((i) => twin(i, i > 0 ? { parent: "t0" } : {}));
    for (const flow of [deep, wide]) {
      const { twins, errors } = analyse(flow);
      assert.deepEqual([twins.length, errors.length], [count, 0]);
    }
  });

  it("2,500 envelopes before each of 2,500 actuates: too much work, which is said", () => {
    const all = numbers(2_500);
    const flow = onTab([
      twin(0),
      piece("s", "rung-state", ["o"], { twin: "t0" }),
      piece(
        "o",
        "rung-optimise",
        all.map((i) => `e${i}`),
      ),
      ...all.map((i) => piece(`e${i}`, "rung-envelope", ["j"], { targets: ["x"] })),
      piece(
        "j",
        "junction",
        all.map((i) => `a${i}`),
      ),
      ...all.map((i) => piece(`a${i}`, "rung-actuate", [])),
    ]);
    assert.deepEqual(codes(flow), ["too-much-work"]);
  });

  it("a flow too entangled to be searched whole says so, and grants nobody rung 5", () => {
    const twins = 3_300;
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
