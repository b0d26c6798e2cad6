import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BindingRow, readBindings } from "../../runtime/describe/binding-table.ts";
import { EpochCounter } from "../../runtime/describe/epoch-counter.ts";
import { GapWatch } from "../../runtime/describe/gap-watch.ts";
import { newFolder } from "./opcua-test-server.ts";

const TWIN = "acme/leipzig/paint/oven1";

describe("binding table", () => {
  it("makes a property and a converter of a row", () => {
    const { bindings, problems } = readBindings(
      [
        {
          nodeId: " ns=1;s=A ",
          path: "zone3/airTemperature",
          unit: "degC",
          plantUnit: "°F",
          periodMs: 5000,
          label: "Zone 3 air",
          limits: { low: 0, high: 300 },
          affectedBy: ["zone3/setpoint", "/acme/other/x"],
        },
        { nodeId: "ns=1;s=B", path: "/acme/other/y", kind: "setpoint", type: "boolean" },
      ],
      TWIN,
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(bindings[0]!.property, {
      address: `${TWIN}/zone3/airTemperature`,
      kind: "measurement",
      type: "number",
      unit: "°C",
      update: { mode: "cyclic", periodMs: 5000 },
      limits: { low: 0, high: 300 },
      label: "Zone 3 air",
      affectedBy: [`${TWIN}/zone3/setpoint`, "acme/other/x"],
    });
    assert.equal(bindings[0]!.tag, "ns=1;s=A");
    assert.ok(Math.abs(bindings[0]!.toProperty(212) - 100) < 1e-12);
    assert.equal(bindings[1]!.property.address, "acme/other/y");
    assert.deepEqual(bindings[1]!.property.update, { mode: "onChange" });
  });

  const refused: [string, Partial<BindingRow>, string, RegExp][] = [
    [
      "a pressure for a flow",
      { unit: "m³/h", plantUnit: "bar" },
      "unit-mismatch",
      /bar cannot be told in m³\/h/,
    ],
    ["an unknown unit", { unit: "furlong" }, "unknown-unit", /"furlong" is no unit/],
    [
      "a plant unit for an undeclared property",
      { plantUnit: "bar" },
      "malformed-binding",
      /declares no unit/,
    ],
    ["a row without a tag", { nodeId: "" }, "malformed-binding", /row 1: has no tag/],
    ["a path that is none", { path: "a//b" }, "malformed-binding", /is no address/],
    ["a negative period", { periodMs: -1 }, "malformed-binding", /0 or more milliseconds, got -1/],
    ["an unknown kind", { kind: "wish" as "command" }, "malformed-binding", /"wish" is no kind/],
    ["an unknown type", { type: "colour" as "enum" }, "malformed-binding", /"colour" is no type/],
  ];
  for (const [what, part, code, message] of refused) {
    it(`refuses ${what}, and keeps the other rows`, () => {
      const rows = [
        { nodeId: "ns=1;s=A", path: "a", ...part },
        { nodeId: "ns=1;s=B", path: "b" },
      ];
      const { bindings, problems } = readBindings(rows, TWIN);
      assert.deepEqual(
        bindings.map((binding) => binding.tag),
        ["ns=1;s=B"],
      );
      assert.equal(problems.length, 1);
      assert.equal(problems[0]!.code, code);
      assert.match(problems[0]!.message, message);
    });
  }

  it("refuses an address that is bound twice", () => {
    const { bindings, problems } = readBindings(
      [
        { nodeId: "x", path: "a" },
        { nodeId: "y", path: `/${TWIN}/a` },
      ],
      TWIN,
    );
    assert.equal(bindings.length, 1);
    assert.deepEqual([problems[0]!.code, problems[0]!.where], ["duplicate-address", `${TWIN}/a`]);
  });
});

describe("epoch counter", () => {
  it("grows over restarts, per source", () => {
    const home = newFolder("epochs");
    assert.equal(new EpochCounter(home).next("opcua:a:b"), 1);
    assert.equal(new EpochCounter(home).next("opcua:a:b"), 2);
    assert.equal(new EpochCounter(home).next("mqtt:../../c"), 1);
    assert.equal(readFileSync(join(home, "epochs", "opcua%3Aa%3Ab"), "utf8"), "2");
  });

  it("brings no old epoch back from a damaged file", () => {
    const home = newFolder("epochs");
    mkdirSync(join(home, "epochs"));
    writeFileSync(join(home, "epochs", "a"), "1\0\0garbage");
    assert.ok(new EpochCounter(home).next("a") > 1_700_000_000);
  });
});

describe("gap watch", () => {
  const watch = () => new GapWatch("s", ["a", "b"], [100, 0]);

  it("finds a step of source time on cyclic properties only", () => {
    const gaps = watch();
    for (const [index, us] of [
      [0, 1e6],
      [1, 1e6],
      [0, 1.1e6],
      [0, 1.27e6],
      [1, 9e6],
    ] as const) {
      gaps.sample(index, us, false);
    }
    assert.deepEqual(gaps.take(), []);
    gaps.sample(0, 1.47e6, false);
    assert.deepEqual(gaps.take(), [
      { source: "s", cause: "missing-samples", fromUs: 1.27e6, toUs: 1.47e6, addresses: ["a"] },
    ]);
    assert.deepEqual(gaps.take(), []);
  });

  it("tells an overflow from the sample before it", () => {
    const gaps = watch();
    gaps.sample(1, 1e6, false);
    gaps.sample(1, 2e6, true);
    assert.deepEqual(gaps.take(), [
      { source: "s", cause: "queue-overflow", fromUs: 1e6, toUs: 2e6, addresses: ["b"] },
    ]);
  });

  it("makes one gap of an interruption, from the newest sample before to the first newer one after", () => {
    const gaps = watch();
    gaps.sample(0, 1e6, false);
    gaps.sample(1, 0.5e6, false);
    gaps.interrupt("connection-lost");
    gaps.interrupt("subscription-recreated");
    // The server repeats what it last had.
    gaps.sample(1, 0.5e6, false);
    assert.deepEqual(gaps.take(), []);
    gaps.sample(0, 3e6, false);
    gaps.sample(1, 3e6, false);
    assert.deepEqual(gaps.take(), [{ source: "s", cause: "subscription-recreated", fromUs: 1e6, toUs: 3e6 }]);
    gaps.sample(0, 3.1e6, false);
    assert.deepEqual(gaps.take(), []);
  });

  it("makes a second gap of an interruption where the clock of one property is ahead", () => {
    const gaps = new GapWatch("s", ["a", "b"], [0, 0]);
    gaps.sample(0, 1000e6, false, 1000e6);
    gaps.sample(1, 8200e6, false, 1000e6);
    gaps.interrupt("subscription-recreated");
    gaps.sample(0, 1000e6, false, 1600e6);
    gaps.sample(0, 1600e6, false, 1600e6);
    gaps.sample(1, 8800e6, false, 1600e6);
    assert.deepEqual(gaps.take(), [
      { source: "s", cause: "subscription-recreated", fromUs: 1000e6, toUs: 1600e6 },
      { source: "s", cause: "subscription-recreated", fromUs: 8200e6, toUs: 8800e6 },
    ]);
    gaps.interrupt("connection-lost");
    gaps.continues();
    gaps.sample(0, 1601e6, false, 1601e6);
    gaps.sample(1, 8801e6, false, 1601e6);
    assert.deepEqual(gaps.take(), []);
  });

  it("begins the gap where the source was after its clock was set back", () => {
    const gaps = new GapWatch("s", ["a"], [0]);
    gaps.sample(0, 5000e6, false, 5000e6);
    gaps.sample(0, 1400e6, false, 5001e6);
    gaps.interrupt("session-restored");
    gaps.sample(0, 2000e6, false, 5601e6);
    assert.deepEqual(gaps.take(), [{ source: "s", cause: "session-restored", fromUs: 1400e6, toUs: 2000e6 }]);
  });

  it("covers each property from its last sample to its first, where they come one after another", () => {
    const gaps = new GapWatch("s", ["a", "b", "c", "d"], [100, 100, 100, 0]);
    for (const index of [0, 1, 3]) gaps.sample(index, 1e6, false);
    gaps.sample(2, 0.5e6, false);
    gaps.interrupt("subscription-recreated");
    gaps.sample(0, 3e6, false);
    gaps.sample(1, 3.2e6, false);
    assert.deepEqual(gaps.take(), [
      { source: "s", cause: "subscription-recreated", fromUs: 1e6, toUs: 3.2e6 },
    ]);
    gaps.sample(2, 3.6e6, false);
    gaps.sample(3, 9e6, false);
    const ofC = { source: "s", cause: "subscription-recreated", addresses: ["c"] };
    assert.deepEqual(gaps.take(), [
      { ...ofC, fromUs: 0.5e6, toUs: 1e6 },
      { ...ofC, fromUs: 3.2e6, toUs: 3.6e6 },
    ]);
    gaps.sample(2, 3.7e6, false);
    assert.deepEqual(gaps.take(), []);
  });

  it("keeps the intervals of properties apart while they are few, and takes ten thousand in their stride", () => {
    const n = 10_000;
    const names = Array.from({ length: n }, (_, i) => `tag${i}`);
    const gaps = new GapWatch("s", names, new Array(n).fill(100));
    for (let i = 0; i < n; i++) gaps.sample(i, 1e6 + (i % 2), false);
    for (let i = 0; i < n; i++) gaps.sample(i, 2e6 + (i % 2), false);
    const apart = gaps.take();
    assert.deepEqual(
      apart.map(({ fromUs, toUs, addresses }) => [fromUs, toUs, addresses!.length]),
      [
        [1e6, 2e6, n / 2],
        [1e6 + 1, 2e6 + 1, n / 2],
      ],
    );
    for (let i = 0; i < n; i++) gaps.sample(i, 3e6 + i, false);
    const [spanning, ...none] = gaps.take();
    assert.deepEqual([spanning!.fromUs, spanning!.toUs, spanning!.addresses!.length], [2e6, 3e6 + n - 1, n]);
    assert.deepEqual(none, []);
  });

  it("takes no gap from a sample that comes late or again", () => {
    const gaps = watch();
    gaps.sample(0, 1e6, false);
    gaps.sample(0, 0.5e6, true);
    gaps.sample(0, 1e6, true);
    assert.deepEqual(gaps.take(), []);
  });

  it("tells nothing where the channel goes on without a hole", () => {
    const gaps = watch();
    gaps.sample(0, 1e6, false);
    gaps.interrupt("connection-lost");
    gaps.continues();
    gaps.sample(0, 1.1e6, false);
    assert.deepEqual(gaps.take(), []);
  });

  it("is not healed by a new subscription that counts from the start, whatever broke after it", () => {
    const gaps = watch();
    gaps.sample(0, 1e6, false);
    gaps.interrupt("session-restored");
    gaps.interrupt("connection-lost");
    gaps.continues();
    gaps.sample(0, 3e6, false);
    assert.deepEqual(gaps.take(), [{ source: "s", cause: "session-restored", fromUs: 1e6, toUs: 3e6 }]);
  });

  it("tells nothing of an interruption before the first sample", () => {
    const gaps = watch();
    gaps.interrupt("session-restored");
    gaps.sample(0, 1e6, false);
    assert.deepEqual(gaps.take(), []);
  });
});
