import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
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
  same(twin.objective, expected.objective, "objective");
  same(twin.target, expected.target, "target");
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

  it("every warning that docs/ladder.md lists fires on a flow, and no other", () => {
    const docs = readFileSync(join(import.meta.dirname, "../../docs/ladder.md"), "utf8");
    const section = docs.slice(docs.indexOf("## Warnings"), docs.indexOf("## Errors"));
    const listed = [...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code);
    const fired = FIXTURES.flatMap(({ flow, options }) =>
      analyse(flow, options).twins.flatMap(({ warnings }) => warnings.map(({ code }) => code)),
    );
    assert.deepEqual([...new Set(fired)].sort(), listed);
  });

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
