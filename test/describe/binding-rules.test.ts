import assert from "node:assert/strict";
import { problemsOf } from "../../runtime/describe/binding-check.ts";
import { applyRules, type BindingRule, withRows } from "../../runtime/describe/binding-rules.ts";
import type { BindingRow } from "../../runtime/describe/binding-table.ts";

const TWIN = "acme/leipzig/paint/line1";
const BARE = {
  unit: "",
  plantUnit: "",
  kind: "measurement",
  type: "number",
  periodMs: 0,
  label: "",
} as const;
const row = (nodeId: string, path: string, more: Partial<BindingRow> = {}): BindingRow => ({
  ...BARE,
  nodeId,
  path,
  ...more,
});

describe("binding rules", () => {
  const RULES: BindingRule[] = [
    {
      pattern: "Cell(?<cell>\\d+)/Temperature(\\d+)$",
      path: "cell$<cell>/temperature$2",
      unit: "°C",
      periodMs: 1000,
    },
    {
      pattern: "s=Line(\\d+)\\.Cell(\\d+)\\.(\\w+)",
      path: "/acme/leipzig/paint/line$1/cell$2/$3",
      kind: "setpoint",
    },
  ];

  it("bind each tag by the first rule that fits its browse path, or else its node id", () => {
    const ruled = applyRules(RULES, [
      { nodeId: "ns=1;i=7", path: "Works/Line1/Cell3/Temperature12" },
      { nodeId: "ns=1;s=Line1.Cell3.Speed", path: "Works/Line1/Cell3/Speed" },
      { nodeId: "ns=1;s=Line2.Cell4.Temperature5" },
      { nodeId: "ns=1;s=Hall.Temp" },
    ]);
    assert.deepEqual(
      ruled.map(({ rule, row: bound }) => [rule, bound]),
      [
        [0, row("ns=1;i=7", "cell3/temperature12", { unit: "°C", periodMs: 1000 })],
        [1, row("ns=1;s=Line1.Cell3.Speed", "/acme/leipzig/paint/line1/cell3/Speed", { kind: "setpoint" })],
        [
          1,
          row("ns=1;s=Line2.Cell4.Temperature5", "/acme/leipzig/paint/line2/cell4/Temperature5", {
            kind: "setpoint",
          }),
        ],
        [undefined, undefined],
      ],
    );
  });

  it("change only what they name, and keep the unit a value has at the plant", () => {
    const base = row("ns=1;s=T", "t", {
      unit: "°F",
      type: "integer",
      periodMs: 500,
      label: "Hot",
      limits: { low: 1 },
    });
    const rule: BindingRule = { pattern: "T", path: "temperature", unit: "°C" };
    const [ruled] = applyRules([rule], [{ nodeId: base.nodeId }], () => base);
    assert.deepEqual(ruled!.row, { ...base, path: "temperature", unit: "°C", plantUnit: "°F" });
    const [told] = applyRules([{ ...rule, plantUnit: "K" }], [{ nodeId: base.nodeId }], () => base);
    assert.equal(told!.row!.plantUnit, "K");
    const [same] = applyRules([{ ...rule, unit: "°F" }], [{ nodeId: base.nodeId }], () => base);
    assert.equal(same!.row!.plantUnit, "");
  });

  it("put dollars and empty groups where they are asked for", () => {
    const [ruled] = applyRules([{ pattern: "(A)(B)?", path: "$$1/$1$2/x" }], [{ nodeId: "A" }]);
    assert.equal(ruled!.row!.path, "$1/A/x");
  });

  it("say which rule is wrong, and why", () => {
    const fails = (rule: BindingRule, message: RegExp) =>
      assert.throws(() => applyRules([RULES[0]!, rule], []), { code: "malformed-rule", message });
    fails({ pattern: "", path: "x" }, /^rule 2: has no pattern/);
    fails({ pattern: "x", path: "" }, /^rule 2: has no path/);
    fails({ pattern: "(", path: "x" }, /^rule 2: Invalid regular expression/);
    fails({ pattern: "(a)|b", path: "$2" }, /^rule 2: its path names \$2, and its pattern has no such group/);
    fails({ pattern: "(?<a>x)", path: "$<b>" }, /names \$<b>/);
    fails({ pattern: "a", path: "cost$" }, /names \$,/);
  });

  it("replace rows of the same tags in their places and add the others", () => {
    assert.deepEqual(withRows([row("a", "1"), row("b", "2")], [row("c", "3"), row("a", "4")]), [
      row("a", "4"),
      row("b", "2"),
      row("c", "3"),
    ]);
  });

  it("leave the rows alone that read parts, events or a method of the same tag", () => {
    const parts = [
      row("a", "x", { field: "X" }),
      row("a", "y", { field: "Y", reads: "value" }),
      row("a", "events", { reads: "events" }),
      row("a", "called", { reads: "method" }),
    ];
    assert.deepEqual(withRows([...parts, row("a", "1")], [row("a", "2")]), [...parts, row("a", "2")]);
    assert.deepEqual(withRows(parts, [row("a", "2")]), [...parts, row("a", "2")]);
  });
});

describe("conflicts of a binding table", () => {
  const problems = (rows: BindingRow[], units: Record<string, string> = {}) =>
    [...problemsOf(rows, TWIN, (nodeId) => units[nodeId])]
      .sort(([a], [b]) => a - b)
      .map(([index, error]) => [index, error.code, error.message]);

  it("name both rows of an address bound twice, relative or whole", () => {
    assert.deepEqual(problems([row("a", "x/y"), row("b", "x/z"), row("c", `/${TWIN}/x/y`)]), [
      [0, "duplicate-address", `${TWIN}/x/y: is bound in row 3 too, to c (bind each address once)`],
      [2, "duplicate-address", `${TWIN}/x/y: is bound in row 1 too, to a (bind each address once)`],
    ]);
    assert.match(
      String(problems([row("a", "x"), row("b", "x"), row("c", "x")])[0]![2]),
      /row 2 too, to b and 1 more/,
    );
  });

  it("name bad addresses, unknown units and dimensions that do not fit", () => {
    assert.deepEqual(
      problems([
        row("a", "x//y"),
        row("b", "p", { unit: "°C", plantUnit: "bar" }),
        row("c", "q", { unit: "furlong" }),
        row("d", "r", { unit: "°C", plantUnit: "°F" }),
        row("", "s"),
      ]),
      [
        [
          0,
          "malformed-binding",
          `row 1, a: "${TWIN}/x//y" is no address (write the property's path below the twin, such as zone3/airTemperature)`,
        ],
        [
          1,
          "unit-mismatch",
          `${TWIN}/p: bar cannot be told in °C (correct the unit of the property or of the port)`,
        ],
        [
          2,
          "unknown-unit",
          `${TWIN}/q: "furlong" is no unit Rung knows (choose one of the list, or leave it empty)`,
        ],
        [4, "malformed-binding", "row 5: has no tag (give the node id or topic of the value at the plant)"],
      ],
    );
  });

  it("name a unit other than the server's, however it is spelt", () => {
    const units = { a: "°C", b: "°C", c: "°C" };
    assert.deepEqual(
      problems(
        [
          row("a", "x", { unit: "degC" }),
          row("b", "y", { unit: "°F" }),
          row("c", "z", { unit: "°F", plantUnit: "°C" }),
        ],
        units,
      ),
      [[1, "unit-differs", "b: the server says °C, the table °F (correct the unit at the plant)"]],
    );
  });
});
