import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Random } from "../../runtime/core/random.ts";
import { ROLE_FACTS, ROLE_OF_TYPE } from "../../runtime/ladder/roles.ts";
import { analyse, type WiredTwin, type Wiring } from "../../runtime/ladder/wiring.ts";
import { draw, type Node, OVEN } from "./draw.ts";
import type { Expected } from "./fixtures/fixture.ts";
import { FIXTURES, TOPICS } from "./fixtures.ts";

const twinAt = ({ twins }: Wiring, address: string): WiredTwin => {
  const found = twins.find((twin) => twin.address === address || twin.address.endsWith(`/${address}`));
  assert.ok(found, `no twin ${address}`);
  return found;
};
const only = (flow: unknown): WiredTwin => twinAt(analyse(flow), OVEN);

const codesOf = (list: readonly { code: string }[]) => [...new Set(list.map(({ code }) => code))].sort();

function assertVerdict(twin: WiredTwin, expected: Partial<Expected>): void {
  const { address } = twin;
  const same = (found: unknown, wanted: unknown, what: string) => {
    if (wanted !== undefined) assert.deepEqual(found, wanted, `${what} of ${address}`);
  };
  same(twin.class, expected.class, "class");
  same(twin.wired, expected.wired, "rung");
  same(twin.capabilities, expected.capabilities, "capabilities");
  same(twin.reality, expected.reality, "reality");
  same(codesOf(twin.warnings), expected.warnings?.toSorted(), "warnings");
  const missing = twin.missing.map(({ row, role, after }) => `${row} ${role} ${after}`);
  same(missing, expected.missing, "missing");
  const floating = twin.floating.map(({ node, row }) => `${row} ${node}`).sort();
  same(floating, expected.floating?.toSorted(), "floating");
  for (const [row, path] of Object.entries(expected.paths ?? {}))
    same(twin.paths[row]?.toSorted(), path.toSorted(), `path of row ${row}`);
}

describe("wiring: the verdict of the wires", () => {
  for (const { says, fixtures } of TOPICS) {
    describe(says, () => {
      for (const { name, flow, options, expected, others, unguarded, notAnalysable, errors } of fixtures) {
        it(name, () => {
          const wiring = analyse(flow, options);
          const ids = (list: readonly { node: string }[]) => list.map(({ node }) => node);
          assert.deepEqual(
            wiring.errors.map(({ code }) => code),
            errors ?? [],
            "errors",
          );
          assertVerdict(twinAt(wiring, OVEN), expected);
          for (const [last, wanted] of Object.entries(others ?? {}))
            assertVerdict(twinAt(wiring, last), wanted);
          assert.deepEqual(ids(wiring.unguardedOutputs), unguarded ?? [], "unguarded outputs");
          assert.deepEqual(ids(wiring.notAnalysable), notAnalysable ?? [], "not analysable");
        });
      }
    });
  }

  it("every name stands once", () => {
    for (const { says, fixtures } of TOPICS) {
      assert.ok(fixtures.length > 0, says);
      assert.equal(new Set(fixtures.map(({ name }) => name)).size, fixtures.length, says);
    }
  });

  it("orders a path from the source to the actuator", () => {
    const twin = only(FIXTURES.find(({ name }) => name.startsWith("the whole loop"))!.flow);
    assert.deepEqual(twin.paths["5"], ["src", "st", "sib", "wi", "opt", "env", "act"]);
    assert.deepEqual(twin.paths["1"], ["src", "st", "his"]);
  });

  it("has facts for every role and no role but those", () => {
    for (const role of Object.values(ROLE_OF_TYPE)) assert.ok(ROLE_FACTS[role], role);
    const unused = Object.keys(ROLE_FACTS).filter(
      (role) => !Object.values(ROLE_OF_TYPE).includes(role as never),
    );
    assert.deepEqual(unused, []);
  });
});

describe("wiring: roles and registrations", () => {
  const root = join(import.meta.dirname, "../../nodes");
  const forms = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".html") && basename(dirname(name)) !== "form",
  );
  for (const form of forms) {
    it(`${form} registers a type that has a role`, () => {
      const type = /registerType\(\s*"([^"]+)"/.exec(readFileSync(join(root, form), "utf8"))![1]!;
      assert.ok(ROLE_OF_TYPE[type], type);
    });
  }
});

describe("wiring: a label never raises a rung", () => {
  const LABELS = {
    name: "detect forecast optimise actuate",
    info: "rung 5",
    level: 5,
    rung: 5,
    wired: 5,
    class: "twin",
  };
  for (const { name, flow } of FIXTURES) {
    it(name, () => {
      const before = analyse(flow);
      const labelled = (flow as Node[]).map((node) => ({ ...node, ...LABELS }));
      const after = analyse(labelled);
      const verdict = ({ twins }: typeof before) =>
        twins.map(({ wired, capabilities, class: kind }) => ({ wired, capabilities, kind }));
      assert.deepEqual(verdict(after), verdict(before));
    });
  }
});

describe("wiring: removing a wire", () => {
  const CHAIN =
    "src opcua-source > st state > his history; st > det detect; st > fc forecast; st > wi whatif > opt optimise > env envelope > act actuate;";
  const without = (flow: Node[], from: string, to: string) =>
    flow.map((node) =>
      node.id === from
        ? { ...node, wires: (node.wires as string[][]).map((port) => port.filter((id) => id !== to)) }
        : node,
    );
  const wiresOf = (flow: Node[]) =>
    flow.flatMap(({ id, wires }) => ((wires as string[][]) ?? []).flat().map((to) => [id, to] as const));

  it("lowers the verdict for every wire of a chain", () => {
    const flow = draw(CHAIN);
    const after = Object.fromEntries(
      wiresOf(flow).map(([from, to]) => [`${from} ${to}`, only(without(flow, from, to)).wired]),
    );
    assert.deepEqual(after, {
      "src st": 0,
      "st his": 0,
      "st det": 1,
      "st fc": 2,
      "st wi": 3,
      "wi opt": 4,
      "opt env": 4,
      "env act": 4,
    });
  });
  it("leaves it where another path is left", () => {
    const flow = draw(`${CHAIN} opt > f 'function' > env; st > opt; src > j 'junction' > st; env > act`);
    for (const [from, to] of [
      ["opt", "env"],
      ["wi", "opt"],
      ["src", "st"],
    ] as const)
      assert.equal(only(without(flow, from, to)).wired, 5, `${from} ${to}`);
  });
});

describe("wiring: an independent check of reachability", () => {
  /** Warshall's closure over the wires, with states as walls: no code and no idea shared with the analysis. */
  function closure(nodes: readonly Node[]): boolean[][] {
    const at = new Map(nodes.map(({ id }, i) => [id, i]));
    const direct = nodes.map(({ wires }) => {
      const row = nodes.map(() => false);
      for (const id of (wires as string[][]).flat()) row[at.get(id)!] = true;
      return row;
    });
    const reach = direct.map((row) => [...row]);
    for (const [k, via] of nodes.entries()) {
      if (via.type === "rung-state") continue;
      for (const i of nodes.keys())
        for (const j of nodes.keys()) reach[i]![j] ||= reach[i]![k]! && reach[k]![j]!;
    }
    return reach;
  }

  it("agrees on 200 seeded random flows", () => {
    const types = [
      "rung-opcua-source",
      "rung-state",
      "rung-history",
      "rung-detect",
      "rung-forecast",
      "rung-optimise",
      "function",
      "junction",
      "switch",
      "function",
    ];
    let raised = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const random = new Random(seed);
      const count = 6 + random.integer(18);
      const twins = [0, 1, 2].map((k) => ({ id: `twin${k}`, type: "rung-twin", address: `a/t${k}` }));
      const nodes: Node[] = Array.from({ length: count }, (_, i) => {
        const type =
          i < 3 ? "rung-state" : i < 5 ? "rung-opcua-source" : types[random.integer(types.length)]!;
        return {
          id: `n${i}`,
          type,
          z: "tab",
          x: 0,
          link: "plant",
          twin: i < 3 ? `twin${i}` : type === "rung-state" ? `twin${random.integer(3)}` : undefined,
          wires: [0, 1].map(() =>
            Array.from({ length: random.integer(3) }, () => `n${random.integer(count)}`),
          ),
        };
      });
      const flow = [
        { id: "tab", type: "tab" },
        { id: "plant", type: "rung-opcua-link", reality: "live" },
        ...twins,
        ...nodes,
      ];
      const reach = closure(nodes);
      const wiring = analyse(flow);
      for (const twin of twins) {
        const states = nodes.flatMap((node, i) =>
          node.type === "rung-state" && node.twin === twin.id ? [i] : [],
        );
        const gets = (type: string) =>
          nodes.some((node, i) => node.type === type && states.some((state) => reach[state]![i]));
        const fed = nodes.some(
          (node, i) => node.type === "rung-opcua-source" && states.some((state) => reach[i]![state]),
        );
        const expected = [
          0,
          ...(fed && gets("rung-history") ? [1] : []),
          ...(gets("rung-detect") ? [2] : []),
          ...(gets("rung-forecast") ? [3] : []),
          ...(gets("rung-optimise") ? [4] : []),
        ];
        const found = wiring.twins.find(({ node }) => node === twin.id)!;
        assert.deepEqual(found.capabilities, expected, `seed ${seed}, ${twin.id}`);
        raised += expected.length - 1;
        for (const [row, path] of Object.entries(found.paths)) {
          if (row === "0") continue;
          for (const id of path) {
            const i = nodes.findIndex((node) => node.id === id);
            assert.ok(
              states.some((state) => state === i || reach[state]![i] || reach[i]![state]),
              `seed ${seed}: ${id} is on no path of ${twin.id}`,
            );
          }
        }
      }
    }
    // The check would be empty if random flows never raised anything.
    assert.ok(raised > 500, `only ${raised} rows were raised`);
  });
});
